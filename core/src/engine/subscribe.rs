//! Who is told when something changed.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use doorstep_protocol::id::DocumentId;
use serde::Serialize;

/// Is told of changes, once a transaction, from whichever thread made it, outside of every lock: it
/// may read from the engine, and should return soon.
pub trait ChangeListener: Send + Sync {
    /// These changed.
    fn changed(&self, changes: &Changes);
}

/// What one transaction changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Saved on this phone, or standing in another group by it.
    pub saved: BTreeSet<DocumentId>,
    /// Changed, or standing in another group, by what came from the relay or another phone.
    pub arrived: BTreeSet<DocumentId>,
    /// Something of one's own in them got a receipt or an answer.
    pub answered: BTreeSet<DocumentId>,
    /// Places, people or code lists changed, and so which documents are shown.
    pub roster: bool,
    /// What [`Engine::sync_status`](super::Engine::sync_status) says changed.
    pub status: bool,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Ends when it is dropped.
#[must_use = "nothing is told once it is dropped"]
pub struct Subscription {
    listeners: Weak<Listeners>,
    id: u64,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners.lock().list.retain(|(id, _)| *id != self.id);
        }
    }
}

/// All who listen.
#[derive(Default)]
pub(crate) struct Listeners {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next_id: u64,
    list: Vec<(u64, Arc<dyn ChangeListener>)>,
}

impl Listeners {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(self: &Arc<Self>, listener: Arc<dyn ChangeListener>) -> Subscription {
        let mut state = self.lock();
        let id = state.next_id;
        state.next_id += 1;
        state.list.push((id, listener));
        Subscription { listeners: Arc::downgrade(self), id }
    }

    /// Tells all. What panics in a listener is the listener's fault alone: what was saved is saved.
    pub(crate) fn tell(&self, changes: &Changes) {
        if changes.is_empty() {
            return;
        }
        let listeners: Vec<_> =
            self.lock().list.iter().map(|(_, listener)| Arc::clone(listener)).collect();
        for listener in listeners {
            if catch_unwind(AssertUnwindSafe(|| listener.changed(changes))).is_err() {
                tracing::error!("a change listener panicked");
            }
        }
    }
}
