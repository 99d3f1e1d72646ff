//! The picture of the stages says what the code says.

use std::{fs, path::Path};

use doorstep_domain::{
    fold::grievance::Stage,
    words::{self, Language},
};

#[test]
fn the_picture_has_every_stage_once_in_both_languages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images/grievance-stages.svg");
    let picture = fs::read_to_string(path).unwrap();
    for stage in Stage::ALL {
        let word = serde_json::to_value(stage).unwrap().as_str().unwrap().replace('_', " ");
        let chinese = words::stage(stage, Language::Chinese);
        for text in [word.as_str(), chinese] {
            assert_eq!(picture.matches(&format!(">{text}</text>")).count(), 1, "{text}");
        }
    }
    assert_eq!(picture.matches("class=\"zh\"").count(), Stage::ALL.len());
}
