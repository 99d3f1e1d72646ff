//! The page as HTML.

use std::fmt::Write as _;

use doorstep_protocol::id::DocumentKind;

use super::Status;

/// The language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Zh,
    En,
}

impl Language {
    /// What the address asks for, else what the browser prefers, else English.
    pub(super) fn choose(query: Option<&str>, accepted: Option<&str>) -> Self {
        let asked = query.into_iter().flat_map(|query| query.split('&'));
        match asked.filter_map(|pair| pair.strip_prefix("lang=")).next() {
            Some("zh") => return Self::Zh,
            Some("en") => return Self::En,
            _ => {}
        }
        let first = accepted.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
        if first.trim().to_ascii_lowercase().starts_with("zh") { Self::Zh } else { Self::En }
    }

    fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem;color:#222;background:#fff}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\
table{border-collapse:collapse}th,td{text-align:left;padding:.2rem 1.2rem .2rem 0;\
border-bottom:1px solid #ddd}td.n{text-align:right;font-variant-numeric:tabular-nums}\
svg{max-width:100%;height:auto}code{font-size:.85em}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}th,td{border-color:#444}}";

pub(super) fn render(status: &Status, language: Language) -> String {
    let mut out = String::with_capacity(8 * 1024);
    let l = language;
    let title = l.pick("Doorstep 中继", "Doorstep relay");
    let _ = write!(
        out,
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style><h1>{title}</h1>\
         <p>{}: <code>{}</code> · <a href=\"?lang=zh\" lang=\"zh\">中文</a> \
         <a href=\"?lang=en\" lang=\"en\">English</a></p>",
        l.pick("zh", "en"),
        l.pick("域", "Realm"),
        escape(&status.realm),
    );
    counts(&mut out, status, l);
    alarms(&mut out, status, l);
    chart(&mut out, status, l);
    out.push_str("</html>\n");
    out
}

fn counts(out: &mut String, status: &Status, l: Language) {
    let counts = &status.counts;
    let mut rows: Vec<(&str, u64)> = vec![
        (l.pick("有记录的日志", "Logs with entries"), counts.logs),
        (l.pick("名册", "Rosters"), counts.rosters),
        (l.pick("已收封包", "Seals taken"), counts.seals),
        (l.pick("封包字节", "Bytes of seals"), counts.seal_bytes),
        (l.pick("已生效更改", "Changes applied"), counts.changes_applied),
        (l.pick("搁置更改", "Changes set aside"), counts.changes_aside),
    ];
    for (kind, n) in &counts.documents {
        rows.push((kind_word(*kind, l), *n));
    }
    rows.push((l.pick("登记的手机", "Phones enrolled"), status.devices as u64));
    rows.push((l.pick("见过的手机", "Phones met"), counts.devices_met));
    let _ = write!(out, "<h2>{}</h2><table>", l.pick("存量", "What is stored"));
    for (name, n) in rows {
        let _ = write!(out, "<tr><th scope=\"row\">{name}</th><td class=\"n\">{n}</td></tr>");
    }
    out.push_str("</table>");
}

fn kind_word(kind: u8, l: Language) -> &'static str {
    match DocumentKind::from_number(kind) {
        Some(DocumentKind::Household) => l.pick("户", "Households"),
        Some(DocumentKind::Visit) => l.pick("走访", "Visits"),
        Some(DocumentKind::Grievance) => l.pick("诉求", "Grievances"),
        Some(DocumentKind::Meeting) => l.pick("议事会", "Meetings"),
        None => l.pick("其他文档", "Other documents"),
    }
}

fn alarms(out: &mut String, status: &Status, l: Language) {
    let _ = write!(out, "<h2>{}</h2>", l.pick("告警", "Alarms"));
    if status.alarms.is_empty() {
        let _ = write!(out, "<p>{}</p>", l.pick("无", "None"));
        return;
    }
    let _ = write!(
        out,
        "<table><tr><th>{}</th><th>{}</th><th>{}</th></tr>",
        l.pick("名称", "Name"),
        l.pick("日志", "Log"),
        l.pick("次数", "Times"),
    );
    for alarm in &status.alarms {
        let _ = write!(
            out,
            "<tr><td>{}</td><td><code>{}</code></td><td class=\"n\">{}</td></tr>",
            escape(&alarm.name),
            alarm.scope,
            alarm.times
        );
    }
    out.push_str("</table>");
}

/// A bar for each block, longest = the most entries.
fn chart(out: &mut String, status: &Status, l: Language) {
    const ROW: usize = 22;
    const LABEL: u64 = 320;
    const LABEL_LETTERS: usize = 40;
    const BAR: u64 = 360;
    let title = l.pick("各街区记录数", "Entries by block");
    let _ = write!(out, "<h2>{title}</h2>");
    let blocks: Vec<_> = status.blocks.iter().take(super::ROWS_MAX).collect();
    let most = blocks.iter().map(|block| block.entries).max().unwrap_or_default().max(1);
    let _ = write!(
        out,
        "<svg role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 760 {}\" width=\"760\" \
         font-size=\"13\" fill=\"currentColor\">",
        blocks.len() * ROW + 4
    );
    for (n, block) in blocks.iter().enumerate() {
        let width = block.entries.saturating_mul(BAR) / most;
        let y = n * ROW;
        let name = if block.name.is_empty() { &block.block } else { &block.name };
        let label = format!("{} · {name}", block.community);
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text><rect x=\"{LABEL}\" y=\"{}\" width=\"{width}\" \
             height=\"14\" fill=\"#3a7d5d\"/><text x=\"{}\" y=\"{}\">{}</text>",
            y + 15,
            escape(&cut(&label, LABEL_LETTERS)),
            y + 4,
            LABEL + width + 6,
            y + 15,
            block.entries,
        );
    }
    out.push_str("</svg>");
}

/// At most so many letters, the last of them a sign that more was there.
fn cut(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        None => text.to_owned(),
        Some(_) => text.chars().take(letters.saturating_sub(1)).chain(['…']).collect(),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{status::BlockStatus, store::Counts};

    #[test]
    fn the_language_is_asked_for_or_the_browsers() {
        assert_eq!(Language::choose(None, Some("zh-CN,zh;q=0.9")), Language::Zh);
        assert_eq!(Language::choose(Some("lang=en"), Some("zh-CN")), Language::En);
        assert_eq!(Language::choose(None, None), Language::En);
    }

    #[test]
    fn a_long_name_is_cut_and_says_so() {
        assert_eq!(cut("观澜街道", 4), "观澜街道");
        assert_eq!(cut("观澜街道办", 4), "观澜街…");
    }

    #[test]
    fn what_people_named_cannot_become_markup() {
        let status = Status {
            realm: "r".to_owned(),
            now_ms: 0,
            counts: Counts::default(),
            devices: 0,
            blocks: vec![BlockStatus {
                block: "<script>".to_owned(),
                entries: u64::MAX,
                ..BlockStatus::default()
            }],
            alarms: Vec::new(),
        };
        let page = render(&status, Language::Zh);
        assert!(!page.contains("<script>"));
        assert!(page.contains("&lt;script&gt;"));
    }
}
