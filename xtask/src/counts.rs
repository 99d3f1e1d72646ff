//! How many tests ran, read from what their runners print at their end.

use std::ops::AddAssign;

/// Tests that passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// What a runner's closing line says; nought for every other line. Known are Cargo's, Maven's (one a module), the
    /// plain `3 passed, 0 failed` and `3 of 3 passed`.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("test result: ") {
            let before = |word| number_before(rest, word);
            return Self {
                passed: before("passed"),
                failed: before("failed"),
                skipped: before("ignored"),
            };
        }
        // The lines of single classes say how long they took; the module's sum does not.
        if let Some((_, rest)) =
            line.split_once("Tests run: ").filter(|_| !line.contains("Time elapsed"))
        {
            let after = |word: &str| number_after(rest, word);
            let failed = after("Failures: ") + after("Errors: ");
            let skipped = after("Skipped: ");
            let run = number_after(rest, "");
            return Self { passed: run.saturating_sub(failed + skipped), failed, skipped };
        }
        let plain = line
            .split_once(": ")
            .map_or(line, |(word, rest)| if word.contains(' ') { line } else { rest });
        if plain.starts_with(|c: char| c.is_ascii_digit()) && plain.contains(" passed, ") {
            let before = |word| number_before(plain, word);
            return Self {
                passed: before("passed"),
                failed: before("failed"),
                skipped: before("skipped"),
            };
        }
        Self::of_fraction(line).unwrap_or_default()
    }

    /// `11 of 12 passed`.
    fn of_fraction(line: &str) -> Option<Self> {
        let (passed, all) = line.strip_suffix(" passed")?.split_once(" of ")?;
        let (passed, all) = (passed.parse::<u64>().ok()?, all.parse::<u64>().ok()?);
        Some(Self { passed, failed: all.saturating_sub(passed), skipped: 0 })
    }

    /// Whether any test ran at all.
    pub(crate) fn any(self) -> bool {
        self.passed + self.failed > 0
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> =
        text.split([' ', ';', ',', '.']).filter(|word| !word.is_empty()).collect();
    let at = words.iter().position(|found| *found == word);
    at.and_then(|at| words.get(at.checked_sub(1)?))
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

fn number_after(text: &str, word: &str) -> u64 {
    let Some((_, rest)) = text.split_once(word) else { return 0 };
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn closing_lines_are_read() {
        let cargo = "test result: FAILED. 11 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.1s";
        assert_eq!(Counts::of_line(cargo), counts(11, 2, 1));
        let maven = "[ERROR] Tests run: 12, Failures: 1, Errors: 2, Skipped: 3";
        assert_eq!(Counts::of_line(maven), counts(6, 3, 3));
        assert_eq!(Counts::of_line("swift: 7 passed, 0 failed"), counts(7, 0, 0));
        assert_eq!(Counts::of_line("7 passed, 1 failed, 2 skipped"), counts(7, 1, 2));
        assert_eq!(Counts::of_line("11 of 12 passed"), counts(11, 1, 0));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in [
            "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in a.FormTest",
            "running 12 tests",
            "a story: 3 passed, and one came back",
            "",
        ] {
            assert_eq!(Counts::of_line(line), Counts::default(), "{line}");
        }
        assert!(!Counts::default().any());
    }
}
