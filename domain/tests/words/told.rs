//! Events and how each is told.

/// An event, and how it is told. `@` is an id.
pub(crate) const TOLD: &[(&str, &str, &str)] = &[
    (r#"{"type":"accept"}"#, "已受理", "Took it on"),
    (
        r#"{"type":"discover","what":"w","reporter":"anonymous","kind":1,"grade":"a"}"#,
        "发现诉求：安全隐患，A级（紧急），反映人不愿具名",
        "Found a grievance: Safety, urgency A (urgent), from somebody who wishes not to be named",
    ),
    (
        r#"{"type":"discover","what":"w","reporter":{"contact":"c"},"kind":0,"visit":{"doc":"@@"}}"#,
        "发现诉求：矛盾纠纷，走访时发现，其他人反映",
        "Found a grievance: Dispute, on a visit, from somebody outside the households",
    ),
    (
        r#"{"type":"decline","reason":5,"text":"t"}"#,
        "没有受理，原因：人手不足",
        "Did not take it on. Reason: No hands free",
    ),
    (
        r#"{"type":"decline","of":{"act":"@"},"reason":400}"#,
        "退单，不再办理，原因：代码400（列表已更新）",
        "Gave it back. Reason: code 400 (newer list)",
    ),
    (r#"{"type":"assign","to":"%Wang"}"#, "指派给王芳", "Given to Wang"),
    (
        r#"{"type":"set_grade","grade":"b"}"#,
        "紧急程度定为B级（急办）",
        "Urgency set to B (pressing)",
    ),
    (
        r#"{"type":"set_due","due":1772695800,"reason":13}"#,
        "办理期限定为2026年3月5日15:30，原因：需要更多时间",
        "Due date set to 5 March 2026, 15:30. Reason: Needs more time",
    ),
    (
        r#"{"type":"set_due","due":1764000000}"#,
        "办理期限定为11月25日0:00",
        "Due date set to 25 November, 0:00",
    ),
    (
        r#"{"type":"escalate","level":"community","reason":3}"#,
        "上报到社区，原因：需要上级协调",
        "Passed up to the community. Reason: Needs a higher level",
    ),
    (
        r#"{"type":"escalate","level":"outside","reason":2,"body":"court"}"#,
        "转办到外部单位，原因：超出权限",
        "Passed on to an outside body. Reason: Beyond our powers",
    ),
    (r#"{"type":"take_over","level":"block"}"#, "提级到街区办理", "Took it over for the block"),
    (
        r#"{"type":"dispatch_team","team":"^water"}"#,
        "派出服务队：供水队",
        "Sent a response team: Water",
    ),
    (
        r#"{"type":"resolve","how":"peoples_mediation","helpers":["%Li"]}"#,
        "经人民调解解决，李伟协助",
        "Solved by people's mediation, with the help of Li",
    ),
    (
        r#"{"type":"resolve","how":"help","helpers":["%Li","%Wang","%Sun"],"with":{"doc":"@@"}}"#,
        "经帮办解决，与另一件诉求一并办理，李伟、王芳、孙丽协助",
        "Solved by helping, together with another grievance, with the help of Li, Wang and Sun",
    ),
    (
        r#"{"type":"asked_no_answer","resolution":{"act":"@"},"channel":"phone"}"#,
        "回访居民，没有得到回应（电话）",
        "Asked the resident by phone, no answer",
    ),
    (
        r#"{"type":"feed_back","resolution":{"act":"@"},"channel":"in_person"}"#,
        "已向居民反馈结果（当面）",
        "Told the resident the result, in person",
    ),
    (
        r#"{"type":"close_unsolved","reason":10}"#,
        "未能解决，原因：无政策依据，还要告知居民",
        "It could not be solved. Reason: No rule provides for it. The resident is still to be told",
    ),
    (
        r#"{"type":"confirm","resolution":{"act":"@"},"by":"family","heard":"phone","satisfaction":4}"#,
        "家人代居民确认满意（电话），打4分（满分5分）",
        "The family says the resident is content, heard by phone, 4 points of 5",
    ),
    (
        r#"{"type":"reject","resolution":{"act":"@"},"by":"resident","heard":"in_person","reason":7}"#,
        "居民不满意（当面），原因：问题未解决",
        "The resident is not content, heard in person. Reason: Not solved",
    ),
    (
        r#"{"type":"withdraw","by":"resident","heard":"letter","reason":12,"evidence":[
            {"kind":"code","hash":"@@@@"},{"kind":"signature","hash":"@@@@"},
            {"kind":"code","hash":"@@@@"}]}"#,
        "居民撤回诉求（信件），原因：已自行解决，凭据：签名、受理码",
        "The resident takes it back, heard by letter. Reason: It solved itself. Proof: signature and code",
    ),
    (
        r#"{"type":"correct","event":{"act":"@"},"reason":1}"#,
        "删去一条记录，原因：重复登记",
        "Struck out an entry. Reason: Entered twice",
    ),
    (
        r#"{"type":"correct","event":{"act":"@"},"reason":0,"replacement":{"type":"set_grade","grade":"c"}}"#,
        "更正了一条记录，原因：信息有误。更正为：紧急程度定为C级（一般）",
        "Corrected an entry. Reason: Entered wrongly. It now says: Urgency set to C (ordinary)",
    ),
    (
        r#"{"type":"settle","flag":"grade","choice":1,"reason":6}"#,
        "裁定紧急程度为B级（急办），原因：情况变化",
        "Settled: the urgency is B (pressing). Reason: Things have changed",
    ),
    (
        r#"{"type":"settle","flag":"consent","choice":0}"#,
        "裁定：走访意愿不一致，已看过",
        "Looked at and settled: different wishes about visits",
    ),
    (
        r#"{"type":"consent","level":"by_appointment","until":20517,"by":"resident"}"#,
        "居民本人表示：走访须先约好，到2026年3月5日为止",
        "The resident said: visits by appointment only, until 5 March 2026",
    ),
    (
        r#"{"type":"priority","code":0,"review_by":20432}"#,
        "列为重点户：独居老人，12月10日前复核",
        "Made a priority household: Old and alone. To be looked at again by 10 December",
    ),
    (
        r#"{"type":"started","household":{"doc":"@@"},"purpose":0,"asked_for":true}"#,
        "开始走访：日常走访，居民要求",
        "Began the visit: Ordinary visit, the resident asked for it",
    ),
    (
        r#"{"type":"outcome","outcome":"met","persons_met":2,"grievances":[{"doc":"@@"}],"next_day":20410}"#,
        "见到人（2人），发现1件诉求，11月18日再来",
        "Met somebody (2 persons), 1 grievance found, next visit 18 November",
    ),
    (r#"{"type":"outcome","outcome":"not_home","persons_met":0}"#, "不在家", "Nobody at home"),
    (
        r#"{"type":"held","day":20400}"#,
        "街区理事会11月8日开会",
        "The block council met on 8 November",
    ),
    (
        r#"{"type":"attendance","who":{"name":"n"},"seat":"floating","present":true}"#,
        "一人出席（流动席位）",
        "One person was there (floating seat)",
    ),
    (
        r#"{"type":"unknown","kind":100,"fields":"80"}"#,
        "新记录：更新应用后才能看到",
        "Newer entry: update the app to read it",
    ),
    (
        r#"{"type":"unknown","kind":150,"fields":"80"}"#,
        "居民的新记录：更新应用后才能看到",
        "Newer entry from the resident: update the app to read it",
    ),
];
