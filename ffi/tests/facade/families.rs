//! Households: all that is known of one, and what is written into it.

use doorstep_ffi::{
    By, Channel, Consent, DocumentKind, FieldValue, FlagAsks, FoundGrievance, HouseholdStep,
    NewHousehold, NewHouseholdStep, NewNotice, NewReporter, NewVisit,
};

use crate::world::{Office, Phone, code};

fn lin(office: &Office, phone: &Phone) -> String {
    let notice =
        NewNotice { version: 2, channel: Channel::InPerson, language: 1, by: By::Resident };
    let new = NewHousehold {
        act: phone.new_act().unwrap(),
        place: office.building("G1-1"),
        unit: "3-201".into(),
        person: Some("Grandmother Lin".into()),
        phone: Some("138 0013 8042".into()),
        consent: Some(Consent::Yes),
        consent_by: Some(By::Family),
        notice: Some(notice),
    };
    phone.found_household(new).unwrap().doc
}

#[test]
fn a_household_is_shown_with_all_that_is_known_of_it() {
    let office = Office::open();
    let li = office.phone("M1");
    let doc = lin(&office, &li);
    let home = li.home(&doc);
    assert!(home.may_write);
    let consent = home.consent.as_ref().unwrap();
    assert_eq!((consent.level, consent.text.as_str()), (Consent::Yes, "Visits are welcome"));
    assert_eq!((consent.said[0].by, consent.said[0].by_text.as_str()), (By::Family, "The family"));
    let notice = &home.notices[0];
    assert_eq!((notice.version, notice.language.as_str()), (2, "Cantonese"));
    assert_eq!((notice.channel_text.as_str(), notice.author.name.as_str()), ("In person", "Li"));
    let person = home.persons[0].clone();
    assert_eq!(person.birth_band.as_deref(), Some("Not known"));

    let form = li.household_step_form(doc.clone()).unwrap();
    let (fifth, needs) = (form.birth_bands[4].clone(), form.fields[0].clone());
    li.on_household(
        &doc,
        HouseholdStep::ChangePerson {
            replaces: person.events.clone(),
            name: "Lin Yulan".into(),
            relation: person.relation_code,
            birth_band: fifth.code,
        },
    )
    .unwrap();
    li.on_household(
        &doc,
        HouseholdStep::AddPhone {
            number: "010 6552 3311".into(),
            person: Some(person.person.clone()),
        },
    )
    .unwrap();
    let said = |text: &str, replaces| HouseholdStep::SetField {
        field: needs.code,
        value: FieldValue::Text { text: text.into() },
        replaces,
    };
    li.on_household(&doc, said("A ramp", vec![])).unwrap();
    let ramp = li.home(&doc).fields[0].clone();
    li.on_household(&doc, said("A ramp and a rail", ramp.events)).unwrap();

    let home = li.home(&doc);
    assert_eq!((home.persons.len(), home.persons[0].person.clone()), (1, person.person));
    assert_eq!(home.persons[0].name, "Lin Yulan");
    assert_eq!(home.persons[0].birth_band.as_ref(), Some(&fifth.text));
    assert_eq!(
        (home.fields[0].name.as_str(), home.fields[0].text.as_str()),
        ("Needs", "A ramp and a rail")
    );
    assert_eq!(home.phones[1].number, "••• •••• •311");
    assert_eq!(home.phones[1].person_name.as_deref(), Some("Lin Yulan"));

    let open = |event: &str| li.open_phone(doc.clone(), event.to_owned());
    assert_eq!(open(&home.phones[1].event).unwrap(), "010 6552 3311");
    li.on_household(
        &doc,
        HouseholdStep::ReplacePhone {
            replaces: vec![home.phones[1].event.clone()],
            number: "010 6552 0000".into(),
            person: None,
        },
    )
    .unwrap();
    assert_eq!(code(open(&home.phones[1].event)), "Rejected look_again", "it was replaced");
    assert_eq!(li.home(&doc).phones.len(), 2);
    assert_eq!(
        code(li.open_phone("0".repeat(32), home.phones[0].event.clone())),
        "Rejected look_again"
    );

    let left = HouseholdStep::PersonLeft { person: home.persons[0].person.clone() };
    li.on_household(&doc, left).unwrap();
    let home = li.home(&doc);
    assert!(home.persons[0].left && home.persons[0].name == "Lin Yulan");
    assert_eq!(home.line.persons, 0);
    let struck = home.story.iter().find(|line| line.kind == "person_left").unwrap().event.clone();
    assert!(home.may_correct.contains(&struck));
    li.on_household(&doc, HouseholdStep::Correct { event: struck, reason: 0 }).unwrap();
    assert_eq!(li.home(&doc).line.persons, 1);
}

