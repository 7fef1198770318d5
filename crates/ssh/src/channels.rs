//! The connection layer (RFC 4254): channels, and what is asked of them. A channel runs one
//! command; shells, terminals, forwarding and subsystems are refused.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;

use crate::channel::{Input, Output, Said, Shared};
use crate::error::{End, Result};
use crate::handler::{BoxFuture, Exec, Handler};
use crate::limits::{MAX_CHANNEL_DATA, MAX_CHANNELS, MAX_COMMAND, MAX_VARIABLES, WINDOW};
use crate::msg;
use crate::transport::Transport;
use crate::wire::{Reader, Writer};

/// `SSH_OPEN_ADMINISTRATIVELY_PROHIBITED`
const PROHIBITED: u32 = 1;
/// `SSH_OPEN_UNKNOWN_CHANNEL_TYPE`
const UNKNOWN_TYPE: u32 = 3;
/// `SSH_OPEN_RESOURCE_SHORTAGE`
const SHORTAGE: u32 = 4;
/// The kind of extended data that is error output.
const STDERR: u32 = 1;
/// Numbers of the messages that begin with a channel's number, from its opening's answer on.
const OF_CHANNELS: std::ops::RangeInclusive<u8> =
    msg::CHANNEL_OPEN_CONFIRMATION..=msg::CHANNEL_FAILURE;
/// The exit status of a client that wants something else than a command.
const NOT_A_COMMAND: u32 = 1;

/// Who is at the other end.
#[derive(Clone)]
pub(crate) struct Guest {
    pub(crate) user: String,
    pub(crate) source_ip: IpAddr,
    pub(crate) client: String,
}

struct Channel {
    /// The client's number of it.
    theirs: u32,
    max_packet: u32,
    shared: Arc<Shared>,
    /// What the client may still send.
    window: u32,
    environment: Vec<(String, String)>,
    running: Option<AbortHandle>,
    /// Something was asked for already: a channel serves once.
    used: bool,
    /// We have closed our side.
    closed: bool,
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.shared.close();
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

/// All channels of a connection.
pub(crate) struct Channels {
    open: HashMap<u32, Channel>,
    next: u32,
    /// Commands' words, for the connection to send.
    said: mpsc::Sender<Said>,
    /// Rings when a command has read much.
    read: Arc<Notify>,
}

impl Channels {
    pub(crate) fn new(said: mpsc::Sender<Said>, read: Arc<Notify>) -> Self {
        Self { open: HashMap::new(), next: 0, said, read }
    }

    /// Whether no command is running.
    pub(crate) fn are_idle(&self) -> bool {
        self.open.values().all(|channel| channel.closed || channel.running.is_none())
    }

    fn find(&mut self, number: u32) -> Result<&mut Channel> {
        self.open.get_mut(&number).ok_or_else(|| End::protocol("there is no such channel"))
    }

    /// Handles a message of the client's.
    pub(crate) fn take<H: Handler>(
        &mut self,
        payload: &[u8],
        transport: &mut Transport,
        handler: &H,
        guest: &Guest,
    ) -> Result<()> {
        let mut reader = Reader::new(payload);
        let kind = reader.u8()?;
        match kind {
            msg::GLOBAL_REQUEST => {
                reader.string()?;
                // Forwarding, and what we do not know. Those who ask for a sign of life have it.
                if reader.bool()? {
                    transport.send(vec![msg::REQUEST_FAILURE])?;
                }
                return Ok(());
            }
            msg::REQUEST_SUCCESS | msg::REQUEST_FAILURE => return Ok(()),
            msg::CHANNEL_OPEN => return self.open(&mut reader, transport),
            _ => {}
        }
        if !OF_CHANNELS.contains(&kind) {
            let number = transport.last_number();
            return transport.send(Writer::message(msg::UNIMPLEMENTED).u32(number).done());
        }
        let number = reader.u32()?;
        match kind {
            msg::CHANNEL_WINDOW_ADJUST => self.find(number)?.shared.widen(reader.u32()?),
            msg::CHANNEL_DATA => self.data(number, reader.string()?)?,
            msg::CHANNEL_EXTENDED_DATA => {
                reader.u32()?;
                // No command reads it, but it counts.
                self.find(number)?.spend(reader.string()?)?;
            }
            msg::CHANNEL_EOF => self.find(number)?.shared.end_input(),
            msg::CHANNEL_CLOSE => {
                let channel = self.find(number)?;
                let (theirs, closed) = (channel.theirs, channel.closed);
                self.open.remove(&number);
                if !closed {
                    transport.send(Writer::message(msg::CHANNEL_CLOSE).u32(theirs).done())?;
                }
            }
            msg::CHANNEL_REQUEST => self.request(number, &mut reader, transport, handler, guest)?,
            // Answers to requests that we do not make.
            _ => {
                self.find(number)?;
            }
        }
        Ok(())
    }

