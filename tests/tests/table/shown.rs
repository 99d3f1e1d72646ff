//! What a phone shows, through the public API.

use doorstep_core::{Engine, Filter, Page};
use doorstep_domain::fold::State;
use doorstep_protocol::id::DocumentId;

/// A document through the public API.
pub(crate) fn state(engine: &Engine, doc: DocumentId) -> Option<State> {
    let grievance = engine.grievance(doc).unwrap().map(|r| State::Grievance(Box::new(r.state)));
    let household = || engine.household(doc).unwrap().map(|r| State::Household(Box::new(r.state)));
    let visit = || engine.visit(doc).unwrap().map(|r| State::Visit(Box::new(r.state)));
    let meeting = || engine.meeting(doc).unwrap().map(|r| State::Meeting(Box::new(r.state)));
    grievance.or_else(household).or_else(visit).or_else(meeting)
}

/// The line of a grievance says what its record says, and the lists that it belongs in have it.
pub(crate) fn listed(engine: &Engine, state: &State) {
    let State::Grievance(state) = state else { return };
    let doc = state.document;
    let lines = |filter: &Filter| engine.grievances(filter, &Page::default()).unwrap();
    let mut all = lines(&Filter::default());
    all.retain(|line| line.doc == doc);
    let [line] = all.as_slice() else { panic!("{} lines of one grievance", all.len()) };
    let flags = state.flags.iter().filter(|flag| !flag.settled).count();
    assert_eq!((line.stage, line.over), (state.stage, state.stage.is_over()));
    assert_eq!((line.owner, line.round, line.flags), (state.owner, state.round, flags as u32));
    assert_eq!((line.grade, line.level), (state.grade, state.level));
    assert_eq!(line.due_s, state.due.map(|due| due.from));
    let has = |filter: Filter| lines(&filter).iter().any(|line| line.doc == doc);
    assert!(has(Filter { stage: Some(state.stage), ..Filter::default() }));
    assert_eq!(has(Filter::open()), !state.stage.is_over());
    if let Some(owner) = state.owner {
        assert!(has(Filter { owner: Some(owner), ..Filter::default() }));
    }
}
