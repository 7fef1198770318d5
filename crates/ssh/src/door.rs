//! For tests and fuzz targets alone: a connection without a socket, whose client says what it
//! likes, packet by packet or byte by byte.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::{Notify, mpsc, watch};

use crate::channel::Said;
use crate::channels::Guest;
use crate::connection::{Connection, Given};
use crate::error::Result;
use crate::handler::Handler;
use crate::keys::HostKey;
use crate::places::Places;

/// A connection without a socket. It has to be used within a runtime: commands are tasks.
pub struct Door<H> {
    connection: Connection<H>,
    /// Commands wait for it to be read, as for a client that reads nothing.
    _hear: mpsc::Receiver<Said>,
}

/// What a client is told that is sent away.
pub type SentAway = String;

impl<H: Handler> Door<H> {
    /// A client that has just connected; `None` where the system gives no randomness.
    pub fn new(handler: Arc<H>, host_keys: Arc<Vec<HostKey>>) -> Option<Self> {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        let place = Arc::new(Places::default()).take(peer.ip())?;
        let (_, stopped) = watch::channel(false);
        let (said, hear) = mpsc::channel(1);
        let given = Given { handler, host_keys, peer, place, stopped };
        let connection = Connection::new(given, said, Arc::new(Notify::new())).ok()?;
        Some(Self { connection, _hear: hear })
    }

    /// Goes on as if the client had signed in.
    pub fn let_in(&mut self, user: &str) {
        let source_ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let client = "SSH-2.0-test".to_owned();
        self.connection.guest = Some(Guest { user: user.to_owned(), source_ip, client });
    }

    /// The client sends a packet with this payload.
    ///
    /// # Errors
    /// Where that ends the connection.
    pub fn packet(&mut self, payload: &[u8]) -> std::result::Result<(), SentAway> {
        self.take_packet(payload).map_err(|end| end.to_string())
    }

    fn take_packet(&mut self, payload: &[u8]) -> Result<()> {
        let transport = &mut self.connection.transport;
        let number = transport.last_number().wrapping_add(1);
        match transport.take(payload.to_vec(), number)? {
            Some(payload) => self.connection.take(&payload),
            None => Ok(()),
        }
    }

    /// The client sends bytes.
    ///
    /// # Errors
    /// Where that ends the connection.
    pub fn bytes(&mut self, bytes: &[u8]) -> std::result::Result<(), SentAway> {
        self.take_bytes(bytes).map_err(|end| end.to_string())
    }

    fn take_bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.connection.transport.read.extend_from_slice(bytes);
        while let Some(payload) = self.connection.transport.next()? {
            self.connection.take(&payload)?;
        }
        Ok(())
    }

    /// The session's name, which signatures are bound to; `None` before keys are agreed on.
    pub fn session(&self) -> Option<Vec<u8>> {
        self.connection.transport.session().ok().map(|name| name.to_vec())
    }

    /// Who has signed in.
    pub fn user(&self) -> Option<&str> {
        self.connection.guest.as_ref().map(|guest| guest.user.as_str())
    }

    /// Bytes that wait to be sent to the client.
    pub fn unsent(&self) -> usize {
        self.connection.transport.out.len()
    }
}
