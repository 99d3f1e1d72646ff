//! A modified phone: it saves what it likes, unchecked, on what its screen shows. Its seals are as good as
//! anybody's, so what it says reaches everybody, and everybody's fold has to judge it.

use doorstep_core::store::{NewAct, SaveError, View};
use doorstep_protocol::{
    id::{ActId, DocumentId, Point},
    roster::Roster,
};

use crate::{deeds::Hand, ledger::Line};

impl Hand<'_> {
    /// Saves these bytes as an act in a document, whatever they say. `kinds` are the words of its events
    /// where they can be read, `words` a text that stands in it.
    pub fn saves_unchecked(
        &mut self,
        doc: DocumentId,
        act: ActId,
        value: Vec<u8>,
        kinds: Vec<&'static str>,
        words: &str,
    ) {
        let name = self.name.clone();
        let member = self.world.member_of(&name);
        let mut store = self.world.phone_mut(&name).bare_store();
        let new = {
            let view = store.view();
            let row = view.document(doc).unwrap().unwrap();
            NewAct {
                doc,
                scope: row.scope,
                kind: row.kind,
                nonce: None,
                act,
                seen: view.heads(doc).unwrap(),
                value,
                point: newest(&view, |roster| roster.tip().may_enter(member, row.scope.place())),
            }
        };
        let saved = store.transaction(|tx| tx.append(&new).map(|saved| assert!(!saved.repeated)));
        saved.unwrap_or_else(|error: SaveError| panic!("{name} cannot save: {error}"));
        self.world.note(format!("{name}, modified, saves {act} in {doc}: {}", kinds.join(" ")));
        let place = self.world.place_of(doc);
        let (words, origin_gone, excused) = (words.to_owned(), false, false);
        let line =
            Line { phone: name, member, act, doc, place, kinds, words, origin_gone, excused };
        self.world.ledger.lines.push(line);
    }
}

fn newest(view: &View<'_>, enters: impl Fn(&&Roster) -> bool) -> Point {
    view.rosters().iter().find(enters).unwrap().tip_point()
}