#[test]
fn what_two_wrote_unseen_by_each_other_is_shown_and_the_stricter_holds() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = lin(&office, &li);
    li.exchange();
    chen.exchange();
    let word = |phone: &Phone, level| HouseholdStep::SetConsent {
        level,
        by: By::Resident,
        until_day: Some(20_700),
        replaces: phone.home(&doc).consent.unwrap().events,
    };
    li.on_household(&doc, word(&li, Consent::ByAppointment)).unwrap();
    chen.on_household(&doc, word(&chen, Consent::No)).unwrap();
    li.exchange();
    chen.exchange();
    let home = chen.home(&doc);
    let consent = home.consent.unwrap();
    assert_eq!((consent.level, consent.said.len()), (Consent::No, 2));
    assert_eq!((home.flags.len(), home.line.flags, home.flags[0].asks), (1, 1, FlagAsks::Seen));
    assert_eq!(consent.said[0].until_day, Some(20_700));
    let (flag, about) = (home.flags[0].flag.clone(), home.flags[0].about.clone());
    chen.on_household(&doc, HouseholdStep::Settle { flag, about, reason: None }).unwrap();
    let home = chen.home(&doc);
    assert_eq!(home.line.flags, 0);
    assert_eq!(home.consent.unwrap().level, Consent::No, "settling opens no door");
    chen.on_household(&doc, word(&chen, Consent::Yes)).unwrap();
    let home = chen.home(&doc);
    assert_eq!((home.line.consent, home.line.flags), (Some(Consent::Yes), 0), "asked once more");
}

#[test]
fn a_priority_is_given_and_ended_and_given_again() {
    let office = Office::open();
    let li = office.phone("M1");
    let doc = lin(&office, &li);
    let form = li.household_step_form(doc.clone()).unwrap();
    assert_eq!(form.priorities[0].text, "Old and alone");
    let set = |review_day| HouseholdStep::SetPriority {
        code: form.priorities[0].code,
        review_day,
        replaces: li.home(&doc).priority_events,
    };
    li.on_household(&doc, set(1)).unwrap();
    let priority = li.home(&doc).priority.unwrap();
    assert_eq!((priority.text.as_str(), priority.review_day), ("Old and alone", 1));
    assert!(priority.review_due);
    li.on_household(&doc, set(16_000_000)).unwrap();
    let home = li.home(&doc);
    assert!(!home.priority.unwrap().review_due);
    assert_eq!(home.line.review_day, Some(16_000_000));
    let ended = |replaces| HouseholdStep::EndPriority { reason: 6, replaces };
    assert_eq!(
        code(li.on_household(&doc, ended(vec![]))),
        "Rejected bad_id",
        "it would end nothing"
    );
    li.on_household(&doc, ended(home.priority_events)).unwrap();
    let home = li.home(&doc);
    assert!(home.priority.is_none() && home.priority_ended_s.is_some());
    li.on_household(&doc, set(16_000_000)).unwrap();
    let home = li.home(&doc);
    assert!(home.priority.is_some() && home.flags.is_empty(), "nothing stands beside it");
}

