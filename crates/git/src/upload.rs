//! Fetches and advertisements: stock `git upload-pack` between two byte streams.

use crate::body::{BodyReader, ByteStream, Encoding, channel_stream};
use crate::commands::RECEIVE_CAPABILITIES;
use crate::gate::Gate;
use crate::limits::{CHUNK, FETCH_TIMEOUT, MAX_FETCH_REQUEST_BYTES, MAX_STDERR, STALL_TIMEOUT};
use crate::ls_refs::LsRefs;
use crate::pktline::{FLUSH, put_line};
use crate::process::{LEAN, Running, git, read_bounded, run};
use crate::{GitError, Oid, RefSnapshot, RefStore, Repository, Result, bytes_stream};
use bytes::{Bytes, BytesMut};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::sync::{OnceCell, mpsc};

/// Makes `git upload-pack` tell what there is instead of listening.
const ADVERTISE: &str = "--http-backend-info-refs";
/// What protocol v2's list of capabilities may have, in bytes; it has some 150.
const MAX_CAPABILITIES: usize = 16 << 10;

/// What a client wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Fetch.
    UploadPack,
    /// Push.
    ReceivePack,
}

impl Service {
    /// From `service=…` of an `info/refs` request.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "git-upload-pack" => Some(Self::UploadPack),
            "git-receive-pack" => Some(Self::ReceivePack),
            _ => None,
        }
    }

    /// Its name in URLs and media types.
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }
}

/// The version of the fetch protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// The first one.
    #[default]
    V0,
    /// The first one that says so.
    V1,
    /// gitprotocol-v2.
    V2,
}

impl Protocol {
    /// From the `Git-Protocol` header: the highest version that it asks for and we know.
    pub fn from_header(value: Option<&str>) -> Self {
        let keys = || value.into_iter().flat_map(|v| v.split(':')).map(str::trim);
        if keys().any(|key| key == "version=2") {
            Self::V2
        } else if keys().any(|key| key == "version=1") {
            Self::V1
        } else {
            Self::V0
        }
    }

    fn environment(self) -> Option<&'static str> {
        match self {
            Self::V0 => None,
            Self::V1 => Some("version=1"),
            Self::V2 => Some("version=2"),
        }
    }
}

impl Repository {
    /// The answer to `GET info/refs?service=…`, of type
    /// `application/x-git-…-pack-advertisement`.
    pub async fn advertise(
        &self,
        service: Service,
        protocol: Protocol,
        refs: &dyn RefStore,
    ) -> Result<ByteStream> {
        match service {
            Service::UploadPack => self.advertise_upload(protocol, refs).await,
            Service::ReceivePack => {
                Ok(bytes_stream(receive_advertisement(&refs.snapshot().await?)))
            }
        }
    }

    async fn advertise_upload(
        &self,
        protocol: Protocol,
        refs: &dyn RefStore,
    ) -> Result<ByteStream> {
        if protocol == Protocol::V2 {
            return Ok(bytes_stream(self.v2_capabilities().await?));
        }
        self.project_refs(refs).await?;
        let mut prefix = BytesMut::new();
        put_line(&mut prefix, b"# service=git-upload-pack\n");
        prefix.extend_from_slice(FLUSH);
        let command = self.upload_pack_command(protocol, &[ADVERTISE], None);
        let running = Running::start(command, "upload-pack")?;
        let nothing = BodyReader::new(bytes_stream(Bytes::new()), Encoding::Identity, "nothing", 0);
        Ok(stream_through(self, Packer { running, gate: None }, nothing, prefix.freeze()))
    }

    /// Protocol v2 begins with what the server can do and tells nothing of the repository: asking
    /// the installed git once is enough for all of them, and saves a child per fetch.
    async fn v2_capabilities(&self) -> Result<Bytes> {
        static KNOWN: OnceCell<Bytes> = OnceCell::const_new();
        let ask = async || {
            let command = self.upload_pack_command(Protocol::V2, &[ADVERTISE], None);
            let finished = run(command, "upload-pack", b"", MAX_CAPABILITIES).await?;
            finished.success("upload-pack").map(Bytes::from)
        };
        KNOWN.get_or_try_init(ask).await.cloned()
    }