    fn open(&mut self, reader: &mut Reader<'_>, transport: &mut Transport) -> Result<()> {
        let kind = reader.text()?;
        let (theirs, window, max_packet) = (reader.u32()?, reader.u32()?, reader.u32()?);
        let refuse = |transport: &mut Transport, code: u32, why: &str| {
            let refusal = Writer::message(msg::CHANNEL_OPEN_FAILURE).u32(theirs).u32(code);
            transport.send(refusal.string(why.as_bytes()).string(b"en").done())
        };
        match kind {
            "session" => {}
            "direct-tcpip"
            | "direct-streamlocal@openssh.com"
            | "forwarded-tcpip"
            | "x11"
            | "tun@openssh.com" => {
                return refuse(transport, PROHIBITED, "nothing is forwarded here: this serves git");
            }
            _ => return refuse(transport, UNKNOWN_TYPE, "that is not known here: this serves git"),
        }
        if self.open.len() >= MAX_CHANNELS {
            return refuse(transport, SHORTAGE, "too many channels in one connection");
        }
        if max_packet == 0 {
            return Err(End::protocol("a channel that takes no packets"));
        }
        let number = self.free_number();
        let shared = Shared::new(window, self.read.clone());
        self.open.insert(
            number,
            Channel {
                theirs,
                max_packet,
                shared,
                window: WINDOW,
                environment: Vec::new(),
                running: None,
                used: false,
                closed: false,
            },
        );
        let confirmation = Writer::message(msg::CHANNEL_OPEN_CONFIRMATION).u32(theirs).u32(number);
        transport.send(confirmation.u32(WINDOW).u32(MAX_CHANNEL_DATA).done())
    }

    /// After four thousand million channels the numbers begin anew, and one may be taken still.
    fn free_number(&mut self) -> u32 {
        loop {
            let number = self.next;
            self.next = self.next.wrapping_add(1);
            if !self.open.contains_key(&number) {
                return number;
            }
        }
    }

    fn data(&mut self, number: u32, bytes: &[u8]) -> Result<()> {
        let channel = self.find(number)?;
        channel.spend(bytes)?;
        if !channel.used {
            return Err(End::protocol("data for a channel before its command"));
        }
        // A command that was not taken reads none.
        if channel.running.is_some() {
            channel.shared.push(bytes);
        }
        Ok(())
    }

