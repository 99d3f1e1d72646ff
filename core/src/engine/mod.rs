//! The engine: one member's records on one device.
//!
//! [`Engine`] is a handle; clones are cheap and may be used from any thread. Each verb takes the one
//! lock, does its work in one transaction, lets go, and then tells who listens.

mod council;
mod courier;
mod day;
mod explain;
mod group;
mod history;
mod lines;
mod lines_of;
mod new;
mod places;
mod read;
mod records;
mod status;
mod subscribe;
mod surroundings;
mod time;
mod view;
mod write;

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use doorstep_protocol::{
    frame::Standing,
    id::{DocumentId, MemberId, Point, Token},
    invitation::Invitation,
    roster::{Roster, setting},
    store::StoreError,
};

pub use council::{ItemGrievance, ItemRecord, ItemSettled};
pub use courier::{ActCopy, ActState};
pub use day::{BuildingDay, MyDay};
pub use explain::{Explained, Next, Reason};
pub use group::{ByHand, GROUP_MAX, Group, GroupMember, GroupWritten, Grouped, Solved};
pub(crate) use history::{Folded, Loaded};
pub use lines::{
    Delivery, Filter, GrievanceLine, HouseholdLine, LINES_MAX, MeetingLine, Page, Position,
    VisitLine,
};
pub use lines_of::Line;
pub use new::{
    ActOptions, FOUND_MAX, NewGrievance, NewHousehold, NewMeeting, NewOutcome, NewVisit, Written,
};
pub use places::{CodeInfo, DeviceInfo, PersonInfo, PlaceInfo};
pub use records::{GrievanceRecord, HouseholdRecord, MeetingRecord, VisitRecord};
pub use status::{AlarmInfo, SyncState, SyncStatus, Unsent};
pub use subscribe::{ChangeListener, Changes, Subscription};
pub use surroundings::{Clock, Keys, Settings, Surroundings, SystemClock, SystemEntropy};
pub use time::JUMP_MS_MAX;
pub use view::{View, ViewError};

use crate::{
    error::{InviteError, MeetError, OpenError, failed},
    projection,
    quic::Dialer,
    store::{Entropy, IncarnationError, KEY_UNAVAILABLE, Store},
};
use subscribe::Listeners;
use time::Timekeeper;

const META_TIME: &str = "engine_time";
const META_INVITATION: &str = "engine_invitation";
/// Present and not empty: the invitation's token was not answered for good yet.
const META_TOKEN: &str = "engine_token";
const META_SECRET: &str = "engine_document_secret";
const META_UP_TO_DATE: &str = "engine_up_to_date";
const META_STANDING: &str = "engine_standing";
/// The six digits to compare, while the enrolment waits for that; else empty.
const META_DIGITS: &str = "engine_digits";

/// One member's records on one device: write, read, listen, meet.
///
/// The story of how to use it is in [the crate's page](crate).
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    // Not tokio's: it is never held over an await.
    state: Mutex<State>,
    listeners: Arc<Listeners>,
    keys: Keys,
    surroundings: Surroundings,
    dialer: Dialer,
    /// Wakes a meeting that stays open.
    saved: tokio::sync::Notify,
    /// One meeting at a time: two would offer the same seals twice.
    meeting: tokio::sync::Mutex<()>,
}