    /// The answer to `POST git-upload-pack`, of type `application/x-git-upload-pack-result`.
    /// Streams both ways in constant memory. Dropping the answer ends the work.
    pub async fn upload_pack(
        &self,
        body: ByteStream,
        encoding: Encoding,
        protocol: Protocol,
        refs: &dyn RefStore,
    ) -> Result<ByteStream> {
        self.project_refs(refs).await?;
        let mut body =
            BodyReader::new(body, encoding, "the fetch request", MAX_FETCH_REQUEST_BYTES);
        if protocol == Protocol::V2
            && let Some(asked) = LsRefs::peek(&mut body).await?
        {
            return Ok(bytes_stream(self.list_refs(asked).await?));
        }
        let packer = self.start_upload_pack(protocol, &["--stateless-rpc"]).await?;
        Ok(stream_through(self, packer, body, Bytes::new()))
    }

    /// Starts a fetch's child.
    pub(crate) async fn start_upload_pack(
        &self,
        protocol: Protocol,
        options: &[&str],
    ) -> Result<Packer> {
        let gate = Gate::of(self).await?;
        let command = self.upload_pack_command(protocol, options, gate.as_ref());
        Ok(Packer { running: Running::start(command, "upload-pack")?, gate })
    }

    fn upload_pack_command(
        &self,
        protocol: Protocol,
        options: &[&str],
        gate: Option<&Gate>,
    ) -> Command {
        let mut command = git(self.dir(), "-c");
        command.arg(LEAN);
        if let Some(gate) = gate {
            command.args(["-c", &gate.setting()]);
        }
        command.args(["upload-pack", "--strict"]).args(options).arg(".");
        if let Some(version) = protocol.environment() {
            command.env("GIT_PROTOCOL", version);
        }
        command
    }
}

/// What `git receive-pack` would advertise over HTTP. There is no v2 of pushes; clients expect the
/// old form.
fn receive_advertisement(snapshot: &RefSnapshot) -> Bytes {
    let mut out = BytesMut::new();
    put_line(&mut out, b"# service=git-receive-pack\n");
    out.extend_from_slice(FLUSH);
    out.extend_from_slice(&receive_references(Protocol::V0, snapshot));
    out.freeze()
}

/// The references of a repository, and what pushes to it may ask for.
pub(crate) fn receive_references(protocol: Protocol, snapshot: &RefSnapshot) -> Bytes {
    let mut out = BytesMut::new();
    if protocol == Protocol::V1 {
        put_line(&mut out, b"version 1\n");
    }
    let mut capabilities = format!("\0{RECEIVE_CAPABILITIES}");
    for (name, oid) in &snapshot.refs {
        put_line(
            &mut out,
            format!("{oid} {name}{}\n", std::mem::take(&mut capabilities)).as_bytes(),
        );
    }
    if snapshot.refs.is_empty() {
        put_line(&mut out, format!("{} capabilities^{{}}{capabilities}\n", Oid::ZERO).as_bytes());
    }
    out.extend_from_slice(FLUSH);
    out.freeze()
}

/// A fetch's child, and where it asks for its turn to pack.
pub(crate) struct Packer {
    pub(crate) running: Running,
    pub(crate) gate: Option<Gate>,
}

/// Keeps the gate as long as the work goes on.
pub(crate) async fn beside(
    gate: Option<Gate>,
    work: impl Future<Output = Result<()>>,
) -> Result<()> {
    match gate {
        None => work.await,
        Some(gate) => tokio::select! {
            done = work => done,
            failed = gate.keep() => Err(failed),
        },
    }
}

/// Moves bytes between the client and the child until both are done. The repository's directory
/// stays so long.
fn stream_through(
    repository: &Repository,
    packer: Packer,
    body: BodyReader,
    prefix: Bytes,
) -> ByteStream {
    let (tx, rx) = mpsc::channel(4);
    let repository = repository.clone();
    tokio::spawn(async move {
        let _in_use = repository;
        let Packer { running, gate } = packer;
        let refused = gate.as_ref().map(Gate::refused);
        let moved = beside(gate, drive(running, body, prefix, &tx));
        let moved = tokio::time::timeout(FETCH_TIMEOUT, moved).await;
        if let Some(word) = refused.and_then(|refused| refused.last_word()) {
            // The client may have left meanwhile.
            let _ = tx.send(Ok(word)).await;
            return;
        }
        let failed = match moved {
            Ok(Ok(())) => return,
            Ok(Err(e)) => e,
            Err(_) => GitError::CutOff("the fetch took too long".to_owned()),
        };
        tracing::debug!("fetch failed: {failed}");
        // The client may be gone, which is why it failed.
        let _ = tx.send(Err(io::Error::other(failed))).await;
    });
    channel_stream(rx)
}

type Sender = mpsc::Sender<io::Result<Bytes>>;

