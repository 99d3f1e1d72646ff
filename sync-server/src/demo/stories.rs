//! Grievances from their discovery to their end, as the loop is meant to be gone: over three days with
//! signal and the morning after them, by several people.
//!
//! Each story is laid out once in every block; those that need a block's lead only where one has a phone.

mod homes;
mod led;
mod meetings;

use doorstep_domain::{
    event::{
        Accept, AskedNoAnswer, Attach, Close, Contact, DuplicateOf, Event, FeedBack, FileHash,
        Link, NotDuplicate, Note, Progress, Ref, Reject, Text, Withdraw,
    },
    input::EventId,
    table::{By, Channel, Grade, How, Media},
};
use doorstep_protocol::id::{ActId, MemberId, PlaceId};

use super::{
    deed::{Deed, Filed, Handle},
    dice::Dice,
    layout::{Builder, When},
    stand_in::stand_in,
    steps, words,
};

/// Who is in a story: two of a grid, and the lead of their block.
#[derive(Debug, Clone, Copy)]
struct Cast {
    first: usize,
    second: usize,
    lead: Option<usize>,
}

/// A story while it is laid out. None where somebody is missing for it.
type Story = fn(&mut Told<'_, '_>) -> Option<()>;

const STORIES: [Story; 15] = [
    not_reached,
    second_round,
    withdrawn,
    duplicates,
    homes::one_home_twice,
    homes::moved_house,
    homes::facts_change,
    homes::went_along,
    led::sent_up_and_back,
    led::unsolved,
    led::declined,
    led::filed_elsewhere,
    led::by_mistake,
    led::two_grades,
    meetings::council,
];

/// Lays all of them out.
pub(super) fn lay_out(builder: &mut Builder<'_>, dice: &mut Dice) {
    let blocks = builder.phones.iter().map(|phone| phone.block).max().map_or(0, |last| last + 1);
    for block in 0..blocks {
        let lead = builder.lead_of(block);
        let mut grids: Vec<usize> =
            builder.phones.iter().filter(|p| p.block == block).filter_map(|p| p.grid).collect();
        grids.sort_unstable();
        grids.dedup();
        for (n, story) in STORIES.iter().enumerate() {
            let Some(grid) = n.checked_rem(grids.len()).and_then(|n| grids.get(n)) else {
                continue;
            };
            let members = builder.phones_in(block, Some(*grid));
            let who = |at: usize| at.checked_rem(members.len()).and_then(|at| members.get(at));
            let turn = n.checked_div(grids.len()).unwrap_or_default();
            let (Some(first), Some(second)) = (who(turn), who(turn + 1)) else { continue };
            let cast = Cast { first: *first, second: *second, lead };
            // A story for which somebody is missing is not begun.
            let _ = story(&mut Told { builder, dice, cast });
        }
    }
}

/// An event that was laid out: others name it by this.
#[derive(Debug, Clone, Copy)]
struct Said {
    act: ActId,
    member: MemberId,
}

/// Lays out one story.
struct Told<'t, 'b> {
    builder: &'t mut Builder<'b>,
    dice: &'t mut Dice,
    cast: Cast,
}

impl Told<'_, '_> {
    fn lead(&self) -> Option<usize> {
        self.cast.lead
    }

    fn member(&self, phone: usize) -> MemberId {
        self.builder.member(phone)
    }

    /// A household that this phone founded.
    fn home(&mut self, phone: usize) -> Option<Handle> {
        let own = self.builder.households.iter().filter(|(maker, _)| *maker == phone);
        let own: Vec<Handle> = own.map(|(_, household)| *household).collect();
        self.dice.pick(&own).copied()
    }

