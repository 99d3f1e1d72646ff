//! Meeting the relay: started at once on the engine's own threads, awaited or cancelled by a handle.

use std::{
    sync::{Arc, PoisonError},
    thread,
};

use doorstep_core::SyncError;
use tokio::{sync::watch, task::AbortHandle};

use super::{Doorstep, Speech};
use crate::{
    convert::query,
    error::{Code, DoorstepError, Fault},
    gate::Gate,
    records::{SyncBudget, SyncReport},
};

/// How a sync ended.
#[derive(Debug, Clone)]
enum Ended {
    Done(SyncReport),
    Failed(Fault),
    /// Cancelled, by the handle or because the engine was shut down.
    Cut,
}

/// A sync that has begun. Dropping it ends nothing: the sync goes on.
#[derive(Debug, uniffi::Object)]
pub struct SyncHandle {
    ended: watch::Receiver<Option<Ended>>,
    task: AbortHandle,
    gate: Arc<Gate>,
    speech: Arc<Speech>,
    /// Own acts that waited when it began.
    unsent: u32,
}

/// Says how it ended, whatever ends it.
struct End {
    ended: watch::Sender<Option<Ended>>,
}

impl End {
    fn say(&self, ended: Ended) {
        self.ended.send_replace(Some(ended));
    }
}

impl Drop for End {
    fn drop(&mut self) {
        if self.ended.borrow().is_none() {
            let bug = thread::panicking();
            self.say(if bug { Ended::Failed(Code::Bug.into()) } else { Ended::Cut });
        }
    }
}

#[uniffi::export]
impl Doorstep {
    /// Meets the relay: hands in what was saved, takes what is new. It begins at once and goes on whether
    /// or not anybody waits for it; two at once wait for each other.
    ///
    /// # Errors
    ///
    /// `Rejected`: `bad_number` where the budget is none, `closed`. What the meeting comes to is in
    /// [`SyncHandle::report`].
    pub fn sync(&self, budget: SyncBudget) -> Result<Arc<SyncHandle>, DoorstepError> {
        self.begin_sync(budget).map(Arc::new).map_err(|fault| self.front.speech.error(fault))
    }
}

impl Doorstep {
    fn begin_sync(&self, budget: SyncBudget) -> Result<SyncHandle, Fault> {
        let budget = query::budget(budget)?;
        let call = self.front.gate.enter()?;
        let unsent = call.engine.sync_status()?.unsent.changes;
        let (sender, ended) = watch::channel(None);
        let end = End { ended: sender };
        let key = Arc::clone(&self.key);
        let work = async move {
            let end = end;
            // The engine is let go before anybody hears that it has ended.
            let call = call;
            let outcome = call.engine.sync(budget).await;
            drop(call);
            end.say(match outcome {
                Ok(report) => Ended::Done(report.into()),
                Err(error @ SyncError::KeyUnavailable) => Ended::Failed(key.explain(error.into())),
                Err(error) => Ended::Failed(error.into()),
            });
        };
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let task = runtime.as_ref().ok_or(Code::Closed)?.spawn(work).abort_handle();
        drop(runtime);
        self.front.gate.add_sync(task.clone());
        let (gate, speech) = (Arc::clone(&self.front.gate), Arc::clone(&self.front.speech));
        Ok(SyncHandle { ended, task, gate, speech, unsent })
    }
}

#[uniffi::export]
impl SyncHandle {
    /// Waits for the end of the sync and says what it did. May be asked again, with the same answer. One
    /// that was cancelled, or ended by a shutdown, has `left` = cancelled: what had been exchanged by then
    /// stays, and is not counted in it.
    ///
    /// # Errors
    ///
    /// `Unreachable`; `NotAdmitted`: `not_enrolled`, `wrong_relay`, `waiting_for_confirmation`;
    /// `Outdated`: `relay_newer`; `Rejected`: `key_locked`; `StorageFull`; `Damaged`: `storage`,
    /// `key_gone`, `bad_key`, `bug`.
    pub async fn report(&self) -> Result<SyncReport, DoorstepError> {
        let mut ended = self.ended.clone();
        // The sender always says something before it goes.
        let ended = ended.wait_for(Option::is_some).await.ok().and_then(|ended| ended.clone());
        match ended.unwrap_or(Ended::Cut) {
            Ended::Done(report) => Ok(report),
            Ended::Failed(fault) => Err(self.speech.error(fault)),
            Ended::Cut => Ok(SyncReport::cancelled(self.still_unsent())),
        }
    }

    /// Ends it. Kotlin drops what it awaits when a coroutine is cancelled and Swift does not: neither ends
    /// a sync, this does.
    pub fn cancel(&self) {
        self.task.abort();
    }
}

impl SyncHandle {
    /// What waits now; after a shutdown, what waited when it began.
    fn still_unsent(&self) -> u32 {
        let now = self.gate.enter().ok().and_then(|call| call.engine.sync_status().ok());
        now.map_or(self.unsent, |status| status.unsent.changes)
    }
}
