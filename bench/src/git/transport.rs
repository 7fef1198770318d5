//! Clone, shallow clone, fetch, pushes and `ls-remote`, in turn with the peer.

use std::path::Path;
use std::time::Instant;

use super::peer::Peer;
use super::remote::{Remote, git};
use super::{COMMITS, create, filled, floor, history};
use crate::yard::Yard;
use crate::{median, spread};

const RUNS: usize = 5;
/// These are short, and their spread is large.
const LISTINGS: usize = 21;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source");
    history::make(&source, COMMITS);
    let www = dir.path().join("www");
    std::fs::create_dir_all(&www).unwrap();
    let peer = Peer::start(&www);
    let yard = Yard::start(&[]);
    println!("{COMMITS} commits; the peer is {}", peer.name);

    pushes_of_all(dir.path(), &source, &yard, &peer);
    let ours = filled(&yard, "large", &source);
    let theirs = Remote::open(peer.url("large.git"));
    bare(&www, "large.git");
    theirs.git(&source, &["push", "--quiet", &theirs.url, "HEAD:refs/heads/main"]);
    let both = [&ours, &theirs];

    let into = |run: usize, side: usize, what: &str| {
        dir.path().join(format!("{what}-{run}-{side}")).to_str().unwrap().to_owned()
    };
    compare("clone", both, |remote, run, side| {
        remote.git(dir.path(), &["clone", "-q", &remote.url, &into(run, side, "clone")]);
    });
    compare("clone --depth 1", both, |remote, run, side| {
        let to = into(run, side, "shallow");
        remote.git(dir.path(), &["clone", "-q", "--depth", "1", &remote.url, &to]);
    });
    ls_remote(dir.path(), both);
    let pushing = dir.path().join("pushing");
    git(dir.path(), &["clone", "-q", source.to_str().unwrap(), pushing.to_str().unwrap()]);
    // Made beforehand: making one takes as long as pushing it.
    (0..RUNS).for_each(|run| history::commit(&pushing, &format!("run {run}")));
    compare("push of one commit", both, |remote, run, _| {
        let pushed = format!("HEAD~{}:refs/heads/main", RUNS - 1 - run);
        remote.git(&pushing, &["push", "-q", &remote.url, &pushed]);
    });
    compare("fetch of what was pushed", both, |remote, run, side| {
        // Each clone above is behind by all the pushes.
        let clone = into(run, side, "clone");
        remote.git(Path::new(&clone), &["fetch", "-q", "origin"]);
    });
}

/// In turn with the peer and with a server that does nothing: what git takes with that one is not
/// the yard's to save.
fn ls_remote(dir: &Path, both: [&Remote; 2]) {
    let nothing = both[0].beside(floor::start());
    let mut figures = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..LISTINGS {
        for (remote, figures) in [both[0], both[1], &nothing].into_iter().zip(&mut figures) {
            let began = Instant::now();
            let done = remote.command(dir, &["ls-remote", &remote.url]).output().unwrap();
            figures.push(began.elapsed().as_secs_f64() * 1000.0);
            let said = String::from_utf8_lossy(&done.stdout).into_owned();
            assert!(done.status.success() && said.contains("refs/heads/main"), "{said}");
        }
    }
    let [ours, theirs, floor] = figures;
    println!(
        "ls-remote of a server that does nothing, ms: {}; the yard's own share {:.1}",
        spread(floor.clone()),
        median(ours.clone()) - median(floor)
    );
    tell("ls-remote, warm (goal 20 ms)", [ours, theirs]);
}

fn pushes_of_all(dir: &Path, source: &Path, yard: &Yard, peer: &Peer) {
    let www = dir.join("www");
    let mut figures = [Vec::new(), Vec::new()];
    for run in 0..3 {
        let name = format!("history-{run}");
        create(yard, &name);
        bare(&www, &format!("{name}.git"));
        let both = [Remote::of_yard(yard, &name), Remote::open(peer.url(&format!("{name}.git")))];
        for (remote, figures) in both.iter().zip(&mut figures) {
            let began = Instant::now();
            remote.git(source, &["push", "-q", &remote.url, "HEAD:refs/heads/main"]);
            figures.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    tell("push of the whole history", figures);
}

/// A bare repository that takes pushes.
fn bare(www: &Path, name: &str) {
    git(www, &["init", "-q", "--bare", "--initial-branch", "main", name]);
    git(&www.join(name), &["config", "http.receivepack", "true"]);
}

/// Times one action on both sides in turn.
fn compare(what: &str, both: [&Remote; 2], act: impl Fn(&Remote, usize, usize)) {
    let mut figures = [Vec::new(), Vec::new()];
    for run in 0..RUNS {
        for (side, (remote, figures)) in both.iter().zip(&mut figures).enumerate() {
            let began = Instant::now();
            act(remote, run, side);
            figures.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    tell(what, figures);
}

fn tell(what: &str, [ours, theirs]: [Vec<f64>; 2]) {
    println!("{what}, ms: {}", spread(ours.clone()));
    println!("  the peer, ms: {}", spread(theirs.clone()));
    println!("  ratio {:.2} (goal 1.1)", median(ours) / median(theirs));
}
