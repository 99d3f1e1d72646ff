//! One phone's connection: bytes in, session, bytes out.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use doorstep_core::quic::accept;
use doorstep_protocol::{
    relay_session::{RelayEvent, RelaySession},
    session_error::SessionError,
    store::StoreError,
};
use quinn::{Connection, Incoming, RecvStream, SendStream, VarInt};
use tokio::{
    sync::{broadcast, watch},
    time::Instant,
};

use super::{Appended, CODE_DONE, CODE_PROTOCOL, CODE_SHUTDOWN, CODE_STORE, Shared};

/// Bytes taken from a phone at once; what it sends meanwhile waits in the transport's window.
const CHUNK_BYTES_MAX: usize = 64 * 1024;
/// How long the end of a meeting waits for the phone to have all that was sent.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// Why a meeting is over.
enum End {
    /// The phone has gone, or has said all.
    Gone,
    /// The phone did not say hello.
    Silent,
    /// The relay shuts down.
    Shutdown,
    /// The session ended it.
    Session(SessionError),
    /// A bug: the session's task panicked. Nothing unacknowledged was taken.
    Panicked,
}

impl End {
    fn code(&self) -> VarInt {
        VarInt::from_u32(match self {
            Self::Gone => CODE_DONE,
            Self::Shutdown => CODE_SHUTDOWN,
            Self::Session(SessionError::Store(_)) | Self::Panicked => CODE_STORE,
            Self::Session(_) | Self::Silent => CODE_PROTOCOL,
        })
    }
}

pub(super) async fn serve_connection(
    incoming: Incoming,
    shared: Arc<Shared>,
    stopped: watch::Receiver<bool>,
) {
    let (connection, peer) = match accept(incoming).await {
        Ok(accepted) => accepted,
        Err(error) => {
            tracing::debug!(%error, "a knock did not become a connection");
            return;
        }
    };
    let session = RelaySession::new(peer, Arc::clone(&shared.key));
    let device = peer.device();
    let hello_by = Instant::now() + shared.hello_max;
    let (send, receive) = match first_stream(&connection, hello_by, stopped.clone()).await {
        Ok(stream) => stream,
        Err(end) => return connection.close(end.code(), b""),
    };
    let appended = shared.appended.subscribe();
    let mut meeting =
        Meeting { shared, session: Some(session), send, receive, appended, stopped, hello_by };
    let end = meeting.run().await;
    match &end {
        End::Session(error) => tracing::info!(%device, %error, "a meeting ended early"),
        End::Panicked => tracing::error!(%device, "a meeting panicked"),
        End::Gone | End::Silent | End::Shutdown => tracing::debug!(%device, "a meeting ended"),
    }
    let goodbye = async {
        if matches!(end, End::Session(_)) {
            // The session may have left a last word, by name.
            let _ = meeting.transmit().await;
        }
        let _ = meeting.send.finish();
        // Closing drops what is under way: receipts of what was committed should still arrive.
        let _ = meeting.send.stopped().await;
    };
    let _ = tokio::time::timeout(GOODBYE_MAX, goodbye).await;
    connection.close(end.code(), b"");
}

async fn first_stream(
    connection: &Connection,
    hello_by: Instant,
    mut stopped: watch::Receiver<bool>,
) -> Result<(SendStream, RecvStream), End> {
    tokio::select! {
        _ = stopped.wait_for(|stop| *stop) => Err(End::Shutdown),
        () = tokio::time::sleep_until(hello_by) => Err(End::Silent),
        stream = connection.accept_bi() => stream.map_err(|_| End::Gone),
    }
}

/// What wakes a meeting.
enum Wake {
    Bytes(Vec<u8>),
    Appended(Option<Appended>),
    End(End),
}

struct Meeting {
    shared: Arc<Shared>,
    /// Away while a blocking task has it.
    session: Option<RelaySession>,
    send: SendStream,
    receive: RecvStream,
    appended: broadcast::Receiver<Appended>,
    stopped: watch::Receiver<bool>,
    hello_by: Instant,
}

