//! Groups brought up to date change by change, against groups made anew by another way of looking.

use std::collections::BTreeMap;

use super::*;
use crate::projection::table;

const PLACES: [PlaceId; 3] = [PlaceId([1; 8]), PlaceId([2; 8]), PlaceId([3; 8])];

/// A grievance as the test knows it.
#[derive(Debug, Clone)]
struct Told {
    place: PlaceId,
    stage: &'static str,
    discovered_s: Option<u64>,
    links: BTreeSet<DocumentId>,
}

/// The lists, and what should be in them.
struct Model {
    connection: Connection,
    told: BTreeMap<DocumentId, Told>,
    erased: BTreeMap<DocumentId, PlaceId>,
    shown: BTreeSet<PlaceId>,
}

fn id(n: u64) -> DocumentId {
    let mut doc = DocumentId([0; 16]);
    doc.0[8..].copy_from_slice(&n.to_be_bytes());
    doc
}

impl Model {
    fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE document (doc BLOB PRIMARY KEY, scope BLOB, erased INTEGER)",
            )
            .unwrap();
        table::create(&connection).unwrap();
        let mut model = Self {
            connection,
            told: BTreeMap::new(),
            erased: BTreeMap::new(),
            shown: BTreeSet::new(),
        };
        model.show(PLACES.into_iter().collect());
        model
    }

    /// As `projection::show` does it.
    fn show(&mut self, now: BTreeSet<PlaceId>) {
        let mut touched = BTreeSet::new();
        for place in self.shown.symmetric_difference(&now) {
            touched.extend(at_place(&self.connection, *place).unwrap());
            clear_place(&self.connection, *place).unwrap();
        }
        table::show(&self.connection, &self.shown, &now).unwrap();
        self.shown = now;
        regroup(&self.connection, &touched).unwrap();
    }

    /// As `projection::project_row` does it, but for the group.
    fn write(&mut self, doc: DocumentId, told: Option<Told>) -> BTreeSet<DocumentId> {
        let stood = standing(&self.connection, doc).unwrap();
        let links = told.as_ref().map(|told| told.links.clone()).unwrap_or_default();
        let mut touched = set_links(&self.connection, doc, &links).unwrap();
        let Some(told) = told else {
            table::remove(&self.connection, doc).unwrap();
            self.told.remove(&doc);
            touched.insert(doc);
            return touched;
        };
        self.connection
            .execute(
                "INSERT OR REPLACE INTO document VALUES (?1, ?2, 0)",
                [&doc.0[..], &told.place.0[..]],
            )
            .unwrap();
        let kept = table::grouped(&self.connection, doc).unwrap();
        self.connection
            .execute(
                "INSERT OR REPLACE INTO line (doc, kind, place, position, title, words, stage, over, \
                 happened, updated, flags, persons, undelivered) \
                 VALUES (?1, ?2, ?3, x'', '', '', ?4, 0, ?5, 0, 0, 0, 0)",
                params![
                    doc.0,
                    DocumentKind::Grievance.number(),
                    told.place.0,
                    told.stage,
                    told.discovered_s.map(u64::cast_signed)
                ],
            )
            .unwrap();
        put(&self.connection, doc, kept).unwrap();
        if standing(&self.connection, doc).unwrap() != stood {
            touched.insert(doc);
        }
        self.told.insert(doc, told);
        touched
    }

    fn change(&mut self, doc: DocumentId, told: Told) {
        let touched = self.write(doc, Some(told));
        regroup(&self.connection, &touched).unwrap();
    }

    fn erase(&mut self, doc: DocumentId) {
        let Some(told) = self.told.get(&doc).cloned() else { return };
        self.connection.execute("UPDATE document SET erased = 1 WHERE doc = ?1", [doc.0]).unwrap();
        self.erased.insert(doc, told.place);
        let touched = self.write(doc, None);
        regroup(&self.connection, &touched).unwrap();
    }

    fn here(&self, doc: DocumentId) -> Option<&Told> {
        self.told.get(&doc).filter(|told| self.shown.contains(&told.place))
    }

    /// What every line should say: every document takes the smallest name around it until nothing
    /// changes any more.
    fn expected(&self) -> BTreeMap<DocumentId, Option<Grouped>> {
        let mut edges = Vec::new();
        for (doc, told) in self.told.iter().filter(|(doc, _)| self.here(**doc).is_some()) {
            edges.extend(told.links.iter().map(|other| (*doc, *other)));
        }
        let mut name: BTreeMap<DocumentId, DocumentId> =
            self.told.keys().map(|doc| (*doc, *doc)).collect();
        name.extend(edges.iter().map(|(_, other)| (*other, *other)));
        loop {
            let mut quiet = true;
            for (a, b) in &edges {
                let least = name[a].min(name[b]);
                quiet &= name[a] == least && name[b] == least;
                name.insert(*a, least);
                name.insert(*b, least);
            }
            if quiet {
                break;
            }
        }
        let mut groups: BTreeMap<DocumentId, Vec<DocumentId>> = BTreeMap::new();
        for (doc, name) in &name {
            groups.entry(*name).or_default().push(*doc);
        }
        let mut expected = BTreeMap::new();
        for (doc, _) in self.told.iter().filter(|(doc, _)| self.here(**doc).is_some()) {
            let group = &groups[&name[doc]];
            expected.insert(*doc, self.grouped(*doc, group));
        }
        expected
    }

    fn grouped(&self, doc: DocumentId, group: &[DocumentId]) -> Option<Grouped> {
        if group.len() == 1 {
            return None;
        }
        if group.len() > GROUP_MAX {
            return Some(Grouped { face: doc, provisional: true, documents: 1 });
        }
        let gone = ["void", "transferred", "entered_by_mistake"];
        let faces = group.iter().filter_map(|doc| {
            let told = self.here(*doc).filter(|told| !gone.contains(&told.stage))?;
            Some((told.discovered_s.unwrap_or(u64::MAX), *doc))
        });
        let known = |doc: &DocumentId| {
            let erased = self.erased.get(doc).filter(|_| !self.told.contains_key(doc));
            self.here(*doc).is_some() || erased.is_some_and(|place| self.shown.contains(place))
        };
        Some(Grouped {
            face: faces.min().map_or(doc, |(_, face)| face),
            provisional: !group.iter().all(known),
            documents: u32::try_from(group.len()).unwrap(),
        })
    }

    fn check(&self, what: &str) {
        for (doc, expected) in self.expected() {
            let grouped = table::grouped(&self.connection, doc).unwrap();
            assert_eq!(grouped, expected, "{what}: {doc}");
        }
    }

    fn check_components(&self, what: &str) {
        for (doc, expected) in self.expected() {
            let component = component(&self.connection, doc).unwrap();
            let said = component.map(|group| (group.here.len() + group.not_here.len()) as u32);
            assert_eq!(said, expected.map(|group| group.documents), "{what}: {doc}");
        }
    }
}

