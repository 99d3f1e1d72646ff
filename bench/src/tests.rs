//! The counts that must hold, on a small scale. No times.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::{
    PARTS, Scale,
    first_sync::{self, Load},
    fold, quiet, relay, restored, run, saving, wire,
};

#[test]
fn the_quick_run_runs() {
    for part in PARTS {
        run(part, &Scale::quick()).unwrap();
    }
}

#[test]
fn nothing_changed_costs_at_most_25_bytes_a_log() {
    let lines = quiet::measure(&[3, 10, 50]).unwrap();
    for line in &lines {
        assert_eq!(line.tally.round_trips, 1);
        assert_eq!(line.tally.pushed.seals + line.tally.served.seals, 0);
        assert!(line.tally.up <= 300 + 25 * line.logs, "{} B up", line.tally.up);
        assert!(line.tally.down <= 200, "{} B down", line.tally.down);
    }
    let (up, down) = quiet::slope(&lines).unwrap();
    assert!(up > 0.0 && up <= 25.0, "{up} B a log up");
    assert!(down.abs() < 0.5, "{down} B a log down");
    let (a, b) = (quiet::slope(&lines[..2]).unwrap(), quiet::slope(&lines[1..]).unwrap());
    assert!((a.0 - b.0).abs() < 2.0, "linear: {} and {} B a log", a.0, b.0);
}

#[test]
fn a_second_meeting_moves_no_seal() {
    let day = quiet::day().unwrap();
    assert_eq!((day.first.pushed.changes, day.first.pushed.seals), (30, 6));
    assert_eq!((day.first.served.changes, day.first.served.seals), (200, 20));
    assert!(day.first.round_trips <= 2, "{} round trips", day.first.round_trips);
    assert_eq!(day.again.pushed.seals + day.again.served.seals, 0);
    assert_eq!(day.again.round_trips, 1);
}

#[test]
fn a_seal_is_dearer_by_the_change_the_fewer_share_it() {
    let costs = wire::measure(2).unwrap();
    for costs in costs.chunks(4) {
        let shared: Vec<u64> =
            costs.iter().map(|cost| cost.shared() / cost.up.pushed.changes).collect();
        assert!(shared.is_sorted_by(|a, b| a > b), "{:?} {shared:?}", costs[0].deed);
        for cost in costs {
            assert_eq!(cost.up.pushed.changes, cost.changes_a_seal * cost.up.pushed.seals);
            assert_eq!(cost.up.pushed.seals, 2);
            assert_eq!(cost.down.served.changes, cost.up.pushed.changes);
            // Head and signature: 76 B and 64 B, with codec and count.
            assert_eq!(cost.up.pushed.envelope, 2 * (76 + 64 + 3));
        }
    }
}

#[test]
fn a_first_sync_grows_by_the_document_and_not_faster() {
    let load = |documents| Load { documents, changes_a_document: 1 };
    // Whole seals of 12 in each of four logs.
    let loads = [load(0), load(48), load(96), load(192)];
    let lines = first_sync::measure(&first_sync::small_proportions(), &loads).unwrap();
    let down: Vec<u64> = lines.iter().map(|line| line.tally.down).collect();
    for line in &lines {
        assert_eq!(line.tally.served.changes, line.load.documents as u64);
    }
    // Twice as many documents more cost at most twice as much, within a twentieth.
    assert!((down[3] - down[2]) * 20 <= (down[2] - down[1]) * 2 * 21, "{down:?}");
    assert!(first_sync::slope(&lines).unwrap() < 450.0, "{down:?}");
}

#[test]
fn a_restored_relay_is_made_whole_by_the_first_phone_for_what_was_lost() {
    let one = restored::measure(1, 40).unwrap();
    let three = restored::measure(3, 20).unwrap();
    for line in [&one, &three] {
        assert!(line.lost.0 > 0);
        assert_eq!(line.missing, 0, "nothing stays lost");
        let offered = line.first.of("Push");
        assert!(offered >= line.lost.1 && offered * 10 <= line.lost.1 * 13, "{offered} B");
        assert!(line.rounds <= 3, "{} rounds", line.rounds);
    }
    // Until the relay can say which seals it has, each phone offers them all, and not more than that.
    let all = three.all.of("Push");
    assert!(all * 10 <= three.phones * three.lost.1 * 13, "{all} B");
}

#[test]
fn a_visit_is_one_small_transaction() {
    let saving = saving::measure(20).unwrap();
    assert!(saving.pages.0 >= saving.pages.1, "{saving:?}");
    assert!(saving.pages.0 <= 10 * 40, "{} pages for ten visits", saving.pages.0);
    assert!(saving.raw > 100);
}

#[test]
fn the_relay_stores_what_it_was_given_and_an_index() {
    for disk in relay::disk(240).unwrap() {
        assert!(disk.disk > disk.raw, "{disk:?}");
        assert!(disk.disk <= disk.raw * 12, "{disk:?}");
    }
}

#[test]
fn an_event_takes_as_many_steps_in_a_long_grievance_as_in_a_short_one() {
    let lines = fold::lengths(&[8, 128, 1_024], 2_048).unwrap();
    for line in &lines[1..] {
        // Within a quarter: of a short one the first events are a larger part.
        let (here, usual) = (line.steps * lines[0].events, lines[0].steps * line.events);
        assert!(here * 4 <= usual * 5, "{line:?} against {:?}", lines[0]);
        // Each act's past is a set of bits, in words.
        let words = line.acts as u64 / 64 + 1;
        assert!(line.bits <= line.events * (4 * words + 16), "{line:?}");
    }
}

#[test]
fn every_grievance_has_its_row() {
    let many = fold::many(100).unwrap();
    assert_eq!((many.grievances, many.events, many.collected), (100, 800, 100));
}
