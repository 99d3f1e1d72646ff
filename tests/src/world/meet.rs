//! Meetings, step by step.

use std::collections::BTreeSet;

use doorstep_protocol::{id::Scope, relay_session::RelayEvent};

use super::{AGAIN_MAX, World};
use crate::{
    call::{Call, Ended, Side},
    hand::HandMeeting,
    phone::Phone,
};

/// Steps of one meeting; more is a meeting that does not end.
const STEPS_MAX: usize = 20_000;

impl World {
    /// Begins a meeting; gives its number among the calls, or why there is none.
    pub fn dial(&mut self, name: &str) -> Result<usize, String> {
        let (relay, now) = (self.relay.spki(), self.clock.now_ms());
        let phone = self.phone_mut(name);
        let peer = phone.spki();
        let side = if phone.fault.is_none() {
            let meeting = phone.engine().begin_meeting(relay);
            Side::Engine(Box::new(meeting.map_err(|error| error.to_string())?))
        } else {
            Side::Hand(Box::new(HandMeeting::begin(phone, relay, now)?))
        };
        let session = self.relay.view().session(peer);
        self.note(format!("{name} dials"));
        self.calls.push(Call::new(name, side, session));
        Ok(self.calls.len() - 1)
    }

    /// One step of a call: at most `up` and `down` bytes arrive. None = it goes on.
    pub fn step(&mut self, call: usize, up: usize, down: usize) -> Option<Ended> {
        if let Err(error) = self.speak(call) {
            return Some(self.end(call, Ended::Broken(error)));
        }
        let here = &mut self.calls[call];
        if here.up.is_empty() && here.down.is_empty() {
            return Some(self.idle(call));
        }
        let (bytes, cut) = here.arrive_up(up);
        if !bytes.is_empty()
            && let Err(error) = self.relay_takes(call, &bytes)
        {
            return Some(self.end(call, Ended::Broken(format!("the relay: {error}"))));
        }
        if cut {
            return Some(self.end(call, Ended::Cut));
        }
        let here = &mut self.calls[call];
        let (bytes, cut) = here.arrive_down(down);
        if !bytes.is_empty()
            && let Some(side) = &mut here.side
        {
            let taken = side.handle(&bytes);
            let delivered = side.delivered().clone();
            let name = here.phone.clone();
            self.judge.hears(&name, delivered);
            if let Err(error) = taken {
                return Some(self.end(call, Ended::Broken(error)));
            }
        }
        cut.then(|| self.end(call, Ended::Cut))
    }

    /// Nothing is on its way.
    fn idle(&mut self, call: usize) -> Ended {
        let ended = match &self.calls[call].side {
            None => Ended::Cut,
            Some(side) if side.again() => Ended::Again,
            Some(side) if side.is_complete() => Ended::Complete,
            Some(side) if side.is_over() => Ended::Waits,
            Some(_) => Ended::Stalled,
        };
        self.end(call, ended)
    }

    /// Both sides put what they have to say on the link.
    fn speak(&mut self, call: usize) -> Result<(), String> {
        let now = self.clock.now_ms();
        self.relay.fault_state.peer = self.phones.get(&self.calls[call].phone).map(Phone::device);
        let here = &mut self.calls[call];
        if let Some(side) = &mut here.side {
            while let Some(bytes) = side.transmit()? {
                self.relay.fault_state.overhear(&bytes);
                here.up.extend(bytes);
            }
        }
        let mut store = self.relay.store();
        loop {
            match here.session.poll_transmit(&mut store, now) {
                Ok(Some(bytes)) => here.down.extend(bytes),
                Ok(None) => return Ok(()),
                Err(error) => return Err(format!("the relay: {error}")),
            }
        }
    }

    fn relay_takes(&mut self, call: usize, bytes: &[u8]) -> Result<(), String> {
        let now = self.clock.now_ms();
        let here = &mut self.calls[call];
        let result = here.session.handle_bytes(&mut self.relay.store(), bytes, now);
        let mut appended: BTreeSet<Scope> = BTreeSet::new();
        while let Some(event) = here.session.poll_event() {
            if let RelayEvent::Appended(scopes) = event {
                appended.extend(scopes);
            }
        }
        for (n, other) in self.calls.iter_mut().enumerate() {
            if n != call && !appended.is_empty() {
                other.session.handle_appended(&appended);
            }
        }
        self.look_at_relay();
        result.map_err(|error| error.to_string())
    }

