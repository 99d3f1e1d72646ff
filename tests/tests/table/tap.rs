//! One tap that writes in several documents, by what an app calls for it:
//!
//! | | |
//! |---|---|
//! | `works ; event !also=h,i` | work done once, recorded in this grievance and in those |
//! | `takes of=g resolution=name` | takes over what solved another of the group |
//! | `settles item=id outcome=word !also=d,e` | what came of a meeting's item, with these on the screen |
//! | `!left=i:over,..` | nothing is written there, and why; left out = it is written in all |

use doorstep_core::{ActOptions, ByHand, View, WriteError, Written};
use doorstep_protocol::id::DocumentId;
use serde_json::{Value, json};

use crate::{line::Said, play::Play};

impl Play {
    pub(crate) fn tap(&mut self, said: &Said<'_>, options: ActOptions) -> Result<(), WriteError> {
        let first = self.view_of(said, self.doc_of(said.parts[0].doc));
        let others: Vec<DocumentId> = names(said.mark("also")).map(|name| self.doc(name)).collect();
        let others: Vec<View> = others.into_iter().map(|doc| self.view_of(said, doc)).collect();
        let form = said.parts[0].forms().last().unwrap();
        let engine = self.world.phone(said.who).engine();
        let (written, left, kinds) = match said.verb() {
            "works" => {
                let form = self.ids.fill(&form, self.world.member_of(said.who)).unwrap();
                let event: doorstep_domain::event::Event = serde_json::from_value(form).unwrap();
                let word = event.word();
                let done = engine.work_on_group(&first, &others, event, options)?;
                (done.written, done.left_out, [word, word])
            }
            "takes" => {
                let of = self.doc(said.parts[0].key("of").unwrap());
                let resolution = self.ids.events[said.parts[0].key("resolution").unwrap()];
                let done = engine.take_resolution_over(&first, of, resolution, None, options)?;
                (vec![done], vec![], ["resolve"; 2])
            }
            _ => {
                let item = said.parts[0].key("item").unwrap().parse().unwrap();
                let outcome = serde_json::from_value(form["outcome"].clone()).unwrap();
                let done = engine.settle_item(&first, item, outcome, &others, None, options)?;
                (done.written, done.by_hand, ["item_outcome", "resolve"])
            }
        };
        assert_eq!(self.left(&left), said.mark("left").unwrap_or_default(), "{}", said.line);
        assert!(written.iter().all(|written| written.act == self.ids.events[said.name].act));
        self.told(said, &written, kinds);
        Ok(())
    }

    fn view_of(&mut self, said: &Said<'_>, doc: DocumentId) -> View {
        self.world.phone(said.who).view(doc).expect("it is not on this phone")
    }

    /// Where nothing was written, and why, in the words of a line.
    fn left(&self, left: &[(DocumentId, ByHand)]) -> String {
        let name = |of: DocumentId| {
            let found = self.ids.documents.iter().find(|(_, doc)| **doc == of);
            found.map(|(name, _)| name.clone()).unwrap()
        };
        let word = |(doc, why): &(DocumentId, ByHand)| match json!(why) {
            Value::String(why) => format!("{}:{why}", name(*doc)),
            other => panic!("{other}"),
        };
        left.iter().map(word).collect::<Vec<_>>().join(",")
    }

    /// Notes one event in each document: of the first kind in the first.
    fn told(&mut self, said: &Said<'_>, written: &[Written], [first, other]: [&'static str; 2]) {
        let mut parts = Vec::new();
        for (n, written) in written.iter().enumerate() {
            self.note(written.doc, said.name, 1);
            let kinds = vec![if n == 0 { first } else { other }];
            parts.push((*written, self.world.place_of(written.doc), kinds));
        }
        self.world.phone(said.who).saved_together(parts, String::new());
    }
}

fn names(list: Option<&str>) -> impl Iterator<Item = &str> {
    list.into_iter().flat_map(|list| list.split(','))
}
