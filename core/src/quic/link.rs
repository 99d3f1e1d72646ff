//! An open channel to a relay: one connection, one stream in each direction.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::Duration,
};

use doorstep_protocol::key::Spki;
use quinn::{ConnectionError, ReadError, VarInt, WriteError};
use thiserror::Error;

/// The largest piece that [`Link::receive`] gives, in bytes.
pub const CHUNK_BYTES_MAX: usize = 64 * 1024;

/// How long [`Link::close`] waits for the goodbye to leave.
const GOODBYE_MAX: Duration = Duration::from_secs(1);
/// The close code of a meeting that was ended in order.
const CODE_DONE: VarInt = VarInt::from_u32(0);
/// The close code of a link that was dropped with its work undone.
const CODE_DROPPED: VarInt = VarInt::from_u32(1);

/// A link does not carry any more. What was not acknowledged by the session counts as not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The network went, or the relay did without a word: meet again when there is signal.
    #[error("the link was lost")]
    Lost,
    /// The relay ended it: its code says why.
    #[error("the relay closed the link with code {code}")]
    Closed {
        /// The code that the relay gave.
        code: u64,
    },
    /// The relay's transport refused this phone, after the phone's own half of the handshake.
    #[error("the relay refused the link")]
    Refused,
    /// This side has finished or closed already.
    #[error("the link is finished on this side")]
    Finished,
}

impl From<ConnectionError> for LinkError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::ApplicationClosed(close) => {
                Self::Closed { code: close.error_code.into_inner() }
            }
            ConnectionError::ConnectionClosed(_)
            | ConnectionError::VersionMismatch
            | ConnectionError::TransportError(_) => Self::Refused,
            ConnectionError::LocallyClosed => Self::Finished,
            ConnectionError::Reset | ConnectionError::TimedOut | ConnectionError::CidsExhausted => {
                Self::Lost
            }
        }
    }
}

impl From<WriteError> for LinkError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Stopped(code) => Self::Closed { code: code.into_inner() },
            WriteError::ConnectionLost(error) => error.into(),
            WriteError::ClosedStream => Self::Finished,
            // Nothing is sent early, so nothing sent early can be rejected.
            WriteError::ZeroRttRejected => Self::Lost,
        }
    }
}

impl From<ReadError> for LinkError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Reset(code) => Self::Closed { code: code.into_inner() },
            ReadError::ConnectionLost(error) => error.into(),
            ReadError::ClosedStream | ReadError::IllegalOrderedRead => Self::Finished,
            ReadError::ZeroRttRejected => Self::Lost,
        }
    }
}

/// An open channel to a relay whose key was checked: bytes in order, both ways.
///
/// It owns its socket, its connection and one stream. Chunks are not frames: what was sent in one
/// piece may arrive in several and the other way round.
///
/// Dropping it closes everything at once and what was sent may be lost, so that a half-sent frame
/// never looks like an ended stream; [`Self::close`] is the goodbye.
///
/// To wait for both directions in one loop, take [`Self::halves`]: [`LinkReceiver::receive`] and
/// [`LinkSender::send_some`] lose nothing when `select!` drops them.
#[derive(Debug)]
pub struct Link {
    endpoint: quinn::Endpoint,
    connection: quinn::Connection,
    sender: LinkSender,
    receiver: LinkReceiver,
}

impl Link {
    /// Opens the stream on a connection whose handshake is over. The relay learns of the stream with
    /// the first byte sent: the phone speaks first.
    pub(super) async fn open(
        endpoint: quinn::Endpoint,
        connection: quinn::Connection,
    ) -> Result<Self, LinkError> {
        let (send, receive) = connection.open_bi().await?;
        Ok(Self {
            endpoint,
            connection,
            sender: LinkSender { stream: send },
            receiver: LinkReceiver { stream: receive, ended: false },
        })
    }