#[test]
fn a_household_that_is_the_same_as_another_shares_its_story() {
    let office = Office::open();
    let li = office.phone("M1");
    let place = office.building("G1-1");
    let (doc, other) = (lin(&office, &li), li.household_at(&place, "3-202").unwrap().doc);
    let form = li.household_step_form(doc.clone()).unwrap();
    let others: Vec<&str> = form.households.iter().map(|line| line.unit.as_str()).collect();
    assert_eq!(others, ["3-202"], "the others of the building");
    li.on_household(&doc, HouseholdStep::SameAs { other: other.clone() }).unwrap();
    let gone = "07".repeat(16);
    li.on_household(&doc, HouseholdStep::Continues { other: gone }).unwrap();
    let home = li.home(&doc);
    assert_eq!((home.same_as[0].title.as_str(), home.same_as[0].here), ("Plum House 3-202", true));
    assert_eq!(
        (home.continues[0].title.as_str(), home.continues[0].here),
        ("Not on this phone", false)
    );

    let lamp = FoundGrievance {
        what: "The lamp is broken".into(),
        kind: 3,
        grade: None,
        spot: None,
        reporter: NewReporter::Household { doc: other.clone() },
    };
    let visit = NewVisit { found: vec![lamp], ..li.visited(&other) };
    let visit = li.record_visit(visit).unwrap();
    let story = li.household_story(doc.clone()).unwrap().unwrap();
    let documents: Vec<DocumentKind> = story.lines.iter().map(|line| line.document).collect();
    for kind in [DocumentKind::Household, DocumentKind::Visit, DocumentKind::Grievance] {
        assert!(documents.contains(&kind), "{kind:?}");
    }
    let told = story.lines.iter().find(|line| line.doc == visit.grievances[0]).unwrap();
    assert_eq!((told.title.as_str(), told.line.mine), ("The lamp is broken", true));
    let told = story.lines.iter().find(|line| line.doc == visit.doc).unwrap();
    assert_eq!(told.title, "Plum House 3-202");
    assert_eq!(story.more, 0);

    let link = home.same_as[0].event.clone();
    li.on_household(&doc, HouseholdStep::NotSame { link }).unwrap();
    assert_eq!(li.home(&doc).same_as, []);
    let story = li.household_story(doc.clone()).unwrap().unwrap();
    assert!(story.lines.iter().all(|line| line.doc == doc), "they are two again");
    assert_eq!(li.household_story("0".repeat(32)), Ok(None));
}

#[test]
fn what_is_written_is_written_once_and_only_by_who_may() {
    let office = Office::open();
    let (li, chen) = (office.phone("M1"), office.phone("L1"));
    let doc = lin(&office, &li);
    li.exchange();
    chen.exchange();
    let form = li.household_step_form(doc.clone()).unwrap();
    let write = |step| {
        let (act, view) = (form.act.clone(), form.record.view.clone());
        li.household_step(NewHouseholdStep { act, view, step, happened_s: None })
    };
    let note = |text: &str| HouseholdStep::Note { text: text.into() };
    assert!(!write(note("Ring twice")).unwrap().repeated);
    assert!(write(note("Ring twice")).unwrap().repeated);
    assert_eq!(code(write(note("Ring once"))), "Rejected act_reused");
    let words: Vec<String> =
        li.home(&doc).story.into_iter().filter_map(|line| line.words).collect();
    assert!(words.contains(&"Ring twice".to_owned()));
    let left = HouseholdStep::PersonLeft { person: li.home(&doc).story[0].event.clone() };
    assert_eq!(code(li.on_household(&doc, left)), "Rejected unknown_target");
    let stranger = HouseholdStep::ChangePerson {
        replaces: vec![],
        name: "Lin".into(),
        relation: 0,
        birth_band: 0,
    };
    assert_eq!(
        code(li.on_household(&doc, stranger)),
        "Rejected bad_id",
        "it would be another person"
    );
    // Of what another wrote, a lead may strike and a member may not ask to.
    assert!(chen.home(&doc).may_correct.len() >= 3);
    chen.on_household(&doc, note("Looked in")).unwrap();
    chen.exchange();
    li.exchange();
    let home = li.home(&doc);
    let of_chen = home.story.iter().find(|line| line.author.name == "Chen").unwrap();
    assert!(!home.may_correct.contains(&of_chen.event));
}
