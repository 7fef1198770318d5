//! Pushes (gitprotocol-pack, "Pushing Data To a Server"), without hooks and without
//! `git receive-pack`: commands, decision, quarantine, check, change, report.

use crate::body::{BodyReader, ByteStream, Encoding, bytes_stream, channel_stream};
use crate::change::Installed;
use crate::commands::{PushRequest, PushRequestReader};
use crate::limits::{KEEP_ALIVE, MAX_PACK_BYTES, PUSH_TIMEOUT};
use crate::pktline::{self, Band, FLUSH, banded, put_line};
use crate::points::reach;
use crate::quarantine::Quarantine;
use crate::{
    ATOMIC_FAILURE, GitError, Kind, Oid, RefSnapshot, RefStore, RefUpdate, Refusal, Repository,
    Result, apply_to_map, secrets,
};
use bytes::{Bytes, BytesMut};
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// How `git index-pack --strict` begins to say that the pack needs an object that is neither in it
/// nor in the repository.
const MISSING: [&str; 2] = ["did not receive expected object", "Not all child objects"];

type Sender = mpsc::Sender<io::Result<Bytes>>;

/// The commands of a push, up to the flush behind them.
async fn read_request(body: &mut BodyReader) -> Result<PushRequest> {
    let mut reader = PushRequestReader::default();
    while let Some(line) = body.pkt().await? {
        reader.line(&line)?;
    }
    Ok(reader.finish())
}

/// For the fuzz targets alone: the commands of a push as they come over HTTP.
#[doc(hidden)]
pub async fn read_push_request(body: ByteStream, encoding: Encoding) -> Result<PushRequest> {
    read_request(&mut BodyReader::new(body, encoding, "the push", MAX_PACK_BYTES)).await
}

impl Repository {
    /// The answer to `POST git-receive-pack`, of type `application/x-git-receive-pack-result`.
    ///
    /// `decide` is asked once, before the pack is read, with the changes that are not refused
    /// anyway; it answers in their order. Then the pack goes into quarantine and is checked, and
    /// `refs` changes what is left, in one transaction. What is refused leaves nothing behind.
    ///
    /// This returns when the request has been read; dropping it before that ends the push without
    /// a trace. From then on the push goes on to its end even if nobody reads the answer.
    /// `Err` is for requests that are no push; everything else is told to the git client.
    pub async fn receive_pack<D, F>(
        &self,
        body: ByteStream,
        encoding: Encoding,
        refs: Arc<dyn RefStore>,
        decide: D,
    ) -> Result<ByteStream>
    where
        D: FnOnce(Vec<RefUpdate>) -> F,
        F: Future<Output = Vec<std::result::Result<(), Refusal>>>,
    {
        let body = BodyReader::new(body, encoding, "the push", MAX_PACK_BYTES);
        let work = self.receive(body, refs, decide);
        tokio::time::timeout(PUSH_TIMEOUT, work)
            .await
            .unwrap_or_else(|_| Err(GitError::Protocol("the push took too long".to_owned())))
    }

    async fn receive<D, F>(
        &self,
        mut body: BodyReader,
        refs: Arc<dyn RefStore>,
        decide: D,
    ) -> Result<ByteStream>
    where
        D: FnOnce(Vec<RefUpdate>) -> F,
        F: Future<Output = Vec<std::result::Result<(), Refusal>>>,
    {
        let request = read_request(&mut body).await?;
        if request.commands.is_empty() {
            // Clients with a large push try first whether they may.
            body.drain().await?;
            return Ok(bytes_stream(Bytes::new()));
        }
        let mut push = Push::new(self.clone(), refs, request);
        let decisions = decide(push.open_updates()).await;
        push.take_decisions(decisions);
        push.compare(&push.refs.snapshot().await?);
        let (tx, rx) = mpsc::channel(64);
        let quarantine = if !push.request.has_pack() {
            Ok(None)
        } else if push.open().next().is_none() {
            body.drain().await?;
            Ok(None)
        } else {
            let progress = (push.request.side_band && !push.request.quiet).then(|| tx.clone());
            match Quarantine::receive(self, &mut body, progress).await {
                // The request was read all the same; the client is told as git tells it.
                Err(error) if error.is_lack_of_room() => Err(error),
                received => Ok(received?),
            }
        };
        if !body.at_end().await? {
            return Err(GitError::Protocol("bytes after the push".to_owned()));
        }
        tokio::spawn(push.finish(quarantine, tx));
        Ok(channel_stream(rx))
    }
}