    /// The address at which the relay was met.
    pub fn address(&self) -> SocketAddr {
        self.connection.remote_address()
    }

    /// The relay's key, as its handshake proved it.
    pub fn relay_key(&self) -> Option<Spki> {
        super::peer_key(&self.connection)
    }

    /// Sends all of `bytes`; see [`LinkSender::send`].
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        self.sender.send(bytes).await
    }

    /// The next bytes, or none when the relay has finished; see [`LinkReceiver::receive`].
    pub async fn receive(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        self.receiver.receive().await
    }

    /// Tells the relay that nothing more comes; see [`LinkSender::finish`].
    pub fn finish(&mut self) -> Result<(), LinkError> {
        self.sender.finish()
    }

    /// Both directions, so that one loop can wait for either. The link keeps the rest and still closes
    /// everything when it is dropped.
    pub fn halves(&mut self) -> (&mut LinkSender, &mut LinkReceiver) {
        (&mut self.sender, &mut self.receiver)
    }

    /// Moves the link to a new socket, after the phone changed networks: the meeting goes on where it
    /// was. Whether the new network reaches the relay shows only with the next answer.
    ///
    /// # Errors
    ///
    /// When the system gives no socket; the link then keeps the old one.
    pub fn rebind(&self) -> io::Result<()> {
        let unspecified = match self.endpoint.local_addr()? {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        self.endpoint.rebind(UdpSocket::bind(unspecified)?)
    }

    /// Says goodbye and waits until it has left, a second at most. Bytes that the relay has not
    /// answered may be lost: finish, and receive to the end, before.
    pub async fn close(self) {
        self.connection.close(CODE_DONE, b"");
        let endpoint = self.endpoint.clone();
        drop(self);
        // Where the goodbye gets lost the relay's idle timeout does the same, later.
        let _ = tokio::time::timeout(GOODBYE_MAX, endpoint.wait_idle()).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // Before the streams are dropped: quinn would finish them as if all had been said. After
        // `close` this does nothing.
        self.connection.close(CODE_DROPPED, b"");
    }
}

/// The sending half of a [`Link`].
#[derive(Debug)]
pub struct LinkSender {
    stream: quinn::SendStream,
}

impl LinkSender {
    /// Sends all of `bytes`: they are with the transport, which repeats what gets lost, not yet with
    /// the relay. Waits while the relay does not read or the network does not carry.
    ///
    /// **Not cancel safe**: dropped before it is ready, a part may have been sent, and how much is not
    /// known; the link must then be dropped too. In a `select!` use [`Self::send_some`].
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// Sends as much of the front of `bytes` as goes without waiting again, and says how much that was:
    /// at least one byte, unless `bytes` is empty.
    ///
    /// Cancel safe: dropped before it is ready, nothing was sent.
    pub async fn send_some(&mut self, bytes: &[u8]) -> Result<usize, LinkError> {
        Ok(self.stream.write(bytes).await?)
    }

    /// Tells the relay that nothing more comes. What was sent still arrives as long as the link lives.
    pub fn finish(&mut self) -> Result<(), LinkError> {
        self.stream.finish().map_err(|_| LinkError::Finished)
    }
}

/// The receiving half of a [`Link`].
#[derive(Debug)]
pub struct LinkReceiver {
    stream: quinn::RecvStream,
    ended: bool,
}

impl LinkReceiver {
    /// Waits for the next bytes, at most [`CHUNK_BYTES_MAX`]; none when the relay has finished, and
    /// none again after that.
    ///
    /// Cancel safe: dropped before it is ready, nothing was taken.
    pub async fn receive(&mut self) -> Result<Option<Vec<u8>>, LinkError> {
        if self.ended {
            return Ok(None);
        }
        let chunk = self.stream.read_chunk(CHUNK_BYTES_MAX, true).await?;
        self.ended = chunk.is_none();
        Ok(chunk.map(|chunk| chunk.bytes.to_vec()))
    }
}
