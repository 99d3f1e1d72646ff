//! `doorstep demo`: the same seed gives the same day, and the day proves what it set out to prove.

use std::{path::Path, process::Command};

use serde_json::Value;

fn play(folder: &Path, name: &str, seed: &str) -> std::io::Result<std::process::Child> {
    Command::new(env!("CARGO_BIN_EXE_doorstep"))
        .args(["demo", "--headless", "--phones", "5", "--seed", seed, "--json"])
        .arg(folder.join(format!("{name}.json")))
        .arg("--data")
        .arg(folder.join(name))
        .stdout(std::process::Stdio::null())
        .spawn()
}

#[test]
fn one_seed_is_one_day_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let runs = [("first", "7"), ("second", "7"), ("other", "8")];
    let children = runs.map(|(name, seed)| play(folder.path(), name, seed));
    for child in children {
        assert!(child.unwrap().wait().unwrap().success());
    }
    let [first, second, other] = runs.map(|(name, _)| {
        let text = std::fs::read_to_string(folder.path().join(format!("{name}.json"))).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()
    });
    // What the exit code rests on is tested beside the report; here: that it is about something.
    for report in [&first, &second, &other] {
        assert_eq!((&report["lost"], &report["duplicated"]), (&Value::from(0), &Value::from(0)));
        assert_eq!(report["converged"], true);
        assert_eq!(report["saved"], report["delivered"]);
        for name in ["saved", "kills", "relay_kills", "concurrent_acts", "unreachable_syncs"] {
            assert!(report[name].as_u64().unwrap() > 0, "{name}");
        }
        assert_eq!(report["moved"]["picked_up"]["of"], 2);
        assert_eq!(report["figures_agree"], true);
        // Every way in which the loop ends was gone.
        let figures = &report["figures"];
        for stage in [
            "closed",
            "closed_not_reached",
            "closed_unsolved",
            "confirmed",
            "entered_by_mistake",
            "transferred",
            "withdrawn",
        ] {
            assert!(figures["stages"][stage].as_u64() > Some(0), "{stage} in {figures}");
        }
        let sheet = &figures["sheet"];
        assert_eq!(sheet["figures"]["collected"], figures["collected"]);
        assert_eq!(sheet["figures"]["resolved"]["of"], figures["resolved"]);
        // Everybody who carries a phone took part, of all who are assigned in the block.
        assert_eq!(sheet["taking_part"]["of"], report["phones"]);
        assert!(sheet["taking_part"]["all"].as_u64() > report["phones"].as_u64());
        let by_how = sheet["figures"]["disputes"]["by_how"].as_object().unwrap();
        for how in ["administrative_mediation", "judicial_mediation", "council"] {
            assert!(by_how.contains_key(how), "{how} in {by_how:?}");
        }
        assert_eq!(figures["watermark"]["phones"], report["phones"]);
        assert_eq!(figures["watermark"]["unseen"].as_array().map(Vec::len), Some(0));
    }
    assert_eq!(first["day_hash"], second["day_hash"]);
    assert_ne!(first["day_hash"], other["day_hash"]);
}