    fn request<H: Handler>(
        &mut self,
        number: u32,
        reader: &mut Reader<'_>,
        transport: &mut Transport,
        handler: &H,
        guest: &Guest,
    ) -> Result<()> {
        let (kind, wants_reply) = (reader.text()?, reader.bool()?);
        let said = self.said.clone();
        let channel = self.find(number)?;
        let theirs = channel.theirs;
        let ok = match kind {
            "env" => {
                let (name, value) = (reader.text()?, reader.text()?);
                let taken = handler.takes_variable(name)
                    && channel.environment.len() < MAX_VARIABLES
                    && value.len() <= MAX_COMMAND;
                if taken {
                    channel.environment.push((name.to_owned(), value.to_owned()));
                }
                taken
            }
            "exec" if !channel.used => {
                let command = reader.text()?;
                channel.used = true;
                let fits = command.len() <= MAX_COMMAND;
                if fits {
                    let work = handler.exec(Exec {
                        user: guest.user.clone(),
                        command: command.to_owned(),
                        environment: std::mem::take(&mut channel.environment),
                        source_ip: guest.source_ip,
                        client: guest.client.clone(),
                        input: Box::pin(Input(channel.shared.clone())),
                        output: channel.output(number, said.clone()),
                    });
                    channel.start(number, said, work);
                }
                fits
            }
            // A line says more than "request failed".
            "shell" | "subsystem" if !channel.used => {
                channel.used = true;
                let line = format!("{}\n", handler.no_shell(&guest.user));
                let output = channel.output(number, said.clone());
                let work = Box::pin(async move {
                    // A client that left does not read it.
                    let _ = output.error(&line).await;
                    NOT_A_COMMAND
                });
                channel.start(number, said, work);
                true
            }
            // Terminals, X11, agents, signals.
            _ => false,
        };
        if wants_reply {
            let answer = if ok { msg::CHANNEL_SUCCESS } else { msg::CHANNEL_FAILURE };
            transport.send(Writer::message(answer).u32(theirs).done())?;
        }
        Ok(())
    }

    /// Sends what a command said.
    pub(crate) fn say(&mut self, said: Said, transport: &mut Transport) -> Result<()> {
        let number = match &said {
            Said::Data { channel, .. } | Said::Ended { channel, .. } => *channel,
        };
        // The client may have closed it meanwhile.
        let Some(channel) = self.open.get_mut(&number).filter(|channel| !channel.closed) else {
            return Ok(());
        };
        let theirs = channel.theirs;
        match said {
            Said::Data { error: false, bytes, .. } => {
                transport.send(Writer::message(msg::CHANNEL_DATA).u32(theirs).string(&bytes).done())
            }
            Said::Data { error: true, bytes, .. } => {
                let data = Writer::message(msg::CHANNEL_EXTENDED_DATA).u32(theirs).u32(STDERR);
                transport.send(data.string(&bytes).done())
            }
            Said::Ended { status, .. } => {
                channel.closed = true;
                channel.shared.close();
                transport.send(Writer::message(msg::CHANNEL_EOF).u32(theirs).done())?;
                let request = Writer::message(msg::CHANNEL_REQUEST).u32(theirs);
                let request = request.string(b"exit-status").bool(false).u32(status);
                transport.send(request.done())?;
                transport.send(Writer::message(msg::CHANNEL_CLOSE).u32(theirs).done())
            }
        }
    }

    /// Lets clients send more where commands have read what they sent.
    pub(crate) fn grant(&mut self, transport: &mut Transport) -> Result<()> {
        for channel in self.open.values_mut().filter(|channel| !channel.closed) {
            if let Some(more) = channel.shared.to_grant() {
                channel.window = channel.window.saturating_add(more);
                let adjust = Writer::message(msg::CHANNEL_WINDOW_ADJUST).u32(channel.theirs);
                transport.send(adjust.u32(more).done())?;
            }
        }
        Ok(())
    }
}

fn too_much() -> End {
    End::protocol("more was sent than the window lets")
}

impl Channel {
    /// Takes what the client sent off its window.
    fn spend(&mut self, bytes: &[u8]) -> Result<()> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.window = self.window.checked_sub(length).ok_or_else(too_much)?;
        Ok(())
    }

    fn output(&self, number: u32, said: mpsc::Sender<Said>) -> Output {
        let shared = self.shared.clone();
        Output { channel: number, max_packet: self.max_packet, shared, said }
    }

    /// Begins what the channel was opened for.
    fn start(&mut self, number: u32, said: mpsc::Sender<Said>, work: BoxFuture<u32>) {
        let task = tokio::spawn(async move {
            let status = work.await;
            // The connection may be gone; then nobody waits for it.
            let _ = said.send(Said::Ended { channel: number, status }).await;
        });
        self.running = Some(task.abort_handle());
    }
}
