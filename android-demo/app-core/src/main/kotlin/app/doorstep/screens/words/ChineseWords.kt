package app.doorstep.screens.words

import app.doorstep.ffi.By
import app.doorstep.ffi.Channel
import app.doorstep.ffi.Consent
import app.doorstep.ffi.Grade
import app.doorstep.ffi.Language
import app.doorstep.ffi.Level
import app.doorstep.ffi.VisitOutcome
import app.doorstep.screens.EnrolStage
import app.doorstep.screens.NoticeKind
import app.doorstep.screens.Screen
import app.doorstep.screens.SyncEnd
import java.util.Locale

/** 中文. */
@Suppress("TooManyFunctions")
object ChineseWords : Words, RecordWords by ChineseRecordWords {
    override val language: Language = Language.CHINESE

    override val appName: String = "入户"
    override val back: String = "返回"
    override val save: String = "保存"
    override val cancel: String = "取消"
    override val dismiss: String = "知道了"
    override val loading: String = "请稍候"
    override val gone: String = "这里已经不能办理。请返回查看现在的情况。"
    override val lookAgain: String = "再看一下"
    override val required: String = "必填"
    override val optional: String = "选填"
    override val savedHere: String = "已存本机"
    override val savedBefore: String = "这份表单已按第一次的内容保存。后来的改动请另记一条。"
    override val me: String = "我"
    override val comma: String = "，"
    override val dot: String = " · "

    override fun screenTitle(screen: Screen): String = when (screen) {
        Screen.Enrol -> "加入"
        Screen.Today -> today
        Screen.NewHousehold -> "新建住户"
        Screen.Arrivals -> arrivals
        is Screen.Visit -> "记录走访"
        is Screen.Grievance -> "诉求"
        Screen.Grievances -> grievancesAll
        Screen.Search -> search
        Screen.Meetings -> meetings
        Screen.NewMeeting -> meetingHold
        is Screen.Household -> "住户"
        is Screen.Meeting -> "会议"
        is Screen.HouseholdEntry -> householdTask(screen.task)
        is Screen.MeetingEntry -> meetingTask(screen.task)
        is Screen.Item -> itemSettle
        is Screen.Step -> "下一步"
    }

    override fun noticeButton(kind: NoticeKind): String? = when (kind) {
        NoticeKind.SHOW, NoticeKind.WAIT -> null
        NoticeKind.ENROL -> "重新加入"
        NoticeKind.UPDATE -> "更新应用"
        NoticeKind.FREE_SPACE -> "清理空间"
        NoticeKind.REPORT -> "报告问题"
    }

    override fun todayAt(hour: String): String = "今天 $hour"

    override fun yesterdayAt(hour: String): String = "昨天 $hour"

    override fun tomorrowAt(hour: String): String = "明天 $hour"

    override fun daysAgo(days: Int): String = "${number(days)}天前"

    override fun inDays(days: Int): String = "${number(days)}天后"

    override fun due(time: String): String = "期限：$time"

    override fun overdueSince(time: String): String = "已超期，期限：$time"

    override fun about(time: String): String = "约$time"

    override fun date(year: Int?, month: Int, day: Int): String =
        "${year?.let { "${it}年" }.orEmpty()}${month}月${day}日"

    override val enrolAccept: String = "凭邀请加入"
    override val enrolHint: String = "doorstep:1:..."
    override val enrolAskNow: String = "现在询问"
    override val enrolOther: String = "换一份邀请"

    override fun enrolTitle(stage: EnrolStage): String = when (stage) {
        EnrolStage.INVITATION -> "加入"
        EnrolStage.ASKING -> "正在联系后台"
        EnrolStage.COMPARE -> "核对数字"
        EnrolStage.DONE -> "已加入"
    }

    override fun enrolText(stage: EnrolStage): String = when (stage) {
        EnrolStage.INVITATION -> "请粘贴或输入收到的邀请，只有一行。"
        EnrolStage.ASKING -> "邀请已保存。一有信号本机就会自动加入，不用再做什么。"
        EnrolStage.COMPARE -> "请把这六位数字读给组织者。两边一致时由组织者确认本机，之后会自动继续。"
        EnrolStage.DONE -> "本机已归您使用。您保存的内容在送达之前都留在本机。"
    }