async fn drive(mut running: Running, body: BodyReader, prefix: Bytes, tx: &Sender) -> Result<()> {
    let (stdin, stdout, stderr) = (running.stdin()?, running.stdout()?, running.stderr()?);
    if !prefix.is_empty() {
        send(tx, prefix).await?;
    }
    let words =
        async { read_bounded(stderr, MAX_STDERR).await.map_err(GitError::io("read from git")) };
    let ((), sent, words) = tokio::try_join!(feed(body, stdin), pump(stdout, tx), words)?;
    let status = running.wait().await?;
    if !status.success() {
        let problem = String::from_utf8_lossy(&words).trim().to_owned();
        tracing::debug!(%status, "git upload-pack: {problem}");
        // Once git has spoken, it has also told the client, and a pack cut short is seen as one.
        if !sent {
            return Err(GitError::Child { command: "upload-pack", problem });
        }
    }
    Ok(())
}

async fn feed(mut body: BodyReader, mut stdin: ChildStdin) -> Result<()> {
    while let Some(chunk) = body.chunk().await? {
        if stdin.write_all(&chunk).await.is_err() {
            // The child needs no more; its status tells why.
            return body.drain().await;
        }
    }
    Ok(())
}

/// Whether there was anything.
async fn pump(mut stdout: ChildStdout, tx: &Sender) -> Result<bool> {
    let mut buffer = BytesMut::new();
    let mut sent = false;
    loop {
        buffer.reserve(CHUNK);
        let count = tokio::select! {
            count = stdout.read_buf(&mut buffer) => count.map_err(GitError::io("read from git"))?,
            () = tx.closed() => return Err(client_left()),
        };
        if count == 0 {
            return Ok(sent);
        }
        send(tx, buffer.split().freeze()).await?;
        sent = true;
    }
}

async fn send(tx: &Sender, bytes: Bytes) -> Result<()> {
    match tokio::time::timeout(STALL_TIMEOUT, tx.send(Ok(bytes))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(client_left()),
        Err(_) => Err(GitError::CutOff("the client stood still for too long".to_owned())),
    }
}

fn client_left() -> GitError {
    GitError::CutOff("the client left".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocol_versions() {
        assert_eq!(Protocol::from_header(None), Protocol::V0);
        assert_eq!(Protocol::from_header(Some("version=2")), Protocol::V2);
        assert_eq!(Protocol::from_header(Some("foo:version=1")), Protocol::V1);
        assert_eq!(Protocol::from_header(Some("version=3;$(x)")), Protocol::V0);
    }

    #[tokio::test]
    async fn who_gets_no_turn_is_told_so_and_nothing_of_corruption() {
        let home = tempfile::TempDir::new().unwrap();
        let repository = Repository::create(&home.path().join("r.git")).unwrap();
        let git = |words: &[&str]| {
            let mut command = std::process::Command::new("git");
            command.current_dir(repository.dir()).args(words);
            command.envs([("GIT_AUTHOR_NAME", "a"), ("GIT_AUTHOR_EMAIL", "a@example.com")]);
            command.envs([("GIT_COMMITTER_NAME", "a"), ("GIT_COMMITTER_EMAIL", "a@example.com")]);
            let done = command.output().unwrap();
            assert!(done.status.success(), "{done:?}");
            String::from_utf8(done.stdout).unwrap().trim().to_owned()
        };
        let tree = git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
        let commit = git(&["commit-tree", "-m", "one", &tree]);
        git(&["update-ref", "refs/heads/main", &commit]);
        repository.0.unmapped.send_replace(true);
        let _turn = repository.0.packing.clone().acquire_owned().await.unwrap();
        let mut gate = Gate::of(&repository).await.unwrap().unwrap();
        gate.set_patience(std::time::Duration::from_millis(50));
        let command =
            repository.upload_pack_command(Protocol::V2, &["--stateless-rpc"], Some(&gate));
        let running = Running::start(command, "upload-pack").unwrap();
        let mut asked = BytesMut::new();
        put_line(&mut asked, b"command=fetch");
        asked.extend_from_slice(b"0001");
        put_line(&mut asked, format!("want {commit}\n").as_bytes());
        put_line(&mut asked, b"done\n");
        asked.extend_from_slice(FLUSH);
        let body = bytes_stream(asked.freeze());
        let body = BodyReader::new(body, Encoding::Identity, "the fetch request", 1 << 20);
        let packer = Packer { running, gate: Some(gate) };
        let mut answer = stream_through(&repository, packer, body, Bytes::new());
        let mut all = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
            all.extend_from_slice(&piece.unwrap());
        }
        let all = String::from_utf8_lossy(&all);
        assert!(all.contains("\x03Too many clones at once"), "{all:?}");
        assert!(!all.contains("corruption"), "{all:?}");
    }
}