impl Meeting {
    async fn run(&mut self) -> End {
        loop {
            let step = match self.wait().await {
                Wake::End(end) => return end,
                Wake::Bytes(bytes) => {
                    self.with_session(move |session, shared| take_bytes(session, shared, &bytes))
                        .await
                }
                Wake::Appended(scopes) => {
                    self.with_session(move |session, shared| {
                        let scopes = match scopes {
                            Some(scopes) => scopes,
                            None => Arc::new(all_scopes(shared)?),
                        };
                        session.handle_appended(&scopes);
                        Ok(())
                    })
                    .await
                }
            };
            if let Err(end) = step {
                return end;
            }
            if let Err(end) = self.transmit().await {
                return end;
            }
            if self.session.as_ref().is_none_or(RelaySession::is_closed) {
                return End::Gone;
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let silent = self.session.as_ref().is_none_or(|session| session.device().is_none());
        tokio::select! {
            biased;
            _ = self.stopped.wait_for(|stop| *stop) => Wake::End(End::Shutdown),
            () = tokio::time::sleep_until(self.hello_by), if silent => Wake::End(End::Silent),
            chunk = self.receive.read_chunk(CHUNK_BYTES_MAX, true) => match chunk {
                Ok(Some(chunk)) => Wake::Bytes(chunk.bytes.to_vec()),
                Ok(None) | Err(_) => Wake::End(End::Gone),
            },
            appended = self.appended.recv() => match appended {
                Ok(scopes) => Wake::Appended(Some(scopes)),
                // Too far behind to know what: everything is looked at.
                Err(broadcast::error::RecvError::Lagged(_)) => Wake::Appended(None),
                Err(broadcast::error::RecvError::Closed) => Wake::End(End::Shutdown),
            },
        }
    }

    /// Sends what the session has. The lock is not held while the phone is waited for, and no more is
    /// asked of the session than the phone takes.
    async fn transmit(&mut self) -> Result<(), End> {
        loop {
            let bytes = self
                .with_session(|session, shared| {
                    let now_ms = shared.now_ms();
                    session.poll_transmit(&mut *shared.db(), now_ms)
                })
                .await?;
            let Some(bytes) = bytes else { return Ok(()) };
            self.send.write_all(&bytes).await.map_err(|_| End::Gone)?;
        }
    }

    /// Runs `work` where it may block on the disk.
    async fn with_session<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut RelaySession, &Shared) -> Result<T, SessionError> + Send + 'static,
    ) -> Result<T, End> {
        let Some(mut session) = self.session.take() else { return Err(End::Panicked) };
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || {
            let out = work(&mut session, &shared);
            (session, out)
        })
        .await;
        let (session, out) = done.map_err(|_| End::Panicked)?;
        self.session = Some(session);
        out.map_err(End::Session)
    }
}

fn take_bytes(
    session: &mut RelaySession,
    shared: &Shared,
    bytes: &[u8],
) -> Result<(), SessionError> {
    let now_ms = shared.now_ms();
    let was_met = session.device().is_some();
    let mut db = shared.db();
    db.refresh()?;
    let out = session.handle_bytes(&mut *db, bytes, now_ms);
    // Committed or not at all: others are told either way, before this phone gets its answer.
    shared.tell(&mut db);
    if let (false, Some(device)) = (was_met, session.device()) {
        if let Err(error) = db.note_met(device, now_ms) {
            // A nicety for a list: no reason to turn a phone away.
            tracing::warn!(%error, "a meeting was not noted");
        }
        tracing::info!(%device, standing = ?session.standing(), "a phone meets");
    }
    while let Some(event) = session.poll_event() {
        match event {
            RelayEvent::Appended(scopes) => tracing::debug!(logs = scopes.len(), "appended"),
            RelayEvent::Enrolled(device) => tracing::info!(%device, "enrolled"),
            RelayEvent::Alarm(name, scope) => tracing::warn!(name, %scope, "alarm"),
        }
    }
    out
}

fn all_scopes(shared: &Shared) -> Result<BTreeSet<doorstep_protocol::id::Scope>, StoreError> {
    Ok(shared.db().scopes()?.into_iter().map(|log| log.scope).collect())
}
