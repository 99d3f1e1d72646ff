//! Draws text as a picture for the README: a terminal with monospaced lines, as SVG.

use std::fmt::Write as _;

const COLUMN_PX: f32 = 8.4;
const LINE_PX: f32 = 19.0;
const MARGIN_PX: f32 = 18.0;
const TITLE_PX: f32 = 34.0;

/// Prints the picture of standard input under a title line with the command that printed it.
pub(crate) fn run(command: &str) -> Result<(), String> {
    let text = std::io::read_to_string(std::io::stdin())
        .map_err(|error| format!("standard input cannot be read: {error}"))?;
    print!("{}", of(command, &text));
    Ok(())
}

fn of(command: &str, text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let columns =
        lines.iter().map(|line| columns(line)).max().unwrap_or(0).max(columns(command) + 2);
    let width = MARGIN_PX * 2.0 + columns as f32 * COLUMN_PX;
    let height = TITLE_PX + MARGIN_PX * 2.0 + lines.len() as f32 * LINE_PX;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#10161d\"/>\n\
         <rect width=\"100%\" height=\"{TITLE_PX:.0}\" rx=\"10\" fill=\"#1c2530\"/>\n\
         <g font-family=\"'DejaVu Sans Mono','Noto Sans Mono','WenQuanYi Zen Hei Mono',monospace\" \
         font-size=\"14\" xml:space=\"preserve\" fill=\"#dfe7ee\">",
        escape(command)
    );
    line(&mut out, &format!("$ {command}"), TITLE_PX - 11.0, "#8fd18f");
    for (n, text) in lines.iter().enumerate() {
        let y = TITLE_PX + MARGIN_PX + n as f32 * LINE_PX + 10.0;
        line(&mut out, text, y, colour(text));
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Headings stand out, and so does what must be nought.
fn colour(line: &str) -> &'static str {
    let word = line.trim_start();
    if word.starts_with("Nothing is lost") {
        "#8fd18f"
    } else if !line.starts_with("   ")
        && ["Lost", "Twice", "The same", "Arrived"].iter().any(|head| word.starts_with(head))
    {
        "#ffd479"
    } else if !line.starts_with(' ') {
        "#8ab8ff"
    } else {
        "#dfe7ee"
    }
}

/// Each run of narrow or wide letters is placed by its column, whatever font draws it.
fn line(out: &mut String, text: &str, y: f32, colour: &str) {
    let mut column = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let wide = is_wide(first);
        let end = rest.find(|c| is_wide(c) != wide).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let count = run.chars().count() * if wide { 2 } else { 1 };
        if !run.trim().is_empty() {
            let x = MARGIN_PX + column as f32 * COLUMN_PX;
            let length = count as f32 * COLUMN_PX;
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\" \
                 lengthAdjust=\"spacing\" fill=\"{colour}\">{}</text>",
                escape(run)
            );
        }
        column += count;
        rest = after;
    }
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}')
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn wide_letters_take_two_columns() {
        let svg = super::of("demo", "Saved 已保存 3");
        assert!(svg.contains("textLength=\"50.4\""), "three wide letters: {svg}");
    }
}
