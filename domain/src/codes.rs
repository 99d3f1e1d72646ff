//! The code lists that a realm starts with. A realm may add to them, change a text or take a code out of
//! use; a code is never used again for something else.

use doorstep_protocol::roster::{CodeItem, Fact, RosterAt};

use crate::table::{Grade, list};

/// The code of disputes in list kind: the one kind that the figures count apart.
pub const KIND_DISPUTE: u16 = 0;

const HOUR_S: u32 = 60 * 60;
const DAY_S: u32 = 24 * HOUR_S;

/// Grade, due, texts.
const GRADES: [(Grade, u32, &str, &str); 4] = [
    (Grade::A, 2 * HOUR_S, "A 紧急（2小时）", "A urgent (2 hours)"),
    (Grade::B, DAY_S, "B 急办（24小时）", "B pressing (24 hours)"),
    (Grade::C, 7 * DAY_S, "C 一般（7天）", "C ordinary (7 days)"),
    (Grade::D, 15 * DAY_S, "D 长期（15天）", "D long (15 days)"),
];

/// Code, default grade, texts.
const KINDS: [(u16, Grade, &str, &str); 12] = [
    (KIND_DISPUTE, Grade::C, "矛盾纠纷", "Dispute"),
    (1, Grade::A, "安全隐患", "Safety"),
    (2, Grade::C, "环境卫生", "Environment"),
    (3, Grade::C, "物业管理", "Property management"),
    (4, Grade::C, "民生保障", "Welfare"),
    (5, Grade::C, "交通出行", "Traffic"),
    (6, Grade::D, "住房", "Housing"),
    (7, Grade::B, "水电气暖", "Water, power, gas, heat"),
    (8, Grade::C, "医疗健康", "Health"),
    (9, Grade::C, "教育", "Education"),
    (10, Grade::C, "就业劳动", "Work"),
    (99, Grade::C, "其他", "Other"),
];

/// List, code, texts.
const PLAIN: &[(u16, u16, &str, &str)] = &[
    (list::REASON, 0, "信息有误", "Entered wrongly"),
    (list::REASON, 1, "重复登记", "Entered twice"),
    (list::REASON, 2, "超出权限", "Beyond our powers"),
    (list::REASON, 3, "需要上级协调", "Needs a higher level"),
    (list::REASON, 4, "不属本地管辖", "Of another place"),
    (list::REASON, 5, "人手不足", "No hands free"),
    (list::REASON, 6, "情况变化", "Things have changed"),
    (list::REASON, 7, "问题未解决", "Not solved"),
    (list::REASON, 8, "处理不满意", "Not content with how"),
    (list::REASON, 9, "问题复发", "It came back"),
    (list::REASON, 10, "无政策依据", "No rule provides for it"),
    (list::REASON, 11, "居民撤回", "The resident takes it back"),
    (list::REASON, 12, "已自行解决", "It solved itself"),
    (list::REASON, 13, "需要更多时间", "Needs more time"),
    (list::REASON, 14, "已搬离", "Moved away"),
    (list::REASON, 15, "已核实处理", "Looked into and settled"),
    (list::REASON, 99, "其他", "Other"),
    (list::PURPOSE, 0, "日常走访", "Ordinary visit"),
    (list::PURPOSE, 1, "重点关怀", "Care for a priority household"),
    (list::PURPOSE, 2, "诉求回访", "Return about a grievance"),
    (list::PURPOSE, 3, "矛盾调解", "Mediation of a dispute"),
    (list::PURPOSE, 4, "政策宣传", "Telling of rules and help"),
    (list::PURPOSE, 5, "安全检查", "Safety check"),
    (list::RELATION, 0, "户主", "Head of the household"),
    (list::RELATION, 1, "配偶", "Spouse"),
    (list::RELATION, 2, "子女", "Child"),
    (list::RELATION, 3, "父母", "Parent"),
    (list::RELATION, 4, "祖父母", "Grandparent"),
    (list::RELATION, 5, "孙子女", "Grandchild"),
    (list::RELATION, 6, "租客", "Tenant"),
    (list::RELATION, 7, "护理人员", "Carer"),
    (list::RELATION, 99, "其他", "Other"),
    (list::BIRTH_BAND, 0, "未知", "Not known"),
    (list::BIRTH_BAND, 1, "1940年以前", "Before 1940"),
    (list::BIRTH_BAND, 2, "1940-1949年", "1940 to 1949"),
    (list::BIRTH_BAND, 3, "1950-1959年", "1950 to 1959"),
    (list::BIRTH_BAND, 4, "1960-1969年", "1960 to 1969"),
    (list::BIRTH_BAND, 5, "1970-1979年", "1970 to 1979"),
    (list::BIRTH_BAND, 6, "1980-1989年", "1980 to 1989"),
    (list::BIRTH_BAND, 7, "1990-1999年", "1990 to 1999"),
    (list::BIRTH_BAND, 8, "2000-2009年", "2000 to 2009"),
    (list::BIRTH_BAND, 9, "2010年以后", "2010 or later"),
    (list::CHECKLIST, 0, "用电安全", "Wiring"),
    (list::CHECKLIST, 1, "燃气安全", "Gas"),
    (list::CHECKLIST, 2, "消防通道", "Way out in a fire"),
    (list::CHECKLIST, 3, "独居老人状况", "Old person living alone"),
    (list::CHECKLIST, 4, "儿童照护", "Care of children"),
    (list::CHECKLIST, 5, "电动车充电", "Charging of electric bicycles"),
    (list::CHECKLIST, 6, "邻里关系", "Neighbours"),
    (list::FIELD, 0, "需求", "Needs"),
    (list::FIELD, 1, "语言", "Language"),
    (list::FIELD, 2, "居住情况", "How they live here"),
    (list::FIELD, 3, "方便时间", "When to come"),
    (list::FIELD, 4, "备注", "Remark"),
    (list::PRIORITY, 0, "独居老人", "Old and alone"),
    (list::PRIORITY, 1, "残障", "Disabled"),
    (list::PRIORITY, 2, "重病", "Gravely ill"),
    (list::PRIORITY, 3, "低保", "On basic support"),
    (list::PRIORITY, 4, "困境儿童", "Child in need"),
    (list::PRIORITY, 5, "家庭矛盾", "Conflict at home"),
    (list::PRIORITY, 99, "其他", "Other"),
    (list::LANGUAGE, 0, "普通话", "Mandarin"),
    (list::LANGUAGE, 1, "粤语", "Cantonese"),
    (list::LANGUAGE, 2, "客家话", "Hakka"),
    (list::LANGUAGE, 3, "潮汕话", "Teochew"),
    (list::LANGUAGE, 4, "英语", "English"),
    (list::LANGUAGE, 99, "其他", "Other"),
    (list::ANSWER, 0, "正常", "All right"),
    (list::ANSWER, 1, "有隐患", "Not all right"),
    (list::ANSWER, 2, "已当场处理", "Put right at once"),
    (list::ANSWER, 3, "未查看", "Not looked at"),
    (list::ANSWER, 4, "不适用", "Does not apply"),
];

