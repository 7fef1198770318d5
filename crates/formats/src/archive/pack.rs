//! Packing.

use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::tree::{Links, Tree};
use super::zip_out::{Content, Deflater, ZipOut};
use super::{Error, io_at, refused};

/// Files from this size on are compressed as they are read, one at a time.
const STREAMED: u64 = 8 << 20;
/// What is held in memory at a time: files and their bytes.
const BATCH_FILES: usize = 512;
const BATCH_BYTES: u64 = 32 << 20;
/// Threads that compress.
const MAX_THREADS: usize = 4;
/// What a mode says of the kind.
const REGULAR: u32 = 0o100_000;
const SYMBOLIC_LINK: u32 = 0o120_777;

/// Packs files below `root` into a zip: `entries` are pairs of a path below `root` and the name in
/// the archive. The same files give the same bytes: entries in order of their names, one fixed
/// date, modes reduced to 0644, 0755.
///
/// # Errors
/// [`Error::Io`], or [`Error::Refused`] for two entries of one name and links that lead out.
pub fn pack_zip<W: Write + Seek>(
    out: W,
    root: &Path,
    entries: &[(String, String)],
    links: Links,
) -> Result<W, Error> {
    let tree = Tree::open(root)?;
    let mut sorted: Vec<&(String, String)> = entries.iter().collect();
    sorted.sort_unstable_by(|a, b| a.1.cmp(&b.1));
    for pair in sorted.windows(2) {
        if let [(first, name), (second, other)] = pair
            && name == other
        {
            return Err(refused(name, format!("would be both {first:?} and {second:?}")));
        }
    }
    let mut zip = ZipOut::new(out);
    let mut batch = Vec::new();
    let mut held = 0;
    for (source, name) in sorted {
        let job = job(&tree, source, name, links)?;
        if let Job::Large { mode } = job {
            put(&mut zip, &tree, &mut batch)?;
            held = 0;
            let mut file = tree.known_file(source)?;
            zip.add_stream(name, mode, &mut file).map_err(io_at(source))?;
            continue;
        }
        held += job.size();
        batch.push((source.as_str(), name.as_str(), job));
        if batch.len() >= BATCH_FILES || held >= BATCH_BYTES {
            put(&mut zip, &tree, &mut batch)?;
            held = 0;
        }
    }
    put(&mut zip, &tree, &mut batch)?;
    zip.finish().map_err(io_at(root))
}

/// What is to be done for an entry.
enum Job {
    Link { target: String },
    Small { mode: u32, size: u64 },
    Large { mode: u32 },
}

impl Job {
    fn size(&self) -> u64 {
        match self {
            Self::Small { size, .. } => *size,
            _ => 0,
        }
    }
}

fn job(tree: &Tree, source: &str, name: &str, links: Links) -> Result<Job, Error> {
    if links == Links::Keep
        && let Some(target) = tree.link(source)?
    {
        let leads_out = refused(name, "is a link that leads out of its folder");
        let Some(text) = target.to_str() else { return Err(leads_out) };
        // Both as text, because the archive is unpacked elsewhere, and really; it may dangle.
        let stays = super::links::resolve(Path::new(name), &target, &Default::default()).is_ok()
            && !matches!(tree.file_metadata(source), Err(Error::Refused(_, why)) if why.contains("out of"));
        return if stays { Ok(Job::Link { target: text.to_owned() }) } else { Err(leads_out) };
    }
    let found = tree.file_metadata(source)?;
    let mode = if found.permissions().mode() & 0o111 == 0 { 0o644 } else { 0o755 } | REGULAR;
    Ok(match found.len() {
        size if size < STREAMED => Job::Small { mode, size },
        _ => Job::Large { mode },
    })
}

/// Reads and compresses a batch on all cores, and writes it in order.
fn put<W: Write + Seek>(
    zip: &mut ZipOut<W>,
    tree: &Tree,
    batch: &mut Vec<(&str, &str, Job)>,
) -> Result<(), Error> {
    let jobs = std::mem::take(batch);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // A thread costs as much as a few files.
    let threads = cores.min(MAX_THREADS).min(jobs.len() / 8 + 1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut deflater = Deflater::new();
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((source, _, job)) = jobs.get(index) else { return done };
            done.push((index, content(tree, source, job, &mut deflater)));
        }
    };
    let mut contents: Vec<(usize, Result<Content, Error>)> = match threads {
        1 => work(),
        _ => std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut all = work();
            for other in others {
                match other.join() {
                    Ok(done) => all.extend(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            all
        }),
    };
    contents.sort_unstable_by_key(|(index, _)| *index);
    for ((source, name, job), (_, content)) in jobs.iter().zip(contents) {
        let mode = match job {
            Job::Small { mode, .. } | Job::Large { mode } => *mode,
            Job::Link { .. } => SYMBOLIC_LINK,
        };
        zip.add(name, mode, &content?).map_err(io_at(source))?;
    }
    Ok(())
}

fn content(tree: &Tree, source: &str, job: &Job, with: &mut Deflater) -> Result<Content, Error> {
    let size = match job {
        Job::Link { target } => return Ok(Content::stored(target.clone().into_bytes())),
        Job::Small { size, .. } => *size,
        Job::Large { .. } => STREAMED,
    };
    let mut data = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    let read = tree.known_file(source)?.take(STREAMED + 1).read_to_end(&mut data);
    read.map_err(io_at(source))?;
    if data.len() as u64 > STREAMED {
        let why = io::Error::other("it has grown while it was read");
        return Err(Error::Io(source.into(), why));
    }
    with.content(data).map_err(io_at(source))
}
