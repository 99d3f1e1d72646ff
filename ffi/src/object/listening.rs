//! Listeners of the app.

use std::sync::{Arc, Mutex, PoisonError};

use doorstep_core::{self as core, Engine, Subscription};

use crate::{foreign::ChangeListener, gate::Gate};

/// A listener, until it is stopped or this is destroyed.
#[derive(Debug, uniffi::Object)]
pub struct Listening {
    subscription: Mutex<Option<Subscription>>,
}

#[uniffi::export]
impl Listening {
    /// Tells the listener of nothing more. A change that is being told at this moment may still come.
    pub fn stop(&self) {
        self.subscription.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Listening {
    pub(super) fn begin(
        engine: &Engine,
        gate: Arc<Gate>,
        listener: Arc<dyn ChangeListener>,
    ) -> Arc<Self> {
        let subscription = engine.subscribe(Arc::new(Told { gate, listener }));
        Arc::new(Self { subscription: Mutex::new(Some(subscription)) })
    }
}

/// A listener of the app as the engine tells it.
struct Told {
    gate: Arc<Gate>,
    listener: Arc<dyn ChangeListener>,
}

impl core::ChangeListener for Told {
    fn changed(&self, changes: &core::Changes) {
        if !self.gate.is_open() {
            return;
        }
        let _callback = self.gate.callback();
        if self.listener.changed(changes.into()).is_err() {
            tracing::warn!("a listener of the app threw");
        }
    }
}
