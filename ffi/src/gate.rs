//! The engine while it is open, and how it is closed under calls that are still at work.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak},
    thread::{self, ThreadId},
    time::Duration,
};

use doorstep_core::Engine;
use tokio::task::AbortHandle;

use crate::error::{Code, Fault};

/// How long closing waits for calls and syncs that are at work.
const CLOSE_MAX: Duration = Duration::from_secs(10);

/// Lists that are open at once at most.
const LISTS_MAX: usize = 16;

/// Something that has the engine in it beside the gate.
pub(crate) trait Closes: Send + Sync {
    /// Lets the engine go.
    fn close(&self);
    fn is_open(&self) -> bool;
}

/// Holds the engine until it is closed.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    /// A call came back.
    left: Condvar,
}

#[derive(Default)]
struct State {
    engine: Option<Engine>,
    /// Calls and syncs that have the engine in hand.
    calls: usize,
    /// Threads on which the app is called back.
    callbacks: Vec<ThreadId>,
    syncs: Vec<AbortHandle>,
    lists: Vec<Weak<dyn Closes>>,
}

/// The engine in hand.
pub(crate) struct Call {
    // Before `_leave`: whoever waits for the last call may open the files again at once.
    pub(crate) engine: Engine,
    _leave: Leave,
}

struct Leave(Arc<Gate>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.lock().calls -= 1;
        self.0.left.notify_all();
    }
}

/// While it lives the app is called back on this thread.
pub(crate) struct Callback<'a>(&'a Gate);

impl Drop for Callback<'_> {
    fn drop(&mut self) {
        let own = thread::current().id();
        let mut state = self.0.lock();
        if let Some(at) = state.callbacks.iter().position(|thread| *thread == own) {
            state.callbacks.swap_remove(at);
        }
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gate").field("open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the engine in.
    pub(crate) fn open(&self, engine: Engine) {
        self.lock().engine = Some(engine);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lock().engine.is_some()
    }

    /// Takes the engine in hand.
    pub(crate) fn enter(self: &Arc<Self>) -> Result<Call, Fault> {
        let mut state = self.lock();
        let engine = state.engine.clone().ok_or(Code::Closed)?;
        state.calls += 1;
        drop(state);
        Ok(Call { engine, _leave: Leave(Arc::clone(self)) })
    }

    /// The app is about to be called back on this thread.
    pub(crate) fn callback(&self) -> Callback<'_> {
        self.lock().callbacks.push(thread::current().id());
        Callback(self)
    }

    /// Remembers a sync, so that closing ends it.
    pub(crate) fn add_sync(&self, sync: AbortHandle) {
        let mut state = self.lock();
        if state.engine.is_none() {
            sync.abort();
            return;
        }
        state.syncs.retain(|sync| !sync.is_finished());
        state.syncs.push(sync);
    }

    /// Remembers a list, so that closing closes it.
    pub(crate) fn add_list(&self, list: &Arc<dyn Closes>) -> Result<(), Fault> {
        let mut state = self.lock();
        state.lists.retain(|list| list.upgrade().is_some_and(|list| list.is_open()));
        let refused = match state.engine {
            None => Some(Code::Closed),
            Some(_) if state.lists.len() >= LISTS_MAX => Some(Code::TooManyLists),
            Some(_) => None,
        };
        if let Some(code) = refused {
            drop(state);
            list.close();
            return Err(code.into());
        }
        state.lists.push(Arc::downgrade(list));
        Ok(())
    }

    /// Lets nobody in any more, ends syncs and waits until the last call is back: then the files are
    /// closed. Inside a callback it does not wait, since its own call cannot come back before it.
    pub(crate) fn close(&self) {
        let (engine, syncs, lists) = {
            let mut state = self.lock();
            let lists = std::mem::take(&mut state.lists);
            (state.engine.take(), std::mem::take(&mut state.syncs), lists)
        };
        syncs.iter().for_each(AbortHandle::abort);
        lists.iter().filter_map(Weak::upgrade).for_each(|list| list.close());
        drop(engine);
        let state = self.lock();
        if state.callbacks.contains(&thread::current().id()) {
            return;
        }
        let waited = self.left.wait_timeout_while(state, CLOSE_MAX, |state| state.calls > 0);
        let (state, result) = waited.unwrap_or_else(PoisonError::into_inner);
        if result.timed_out() {
            tracing::warn!(calls = state.calls, "closed while calls were still at work");
        }
    }
}
