//! A yard of one repository: references in memory, served over HTTP on a loopback port.

use bytes::{Bytes, BytesMut};
use codeyard_git::{
    Answer, ByteStream, Encoding, Protocol, RefSnapshot, RefStore, RefUpdate, Refusal, Repository,
    Result, Service, apply_to_map,
};
use futures_core::Stream;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[derive(Default)]
pub struct MemoryRefs {
    pub state: Mutex<RefSnapshot>,
    /// The next change fails as if the store had broken down.
    pub broken: AtomicBool,
}

impl RefStore for MemoryRefs {
    fn version(&self) -> Answer<'_, Result<u64>> {
        Box::pin(async { Ok(self.state.lock().unwrap().version) })
    }

    fn snapshot(&self) -> Answer<'_, Result<RefSnapshot>> {
        Box::pin(async { Ok(self.state.lock().unwrap().clone()) })
    }

    fn apply(
        &self,
        updates: Vec<RefUpdate>,
        atomic: bool,
        packs: Vec<codeyard_git::SealedPack>,
    ) -> Answer<'_, Result<Vec<std::result::Result<(), Refusal>>>> {
        Box::pin(async move {
            if self.broken.load(Ordering::SeqCst) {
                return Err(codeyard_git::GitError::References("broken".to_owned()));
            }
            // What there would be to write down lies in the directory already.
            packs.iter().for_each(|pack| drop(pack.take::<()>()));
            let mut state = self.state.lock().unwrap();
            let results = apply_to_map(&mut state.refs, &updates, atomic);
            state.version += 1;
            if state.head.is_none() {
                state.head = updates.first().map(|update| update.name.clone());
            }
            Ok(results)
        })
    }
}

/// What the yard's owner decides about one change.
pub type Decide = fn(&RefUpdate) -> std::result::Result<(), Refusal>;

pub struct Yard {
    pub repository: Repository,
    pub refs: Arc<MemoryRefs>,
    pub home: TempDir,
    pub url: String,
    runtime: tokio::runtime::Runtime,
}

impl Yard {
    pub fn open() -> Self {
        Self::deciding(|_| Ok(()))
    }

    pub fn deciding(decide: Decide) -> Self {
        let home = TempDir::new().unwrap();
        let repository = Repository::create(&home.path().join("served : \"quoted\"")).unwrap();
        let refs = Arc::new(MemoryRefs::default());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}/r", listener.local_addr().unwrap());
        let (served, kept) = (repository.clone(), Arc::clone(&refs));
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, served.clone(), Arc::clone(&kept), decide));
            }
        });
        Self { repository, refs, home, url, runtime }
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join(name)
    }

    /// A working copy with one commit of `file` on main, and the yard as origin.
    pub fn working_copy(&self, name: &str) -> Work {
        let work = Work(self.path(name));
        std::fs::create_dir(&work.0).unwrap();
        work.ok(&["init", "-q", "-b", "main"]);
        work.ok(&["remote", "add", "origin", &self.url]);
        work.commit("file", "one\n");
        work
    }

    pub fn clone_to(&self, name: &str, options: &[&str]) -> Work {
        let target = self.path(name);
        let mut args = vec!["clone", "-q"];
        args.extend(options);
        args.extend([self.url.as_str(), target.to_str().unwrap()]);
        Work(self.home.path().to_owned()).ok(&args);
        Work(target)
    }

    pub fn git(&self, args: &[&str]) -> String {
        Work(self.repository.dir().to_owned()).ok(args)
    }

    pub fn tip(&self, name: &str) -> Option<String> {
        self.refs.state.lock().unwrap().refs.get(name).map(ToString::to_string)
    }

    /// Names of what is in the repository's object directory and among what is coming in.
    pub fn contents(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in ["objects/pack", "incoming"] {
            for entry in std::fs::read_dir(self.repository.dir().join(folder)).unwrap() {
                names.push(entry.unwrap().file_name().into_string().unwrap());
            }
        }
        names.sort();
        names
    }
}

/// A folder where git commands run.
pub struct Work(pub std::path::PathBuf);

impl Work {
    pub fn run(&self, args: &[&str]) -> Output {
        git_in(&self.0).args(args).output().unwrap()
    }

    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {err}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Its words on standard error.
    pub fn fails(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "git {args:?} should have failed");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub fn commit(&self, file: &str, content: &str) -> String {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self.ok(&["add", "-A"]);
        self.ok(&["commit", "-q", "-m", &format!("write {file}")]);
        self.ok(&["rev-parse", "HEAD"])
    }
}

pub fn git_in(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(dir).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_TERMINAL_PROMPT", "0");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "a@b.c");
    }
    command
}

