//! Two people act on one grievance, unseen by each other.
//!
//! The pairs are those of the table in `docs/domain.md`. The grievance is filed and brought to where
//! both find it in the morning, while there is signal; the two acts fall into the hours without.

use doorstep_domain::{
    event::{
        Accept, Assign, CloseUnsolved, Decline, Escalate, Event, FeedBack, Progress, Ref, Reject,
        SetGrade, Text, Withdraw,
    },
    table::{By, Channel, Grade, How, Level},
};
use doorstep_protocol::id::{ActId, MemberId};

use super::{
    cases::Resolution,
    deed::{Deed, Filed, Handle},
    dice::Dice,
    layout::{Builder, When},
    steps, words,
};

/// What the two do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the words say it
pub(super) enum ClashKind {
    AcceptAccept,
    ConfirmReject,
    ResolveResolve,
    GradeGrade,
    ResolveEscalate,
    AcceptDecline,
    FeedBackReject,
    RejectReject,
    WithdrawResolve,
    ResolveUnsolved,
    ProgressAssign,
}

impl ClashKind {
    /// All of them.
    pub(super) const ALL: [Self; 11] = [
        Self::AcceptAccept,
        Self::ConfirmReject,
        Self::ResolveResolve,
        Self::GradeGrade,
        Self::ResolveEscalate,
        Self::AcceptDecline,
        Self::FeedBackReject,
        Self::RejectReject,
        Self::WithdrawResolve,
        Self::ResolveUnsolved,
        Self::ProgressAssign,
    ];

    /// The second of the two must be a block's lead.
    fn needs_lead(self) -> bool {
        matches!(self, Self::ResolveUnsolved | Self::ProgressAssign)
    }

    /// How many steps it is on when both find it.
    fn steps_before(self) -> usize {
        match self {
            Self::AcceptAccept | Self::AcceptDecline | Self::GradeGrade => 0,
            Self::ConfirmReject | Self::RejectReject => steps::RESOLVE + 1,
            Self::FeedBackReject => steps::RESOLVE + 2,
            _ => 1,
        }
    }

    /// What the two do, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::AcceptAccept => "both take it on",
            Self::ConfirmReject => "one hears the resident content, the other not",
            Self::ResolveResolve => "both resolve it",
            Self::GradeGrade => "one grades it A, the other B",
            Self::ResolveEscalate => "one resolves it, the other sends it up to the block",
            Self::AcceptDecline => "one takes it on, the other declines",
            Self::FeedBackReject => {
                "one feeds back and so closes it, to the other the resident says no"
            }
            Self::RejectReject => "to both the resident says no",
            Self::WithdrawResolve => "the resident takes it back from one, the other resolves it",
            Self::ResolveUnsolved => "one resolves it, the block lead closes it as unsolved",
            Self::ProgressAssign => "the owner works on it, the block lead takes it off them",
        }
    }
}

/// A grievance on which two act unseen by each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clash {
    /// What they do.
    pub(super) kind: ClashKind,
    /// On which grievance.
    pub(super) grievance: Handle,
    /// The two phones.
    pub(super) phones: [usize; 2],
    /// Their acts.
    pub(super) acts: [ActId; 2],
}

/// Lays out the clashes of every grid: one for each of its phones, and two more.
pub(super) fn lay_out(builder: &mut Builder<'_>, dice: &mut Dice) -> Vec<Clash> {
    let mut grids: Vec<(usize, usize)> =
        builder.phones.iter().filter_map(|phone| Some((phone.block, phone.grid?))).collect();
    grids.sort_unstable();
    grids.dedup();
    let mut kinds = ClashKind::ALL.to_vec();
    dice.shuffle(&mut kinds);
    let mut kinds = kinds.into_iter().cycle();
    let mut out = Vec::new();
    for (block, grid) in grids {
        let members = builder.phones_in(block, Some(grid));
        let lead = builder.lead_of(block);
        for turn in 0..members.len() + 2 {
            let fits = |kind: &ClashKind| lead.is_some() || !kind.needs_lead();
            let Some(kind) = kinds.by_ref().find(fits) else { continue };
            out.extend(one(builder, dice, kind, &members, lead, turn));
        }
    }
    out
}

fn one(
    builder: &mut Builder<'_>,
    dice: &mut Dice,
    kind: ClashKind,
    members: &[usize],
    lead: Option<usize>,
    turn: usize,
) -> Option<Clash> {
    let first = *members.get(turn % members.len().max(1))?;
    let others: Vec<usize> = members
        .iter()
        .copied()
        .chain(lead.filter(|_| !kind.needs_lead()))
        .filter(|phone| *phone != first)
        .collect();
    let second = if kind.needs_lead() { lead? } else { *dice.pick(&others)? };
    // Who brought it this far is a third one where there is a third.
    let third = members.iter().copied().find(|phone| *phone != first && *phone != second);
    let owns = kind == ClashKind::ProgressAssign;
    let before = third.filter(|_| !owns).unwrap_or(first);
    let (grievance, resolution) = bring_so_far(builder, dice, kind, before)?;
    let [mine, theirs] = events(builder, dice, kind, [first, second], resolution);
    let acts = [
        builder.act(When::Offline, first, grievance, vec![mine]),
        builder.act(When::Offline, second, grievance, vec![theirs]),
    ];
    Some(Clash { kind, grievance, phones: [first, second], acts })
}