fn told(place: PlaceId, discovered_s: u64, links: &[DocumentId]) -> Told {
    let links = links.iter().copied().collect();
    Told { place, stage: "accepted", discovered_s: Some(discovered_s), links }
}

/// A small generator; the tests name its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % n as u64).unwrap()
    }

    fn told(&mut self, documents: usize) -> Told {
        let stages = ["accepted", "reopened", "void", "transferred", "entered_by_mistake"];
        let links = (0..[0, 0, 1, 1, 2][self.below(5)]).map(|_| id(self.below(documents) as u64));
        let links = links.collect();
        let stage = stages[self.below(8).min(4) % 5];
        let discovered_s = (self.below(9) > 0).then(|| self.below(4) as u64);
        Told { place: PLACES[self.below(PLACES.len())], stage, discovered_s, links }
    }
}

#[test]
fn change_by_change_gives_what_is_made_anew() {
    const DOCUMENTS: usize = 14;
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let mut model = Model::new();
        for step in 0..60 {
            let doc = id(dice.below(DOCUMENTS) as u64);
            match dice.below(12) {
                0 => {
                    let shown = PLACES.into_iter().filter(|_| dice.below(3) > 0).collect();
                    model.show(shown);
                }
                1 => model.erase(doc),
                2 => {
                    // Several at once, as a burst brings them.
                    let mut touched = BTreeSet::new();
                    for _ in 0..4 {
                        let doc = id(dice.below(DOCUMENTS) as u64);
                        touched.extend(model.one(doc, &mut dice, DOCUMENTS));
                    }
                    regroup(&model.connection, &touched).unwrap();
                }
                _ => {
                    let touched = model.one(doc, &mut dice, DOCUMENTS);
                    regroup(&model.connection, &touched).unwrap();
                }
            }
            model.check(&format!("seed {seed}, step {step}"));
        }
        model.check_components(&format!("seed {seed}"));
    }
}