    override val today: String = "今天"
    override val todayBuildings: String = "我的楼栋"
    override val todayCameBack: String = "居民不满意，重新办理"
    override val todayDue: String = "待办诉求"
    override val todayHouseholds: String = "住户"
    override val todayAddHousehold: String = "新建住户"
    override val todayEmpty: String = "这里还没有内容。本机与后台同步后，您的楼栋就会出现。"
    override val neverMet: String = "还没见过面"

    override fun lastMet(time: String): String = "上次见面：$time"

    override fun households(count: Int): String = "${number(count)}户"

    override fun priorityHouseholds(count: Int): String = "重点${number(count)}户"

    override fun openGrievances(count: Int): String = "未办结${number(count)}件"

    override fun overdueGrievances(count: Int): String = "超期${number(count)}件"

    override val householdBuilding: String = "楼栋"
    override val householdUnit: String = "门牌（按大家的叫法）"
    override val householdName: String = "姓名"
    override val householdPhone: String = "电话"
    override val householdConsent: String = "是否愿意走访？"
    override val householdSaved: String = "住户已存本机，有信号时自动送达。"
    override val missingBuilding: String = "请选择楼栋。"
    override val missingUnit: String = "请填写门牌。"

    override fun consent(consent: Consent): String = when (consent) {
        Consent.NO -> "不愿走访"
        Consent.BY_APPOINTMENT -> "需预约"
        Consent.YES -> "愿意走访"
    }

    override val visitOutcome: String = "结果如何？"
    override val visitPurpose: String = "为了什么？"
    override val visitPersons: String = "见到几人"
    override val visitMorePersons: String = "加一人"
    override val visitFewerPersons: String = "减一人"
    override val visitAddGrievance: String = "发现诉求"
    override val visitRemoveGrievance: String = "去掉这件诉求"
    override val visitWhat: String = "是什么问题？"
    override val visitKind: String = "类别"
    override val visitGrade: String = "有多急？"
    override val visitReporter: String = "谁提出的？"
    override val visitNote: String = "备注"
    override val visitNoteHint: String = "下次用得上的"
    override val visitComeAgain: String = "再来"
    override val reporterHousehold: String = "这一户"
    override val reporterAnonymous: String = "不愿具名"
    override val missingOutcome: String = "请选择结果。"
    override val missingPurpose: String = "请选择为了什么。"
    override val missingWhat: String = "请写明是什么问题。"
    override val missingKind: String = "请选择诉求类别。"

    override fun outcome(outcome: VisitOutcome): String = when (outcome) {
        VisitOutcome.MET -> "见到了"
        VisitOutcome.NOT_HOME -> "不在家"
        VisitOutcome.REFUSED -> "被婉拒"
        VisitOutcome.LEFT_CARD -> "留了卡片"
    }

    override fun comeAgainIn(days: Int): String = when (days) {
        1 -> "明天"
        else -> if (days % WEEK == 0) "${days / WEEK}周后" else "${days}天后"
    }

    override fun visitSaved(grievances: Int): String = when (grievances) {
        0 -> "走访已存本机，有信号时自动送达。"
        else -> "走访和${number(grievances)}件诉求已存本机，有信号时自动送达。"
    }

    override val grievanceSteps: String = "您可以做的"
    override val grievanceStory: String = "经过"
    override val grievanceFlags: String = "请留意"
    override val newCame: String = "刚刚来了新内容。"
    override val newCameForm: String = "填写期间来了新内容。"
    override val stepSaved: String = "已存本机，有信号时自动送达。"
    override val factKind: String = "类别"
    override val factGrade: String = "分级"
    override val factOwner: String = "责任人"
    override val factNobody: String = "还没有人"
    override val factHelpers: String = "协助人"
    override val factReporter: String = "提出人"
    override val factLevel: String = "层级"
    override val factRound: String = "轮次"
    override val gradeUrgent: String = "紧急"