/// A grievance that is as far as the two must find it, and its resolution where it has one: an imported case
/// where there is one left, else one that is filed in the morning.
fn bring_so_far(
    builder: &mut Builder<'_>,
    dice: &mut Dice,
    kind: ClashKind,
    phone: usize,
) -> Option<(Handle, Option<Resolution>)> {
    let steps = kind.steps_before();
    let me = builder.member(phone);
    let grid = builder.grid_of(phone)?.place(builder.realm);
    let imported = builder.take_case(grid, steps > steps::RESOLVE);
    let Some((grievance, case)) = imported else {
        let grievance = file(builder, dice, phone)?;
        let act = builder.carry_on(dice, When::FirstSteps, phone, grievance, steps);
        return Some((grievance, act.map(|act| (act, 0, me))));
    };
    match case.resolution {
        None => {
            builder.carry_on(dice, When::FirstSteps, phone, grievance, steps);
        }
        // What the register resolved waits for the resident's word.
        Some((act, n, member)) if steps > steps::RESOLVE + 1 => {
            let confirm = steps::confirm(dice, Ref::new(act, n, member, me), false);
            builder.act(When::FirstSteps, phone, grievance, vec![Event::Confirm(confirm)]);
        }
        Some(_) => {}
    }
    Some((grievance, case.resolution))
}

/// A grievance of a household that this phone founded.
fn file(builder: &mut Builder<'_>, dice: &mut Dice, phone: usize) -> Option<Handle> {
    let own: Vec<Handle> =
        builder.households.iter().filter(|(maker, _)| *maker == phone).map(|(_, h)| *h).collect();
    let household = *dice.pick(&own)?;
    let place = builder.place_of(household);
    let (kind, what) = words::trouble(dice);
    let (spot, household, grade) = (Some(words::spot(dice)), Some(household), Some(Grade::C));
    let deed = Deed::File(Filed { place, what, spot, household, kind, grade });
    Some(builder.make(When::Grievances, phone, place, deed))
}

fn events(
    builder: &Builder<'_>,
    dice: &mut Dice,
    kind: ClashKind,
    phones: [usize; 2],
    resolution: Option<Resolution>,
) -> [Event; 2] {
    let [first, second] = phones;
    let on = |author: usize| {
        let (act, n, member) = resolution.unwrap_or((ActId([0; 8]), 0, MemberId([0; 8])));
        Ref::new(act, n, member, builder.member(author))
    };
    let is_resolver =
        |author: usize| resolution.is_some_and(|(_, _, member)| member == builder.member(author));
    let accept = || Event::Accept(Accept {});
    let grade = |grade| Event::SetGrade(SetGrade { grade, supersedes: vec![], reason: None });
    match kind {
        ClashKind::AcceptAccept => [accept(), accept()],
        ClashKind::AcceptDecline => {
            [accept(), Event::Decline(Decline { of: None, reason: 5, text: None })]
        }
        ClashKind::GradeGrade => [grade(Grade::A), grade(Grade::B)],
        ClashKind::ConfirmReject => [
            Event::Confirm(steps::confirm(dice, on(first), is_resolver(first))),
            reject(dice, on(second)),
        ],
        ClashKind::RejectReject => [reject(dice, on(first)), reject(dice, on(second))],
        ClashKind::FeedBackReject => [
            Event::FeedBack(FeedBack {
                resolution: on(first),
                channel: Channel::Phone,
                text: None,
            }),
            reject(dice, on(second)),
        ],
        ClashKind::ResolveResolve => [
            Event::Resolve(steps::resolve(dice, How::Help)),
            Event::Resolve(steps::resolve(dice, How::Explained)),
        ],
        ClashKind::ResolveEscalate => [
            Event::Resolve(steps::resolve(dice, How::Intervene)),
            Event::Escalate(Escalate { level: Level::Block, reason: 3, text: None, body: None }),
        ],
        ClashKind::WithdrawResolve => [
            Event::Withdraw(Withdraw {
                by: By::Resident,
                heard: Channel::InPerson,
                evidence: vec![steps::signature(dice)],
                reason: 12,
            }),
            Event::Resolve(steps::resolve(dice, How::Help)),
        ],
        ClashKind::ResolveUnsolved => [
            Event::Resolve(steps::resolve(dice, How::Help)),
            Event::CloseUnsolved(CloseUnsolved {
                answers: vec![],
                reason: 10,
                told: Some(Channel::Phone),
                text: None,
            }),
        ],
        ClashKind::ProgressAssign => [
            Event::Progress(Progress {
                how: How::Help,
                helpers: vec![],
                parties: None,
                text: Some(Text::from(words::step(dice))),
            }),
            Event::Assign(Assign { to: builder.member(second), supersedes: vec![], reason: None }),
        ],
    }
}

fn reject(dice: &mut Dice, resolution: Ref) -> Event {
    Event::Reject(Reject {
        resolution,
        by: By::Resident,
        heard: Channel::Phone,
        reason: 7,
        text: Some(Text::from(words::unhappy(dice))),
    })
}