/// The code lists that `init` writes into the roster of a new realm.
///
/// ```
/// use doorstep_domain::{codes::default_code_lists, table::list};
/// use doorstep_protocol::roster::Fact;
/// let grade_a = default_code_lists().into_iter().find_map(|fact| match fact {
///     Fact::Code { list: list::GRADES, code: 0, item } => item,
///     _ => None,
/// });
/// assert_eq!(grade_a.unwrap().data, 7_200_u32.to_be_bytes());
/// ```
pub fn default_code_lists() -> Vec<Fact> {
    let item = |list, code, zh: &str, en: &str, data: Vec<u8>| Fact::Code {
        list,
        code,
        item: Some(CodeItem { zh: zh.to_owned(), en: en.to_owned(), data, in_use: true }),
    };
    let grades = GRADES.iter().map(|(grade, due_s, zh, en)| {
        item(list::GRADES, u16::from(grade.number()), zh, en, due_s.to_be_bytes().to_vec())
    });
    let kinds = KINDS
        .iter()
        .map(|(code, grade, zh, en)| item(list::KIND, *code, zh, en, vec![grade.number()]));
    let plain = PLAIN.iter().map(|(list, code, zh, en)| item(*list, *code, zh, en, Vec::new()));
    grades.chain(kinds).chain(plain).collect()
}

/// How long a grievance of this grade may take, in s, by the table of a roster point; where the roster
/// has none that can be read, by the first table.
pub fn due_s(roster: Option<&RosterAt<'_>>, grade: Grade) -> u64 {
    let table = roster
        .and_then(|roster| roster.code(list::GRADES, u16::from(grade.number())))
        .and_then(|item| item.data.as_slice().try_into().ok())
        .map(u32::from_be_bytes);
    let first = GRADES.iter().find(|(of, ..)| *of == grade).map_or(15 * DAY_S, |(_, due, ..)| *due);
    u64::from(table.unwrap_or(first))
}

/// The grade of a kind of grievance that was not graded; C where the list says nothing.
pub fn default_grade(roster: Option<&RosterAt<'_>>, kind: u16) -> Grade {
    roster
        .and_then(|roster| roster.code(list::KIND, kind))
        .and_then(|item| match item.data.as_slice() {
            [grade] => Grade::from_number(u64::from(*grade)),
            _ => None,
        })
        .unwrap_or(Grade::C)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_code_stands_twice_in_its_list() {
        let mut seen = BTreeSet::new();
        for fact in default_code_lists() {
            let Fact::Code { list, code, item: Some(item) } = fact else { panic!() };
            assert!(seen.insert((list, code)), "{list} {code}");
            assert!(!item.zh.is_empty() && !item.en.is_empty() && item.in_use);
        }
        let lists: BTreeSet<u16> = seen.iter().map(|(list, _)| *list).collect();
        assert_eq!(lists, (1..=11).collect());
    }

    #[test]
    fn without_a_roster_the_first_table_holds() {
        assert_eq!(due_s(None, Grade::B), 86_400);
        assert_eq!(default_grade(None, 1), Grade::C);
    }
}