/// A push underway: what it wants and how each reference stands.
struct Push {
    repository: Repository,
    refs: Arc<dyn RefStore>,
    request: PushRequest,
    results: Vec<std::result::Result<(), Refusal>>,
}

impl Push {
    fn new(repository: Repository, refs: Arc<dyn RefStore>, request: PushRequest) -> Self {
        let results =
            request.commands.iter().map(|c| c.problem.clone().map_or(Ok(()), Err)).collect();
        let mut push = Self { repository, refs, request, results };
        push.settle_atomic();
        push
    }

    /// The changes that nothing speaks against yet, with their places.
    fn open(&self) -> impl Iterator<Item = (usize, &RefUpdate)> {
        let updates = self.request.commands.iter().map(|command| &command.update);
        updates
            .zip(&self.results)
            .enumerate()
            .filter(|(_, (_, r))| r.is_ok())
            .map(|(i, (u, _))| (i, u))
    }

    fn open_updates(&self) -> Vec<RefUpdate> {
        self.open().map(|(_, update)| update.clone()).collect()
    }

    fn refuse(&mut self, place: usize, refusal: Refusal) {
        if let Some(result) = self.results.get_mut(place) {
            *result = Err(refusal);
        }
    }

    fn refuse_all_open(&mut self, refusal: &str) {
        for result in self.results.iter_mut().filter(|r| r.is_ok()) {
            *result = Err(refusal.to_owned());
        }
    }

    fn settle_atomic(&mut self) {
        if self.request.atomic && self.results.iter().any(std::result::Result::is_err) {
            self.refuse_all_open(ATOMIC_FAILURE);
        }
    }

    /// Takes one answer for each open change, in their order. A missing one is a no.
    fn take_decisions(&mut self, decisions: Vec<std::result::Result<(), Refusal>>) {
        let places: Vec<usize> = self.open().map(|(place, _)| place).collect();
        let mut decisions = decisions.into_iter();
        for place in places {
            let decision =
                decisions.next().unwrap_or_else(|| Err("was not decided upon".to_owned()));
            if let Err(refusal) = decision {
                self.refuse(place, refusal);
            }
        }
        self.settle_atomic();
    }

    /// Refuses what cannot be as the references stand now, before its objects come in. The store
    /// checks again.
    fn compare(&mut self, snapshot: &RefSnapshot) {
        let places: Vec<usize> = self.open().map(|(place, _)| place).collect();
        let updates = self.open_updates();
        let mut refs = snapshot.refs.clone();
        let results = apply_to_map(&mut refs, &updates, false);
        for ((place, update), result) in places.into_iter().zip(updates).zip(results) {
            if let Err(refusal) = result {
                self.refuse(place, refusal);
            } else if update.new.is_none() && snapshot.head.as_ref() == Some(&update.name) {
                self.refuse(place, "the default branch cannot be deleted".to_owned());
            }
        }
        self.settle_atomic();
    }

    /// Everything after the request has been read; ends with the report.
    async fn finish(mut self, quarantine: Result<Option<Quarantine>>, tx: Sender) {
        let side_band = self.request.side_band;
        let unpacked = {
            let work = self.conclude(quarantine);
            tokio::pin!(work);
            loop {
                tokio::select! {
                    unpacked = &mut work => break unpacked,
                    () = tokio::time::sleep(KEEP_ALIVE), if side_band => {
                        // A full channel means that something else is on its way.
                        let _ = tx.try_send(Ok(Bytes::from_static(pktline::KEEP_ALIVE)));
                    }
                }
            }
        };
        for part in self.report(&unpacked) {
            // Nobody may be there to read it; the push stands as it is.
            let _ = tx.send(Ok(part)).await;
        }
    }