    override fun grade(grade: Grade): String = when (grade) {
        Grade.A -> "A 紧急，2小时"
        Grade.B -> "B 急办，24小时"
        Grade.C -> "C 一般，7天"
        Grade.D -> "D 长期，15天"
    }

    override fun level(level: Level): String = when (level) {
        Level.BUILDING -> "楼栋"
        Level.GRID -> "网格"
        Level.BLOCK -> "街区"
        Level.COMMUNITY -> "社区"
        Level.SUB_DISTRICT -> "街道"
        Level.OUTSIDE -> "外部单位"
    }

    override fun by(by: By): String = when (by) {
        By.RESIDENT -> "居民本人"
        By.FAMILY -> "家属"
        By.OTHER -> "其他人"
    }

    override fun channel(channel: Channel): String = when (channel) {
        Channel.IN_PERSON -> "当面"
        Channel.PHONE -> "电话"
        Channel.MESSAGE -> "短信或微信"
        Channel.LETTER -> "书面"
        Channel.NOTICE -> "公告"
    }

    override fun satisfaction(points: Int): String = "${points}分（满分5分）"

    override fun round(round: Int): String = "第${number(round)}轮"

    override fun stepField(key: String): String = when (key) {
        "reason" -> "原因"
        "how" -> "方式"
        "channel" -> "通过什么途径"
        "resolution" -> "针对哪次解决"
        "by" -> "谁的意见"
        "heard" -> "怎样得知"
        "satisfaction" -> "满意程度"
        "told" -> "怎样告知居民"
        "grade" -> "有多急"
        "due" -> "什么时候之前"
        "level" -> "到哪一级"
        "body" -> "哪个外部单位"
        "to" -> "交给谁"
        "text" -> "说明"
        "helpers" -> "谁协助"
        "parties" -> "当事人"
        "also" -> "同时记入这些诉求"
        "code" -> "居民的确认码"
        "team" -> "哪支服务队"
        "other" -> "哪件诉求"
        "link" -> "哪条关联"
        "item" -> "哪个议题"
        "flag" -> "哪处分歧"
        "entry" -> "哪一条"
        "evidence" -> "凭证"
        else -> key
    }

    override fun missingAnswer(label: String): String = "还需填写：$label"

    override val arrivals: String = "送达情况"
    override val arrivalsWaiting: String = "已存本机，尚未送达"
    override val arrivalsNothing: String = "您保存的内容已全部送达。"
    override val alarmSeen: String = "已经看过"
    override val tryNow: String = "现在试试"
    override val syncRunning: String = "正在与后台同步，您可以继续工作。"
    override val neverUpToDate: String = "本机还没有与后台同步过。"

    override fun syncEnd(end: SyncEnd): String = when (end) {
        SyncEnd.COMPLETE -> "已全部交换。"
        SyncEnd.PARTLY -> "已交换一部分，其余会自动继续。"
        SyncEnd.BUSY -> "后台正忙，本机会自动再问。"
        SyncEnd.UNREACHABLE -> "现在没有信号。内容都存在本机，之后自动送出。"
        SyncEnd.WAITING_FOR_CONFIRMATION -> "组织者还没有确认本机。"
        SyncEnd.NOT_ADMITTED -> "后台不认识本机。"
        SyncEnd.OUTDATED -> "后台的版本比本应用新。内容都存在本机，请更新应用。"
        SyncEnd.STORAGE_FULL -> "本机没有空间了。请清理后再试。"
        SyncEnd.TROUBLE -> "这次没有成功。内容都存在本机，会自动再试。"
        SyncEnd.CANCELLED -> "已停止。此前交换的内容都保留。"
    }

    override fun upToDate(time: String): String = "其他人的内容截至${time}已全部收到。"

    override fun waitingCount(count: Int): String =
        if (count == 0) "没有等待送达的内容" else "${number(count)}条等待送达"

    override fun deliveredCount(count: Int): String = "已送达${number(count)}条"

    override fun more(count: Int): String = "还有${number(count)}条"

    private fun number(count: Int): String = String.format(Locale.ROOT, "%,d", count)

    private const val WEEK = 7
}
