//! The transport layer (RFC 4253): versions, packets, keys and their renewal. It knows no socket:
//! bytes come in by [`Transport::read`] and wait in [`Transport::out`] until they are sent.

use std::sync::Arc;

use bytes::BytesMut;

use crate::cipher::{self, Key};
use crate::error::{End, Result};
use crate::kex::{self, Agreed, HASH, Transcript};
use crate::keys::{HostKey, USER_ALGORITHMS};
use crate::limits::{MAX_UNSENT, MAX_VERSION_LINE, REKEY_BYTES, REKEY_PACKETS};
use crate::msg;
use crate::wire::{Reader, Writer};

/// How the yard introduces itself.
const VERSION: &str = concat!("SSH-2.0-Codeyard_", env!("CARGO_PKG_VERSION"));

/// What a client may send at most under the same keys, in packets, though it was asked for new
/// ones: their numbers must not repeat.
const MAX_PACKETS: u32 = REKEY_PACKETS * 2;
/// Numbers of the messages of key exchange methods (RFC 4250, section 4.1.1).
const KEX_METHOD: std::ops::RangeInclusive<u8> = 30..=49;

/// Where an agreement on keys stands.
enum Kex {
    /// None is under way.
    Settled,
    /// Our offer is out.
    Offered { ours: Vec<u8> },
    /// Both offers are known; the client's half comes next.
    Agreed { ours: Vec<u8>, theirs: Vec<u8>, agreed: Agreed },
    /// We use the new keys; the client will from its next packet on but one.
    Switching { key: Box<Key> },
}

/// A payload for the layer above.
pub(crate) type Payload = Vec<u8>;

/// One side of a connection.
pub(crate) struct Transport {
    host_keys: Arc<Vec<HostKey>>,
    /// What the client calls itself; empty until it has said so.
    client_version: Vec<u8>,
    kex: Kex,
    /// The first exchange's hash names the session.
    session: Option<[u8; HASH]>,
    opening: Option<Key>,
    sealing: Option<Key>,
    /// Packet numbers begin anew with new keys. The first offers settle it for all others.
    strict: bool,
    received: Count,
    sent: Count,
    /// What came in and is not read yet.
    pub(crate) read: BytesMut,
    /// What waits to be sent.
    pub(crate) out: BytesMut,
    /// What waits until keys are agreed on.
    held: Vec<Payload>,
    held_bytes: usize,
}

/// What went one way since the last keys.
#[derive(Default)]
struct Count {
    /// Of the next packet, as UNIMPLEMENTED tells it.
    number: u32,
    packets: u32,
    bytes: u64,
}

impl Count {
    fn packet(&mut self, bytes: usize) {
        self.number = self.number.wrapping_add(1);
        self.packets = self.packets.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    fn renew(&mut self, strict: bool) {
        let number = if strict { 0 } else { self.number };
        *self = Self { number, ..Self::default() };
    }

    fn is_enough(&self) -> bool {
        self.packets >= REKEY_PACKETS || self.bytes >= REKEY_BYTES
    }
}

impl Transport {
    /// A connection that begins: our version and our offer are on their way.
    pub(crate) fn new(host_keys: Arc<Vec<HostKey>>) -> Result<Self> {
        let mut transport = Self {
            host_keys,
            client_version: Vec::new(),
            kex: Kex::Settled,
            session: None,
            opening: None,
            sealing: None,
            strict: false,
            received: Count::default(),
            sent: Count::default(),
            read: BytesMut::new(),
            out: BytesMut::from(format!("{VERSION}\r\n").as_bytes()),
            held: Vec::new(),
            held_bytes: 0,
        };
        transport.renew_keys()?;
        Ok(transport)
    }

    /// What the client calls itself, fit for a line of a log.
    pub(crate) fn client_version(&self) -> String {
        let text = String::from_utf8_lossy(&self.client_version);
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
    }

    /// The session's name.
    pub(crate) fn session(&self) -> Result<&[u8; HASH]> {
        self.session.as_ref().ok_or_else(|| End::protocol("keys have to be agreed on first"))
    }