    /// A grievance of one of the households that this phone founded.
    fn file(&mut self, when: When, phone: usize, is_dispute: bool) -> Option<(Handle, Said)> {
        let household = self.home(phone)?;
        let place = self.builder.place_of(household);
        let (kind, what) =
            if is_dispute { words::dispute(self.dice) } else { words::trouble(self.dice) };
        let spot = Some(words::spot(self.dice));
        let filed =
            Filed { place, what, spot, household: Some(household), kind, grade: Some(Grade::C) };
        Some(self.make(when, phone, place, Deed::File(filed)))
    }

    fn make(&mut self, when: When, phone: usize, place: PlaceId, deed: Deed) -> (Handle, Said) {
        let said = Said { act: self.builder.next_act(), member: self.member(phone) };
        (self.builder.make_as(said.act, when, phone, place, deed), said)
    }

    fn does(&mut self, when: When, phone: usize, on: Handle, deed: Deed) -> Said {
        let said = Said { act: self.builder.next_act(), member: self.member(phone) };
        self.builder.write(said.act, when, phone, on, deed);
        said
    }

    /// What was done once for two.
    fn together(&mut self, when: When, phone: usize, on: [Handle; 2], event: Event) -> Said {
        let [first, other] = on;
        self.does(when, phone, first, Deed::Together { others: vec![other], event })
    }

    fn says(&mut self, when: When, phone: usize, on: Handle, event: Event) -> Said {
        let act = self.builder.act(when, phone, on, vec![event]);
        Said { act, member: self.member(phone) }
    }

    /// What was said, as this phone names it.
    fn named(&self, said: Said, phone: usize) -> Ref {
        Ref::new(said.act, 0, said.member, self.member(phone))
    }

    fn accept(&mut self, when: When, phone: usize, on: Handle) -> Said {
        self.says(when, phone, on, Event::Accept(Accept {}))
    }

    fn contact(&mut self, when: When, phone: usize, on: Handle) -> Said {
        let text = Some(Text::from(words::step(self.dice)));
        self.says(when, phone, on, Event::Contact(Contact { how: How::Help, text }))
    }

    fn progress(&mut self, when: When, phone: usize, on: Handle, how: How) -> Said {
        let mediated = matches!(
            how,
            How::PeoplesMediation | How::AdministrativeMediation | How::JudicialMediation
        );
        let parties = mediated.then(|| Text::from(words::parties(self.dice)));
        let (helpers, text) = (vec![], Some(Text::from(words::step(self.dice))));
        self.says(when, phone, on, Event::Progress(Progress { how, helpers, parties, text }))
    }

    fn resolve(&mut self, when: When, phone: usize, on: Handle, how: How) -> Said {
        let resolve = steps::resolve(self.dice, how);
        self.says(when, phone, on, Event::Resolve(resolve))
    }

    fn confirm(&mut self, when: When, phone: usize, on: Handle, of: Said, signed: bool) -> Said {
        let confirm = steps::confirm(self.dice, self.named(of, phone), signed);
        self.says(when, phone, on, Event::Confirm(confirm))
    }

    fn feed_back(&mut self, when: When, phone: usize, on: Handle, of: Said) -> Said {
        let (resolution, channel) = (self.named(of, phone), Channel::Phone);
        self.says(when, phone, on, Event::FeedBack(FeedBack { resolution, channel, text: None }))
    }

    fn note(&mut self, when: When, phone: usize, on: Handle) -> Said {
        let text = Text::from(words::step(self.dice));
        self.says(when, phone, on, Event::Note(Note { text }))
    }
}

/// Solved, and three times on three days nobody answers: closed, the resident not reached.
fn not_reached(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let (of, _) = told.file(When::DayOne, first, false)?;
    told.accept(When::DayOne, first, of);
    told.contact(When::DayOne, first, of);
    let solved = told.resolve(When::DayOne, first, of, How::Help);
    let asked = [
        (When::DayOne, first, Channel::Phone),
        (When::DayTwo, first, Channel::InPerson),
        (When::DayThree, second, Channel::Phone),
    ];
    for (when, phone, channel) in asked {
        let resolution = told.named(solved, phone);
        let asked = AskedNoAnswer { resolution, channel };
        told.says(when, phone, of, Event::AskedNoAnswer(asked));
    }
    told.says(When::Grievances, second, of, Event::Close(Close {}));
    Some(())
}

