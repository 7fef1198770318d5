//! One connection, from its first byte to its last: a single task that reads, answers and sends,
//! and never waits for a client to read before it reads on itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;

use crate::channel::Said;
use crate::channels::{Channels, Guest};
use crate::error::{BY_APPLICATION, End, Result, SERVICE_NOT_AVAILABLE};
use crate::handler::Handler;
use crate::keys::HostKey;
use crate::limits::{DEAD_AFTER, HIGH_WATER, IDLE_TIMEOUT, KEEP_ALIVE, LOGIN_TIMEOUT, MAX_UNSENT};
use crate::msg;
use crate::places::Place;
use crate::transport::Transport;
use crate::userauth::Userauth;
use crate::wire::{Reader, Writer};

/// Bytes read from a socket at once.
const READ: usize = 64 << 10;
/// Words of commands that wait to be sent.
const SAID: usize = 4;
/// How often the clocks are looked at.
const TICK: Duration = Duration::from_secs(1);
/// How long a client that is sent away may take to read why.
const PARTING: Duration = Duration::from_secs(5);

pub(crate) struct Connection<H> {
    handler: Arc<H>,
    pub(crate) transport: Transport,
    userauth: Userauth,
    /// The client has asked for the one service that there is before signing in.
    may_sign_in: bool,
    pub(crate) guest: Option<Guest>,
    peer: SocketAddr,
    /// Held until the connection ends.
    place: Place,
    channels: Channels,
    began: Instant,
    /// When something last came or went.
    last_heard: Instant,
    last_sent: Instant,
    last_busy: Instant,
    asked: bool,
}

/// What the server gives a connection.
pub(crate) struct Given<H> {
    pub(crate) handler: Arc<H>,
    pub(crate) host_keys: Arc<Vec<HostKey>>,
    pub(crate) peer: SocketAddr,
    pub(crate) place: Place,
    pub(crate) stopped: watch::Receiver<bool>,
}

/// Serves a client until either side ends it.
pub(crate) async fn serve<H: Handler>(mut socket: TcpStream, given: Given<H>) {
    let peer = given.peer;
    let (said, hear) = mpsc::channel(SAID);
    let read = Arc::new(Notify::new());
    let stopped = given.stopped.clone();
    let mut connection = match Connection::new(given, said, read.clone()) {
        Ok(connection) => connection,
        Err(error) => return tracing::warn!(%error, "an SSH connection could not begin"),
    };
    let Err(end) = connection.run(&mut socket, hear, &read, stopped).await;
    match end {
        End::Left => {}
        End::Io(error) => tracing::debug!(%error, %peer, "an SSH connection broke"),
        End::Refused { code, text } => {
            tracing::debug!(code, text, %peer, "an SSH client was sent away");
            connection.transport.part(code, &text);
            let parting = async {
                socket.write_all(&connection.transport.out).await?;
                socket.shutdown().await
            };
            // It need not read it.
            let _ = tokio::time::timeout(PARTING, parting).await;
        }
    }
}

impl<H: Handler> Connection<H> {
    pub(crate) fn new(
        given: Given<H>,
        said: mpsc::Sender<Said>,
        read: Arc<Notify>,
    ) -> Result<Self> {
        let now = Instant::now();
        Ok(Self {
            handler: given.handler,
            transport: Transport::new(given.host_keys)?,
            userauth: Userauth::default(),
            may_sign_in: false,
            guest: None,
            peer: given.peer,
            place: given.place,
            channels: Channels::new(said, read),
            began: now,
            last_heard: now,
            last_sent: now,
            last_busy: now,
            asked: false,
        })
    }

