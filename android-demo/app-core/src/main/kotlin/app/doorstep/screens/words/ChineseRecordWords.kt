package app.doorstep.screens.words

import app.doorstep.ffi.Seat
import app.doorstep.screens.Ask
import app.doorstep.screens.FoundKind
import app.doorstep.screens.GrievanceChoice
import app.doorstep.screens.HouseholdTask
import app.doorstep.screens.MeetingTask

/** 中文. */
@Suppress("TooManyFunctions")
internal object ChineseRecordWords : RecordWords {
    override val groupNotAll: String = "其中有的不在本机。"
    override val groupFace: String = "代表这一组"
    override val takeOver: String = "沿用这次解决？"
    override val takeOverAsked: String = "这里也记为用同样办法解决。仍要另问这位居民的意见。"
    override val takeOverYes: String = "是，这里也解决了"
    override val evidenceLater: String =
        "这件是您自己解决的，只凭您一句话不够：请输入居民手里的确认码。签名和录音暂时还不能在这里添加。"
    override val leftOut: String = "需要另外办理"
    override val goOn: String = "继续"

    override fun groupOf(size: Int): String = "同一问题${size}件之一"

    override fun stepSavedIn(count: Int): String = "已存入${count}件诉求，有信号时自动送达。"

    override fun whyNot(count: Int): String = "其他步骤为什么不行？（$count）"

    override val grievancesAll: String = "全部诉求"
    override val grievancesNone: String = "这里没有诉求。"
    override val showMore: String = "显示更多"
    override val listTooLong: String = "后面还有，请用搜索查找。"
    override val search: String = "搜索"
    override val searchField: String = "姓名、门牌、内容"
    override val searchHint: String = "输入姓名、门牌或内容中的任何一部分。"
    override val searchNothing: String = "本机没有包含这些字的内容。"
    override val searchMore: String = "还有更多，请再多输入几个字。"

    override fun grievanceChoice(choice: GrievanceChoice): String = when (choice) {
        GrievanceChoice.MINE -> "我的"
        GrievanceChoice.OPEN -> "全部未办结"
        GrievanceChoice.OVER -> "已结束"
    }

    override fun foundKind(kind: FoundKind): String = when (kind) {
        FoundKind.HOUSEHOLD -> "住户"
        FoundKind.GRIEVANCE -> "诉求"
        FoundKind.VISIT -> "走访"
        FoundKind.MEETING -> "会议"
    }

    override val householdOpen: String = "查看住户"
    override val householdVisit: String = "记录走访"
    override val householdPersons: String = "家庭成员"
    override val householdPhones: String = "电话"
    override val householdKnown: String = "登记信息"
    override val householdVisits: String = "走访记录"
    override val householdGrievances: String = "诉求"
    override val householdWrite: String = "登记"
    override val otherTasks: String = "其他登记"
    override val personLeft: String = "已迁出"
    override val phoneOpen: String = "显示号码"
    override val phoneHide: String = "隐藏号码"
    override val factConsent: String = "走访意愿"
    override val factNotice: String = "隐私告知"
    override val factSameAs: String = "同一户"
    override val factContinues: String = "迁自"
    override val factPriorityEnded: String = "曾列重点户，至"
    override val reviewDue: String = "该复核了"

    override fun reviewBy(day: String): String = "复核：$day"

    override fun until(day: String): String = "至$day"

    override fun noticeVersion(version: Int): String = "第${version}版"

