//! What comes through the SSH port.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use ssh::door::Door;
use ssh::{BoxFuture, Exec, Handler, HostKey, HostKeyKind, Known};

/// Knows one user, whose private key nobody has.
#[derive(Default)]
struct Counter {
    commands: AtomicUsize,
}

impl Handler for Counter {
    fn known(&self, user: &str) -> Known {
        match user {
            "ann" => {
                let mut blob = b"\0\0\0\x07ssh-rsa\0\0\0\x03\x01\0\x01\0\0\x01\x01\0".to_vec();
                blob.extend([0xab; 256]);
                Known::Key(blob)
            }
            "old" => Known::Inactive(vec![1], "inactive".to_owned()),
            _ => Known::Nobody("nobody".to_owned()),
        }
    }

    fn wrong_key(&self, user: &str, algorithm: &str) -> String {
        format!("{user} {algorithm}")
    }

    fn no_shell(&self, user: &str) -> String {
        user.to_owned()
    }

    fn takes_variable(&self, name: &str) -> bool {
        name == "GIT_PROTOCOL"
    }

    fn exec(&self, exec: Exec) -> BoxFuture<u32> {
        self.commands.fetch_add(1, Ordering::Relaxed);
        assert!(exec.command.len() <= ssh::limits::MAX_COMMAND);
        assert!(exec.environment.len() <= ssh::limits::MAX_VARIABLES);
        Box::pin(std::future::pending())
    }
}

static HOST_KEYS: LazyLock<Arc<Vec<HostKey>>> = LazyLock::new(|| {
    let make = |kind| HostKey::from_pem(kind, &HostKey::generate(kind).ok()?).ok();
    Arc::new(HostKeyKind::ALL.into_iter().filter_map(make).collect())
});

/// The protocol from key exchange to channels. The first byte tells what follows: bytes as a
/// stranger sends them, packets of a stranger, packets of somebody who has signed in (each behind
/// two bytes of length).
pub fn ssh(data: &[u8]) {
    thread_local! {
        static RUNTIME: RefCell<Option<tokio::runtime::Runtime>> = const { RefCell::new(None) };
    }
    let [first, body @ ..] = data else { return };
    RUNTIME.with_borrow_mut(|runtime| {
        if runtime.is_none() {
            *runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok();
        }
        let Some(runtime) = runtime else { return };
        runtime.block_on(async {
            talk(*first % 3, body);
            // Commands that were dropped go.
            tokio::task::yield_now().await;
        });
    });
}

fn talk(stage: u8, body: &[u8]) {
    let handler = Arc::new(Counter::default());
    let Some(mut door) = Door::new(handler.clone(), HOST_KEYS.clone()) else { return };
    match stage {
        0 => {
            // However the network cuts it.
            let (head, tail) = body.split_at(body.len() / 2);
            let _ = door.bytes(head).and_then(|()| door.bytes(tail));
        }
        1 => packets(&mut door, body),
        _ => {
            // Keys are agreed on, as with every client; then somebody is let in.
            for packet in agreement() {
                assert_eq!(door.packet(&packet), Ok(()));
            }
            door.let_in("ann");
            packets(&mut door, body);
        }
    }
    if stage < 2 {
        assert_eq!(door.user(), None, "somebody was let in without a signature");
        assert_eq!(handler.commands.load(Ordering::Relaxed), 0);
    }
    // What one packet asks for is not much.
    assert!(door.unsent() < ssh::limits::MAX_UNSENT + 16 * body.len() + (64 << 10));
}

fn packets(door: &mut Door<Counter>, mut body: &[u8]) {
    while let Some((length, rest)) = body.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (packet, rest) = rest.split_at(length);
        if door.packet(packet).is_err() {
            return;
        }
        body = rest;
    }
}

/// A good offer, a good half of a key, and NEWKEYS.
fn agreement() -> [Vec<u8>; 3] {
    let string = |text: &[u8]| {
        let length = u32::try_from(text.len()).unwrap_or_default().to_be_bytes();
        [&length[..], text].concat()
    };
    let gcm = "aes128-gcm@openssh.com";
    let lists = ["curve25519-sha256", "ssh-ed25519", gcm, gcm, "", "", "none", "none", "", ""];
    let mut offer = vec![20; 17];
    offer.extend(lists.iter().flat_map(|list| string(list.as_bytes())));
    offer.extend([0; 5]);
    [offer, [vec![30], string(&[9; 32])].concat(), vec![21]]
}

/// The command line of an exec request: whatever it says, what is meant is one name.
pub fn ssh_command(data: &[u8]) {
    let Ok(line) = std::str::from_utf8(data) else { return };
    match svc_codecommit::read_command(line) {
        Ok((_, name)) => {
            assert!(!name.is_empty() && !name.contains('/'), "{name:?}");
            let quoted = format!("git-upload-pack '/v1/repos/{}'", name.replace('\'', "'\\''"));
            let again = svc_codecommit::read_command(&quoted).map(|(_, name)| name);
            assert_eq!(again.as_deref(), Ok(name.trim_end()), "{line:?}");
        }
        Err(why) => {
            assert!(why.len() < 1 << 10, "{why}");
            assert!(!why.contains(|c: char| c.is_control()), "{why:?}");
        }
    }
}