/// A dispute is settled by people's mediation, the resident says no, and a second round settles it.
fn second_round(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let (of, _) = told.file(When::DayOne, first, true)?;
    told.accept(When::DayOne, first, of);
    told.contact(When::DayOne, first, of);
    told.progress(When::DayOne, first, of, How::PeoplesMediation);
    let solved = told.resolve(When::DayOne, first, of, How::PeoplesMediation);
    let reject = Reject {
        resolution: told.named(solved, second),
        by: By::Family,
        heard: Channel::InPerson,
        reason: 8,
        text: Some(Text::from(words::unhappy(told.dice))),
    };
    told.says(When::DayTwo, second, of, Event::Reject(reject));
    told.progress(When::DayThree, first, of, How::AdministrativeMediation);
    let hash = FileHash(told.dice.bytes());
    let (media, bytes, thumb) = (Media::Photo, 182_000, Some(FileHash(told.dice.bytes())));
    let attach = Attach { hash, media, bytes, thumb, of: None };
    told.says(When::DayThree, first, of, Event::Attach(attach));
    let solved = told.resolve(When::DayThree, first, of, How::AdministrativeMediation);
    told.confirm(When::Grievances, second, of, solved, false);
    told.feed_back(When::FirstSteps, second, of, solved);
    Some(())
}

/// The resident takes it back.
fn withdrawn(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let (of, _) = told.file(When::DayOne, first, false)?;
    told.accept(When::DayTwo, first, of);
    told.note(When::DayTwo, first, of);
    let (by, heard, reason) = (By::Resident, Channel::Phone, 11);
    let withdraw = Withdraw { by, heard, evidence: vec![], reason };
    told.says(When::DayThree, second, of, Event::Withdraw(withdraw));
    Some(())
}

/// Three residents tell of one trouble. What is done is done once and recorded in two; the third is linked
/// later and takes the resolution over.
fn duplicates(told: &mut Told<'_, '_>) -> Option<()> {
    let Cast { first, second, .. } = told.cast;
    let (one, _) = told.file(When::DayOne, first, false)?;
    let (other, _) = told.file(When::DayOne, second, false)?;
    let (third, _) = told.file(When::DayOne, second, false)?;
    let link = |to| Event::DuplicateOf(DuplicateOf { other: Link::to(stand_in(to)) });
    told.says(When::DayTwo, second, other, link(one));
    // Linked the other way too, which is needless.
    let linked = told.says(When::DayTwo, first, one, link(other));
    let undone = NotDuplicate { link: told.named(linked, first), reason: Some(1) };
    told.says(When::DayThree, first, one, Event::NotDuplicate(undone));
    told.accept(When::DayThree, first, one);
    let text = Some(Text::from(words::step(told.dice)));
    told.together(
        When::DayThree,
        first,
        [one, other],
        Event::Contact(Contact { how: How::Help, text }),
    );
    let resolve = Event::Resolve(steps::resolve(told.dice, How::Intervene));
    let solved = told.together(When::DayThree, first, [one, other], resolve);
    told.says(When::DayThree, second, third, link(one));
    let by = told.member(first);
    let resolution = EventId { act: solved.act, n: 0, member: by };
    let take = Deed::TakeOver { of: one, resolution, how: (How::Intervene, Some(by)) };
    let taken = told.does(When::Grievances, second, third, take);
    told.confirm(When::Grievances, second, one, solved, false);
    told.confirm(When::Grievances, second, other, solved, false);
    told.confirm(When::FirstSteps, second, third, taken, true);
    told.feed_back(When::FirstSteps, second, third, taken);
    Some(())
}