    /// Checks and changes. `Err` is what the client is told instead of `unpack ok`.
    async fn conclude(
        &mut self,
        quarantine: Result<Option<Quarantine>>,
    ) -> std::result::Result<(), String> {
        let indexed = match quarantine {
            Ok(Some(quarantine)) => quarantine.indexed().await.map(Some),
            other => other,
        };
        let quarantine = match indexed {
            Ok(quarantine) => quarantine,
            Err(e) => {
                let problem = unpack_problem(&e);
                self.refuse_all_open(self.why_refused(&problem));
                return Err(problem);
            }
        };
        if self.open().next().is_none() {
            return Ok(());
        }
        match self.prepare(quarantine).await {
            Ok(Some(installed)) => self.apply(installed).await,
            Ok(None) => {}
            Err(e) => {
                tracing::error!("push failed before anything was changed: {e}");
                self.refuse_all_open(&match e {
                    GitError::Refused(error) => error.message,
                    GitError::TooLarge { .. } => e.to_string(),
                    e if e.is_lack_of_room() => e.to_string(),
                    _ => "internal error, nothing was changed".to_owned(),
                });
            }
        }
        Ok(())
    }

    /// What the references of a refused pack are told. Which of them needs what is missing, nobody
    /// knows.
    fn why_refused(&self, problem: &str) -> &'static str {
        if !MISSING.iter().any(|missing| problem.starts_with(missing)) {
            return "the pack was refused";
        }
        match (self.request.shallow, self.open().count()) {
            (true, _) => {
                "history before the shallow clone's is missing here: git fetch --unshallow first"
            }
            (false, 1) => "missing necessary objects",
            (false, _) => "missing necessary objects, of this reference or of another",
        }
    }

    /// Everything up to the transaction: what is refused until then has changed nothing. `None`
    /// where nothing is left to change.
    async fn prepare(&mut self, quarantine: Option<Quarantine>) -> Result<Option<Installed>> {
        let pack = match &quarantine {
            Some(quarantine) => Some(quarantine.pack().await?),
            None => None,
        };
        if let Some(pack) = &pack {
            reach("push-indexed");
            pack.check_sizes().await?;
        }
        self.check_tips(quarantine.as_ref()).await?;
        self.settle_atomic();
        if let Some(quarantine) = &quarantine
            && self.refs.refuses_secrets()?
        {
            // What is new is told from the references.
            self.repository.project_refs(self.refs.as_ref()).await?;
            self.check_secrets(quarantine.dir()).await?;
            self.settle_atomic();
        }
        if self.open().next().is_none() {
            return Ok(None);
        }
        let lease = quarantine.as_ref().and_then(Quarantine::lease);
        Installed::seal(&self.repository, pack.as_ref(), lease, None).await.map(Some)
    }

    async fn apply(&mut self, installed: Installed) {
        reach("push-waiting");
        let decisions = self.refs.still_may(&self.open_updates());
        self.take_decisions(decisions);
        if self.open().next().is_none() {
            return give_up(installed).await;
        }
        let places: Vec<usize> = self.open().map(|(place, _)| place).collect();
        let (updates, atomic) = (self.open_updates(), self.request.atomic);
        match self.refs.apply(updates, atomic, installed.packs()).await {
            Ok(results) => {
                let none_changed = results.iter().all(std::result::Result::is_err);
                for (place, result) in places.into_iter().zip(results) {
                    if let Err(refusal) = result {
                        self.refuse(place, refusal);
                    }
                }
                if none_changed {
                    give_up(installed).await;
                } else {
                    reach("push-committed");
                    installed.keep();
                }
            }
            // It may have changed after all: nothing is taken away.
            Err(e) => {
                tracing::error!("push failed: {e}");
                self.refuse_all_open(
                    "internal error, nothing was promised: fetch to see what is there",
                );
            }
        }
    }

    /// What references will point at must be there, and branches must be commits. That nothing is
    /// missing behind it is known: index-pack took no object whose links lead nowhere, and what is
    /// in the repository came in the same way.
    async fn check_tips(&mut self, quarantine: Option<&Quarantine>) -> Result<()> {
        let dir = self.repository.dir().to_owned();
        let folder = quarantine.map_or_else(|| dir.join("objects"), |q| q.dir().to_owned());
        let tips: Vec<(usize, Oid, bool)> = self
            .open()
            .filter_map(|(i, u)| Some((i, u.new?, u.name.starts_with("refs/heads/"))))
            .collect();
        let asked: Vec<Oid> = tips.iter().map(|tip| tip.1).collect();
        let kinds = self.repository.kinds_in(&folder, asked).await?;
        for (&(place, oid, is_branch), kind) in tips.iter().zip(kinds) {
            match kind {
                None => self.refuse(place, format!("object {oid} was not sent")),
                Some(kind) if is_branch && kind != Kind::Commit => {
                    self.refuse(place, "a branch must point at a commit".to_owned());
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Refuses the whole push if its pack brings a secret in, deletions and all: the pack would come
    /// with them. Nor does it help that a reference was refused already, as its objects are in the
    /// same pack, and what is here is not looked at again. The first refusal tells what was found.
    async fn check_secrets(&mut self, folder: &Path) -> Result<()> {
        let asked: Vec<Oid> =
            self.request.commands.iter().filter_map(|command| command.update.new).collect();
        let kinds = self.repository.kinds_in(folder, asked.clone()).await?;
        let here = asked.into_iter().zip(kinds).filter(|(_, kind)| kind.is_some());
        let tips = here.map(|(oid, _)| oid).collect();
        let leaks = self.repository.find_secrets(folder, tips).await?;
        let Some(mut refusal) = secrets::refusal(&leaks) else { return Ok(()) };
        let places: Vec<usize> = self.open().map(|(place, _)| place).collect();
        for place in places {
            self.refuse(place, refusal);
            refusal = "goes with what has secrets in it".to_owned();
        }
        Ok(())
    }

    /// What the client reads: messages for people, then the status for its program.
    fn report(&self, unpacked: &std::result::Result<(), String>) -> Vec<Bytes> {
        let mut messages = String::new();
        let mut status = BytesMut::new();
        let unpack = unpacked.as_ref().map_or_else(|e| one_line(e), |()| "ok".to_owned());
        put_line(&mut status, format!("unpack {unpack}\n").as_bytes());
        for (command, result) in self.request.commands.iter().zip(&self.results) {
            let name = printable(&command.update.name);
            match result {
                Ok(()) => put_line(&mut status, format!("ok {name}\n").as_bytes()),
                Err(refusal) => {
                    put_line(&mut status, format!("ng {name} {}\n", one_line(refusal)).as_bytes());
                    for line in refusal.lines() {
                        messages.push_str(&format!("error: {name}: {}\n", printable(line)));
                    }
                }
            }
        }
        status.extend_from_slice(FLUSH);
        let mut parts = Vec::new();
        if self.request.side_band {
            parts.push(banded(Band::Progress, messages.as_bytes()));
            if self.request.report_status {
                parts.push(banded(Band::Data, &status));
            }
            parts.push(Bytes::from_static(FLUSH));
        } else if self.request.report_status {
            parts.push(status.freeze());
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}

/// Takes the objects of a push away that no reference came to need.
async fn give_up(installed: Installed) {
    if let Err(e) = installed.undo().await {
        tracing::warn!("failed to tidy up after a refused push: {e}");
    }
}

/// The words of `git index-pack` that tell what is wrong with a pack.
fn unpack_problem(error: &GitError) -> String {
    let text = match error {
        GitError::Child { problem, .. } => problem.as_str(),
        other => return other.to_string(),
    };
    let said = |prefix: &str| text.lines().rev().find_map(|line| line.trim().strip_prefix(prefix));
    said("error: ").or_else(|| said("fatal: ")).unwrap_or(text).to_owned()
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Fits into a status line, which is a pkt-line with a reference's name in it.
fn one_line(text: &str) -> String {
    printable(text.lines().next().unwrap_or_default()).chars().take(500).collect()
}