impl Model {
    /// A document changes somehow; its place is as it was, and an erased one stays so.
    fn one(&mut self, doc: DocumentId, dice: &mut Dice, documents: usize) -> BTreeSet<DocumentId> {
        let mut new = dice.told(documents);
        new.links.remove(&doc);
        if self.erased.contains_key(&doc) {
            return BTreeSet::new();
        }
        if let Some(before) = self.told.get(&doc) {
            new.place = before.place;
        }
        self.write(doc, Some(new))
    }
}

#[test]
fn one_that_is_not_here_joins_two_that_are_until_a_link_goes() {
    let mut model = Model::new();
    let [a, b, elsewhere] = [id(1), id(2), id(9)];
    model.change(b, told(PLACES[0], 10, &[elsewhere]));
    model.change(a, told(PLACES[1], 20, &[elsewhere]));
    let group = component(&model.connection, a).unwrap().unwrap();
    assert_eq!(group.here, [b, a], "the earlier is the face, whatever its id");
    assert_eq!((group.not_here, group.face, group.provisional), (vec![elsewhere], Some(b), true));
    // It comes, and was discovered first.
    model.change(elsewhere, told(PLACES[2], 5, &[]));
    model.check("it came");
    let group = component(&model.connection, a).unwrap().unwrap();
    assert_eq!((group.here, group.provisional), (vec![elsewhere, b, a], false));
    model.change(a, told(PLACES[1], 20, &[]));
    model.check("a link went");
    assert_eq!(component(&model.connection, a).unwrap(), None);
}

#[test]
fn a_group_over_its_bound_stands_alone_until_it_is_small_enough() {
    let mut model = Model::new();
    let count = GROUP_MAX as u64;
    // Two chains that are small enough each, with one document between them that is in neither.
    let mut touched = BTreeSet::new();
    for n in (0..count / 2).chain(count / 2 + 1..count + 1) {
        let before = (n != 0 && n != count / 2 + 1).then(|| id(n - 1));
        touched.extend(model.write(id(n), Some(told(PLACES[0], n, before.as_slice()))));
    }
    regroup(&model.connection, &touched).unwrap();
    let face_of = |model: &Model, n| table::grouped(&model.connection, id(n)).unwrap().unwrap();
    assert_eq!(face_of(&model, 7).face, id(0));
    let middle = id(count / 2);
    let both = [id(0), id(count)];
    model.change(middle, told(PLACES[0], 0, &both));
    model.check("joined, too many");
    assert_eq!(face_of(&model, 7), Grouped { face: id(7), provisional: true, documents: 1 });
    // One more, which is alone as well, and a change that is none of the group's affair.
    model.change(id(count + 1), told(PLACES[0], 0, &[id(3)]));
    model.check("one more");
    model.change(middle, told(PLACES[0], 0, &both[..1]));
    model.check("fallen apart");
    assert_eq!(face_of(&model, 7).face, id(0));
    // The bound itself is a group.
    model.change(id(count + 1), told(PLACES[0], 0, &[]));
    model.change(middle, told(PLACES[0], 0, &[]));
    let whole = told(PLACES[0], 0, &[id(0), id(count / 2 + 1)]);
    model.change(id(count), told(PLACES[0], count, &[]));
    model.change(middle, whole);
    model.check("as many as there may be");
    assert_eq!(face_of(&model, 7).documents as usize, GROUP_MAX);
}

#[test]
fn many_that_arrive_at_once_are_marked_once() {
    let mut model = Model::new();
    let star = id(5_000);
    let mut touched = BTreeSet::new();
    for n in 0..3_000 {
        touched.extend(model.write(id(n), Some(told(PLACES[0], n, &[star]))));
    }
    let changed = regroup(&model.connection, &touched).unwrap();
    assert_eq!(changed.len(), 3_000);
    assert_eq!(regroup(&model.connection, &touched).unwrap(), BTreeSet::new());
    model.check("a star");
}
