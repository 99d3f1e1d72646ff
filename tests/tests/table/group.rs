//! The same trouble told twice, and trouble filed at the wrong place.

use serde_json::json;

use crate::play::row;

/// One group; each reporter keeps their own document, resolution, and right to confirm and reject.
#[test]
fn duplicates_both_ways() {
    row(
        "Wang g files
         Hu   h files
         apart
         Wang l duplicate_of other=#h
         Hu   k duplicate_of other=#g !in=h
         together
         Li   r resolve & !in=h resolve with=#g
         apart
         Wang c confirm resolution=@r
         Hu   n reject resolution=@r !in=h",
        json!({
            "g": {"stage": "confirmed", "duplicates": ["h"]},
            "h": {"stage": "reopened", "round": 2, "duplicates": ["g"]},
            "figures": {"collected": 2, "collected_groups": 1, "resolved": {"of": 1, "all": 2}}
        }),
    );
}

/// A chain of three is one group; its links are taken back one by one, and linked again.
#[test]
fn duplicates_in_a_chain() {
    let chain = "Wang g files
         Hu   h files
         Li   i files
         apart
         Wang l duplicate_of other=#h
         Hu   k duplicate_of other=#i !in=h";
    let figures = |groups: u64| json!({"collected": 3, "collected_groups": groups});
    row(chain, json!({"g": {"duplicates": ["h"]}, "i": {"duplicates": []}, "figures": figures(1)}));
    row(
        &format!("{chain}\ntogether\nLi u not_duplicate link=@k !in=h"),
        json!({"h": {"duplicates": []}, "figures": figures(2)}),
    );
    row(
        &format!(
            "{chain}
             together
             apart
             Li   u not_duplicate link=@k !in=h
             Hu   v not_duplicate link=@k !in=h
             together
             Hu   m duplicate_of other=#i !in=h"
        ),
        json!({"h": {"duplicates": ["i"]}, "figures": figures(1)}),
    );
}

/// A ring, and a document that is linked to itself: nothing goes round for ever.
#[test]
fn duplicates_in_a_ring() {
    row(
        "Wang g files
         Hu   h files
         Li   i files
         apart
         Wang l duplicate_of other=#h
         Hu   k duplicate_of other=#i !in=h
         Li   m duplicate_of other=#g !in=i
         Li   s duplicate_of other=#i !in=i",
        json!({
            "g": {"stage": "discovered"}, "h": {"stage": "discovered"}, "i": {"stage": "discovered"},
            "figures": {"collected": 3, "collected_groups": 1}
        }),
    );
}

/// What is said of a document that was filed at the wrong place is flagged, not lost.
#[test]
fn transfer_and_a_late_word() {
    row(
        "Hu   d files
         Wang r resolve
         Chen e files place=G2-1
         apart
         Chen t transfer to=#e reason=4
         Hu   n reject resolution=@r
         Li   f feed_back resolution=@r",
        json!({
            "d": {
                "stage": "transferred", "transferred_to": "e", "due": null,
                "flags": ["after_transfer"], "flagged": {"after_transfer": ["f", "n"]}
            },
            "e": {"stage": "discovered"},
            "figures": {"collected": 1, "transferred": 1}
        }),
    );
}

#[test]
fn transfer_and_work_unseen() {
    row(
        "Hu   d files
         Chen e files place=G2-1
         apart
         Chen t transfer to=#e reason=4
         Wang r resolve",
        json!({"d": {"stage": "transferred", "flags": [], "accounts": ["r"]}}),
    );
}