    /// Ends a call: the phone's side is gone; what lingers on the link still arrives.
    pub(crate) fn end(&mut self, call: usize, ended: Ended) -> Ended {
        let here = &mut self.calls[call];
        let name = here.phone.clone();
        let side = here.side.take();
        if here.lingers && !here.up.is_empty() && side.is_some() && ended == Ended::Cut {
            here.lingers = false;
            here.up_left = u64::MAX;
        } else {
            self.calls.remove(call);
        }
        let Some(side) = side else { return ended };
        let receipts = side.delivered().len();
        if let Side::Hand(meeting) = side {
            self.phone_mut(&name).fault_state = meeting.state.clone();
        }
        self.note(format!("{name} hangs up: {ended:?}, {receipts} receipts"));
        self.look_at(&name);
        ended
    }

    /// Runs a call on to its end.
    pub fn run(&mut self, call: usize) -> Ended {
        self.run_in_pieces(call, usize::MAX, usize::MAX)
    }

    /// As [`Self::run`], at most so many bytes at once.
    pub fn run_in_pieces(&mut self, call: usize, up: usize, down: usize) -> Ended {
        for _ in 0..STEPS_MAX {
            self.pass(5);
            if let Some(ended) = self.step(call, up, down) {
                return ended;
            }
        }
        self.fail("a meeting does not end")
    }

    /// One whole meeting on a good link.
    pub fn meets_once(&mut self, name: &str) -> Ended {
        self.meets_until(name, u64::MAX, u64::MAX)
    }

    /// Meets, and again as often as the phone asks for it.
    pub fn meets(&mut self, name: &str) -> Ended {
        let mut ended = Ended::Again;
        for _ in 0..AGAIN_MAX {
            ended = self.meets_once(name);
            if ended != Ended::Again {
                break;
            }
        }
        ended
    }

    /// Meets on a link that breaks after so many bytes up or down.
    pub fn meets_until(&mut self, name: &str, up: u64, down: u64) -> Ended {
        match self.dial(name) {
            Ok(call) => {
                self.calls[call].up_left = up;
                self.calls[call].down_left = down;
                self.run(call)
            }
            Err(error) => Ended::Broken(error),
        }
    }

    /// Meets; the link breaks as soon as the phone has heard of a receipt, before anything after it.
    pub fn meets_until_receipt(&mut self, name: &str) {
        let call = self.dial(name).unwrap();
        for _ in 0..STEPS_MAX {
            let heard = self.calls[call].side.as_ref().is_some_and(|s| !s.delivered().is_empty());
            if heard {
                self.end(call, Ended::Cut);
                return;
            }
            if let Some(ended) = self.step(call, usize::MAX, 1) {
                self.fail(&format!("{name} heard of no receipt: {ended:?}"));
            }
        }
        self.fail("a meeting does not end")
    }

    /// Meets; the link breaks when all was said to the relay and before anything of its answer to a
    /// push comes: it is committed, and the phone does not know.
    pub fn meets_and_hears_no_receipt(&mut self, name: &str) {
        let before = self.relay_tips();
        let call = self.dial(name).unwrap();
        for _ in 0..STEPS_MAX {
            if self.relay_tips() != before {
                self.end(call, Ended::Cut);
                return;
            }
            if let Some(ended) = self.step(call, usize::MAX, 1) {
                self.fail(&format!("{name} brought nothing: {ended:?}"));
            }
        }
        self.fail("a meeting does not end")
    }

    /// A meeting that is under way is told that something was saved.
    pub fn offer_saved(&mut self, call: usize) {
        let Some(side) = &mut self.calls[call].side else { return };
        if let Err(error) = side.saved() {
            self.end(call, Ended::Broken(error));
        }
    }

    pub(crate) fn hang_up_all(&mut self) {
        while !self.calls.is_empty() {
            self.calls[0].lingers = false;
            self.end(0, Ended::Cut);
        }
    }

    /// Whether a meeting of the phone is under way.
    pub fn is_in_call(&self, name: &str) -> bool {
        self.calls.iter().any(|call| call.phone == name && call.side.is_some())
    }

    /// What one phone has and no log is known to have is carried to another; gives how many seals were
    /// new there.
    pub fn carry_bundle(&mut self, from: &str, to: &str) -> usize {
        let bundle = self.phone_mut(from).engine().export_bundle().unwrap();
        self.take_bundle(to, &bundle)
    }

    /// Takes a bundle; gives how many seals were new.
    pub fn take_bundle(&mut self, to: &str, bundle: &[u8]) -> usize {
        let taken = match self.phone_mut(to).engine().take_bundle(bundle) {
            Ok(report) => report.taken,
            Err(error) => self.fail(&format!("{to} does not take a bundle: {error}")),
        };
        self.note(format!("{to} takes a bundle: {taken} seals"));
        self.look_at(to);
        taken
    }
}