struct Received(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for Received {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}

struct Request {
    target: String,
    headers: Vec<(String, String)>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

async fn serve(socket: TcpStream, repo: Repository, refs: Arc<MemoryRefs>, decide: Decide) {
    socket.set_nodelay(true).unwrap();
    let (read, mut write) = socket.into_split();
    let mut read = BufReader::new(read);
    while let Some(request) = read_head(&mut read).await {
        let (tx, rx) = mpsc::channel(4);
        let (length, chunked) = (
            request.header("content-length").map(|n| n.parse::<usize>().unwrap()),
            request.header("transfer-encoding") == Some("chunked"),
        );
        let reading = tokio::spawn(async move {
            read_body(&mut read, length, chunked, tx).await;
            read
        });
        let answer = answer(&repo, refs.clone(), decide, &request, Box::pin(Received(rx))).await;
        let stream = match answer {
            Ok(stream) => stream,
            Err(e) => {
                let text = e.to_string();
                let head = format!("HTTP/1.1 400 No\r\nContent-Length: {}\r\n\r\n", text.len());
                let _ = write.write_all((head + &text).as_bytes()).await;
                continue_reading(reading).await;
                return;
            }
        };
        if write_answer(&mut write, media_type(&request.target), stream).await.is_err() {
            return;
        }
        let Ok(back) = reading.await else { return };
        read = back;
    }
}

async fn continue_reading(reading: tokio::task::JoinHandle<BufReader<OwnedReadHalf>>) {
    let _ = reading.await;
}

async fn read_head(read: &mut BufReader<OwnedReadHalf>) -> Option<Request> {
    let mut line = String::new();
    read.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
    let target = line.split(' ').nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        read.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Some(Request { target, headers })
}

async fn read_body(
    read: &mut BufReader<OwnedReadHalf>,
    length: Option<usize>,
    chunked: bool,
    tx: mpsc::Sender<io::Result<Bytes>>,
) {
    let mut left = length.unwrap_or(0);
    loop {
        if chunked {
            let mut line = String::new();
            read.read_line(&mut line).await.unwrap();
            left = usize::from_str_radix(line.trim(), 16).unwrap();
        }
        let end = left == 0;
        while left > 0 {
            let mut part = BytesMut::zeroed(left.min(50_000));
            let count = read.read(&mut part).await.unwrap();
            if count == 0 {
                let _ = tx.send(Err(io::ErrorKind::UnexpectedEof.into())).await;
                return;
            }
            part.truncate(count);
            left -= count;
            let _ = tx.send(Ok(part.freeze())).await;
        }
        if chunked {
            read.read_line(&mut String::new()).await.unwrap();
        }
        if end || !chunked {
            return;
        }
    }
}

async fn answer(
    repo: &Repository,
    refs: Arc<MemoryRefs>,
    decide: Decide,
    request: &Request,
    body: ByteStream,
) -> Result<ByteStream> {
    let protocol = Protocol::from_header(request.header("git-protocol"));
    let encoding = Encoding::from_header(request.header("content-encoding")).unwrap();
    if let Some((_, name)) = request.target.split_once("/info/refs?service=") {
        let service = Service::parse(name).unwrap();
        repo.advertise(service, protocol, refs.as_ref()).await
    } else if request.target.ends_with("/git-upload-pack") {
        repo.upload_pack(body, encoding, protocol, refs.as_ref()).await
    } else {
        assert!(request.target.ends_with("/git-receive-pack"));
        let decide = async |updates: Vec<RefUpdate>| updates.iter().map(decide).collect();
        repo.receive_pack(body, encoding, refs, decide).await
    }
}

fn media_type(target: &str) -> String {
    match target.split_once("/info/refs?service=") {
        Some((_, service)) => format!("application/x-{service}-advertisement"),
        None => format!("application/x-{}-result", target.rsplit('/').next().unwrap()),
    }
}

async fn write_answer(
    write: &mut OwnedWriteHalf,
    media_type: String,
    mut stream: ByteStream,
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK
Content-Type: {media_type}
"
    );
    write.write_all(head.as_bytes()).await?;
    write
        .write_all(
            b"Transfer-Encoding: chunked

",
        )
        .await?;
    while let Some(part) = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        let part = part?;
        write.write_all(format!("{:x}\r\n", part.len()).as_bytes()).await?;
        write.write_all(&part).await?;
        write.write_all(b"\r\n").await?;
    }
    write.write_all(b"0\r\n\r\n").await
}

/// Sends a push that no git client would send, and answers all that comes back.
pub fn push_raw(yard: &Yard, body: impl Into<Bytes>) -> Result<String> {
    push_encoded(yard, body, Encoding::Identity)
}

/// The same with a `Content-Encoding`.
pub fn push_encoded(yard: &Yard, body: impl Into<Bytes>, encoding: Encoding) -> Result<String> {
    yard.block_on(async {
        let decide = async |updates: Vec<RefUpdate>| updates.iter().map(|_| Ok(())).collect();
        let body = codeyard_git::bytes_stream(body);
        let refs: Arc<dyn RefStore> = yard.refs.clone();
        let mut answer = yard.repository.receive_pack(body, encoding, refs, decide).await?;
        let mut all = Vec::new();
        while let Some(part) = std::future::poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
            all.extend_from_slice(&part.unwrap());
        }
        Ok(String::from_utf8_lossy(&all).into_owned())
    })
}

/// One pkt-line.
pub fn pkt(payload: &str) -> String {
    format!("{:04x}{payload}", payload.len() + 4)
}