/// What the lock guards.
pub(crate) struct State {
    pub(crate) store: Store,
    pub(crate) time: Timekeeper,
    /// What the transaction under way changes.
    pub(crate) pending: Changes,
    /// How far the rosters were when the places to show were last made of them.
    shown_at: Vec<Point>,
    /// Everything that the store has is shown, whoever the member is: the console.
    pub(crate) shows_all: bool,
    /// What a new document's nonce is made with.
    secret: [u8; 32],
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("keys", &self.shared.keys).finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens the engine's files, or makes them.
    ///
    /// What an earlier run had saved and not yet put into the lists is put there now.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. The files are left as they are.
    pub fn open(
        settings: Settings,
        keys: Keys,
        surroundings: Surroundings,
    ) -> Result<Self, OpenError> {
        let entropy = &*surroundings.entropy;
        let spki = keys.device.spki();
        let store = match &settings.folder {
            Some(folder) => Store::open(folder, spki, keys.store, entropy)?,
            None => Store::open_in_memory(spki, entropy)?,
        };
        let state = State::begin(store, settings.shows_all, entropy)?;
        Ok(Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                listeners: Arc::default(),
                keys,
                surroundings,
                dialer: Dialer::new(),
                saved: tokio::sync::Notify::new(),
                meeting: tokio::sync::Mutex::new(()),
            }),
        })
    }

    /// Ties the engine to the realm of an invitation, and keeps whom to trust and where to find it.
    /// The phone asks to be enrolled at its next meeting. A newer invitation of the same realm takes
    /// the place of an older one.
    ///
    /// # Errors
    ///
    /// [`InviteError::OtherRealm`] where the store belongs to another realm: it is for one member of
    /// one realm.
    pub fn accept_invitation(&self, invitation: &Invitation) -> Result<(), InviteError> {
        self.with(|state| {
            state.store.join(invitation.realm)?;
            state.store.set_meta(META_INVITATION, invitation.to_string().as_bytes())?;
            state.store.set_meta(META_TOKEN, &[1])?;
            state.pending.status = true;
            Ok(())
        })
    }

    /// Who writes here; none before enrolment and after revocation.
    pub fn member(&self) -> Option<MemberId> {
        self.lock().member()
    }

    /// Tells `listener` of every change until the subscription is dropped.
    pub fn subscribe(&self, listener: Arc<dyn ChangeListener>) -> Subscription {
        self.shared.listeners.add(listener)
    }

    /// The device's time, in ms since 1970: what "overdue" on a screen compares with.
    pub fn now_ms(&self) -> u64 {
        self.clock().now_ms()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // After a panic the store is as its last transaction left it.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does `work` under the lock, then tells what it changed.
    pub(crate) fn with<T, E>(&self, work: impl FnOnce(&mut State) -> Result<T, E>) -> Result<T, E> {
        let (result, changes) = {
            let mut state = self.lock();
            let result = work(&mut state);
            (result, std::mem::take(&mut state.pending))
        };
        if !changes.saved.is_empty() {
            self.shared.saved.notify_one();
        }
        self.shared.listeners.tell(&changes);
        result
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.shared.surroundings.clock
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.shared.surroundings.entropy
    }

    pub(crate) fn dialer(&self) -> &Dialer {
        &self.shared.dialer
    }

    pub(crate) async fn one_meeting(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.shared.meeting.lock().await
    }

    pub(crate) async fn next_save(&self) {
        self.shared.saved.notified().await;
    }
}

impl State {
    fn begin(mut store: Store, shows_all: bool, entropy: &dyn Entropy) -> Result<Self, OpenError> {
        let time = store.meta(META_TIME)?;
        let time = time.and_then(|bytes| Timekeeper::from_bytes(&bytes).ok()).unwrap_or_default();
        let secret = match store.meta(META_SECRET)?.and_then(|bytes| bytes.try_into().ok()) {
            Some(secret) => secret,
            None => {
                let mut secret = [0; 32];
                entropy.fill(&mut secret).map_err(|_| OpenError::NoEntropy)?;
                store.set_meta(META_SECRET, &secret)?;
                secret
            }
        };
        let mut state = Self {
            store,
            time,
            pending: Changes::default(),
            shown_at: Vec::new(),
            shows_all,
            secret,
        };
        projection::prepare(&mut state.store)?;
        state.show_places()?;
        projection::project_dirty(&mut state.store)?;
        state.pending = Changes::default();
        Ok(state)
    }

    pub(crate) fn member(&self) -> Option<MemberId> {
        self.store.member()
    }

    pub(crate) fn invitation(&self) -> Result<Option<Invitation>, StoreError> {
        let Some(bytes) = self.store.meta(META_INVITATION)? else { return Ok(None) };
        Ok(std::str::from_utf8(&bytes).ok().and_then(|text| text.parse().ok()))
    }

    /// Seals what is unsealed, each seal durable before it is sent.
    #[tracing::instrument(skip_all, level = "debug")]
    pub(crate) fn seal(&mut self, keys: &Keys) -> Result<(), MeetError> {
        match self.store.seal_unsealed(&*keys.device) {
            Err(StoreError::Failed(why)) if why == KEY_UNAVAILABLE => {
                Err(MeetError::KeyUnavailable)
            }
            other => Ok(other.map(|_| ())?),
        }
    }

