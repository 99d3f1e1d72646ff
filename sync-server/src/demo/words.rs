//! What people of the simulated day say: phrase lists, in Chinese and English.
//!
//! Nobody real is quoted.

use doorstep_domain::codes::KIND_DISPUTE;

use super::dice::Dice;

/// A kind of trouble: code of list kind, and what is said of it.
struct Trouble {
    kind: u16,
    zh: &'static str,
    en: &'static str,
}

const TROUBLES: [Trouble; 20] = [
    Trouble {
        kind: 7,
        zh: "厨房水管漏水，已经渗到楼下",
        en: "The kitchen pipe leaks down into the flat below",
    },
    Trouble {
        kind: 7,
        zh: "晚上经常跳闸，家里有老人用制氧机",
        en: "The breaker trips at night, and an old man here depends on an oxygen machine",
    },
    Trouble {
        kind: 7,
        zh: "水压太低，早上洗漱都不行",
        en: "The water pressure is too low to wash in the morning",
    },
    Trouble {
        kind: 1,
        zh: "楼道堆满杂物，消防通道走不通",
        en: "The stairs are so full of things that nobody gets through in a fire",
    },
    Trouble {
        kind: 1,
        zh: "电动车在门厅飞线充电",
        en: "Electric bicycles are charged in the hall from a window",
    },
    Trouble {
        kind: 1,
        zh: "外墙瓷砖松动，掉下来砸到人怎么办",
        en: "Tiles on the outer wall are loose and will hit somebody",
    },
    Trouble {
        kind: 2,
        zh: "垃圾房三天没清，味道很大",
        en: "The rubbish has not been taken for three days and it smells",
    },
    Trouble {
        kind: 2,
        zh: "下水道堵了，一下雨就返水",
        en: "The drain is blocked and comes back up when it rains",
    },
    Trouble {
        kind: 2,
        zh: "楼上空调滴水，窗台全是青苔",
        en: "The air conditioner above drips, and the sill is green with moss",
    },
    Trouble {
        kind: 0,
        zh: "楼上半夜拖桌子，说了几次都不听",
        en: "The neighbours above move furniture at midnight and will not listen",
    },
    Trouble {
        kind: 0,
        zh: "两家为停车位吵起来了",
        en: "Two families have fallen out over a parking space",
    },
    Trouble { kind: 0, zh: "房东不退押金", en: "The landlord keeps the deposit" },
    Trouble {
        kind: 3,
        zh: "电梯又停了，老人下不了楼",
        en: "The lift has stopped again and old people cannot go down",
    },
    Trouble {
        kind: 3,
        zh: "楼梯灯坏了一个多月",
        en: "The stair lamp has been dark for over a month",
    },
    Trouble {
        kind: 3,
        zh: "门禁坏了，什么人都能进来",
        en: "The door lock is broken and anybody walks in",
    },
    Trouble {
        kind: 4,
        zh: "想问高龄津贴怎么申请",
        en: "She asks how to apply for the old-age allowance",
    },
    Trouble {
        kind: 4,
        zh: "独居老人，想要有人送餐",
        en: "An old man living alone would like meals brought",
    },
    Trouble {
        kind: 5,
        zh: "路口没有斑马线，孩子上学不安全",
        en: "There is no crossing, and the children walk to school here",
    },
    Trouble {
        kind: 8,
        zh: "轮椅上不了社区医院的台阶",
        en: "The wheelchair cannot climb the steps of the clinic",
    },
    Trouble {
        kind: 9,
        zh: "外来子女入学材料不知道怎么交",
        en: "They do not know which papers the school asks for",
    },
];

const SPOTS: [(&str, &str); 8] = [
    ("一楼门厅", "ground floor hall"),
    ("三楼走廊", "third floor corridor"),
    ("天台", "the roof"),
    ("地下车库", "the garage"),
    ("东侧楼梯", "east stairs"),
    ("垃圾房旁边", "beside the rubbish room"),
    ("电梯口", "at the lift"),
    ("后门", "the back door"),
];

const STREETS: [(&str, &str); 5] = [
    ("巷口的井盖松了", "The manhole cover at the end of the lane is loose"),
    ("小广场的路灯不亮", "The lamps on the small square are dark"),
    ("人行道被共享单车占满", "Rented bicycles fill the pavement"),
    ("工地夜里还在施工", "The building site works at night"),
    ("树枝压到电线", "A branch lies on the wires"),
];

const SINCE: [(&str, &str); 5] = [
    ("上周开始的", "since last week"),
    ("有两三天了", "for two or three days"),
    ("反映过一次没人管", "told once, and nobody came"),
    ("今天早上发现", "seen this morning"),
    ("每年都这样", "every year"),
];

const DONE: [(&str, &str); 8] = [
    ("已上门更换，试用正常", "Replaced on the spot, and it works"),
    ("联系物业当天处理", "The property office came the same day"),
    ("和双方坐下来谈好了", "Sat down with both and agreed"),
    ("清理完毕，拍照留存", "Cleared, with a photograph"),
    ("讲清楚政策，帮忙填了表", "Explained the rule and filled in the form with them"),
    ("请了师傅，费用楼里分摊", "A craftsman came, the house shared the cost"),
    ("临时围挡，等配件到", "Fenced off until the part arrives"),
    ("陪同去窗口办好了", "Went along to the counter, and it is done"),
];

const STEPS: [(&str, &str); 6] = [
    ("打电话约了时间", "Rang and agreed a time"),
    ("到现场看过", "Looked at it there"),
    ("联系了物业经理", "Spoke to the property manager"),
    ("等师傅报价", "Waiting for a price"),
    ("找邻居了解情况", "Asked the neighbours"),
    ("材料已经交上去", "The papers are handed in"),
];