    /// Whether the layer above may go on sending.
    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.kex, Kex::Settled | Kex::Switching { .. })
    }

    /// Sends a payload of the layer above, now or once keys are agreed on.
    pub(crate) fn send(&mut self, payload: Payload) -> Result<()> {
        if self.is_settled() {
            return self.put(&payload);
        }
        self.held_bytes = self.held_bytes.saturating_add(payload.len());
        if self.held_bytes > MAX_UNSENT {
            return Err(End::protocol("too much was asked while keys were agreed on"));
        }
        self.held.push(payload);
        Ok(())
    }

    fn put(&mut self, payload: &[u8]) -> Result<()> {
        let before = self.out.len();
        cipher::seal(self.sealing.as_mut(), payload, &mut self.out)?;
        self.sent.packet(self.out.len().saturating_sub(before));
        Ok(())
    }

    /// Asks for new keys.
    fn renew_keys(&mut self) -> Result<()> {
        let ours = kex::offer(&self.host_keys)?;
        self.put(&ours)?;
        self.kex = Kex::Offered { ours };
        Ok(())
    }

    /// Asks for new keys where the old ones have done enough.
    pub(crate) fn renew_keys_in_time(&mut self) -> Result<()> {
        let worn = self.sent.is_enough() || self.received.is_enough();
        if worn && matches!(self.kex, Kex::Settled) { self.renew_keys() } else { Ok(()) }
    }

    /// The next payload for the layer above, as far as it came in.
    pub(crate) fn next(&mut self) -> Result<Option<Payload>> {
        if self.client_version.is_empty() && !self.read_version()? {
            return Ok(None);
        }
        loop {
            let before = self.read.len();
            let Some(payload) = cipher::open(self.opening.as_mut(), &mut self.read)? else {
                return Ok(None);
            };
            let number = self.received.number;
            if self.received.packets >= MAX_PACKETS {
                return Err(End::protocol("new keys were asked for and not agreed on"));
            }
            self.received.packet(before.saturating_sub(self.read.len()));
            if let Some(payload) = self.take(payload, number)? {
                return Ok(Some(payload));
            }
        }
    }

    /// The client's first line. Lines before it are not a client's to send.
    fn read_version(&mut self) -> Result<bool> {
        let Some(end) = self.read.iter().position(|byte| *byte == b'\n') else {
            if self.read.len() > MAX_VERSION_LINE {
                return Err(End::protocol("this is SSH, and that was no SSH version"));
            }
            return Ok(false);
        };
        let line = self.read.split_to(end + 1);
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let known = line.starts_with(b"SSH-2.0-") || line.starts_with(b"SSH-1.99-");
        if !known || line.len() > MAX_VERSION_LINE {
            return Err(End::protocol("this is SSH 2.0, and that was another version"));
        }
        self.client_version = line.to_vec();
        Ok(true)
    }

    /// Handles what is the transport's own.
    pub(crate) fn take(&mut self, payload: Payload, number: u32) -> Result<Option<Payload>> {
        let kind = payload.first().copied().unwrap_or_default();
        if KEX_METHOD.contains(&kind) && self.was_wrong_guess() {
            return Ok(None);
        }
        match kind {
            msg::DISCONNECT => return Err(End::Left),
            msg::KEXINIT => self.take_offer(payload, number)?,
            msg::KEX_ECDH_INIT => self.take_half(&payload)?,
            msg::NEWKEYS => self.take_new_keys()?,
            _ if self.opening.is_none() => {
                // Strict or not: before the client uses keys, anybody may have sent this.
                return Err(End::protocol("keys have to be agreed on first"));
            }
            msg::IGNORE | msg::DEBUG | msg::UNIMPLEMENTED | msg::EXT_INFO => {}
            _ if matches!(self.kex, Kex::Agreed { .. } | Kex::Switching { .. }) => {
                return Err(End::protocol("that has to wait until keys are agreed on"));
            }
            _ => return Ok(Some(payload)),
        }
        Ok(None)
    }

    /// Whether this packet is one that the client sent on a guess, which came to nothing.
    fn was_wrong_guess(&mut self) -> bool {
        match &mut self.kex {
            Kex::Agreed { agreed, .. } => std::mem::take(&mut agreed.wrong_guess),
            _ => false,
        }
    }

    fn take_offer(&mut self, theirs: Payload, number: u32) -> Result<()> {
        if matches!(self.kex, Kex::Settled) {
            self.renew_keys()?;
        }
        match std::mem::replace(&mut self.kex, Kex::Settled) {
            Kex::Offered { ours } => {
                let agreed = kex::agree(&theirs, &self.host_keys)?;
                if self.session.is_none() {
                    self.strict = agreed.strict;
                    if self.strict && number != 0 {
                        return Err(End::protocol("the client's offer has to come first"));
                    }
                }
                self.kex = Kex::Agreed { ours, theirs, agreed };
                Ok(())
            }
            _ => Err(End::protocol("two offers of keys at once")),
        }
    }

    fn take_half(&mut self, payload: &[u8]) -> Result<()> {
        let Kex::Agreed { ours, theirs, agreed } = std::mem::replace(&mut self.kex, Kex::Settled)
        else {
            return Err(End::protocol("half a key without an offer"));
        };
        let mut reader = Reader::new(payload);
        reader.u8()?;
        let half = reader.string()?;
        let host_keys = self.host_keys.clone();
        let host_key =
            host_keys.get(agreed.host_key).ok_or_else(|| End::protocol("no such host key"))?;
        let transcript = Transcript {
            client_version: &self.client_version,
            server_version: VERSION.as_bytes(),
            client_offer: &theirs,
            server_offer: &ours,
        };
        let shared = kex::exchange(agreed.method, half, &transcript, host_key)?;
        let first = self.session.is_none();
        let session = *self.session.get_or_insert(shared.hash);
        let (from_client, to_client) = shared.keys(&agreed, &session)?;
        self.put(&shared.reply)?;
        self.put(&[msg::NEWKEYS])?;
        self.sealing = Some(to_client);
        self.sent.renew(self.strict);
        self.kex = Kex::Switching { key: Box::new(from_client) };
        if first && agreed.wants_info {
            let info = Writer::message(msg::EXT_INFO).u32(1).string(b"server-sig-algs");
            self.put(&info.string(USER_ALGORITHMS.as_bytes()).done())?;
        }
        self.held_bytes = 0;
        for payload in std::mem::take(&mut self.held) {
            self.put(&payload)?;
        }
        Ok(())
    }

    fn take_new_keys(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.kex, Kex::Settled) {
            Kex::Switching { key } => {
                self.opening = Some(*key);
                self.received.renew(self.strict);
                Ok(())
            }
            _ => Err(End::protocol("new keys without an agreement")),
        }
    }

    /// Tells the client why it is sent away.
    pub(crate) fn part(&mut self, code: u32, text: &str) {
        let payload = Writer::message(msg::DISCONNECT).u32(code);
        // The connection ends in any case.
        let _ = self.put(&payload.string(text.as_bytes()).string(b"en").done());
    }

    /// The number of the packet that was read last.
    pub(crate) fn last_number(&self) -> u32 {
        self.received.number.wrapping_sub(1)
    }
}
