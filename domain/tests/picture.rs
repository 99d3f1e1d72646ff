//! The picture of the stages says what the code says.

use std::{fs, path::Path};

use doorstep_domain::{
    fold::grievance::Stage,
    words::{self, Language},
};

const STAGES: [Stage; 14] = [
    Stage::Void,
    Stage::EnteredByMistake,
    Stage::Transferred,
    Stage::Withdrawn,
    Stage::Discovered,
    Stage::Accepted,
    Stage::InProgress,
    Stage::Referred,
    Stage::Reopened,
    Stage::Resolved,
    Stage::Confirmed,
    Stage::Closed,
    Stage::ClosedNotReached,
    Stage::ClosedUnsolved,
];

#[test]
fn the_picture_has_every_stage_once_in_both_languages() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images/grievance-stages.svg");
    let picture = fs::read_to_string(path).unwrap();
    for stage in STAGES {
        let word = serde_json::to_value(stage).unwrap().as_str().unwrap().replace('_', " ");
        let chinese = words::stage(stage, Language::Chinese);
        for text in [word.as_str(), chinese] {
            assert_eq!(picture.matches(&format!(">{text}</text>")).count(), 1, "{text}");
        }
    }
    assert_eq!(picture.matches("class=\"zh\"").count(), STAGES.len());
}