const PARTIES: [(&str, &str); 4] = [
    ("双方当事人、楼长", "Both sides and the warden of the house"),
    ("租客和房东", "The tenant and the landlord"),
    ("两户邻居、物业", "Two neighbours and the property office"),
    ("双方、社区民警", "Both sides and the community constable"),
];

const UNHAPPY: [(&str, &str); 5] = [
    ("昨晚又漏了", "It leaked again last night"),
    ("只是口头答应，没见人来", "They promised, and nobody came"),
    ("修了一半就走了", "They left with half of it done"),
    ("还是很吵", "It is as loud as before"),
    ("没有问过我的意见", "Nobody asked me"),
];

const NOTES: [(&str, &str); 6] = [
    ("老人听力不好，敲门要大声", "Hard of hearing: knock loudly"),
    ("白天没人，晚上七点后在", "Nobody in by day; after seven"),
    ("有狗", "There is a dog"),
    ("只讲粤语", "Speaks Cantonese only"),
    ("刚出院，别待太久", "Just out of hospital: keep it short"),
    ("愿意做楼栋志愿者", "Would help as a volunteer"),
];

const SURNAMES: [&str; 20] = [
    "陈", "李", "黄", "张", "林", "王", "吴", "刘", "蔡", "杨", "许", "郑", "谢", "郭", "洪", "邱",
    "曾", "廖", "赖", "徐",
];
const GIVEN: [&str; 20] = [
    "桂英", "志强", "秀兰", "建国", "丽华", "伟明", "玉珍", "海燕", "文辉", "小红", "俊杰", "淑芬",
    "国栋", "雪梅", "永康", "美玲", "子轩", "春生", "家豪", "慧敏",
];

fn in_either(dice: &mut Dice, (zh, en): (&str, &str)) -> String {
    // Most people here speak Chinese.
    if dice.percent(70) { zh.to_owned() } else { en.to_owned() }
}

fn one_of(dice: &mut Dice, list: &[(&str, &str)]) -> String {
    let found = dice.pick(list).copied().unwrap_or_default();
    in_either(dice, found)
}

/// What a resident says, and its code of list kind.
pub(super) fn trouble(dice: &mut Dice) -> (u16, String) {
    dice.pick(&TROUBLES).map_or_else(|| (99, String::new()), |trouble| since(dice, trouble))
}

/// What somebody says of their neighbours.
pub(super) fn dispute(dice: &mut Dice) -> (u16, String) {
    let disputes: Vec<&Trouble> = TROUBLES.iter().filter(|of| of.kind == KIND_DISPUTE).collect();
    dice.pick(&disputes).map_or_else(|| (99, String::new()), |trouble| since(dice, trouble))
}

fn since(dice: &mut Dice, trouble: &Trouble) -> (u16, String) {
    let (since_zh, since_en) = dice.pick(&SINCE).copied().unwrap_or_default();
    let zh = format!("{}，{since_zh}。", trouble.zh);
    let en = format!("{}, {since_en}.", trouble.en);
    (trouble.kind, in_either(dice, (&zh, &en)))
}

/// What somebody sees in the street.
pub(super) fn street(dice: &mut Dice) -> String {
    one_of(dice, &STREETS)
}

/// Where within a building.
pub(super) fn spot(dice: &mut Dice) -> String {
    one_of(dice, &SPOTS)
}

/// How it was solved.
pub(super) fn done(dice: &mut Dice) -> String {
    one_of(dice, &DONE)
}

/// What was done on the way.
pub(super) fn step(dice: &mut Dice) -> String {
    one_of(dice, &STEPS)
}

/// Who sat at one table.
pub(super) fn parties(dice: &mut Dice) -> String {
    one_of(dice, &PARTIES)
}

/// Why the resident is not content.
pub(super) fn unhappy(dice: &mut Dice) -> String {
    one_of(dice, &UNHAPPY)
}

/// A private note of a visit.
pub(super) fn note(dice: &mut Dice) -> String {
    one_of(dice, &NOTES)
}

/// What somebody is called.
pub(super) fn name(dice: &mut Dice) -> String {
    let surname = dice.pick(&SURNAMES).copied().unwrap_or_default();
    let given = dice.pick(&GIVEN).copied().unwrap_or_default();
    format!("{surname}{given}")
}

/// A number that belongs to nobody.
pub(super) fn telephone(dice: &mut Dice) -> String {
    format!("000{:08}", dice.below(100_000_000))
}

#[cfg(test)]
mod tests {
    use doorstep_domain::{codes::default_code_lists, table::list};
    use doorstep_protocol::roster::Fact;

    use super::*;

    #[test]
    fn every_kind_is_in_the_code_list() {
        let kinds: Vec<u16> = default_code_lists()
            .into_iter()
            .filter_map(|fact| match fact {
                Fact::Code { list: list::KIND, code, .. } => Some(code),
                _ => None,
            })
            .collect();
        assert!(TROUBLES.iter().all(|trouble| kinds.contains(&trouble.kind)));
    }

    #[test]
    fn people_speak_both_languages() {
        let mut dice = Dice::new(1, "words");
        let said: Vec<String> = (0..100).map(|_| trouble(&mut dice).1).collect();
        assert!(said.iter().any(|text| text.is_ascii()));
        assert!(said.iter().any(|text| !text.is_ascii()));
        assert!(said.iter().all(|text| text.len() > 10));
    }
}