    override fun householdTask(task: HouseholdTask): String = when (task) {
        HouseholdTask.NOTE -> "加备注"
        HouseholdTask.CONSENT -> "走访意愿"
        HouseholdTask.PRIORITY -> "列为重点户"
        HouseholdTask.END_PRIORITY -> "取消重点户"
        HouseholdTask.ADD_PERSON -> "登记成员"
        HouseholdTask.PERSON_LEFT -> "成员迁出"
        HouseholdTask.ADD_PHONE -> "登记电话"
        HouseholdTask.REPLACE_PHONE -> "更换电话"
        HouseholdTask.NOTICE -> "已作隐私告知"
        HouseholdTask.FIELD -> "需求和其他信息"
        HouseholdTask.SAME_AS -> "与另一户是同一户"
        HouseholdTask.NOT_SAME -> "不是同一户"
        HouseholdTask.CONTINUES -> "从另一户迁来"
        HouseholdTask.SETTLE -> "裁定分歧"
        HouseholdTask.CORRECT -> "更正：划去一条"
    }

    override val visitAsked: String = "是住户请来的吗？"
    override val visitAskedFor: String = "住户请来的"
    override val visitNotAskedFor: String = "主动上门"
    override val visitCompanions: String = "谁同行？"

    override val meetings: String = "理事会会议"
    override val meetingsNone: String = "还没有会议记录。"
    override val meetingHold: String = "记录会议"
    override val meetingItems: String = "议题"
    override val meetingPeople: String = "出席"
    override val meetingWrite: String = "登记"
    override val itemOpen: String = "还没有结果"
    override val itemSettle: String = "议题结果"
    override val attends: String = "出席"
    override val attendsNot: String = "未出席"
    override val notOnThisPhone: String = "不在本机的一件诉求"

    override fun presentCount(count: Int): String = "出席${count}人"

    override fun dayAgo(days: Int): String = when (days) {
        0 -> "今天"
        1 -> "昨天"
        else -> "${days}天前"
    }

    override fun seat(seat: Seat): String = when (seat) {
        Seat.FIXED -> "固定席"
        Seat.FLOATING -> "流动席"
    }

    override fun meetingTask(task: MeetingTask): String = when (task) {
        MeetingTask.ADD_ITEM -> "加议题"
        MeetingTask.ATTENDANCE -> "登记出席"
        MeetingTask.NOTE -> "加备注"
        MeetingTask.SETTLE -> "裁定分歧"
        MeetingTask.CORRECT -> "更正：划去一条"
    }

    override fun ask(ask: Ask): String = when (ask) {
        Ask.ATTENDS -> "是否出席"
        Ask.BIRTH -> "年龄段"
        Ask.BLOCK -> "街区"
        Ask.BY -> "谁说的"
        Ask.CARRIED -> "上次延期的议题"
        Ask.CHANNEL -> "通过什么途径"
        Ask.CODE -> "重点户类别"
        Ask.CONSENT -> "是否愿意走访"
        Ask.DAY -> "哪一天"
        Ask.ENTRY -> "哪一条"
        Ask.FIELD -> "哪一项"
        Ask.FLAG -> "哪处分歧"
        Ask.GRIEVANCES -> "涉及哪些诉求"
        Ask.HOUSEHOLD -> "哪一户"
        Ask.LANGUAGE -> "用什么语言"
        Ask.LINK -> "哪一条关联"
        Ask.NAME -> "姓名"
        Ask.NUMBER -> "电话号码"
        Ask.OTHERS -> "其他出席的人，一行一个"
        Ask.OUTCOME -> "结果"
        Ask.PEOPLE -> "固定席"
        Ask.PERSON -> "哪位"
        Ask.PHONE -> "哪个号码"
        Ask.REASON -> "原因"
        Ask.RELATION -> "与户主关系"
        Ask.REVIEW -> "什么时候复核"
        Ask.SEAT -> "哪种席位"
        Ask.TEXT -> "说明"
        Ask.TITLE -> "议题内容"
        Ask.UNTIL -> "多长时间内有效"
        Ask.VALUE -> "情况"
        Ask.VENUE -> "地点"
        Ask.VERSION -> "版本（印在告知书上）"
        Ask.WHO -> "哪位成员"
        Ask.WHOSE -> "谁的电话"
        Ask.WRITTEN -> "同时记为已解决"
    }
}