    /// The relay said what time it is.
    pub(crate) fn met(&mut self, clock: &dyn Clock, relay_time: u64) -> Result<(), StoreError> {
        self.time.met(clock, relay_time);
        self.store.set_meta(META_TIME, &self.time.to_bytes())
    }

    /// Keeps the six digits while a person has to compare them.
    pub(crate) fn note_digits(&mut self, digits: Option<u32>) -> Result<(), StoreError> {
        let bytes = digits.map_or_else(Vec::new, |digits| digits.to_be_bytes().to_vec());
        self.store.set_meta(META_DIGITS, &bytes)
    }

    pub(crate) fn note_standing(&mut self, standing: Standing) -> Result<(), StoreError> {
        self.store.set_meta(META_STANDING, &[standing as u8])?;
        if standing != Standing::Active {
            return Ok(());
        }
        self.note_digits(None)?;
        self.spend_token()
    }

    /// The token of the invitation, while it has to be shown.
    pub(crate) fn token(&self) -> Result<Option<Token>, StoreError> {
        let open = self.store.meta(META_TOKEN)?.is_some_and(|mark| !mark.is_empty());
        Ok(self.invitation()?.filter(|_| open).map(|invitation| invitation.token))
    }

    /// The token was answered for good.
    pub(crate) fn spend_token(&mut self) -> Result<(), StoreError> {
        self.store.set_meta(META_TOKEN, &[])
    }

    pub(crate) fn note_up_to_date(&mut self, relay_time: u64) -> Result<(), StoreError> {
        self.store.set_meta(META_UP_TO_DATE, &relay_time.to_be_bytes())
    }

    pub(crate) fn new_incarnation(&mut self, entropy: &dyn Entropy) -> Result<(), StoreError> {
        self.store.new_incarnation(entropy, "rolled back").map_err(of_incarnation)?;
        projection::project_dirty(&mut self.store)?;
        Ok(())
    }

    /// After what came from the relay: shows it.
    ///
    /// New roster entries change which places are shown, and nothing else: what an act means is asked
    /// of the roster point that it was written under.
    pub(crate) fn show_news(&mut self, arrived: &BTreeSet<DocumentId>) -> Result<(), StoreError> {
        let roster = self.roster_points() != self.shown_at;
        if roster || (self.shows_all && !arrived.is_empty()) {
            self.show_places()?;
            self.pending.roster |= roster;
        }
        let behind = projection::project_dirty(&mut self.store)?;
        self.pending.answered.extend(behind.documents.difference(arrived));
        self.pending.arrived.extend(arrived);
        self.pending.arrived.extend(behind.regrouped);
        Ok(())
    }

    /// What was set aside goes once more, under a new incarnation; says whether anything does.
    pub(crate) fn write_again(&mut self, entropy: &dyn Entropy) -> Result<bool, StoreError> {
        let written = self.store.write_again_set_aside(entropy).map_err(of_incarnation)?;
        Ok(written > 0)
    }

    /// Logs that were left and are settled go.
    pub(crate) fn leave_logs(&mut self, relay_time: u64) -> Result<(), StoreError> {
        if self.shows_all {
            return Ok(());
        }
        let period_s =
            self.store.view().rosters().iter().find_map(|roster| {
                u64::try_from(roster.tip().setting(setting::DROP_PERIOD_S)?).ok()
            });
        // Without a period only a backup lets a log go.
        let period_ms = period_s.map_or(u64::MAX, |period_s| period_s.saturating_mul(1000));
        let held = self.store.held();
        self.store.leave_logs(&held, relay_time, period_ms)?;
        Ok(())
    }

    fn roster_points(&self) -> Vec<Point> {
        self.store.view().rosters().iter().map(Roster::tip_point).collect()
    }

    /// Shows what the rosters give the member, and hides the rest.
    pub(crate) fn show_places(&mut self) -> Result<(), StoreError> {
        self.shown_at = self.roster_points();
        if self.shows_all {
            projection::show_all(&mut self.store)
        } else {
            projection::show_held(&mut self.store)
        }
    }
}

fn of_incarnation(error: IncarnationError) -> StoreError {
    match error {
        IncarnationError::Storage(error) => error,
        IncarnationError::Entropy(_) => failed("no random bytes"),
    }
}
