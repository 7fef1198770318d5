//! Memory while eight clones run, of a small and of a large repository, and with 10,000
//! repositories at rest.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::remote::Remote;
use super::{COMMITS, filled, history};
use crate::yard::{Yard, runtime};

const CLONES: usize = 8;
const SMALL: usize = 1_000;
const REPOSITORIES: usize = 10_000;
const MAKERS: usize = 20;
/// How long after the first clones the next ones begin.
const SETTLED: Duration = Duration::from_secs(15);

pub(crate) fn run() {
    clones();
    at_rest();
}

fn clones() {
    let dir = tempfile::tempdir().unwrap();
    for commits in [SMALL, COMMITS] {
        let source = dir.path().join(format!("source-{commits}"));
        history::make(&source, commits);
        let yard = Yard::start(&[]);
        let remote = filled(&yard, "repository", &source);
        let first = peak_of_clones(dir.path(), &yard, &remote, commits, "first");
        // The bitmap is made by now, of what is large enough for one.
        std::thread::sleep(SETTLED);
        let then = peak_of_clones(dir.path(), &yard, &remote, commits, "then");
        let size = folder_size(&source.join(".git/objects/pack"));
        println!(
            "{CLONES} clones at once of {commits} commits ({size:.0} MiB packed): \
             private memory of the yard and its children at most {:.0} MiB right after the push, in \
             {:.1} s, and {:.0} MiB later, in {:.1} s; yard alone {:.0} MiB",
            first.mib,
            first.seconds,
            then.mib,
            then.seconds,
            yard.peak_mib()
        );
    }
}

struct Peak {
    mib: f64,
    seconds: f64,
}

fn peak_of_clones(dir: &Path, yard: &Yard, remote: &Remote, commits: usize, when: &str) -> Peak {
    let start = |run: usize| {
        let into = dir.join(format!("into-{commits}-{when}-{run}"));
        let arguments = ["clone", "-q", "--bare", &remote.url, into.to_str().unwrap()];
        remote.command(dir, &arguments).spawn().unwrap()
    };
    let began = Instant::now();
    let mut running: Vec<_> = (0..CLONES).map(start).collect();
    let mut peak = 0.0f64;
    while !running.is_empty() {
        peak = peak.max(private_mib(yard.child.id()));
        running.retain_mut(|child| match child.try_wait().unwrap() {
            None => true,
            Some(status) => {
                assert!(status.success(), "a clone failed");
                false
            }
        });
        std::thread::sleep(Duration::from_millis(5));
    }
    Peak { mib: peak, seconds: began.elapsed().as_secs_f64() }
}

/// What a process and its children have for themselves: mapped packs are shared and can be
/// dropped at any time.
fn private_mib(root: u32) -> f64 {
    let mut total = 0.0;
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
        for line in rollup.unwrap_or_default().lines() {
            if line.starts_with("Private_") {
                let kib = line.split_whitespace().nth(1).and_then(|it| it.parse::<f64>().ok());
                total += kib.unwrap_or(0.0) / 1024.0;
            }
        }
        let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) else { continue };
        for task in tasks.flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            open.extend(children.split_whitespace().filter_map(|it| it.parse::<u32>().ok()));
        }
    }
    total
}

fn folder_size(dir: &Path) -> f64 {
    let entries = std::fs::read_dir(dir).unwrap().flatten();
    entries.map(|it| it.metadata().map_or(0, |it| it.len())).sum::<u64>() as f64
        / f64::from(1 << 20)
}

fn at_rest() {
    let yard = Yard::start(&[]);
    let before = yard.resident_mib();
    let began = cpu_ticks(yard.child.id());
    runtime().block_on(async {
        // Many at once, so that they share the store's synced writes. AWS's quota is for one
        // account and region: two regions have half each.
        let makers = (0..MAKERS).map(|maker| tokio::spawn(make(yard.client.clone(), maker)));
        for maker in makers.collect::<Vec<_>>() {
            maker.await.unwrap();
        }
    });
    let made = cpu_ticks(yard.child.id());
    std::thread::sleep(Duration::from_secs(5));
    println!(
        "{REPOSITORIES} repositories: memory {before:.0} → {:.0} MiB, CPU in five seconds at rest \
         {} ms, to make one {:.2} ms",
        yard.resident_mib(),
        (cpu_ticks(yard.child.id()) - made) * 10,
        (made - began) as f64 * 10.0 / REPOSITORIES as f64,
    );
}

/// One maker's share of the repositories.
async fn make(client: client::Client, maker: usize) {
    let region = ["us-east-1", "eu-west-1"][maker % 2];
    let keys = client.keys.clone().unwrap();
    let client = client::Client::new(client.url, region, keys);
    for at in 0..REPOSITORIES / MAKERS {
        let input = json!({ "repositoryName": format!("repository-{maker}-{at}") });
        client.json("codecommit", "CodeCommit_20150413.CreateRepository", input).await.unwrap();
    }
}

/// Hundredths of a second of CPU that the process has used.
fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