    async fn run(
        &mut self,
        socket: &mut TcpStream,
        mut hear: mpsc::Receiver<Said>,
        read: &Notify,
        mut stopped: watch::Receiver<bool>,
    ) -> std::result::Result<std::convert::Infallible, End> {
        let (mut from, mut to) = socket.split();
        let mut tick = tokio::time::interval(TICK);
        loop {
            while let Some(payload) = self.transport.next()? {
                self.take(&payload)?;
                if self.transport.out.len() >= MAX_UNSENT {
                    break;
                }
            }
            self.transport.renew_keys_in_time()?;
            if *stopped.borrow() && self.channels.are_idle() {
                return Err(End::refused(BY_APPLICATION, "the yard stops"));
            }
            let unsent = self.transport.out.len();
            let may_speak = unsent < HIGH_WATER && self.transport.is_settled();
            self.transport.read.reserve(READ);
            tokio::select! {
                count = from.read_buf(&mut self.transport.read), if unsent < MAX_UNSENT => {
                    if count? == 0 {
                        return Err(End::Left);
                    }
                    self.last_heard = Instant::now();
                    self.asked = false;
                }
                count = to.write(&self.transport.out), if unsent > 0 => {
                    self.transport.out.advance(count?);
                    self.last_sent = Instant::now();
                }
                Some(said) = hear.recv(), if may_speak => {
                    self.channels.say(said, &mut self.transport)?;
                }
                () = read.notified() => self.channels.grant(&mut self.transport)?,
                _ = tick.tick() => self.look_at_the_clock()?,
                changed = stopped.changed() => if changed.is_err() {
                    return Err(End::Left);
                },
            }
        }
    }

    fn look_at_the_clock(&mut self) -> Result<()> {
        let now = Instant::now();
        if self.guest.is_none() && now.duration_since(self.began) > LOGIN_TIMEOUT {
            return Err(End::refused(BY_APPLICATION, "signing in took too long"));
        }
        if !self.channels.are_idle() {
            self.last_busy = now;
        } else if now.duration_since(self.last_busy) > IDLE_TIMEOUT {
            return Err(End::refused(BY_APPLICATION, "the connection was idle for too long"));
        }
        if self.transport.out.is_empty() {
            self.last_sent = now;
        }
        if now.duration_since(self.last_sent) > DEAD_AFTER {
            return Err(End::refused(BY_APPLICATION, "the client stood still for too long"));
        }
        let silent = now.duration_since(self.last_heard);
        if silent > DEAD_AFTER {
            return Err(End::refused(BY_APPLICATION, "the client gave no sign of life"));
        }
        if silent > KEEP_ALIVE && self.guest.is_some() && !self.asked {
            self.asked = true;
            let question = Writer::message(msg::GLOBAL_REQUEST).string(b"keepalive@openssh.com");
            self.transport.send(question.bool(true).done())?;
        }
        Ok(())
    }

    pub(crate) fn take(&mut self, payload: &[u8]) -> Result<()> {
        match (payload.first().copied().unwrap_or_default(), &self.guest) {
            (msg::SERVICE_REQUEST, _) => self.take_service(payload),
            // Once signed in, further requests are to be ignored.
            (msg::USERAUTH_REQUEST, Some(_)) => Ok(()),
            (msg::USERAUTH_REQUEST, None) if self.may_sign_in => {
                let (auth, transport) = (&mut self.userauth, &mut self.transport);
                if let Some(user) = auth.take(payload, transport, &*self.handler)? {
                    let client = self.transport.client_version();
                    let source_ip = self.peer.ip().to_canonical();
                    self.guest = Some(Guest { user, source_ip, client });
                    self.place.is_known();
                    self.last_busy = Instant::now();
                }
                Ok(())
            }
            (_, Some(guest)) => {
                self.channels.take(payload, &mut self.transport, &*self.handler, guest)
            }
            (_, None) => Err(End::protocol("sign in first")),
        }
    }

    fn take_service(&mut self, payload: &[u8]) -> Result<()> {
        let mut reader = Reader::new(payload);
        reader.u8()?;
        let name = reader.text()?;
        if name != "ssh-userauth" {
            return Err(End::refused(SERVICE_NOT_AVAILABLE, "there is no such service"));
        }
        self.may_sign_in = true;
        self.transport.send(Writer::message(msg::SERVICE_ACCEPT).string(name.as_bytes()).done())
    }
}
