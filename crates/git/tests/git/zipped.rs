//! Pushes with `Content-Encoding: gzip`, well and badly zipped.

use std::io::Write as _;

use codeyard_git::{Encoding, GitError};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::pushing::{pack_of, request};
use crate::support::{Yard, pkt, push_encoded};

const Z: &str = "0000000000000000000000000000000000000000";

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Refused either as no push or for its pack, by whose fault it is.
fn refused(yard: &Yard, body: Vec<u8>, why: &str) {
    match push_encoded(yard, body, Encoding::Gzip) {
        Ok(told) => {
            assert!(told.contains("ng refs/heads/main"), "{why}: {told}");
            assert!(!told.contains("unpack ok"), "{why}: {told}");
        }
        Err(error) => assert!(error.is_clients_fault(), "{why}: {error}"),
    }
    assert_eq!((yard.tip("refs/heads/main"), yard.contents()), (None, Vec::new()), "{why}");
}

#[test]
fn what_is_badly_zipped_leaves_nothing() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let create = [format!("{Z} {tip} refs/heads/main")];
    let push = request(&create, &pack_of(&work, "HEAD\n"));
    let good = zip(&push);
    for missing in 1..=good.len().min(40) {
        refused(&yard, good[..good.len() - missing].to_vec(), "cut short");
    }
    refused(&yard, good[..good.len() / 2].to_vec(), "half of it");
    refused(&yard, Vec::new(), "nothing");
    let mut wrong = good.clone();
    let sum = wrong.len() - 8;
    wrong[sum] ^= 1;
    refused(&yard, wrong, "another checksum");
    refused(&yard, [&good[..], &[0; 512]].concat(), "zeros behind it");
    refused(&yard, [&good[..], b"0000"].concat(), "a flush behind it");
    refused(&yard, push.to_vec(), "not zipped");
    for (behind, why) in [
        (&[0_u8; 8_192][..], "zeros behind the pack"),
        (b"0000", "a flush behind the pack"),
        (&good, "a zipped push behind the pack"),
    ] {
        refused(&yard, zip(&[&push[..], behind].concat()), why);
        refused(&yard, [good.clone(), zip(behind)].concat(), why);
    }
    // In as many members as one likes, which need not end where anything else does.
    let (one, other) = push.split_at(push.len() / 2);
    let members = [zip(b""), zip(one), zip(b""), zip(other), zip(b"")].concat();
    let told = push_encoded(&yard, members, Encoding::Gzip).unwrap();
    assert!(told.contains("unpack ok") && told.contains("ok refs/heads/main"), "{told}");
    assert_eq!(yard.tip("refs/heads/main"), Some(tip));
}

#[test]
fn deletions_are_not_believed_before_their_end() {
    let yard = Yard::open();
    let work = yard.working_copy("work");
    work.ok(&["push", "-q", "origin", "main", "main:side"]);
    let tip = work.ok(&["rev-parse", "HEAD"]);
    let delete = format!("{}0000", pkt(&format!("{tip} {Z} refs/heads/side\0report-status")));
    let good = zip(delete.as_bytes());
    for missing in 1..=8 {
        let cut = good[..good.len() - missing].to_vec();
        assert!(push_encoded(&yard, cut, Encoding::Gzip).unwrap_err().is_clients_fault());
    }
    assert_eq!(yard.tip("refs/heads/side"), Some(tip));
    let told = push_encoded(&yard, good, Encoding::Gzip).unwrap();
    assert!(told.contains("ok refs/heads/side"), "{told}");
    assert_eq!(yard.tip("refs/heads/side"), None);
}

/// A few kilobytes that unfold into more commands than a push may have.
#[test]
fn a_bomb_of_commands_is_refused() {
    let yard = Yard::open();
    let line = pkt(&format!("{} {Z} refs/heads/x", "1".repeat(40)));
    let bomb = zip(line.repeat(100_000).as_bytes());
    assert!(bomb.len() < 100_000);
    let refused = push_encoded(&yard, bomb, Encoding::Gzip).unwrap_err();
    assert!(matches!(refused, GitError::TooLarge { .. }), "{refused}");
}
