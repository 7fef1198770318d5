//! Messages in any order: nothing but a good signature lets a command run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use codeyard_ssh::door::Door;
use codeyard_ssh::{BoxFuture, Exec, Handler, HostKey, HostKeyKind, Known};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaKeyPair};

/// Counts commands, by the user who is said to have sent them.
struct Counter {
    key: Vec<u8>,
    ann: AtomicUsize,
    others: AtomicUsize,
}

impl Handler for Counter {
    fn known(&self, user: &str) -> Known {
        match user {
            "ann" => Known::Key(self.key.clone()),
            "bob" => Known::Key([&self.key[..], b"other"].concat()),
            "old" => Known::Inactive(self.key.clone(), "inactive".into()),
            _ => Known::Nobody("nobody".into()),
        }
    }

    fn wrong_key(&self, _: &str, _: &str) -> String {
        "wrong".into()
    }

    fn no_shell(&self, _: &str) -> String {
        "no shell".into()
    }

    fn takes_variable(&self, _: &str) -> bool {
        true
    }

    fn exec(&self, exec: Exec) -> BoxFuture<u32> {
        let count = if exec.user == "ann" { &self.ann } else { &self.others };
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::pending())
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn message(number: u8, strings: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![number];
    for text in strings {
        out.extend(string(text));
    }
    out
}

/// What a client may say. The numbers choose among a message's forms.
#[derive(Clone, Debug)]
enum Say {
    Offer {
        strict: bool,
        guess: bool,
    },
    Half,
    NewKeys,
    Service(bool),
    Ask {
        user: &'static str,
        method: &'static str,
    },
    /// A signature, good but for its flaw.
    Sign {
        user: &'static str,
        flaw: Flaw,
    },
    Succeeded,
    Open,
    Exec(u32),
    Data(u32),
    Window(u32),
    Close(u32),
    Shell(u32),
    Global,
    Any(u8, Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    OtherSession,
    OtherUser,
    OtherService,
    OtherAlgorithm,
    OtherNameInSignature,
    OtherKey,
    WithoutSignature,
    Sha1,
    Cut,
    Tail,
    NotFlagged,
}

const FLAWS: [Flaw; 12] = [
    Flaw::None,
    Flaw::OtherSession,
    Flaw::OtherUser,
    Flaw::OtherService,
    Flaw::OtherAlgorithm,
    Flaw::OtherNameInSignature,
    Flaw::OtherKey,
    Flaw::WithoutSignature,
    Flaw::Sha1,
    Flaw::Cut,
    Flaw::Tail,
    Flaw::NotFlagged,
];

struct Client {
    key: Option<RsaKeyPair>,
    blob: Vec<u8>,
}

impl Client {
    /// With a key that ssh-keygen made, if it is there.
    fn new() -> Self {
        if !crate::has_ssh() {
            return Self {
                key: None,
                blob: message(0, &[b"ssh-rsa", b"\x03", &[0x7f; 256]])[1..].to_vec(),
            };
        }
        let home = tempfile::TempDir::new().unwrap();
        let file = home.path().join("id");
        let made = std::process::Command::new("ssh-keygen")
            .args(["-q", "-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", "", "-f"])
            .arg(&file)
            .status();
        assert!(made.unwrap().success());
        let pem = std::fs::read_to_string(&file).unwrap();
        let inside: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let key = RsaKeyPair::from_pkcs8(&BASE64.decode(inside).unwrap()).unwrap();
        let public = std::fs::read_to_string(file.with_extension("pub")).unwrap();
        Self { key: Some(key), blob: BASE64.decode(public.split(' ').nth(1).unwrap()).unwrap() }
    }

    fn sign(&self, user: &str, flaw: Flaw, session: &[u8]) -> Vec<u8> {
        let flawed = |which: Flaw, good: &'static str, bad: &'static str| -> &'static [u8] {
            if flaw == which { bad.as_bytes() } else { good.as_bytes() }
        };
        let algorithm = flawed(Flaw::Sha1, "rsa-sha2-256", "ssh-rsa");
        let mut blob = self.blob.clone();
        if flaw == Flaw::OtherKey {
            *blob.last_mut().unwrap() ^= 1;
        }
        let mut session = session.to_vec();
        if flaw == Flaw::OtherSession {
            session[0] ^= 1;
        }
        let signed_user = if flaw == Flaw::OtherUser { b"bob" } else { user.as_bytes() };
        let signed = [
            string(&session),
            message(
                50,
                &[
                    signed_user,
                    flawed(Flaw::OtherService, "ssh-connection", "ssh-userauth"),
                    b"publickey",
                ],
            ),
            vec![1],
            string(flawed(Flaw::OtherAlgorithm, "rsa-sha2-256", "rsa-sha2-512")),
            string(&blob),
        ]
        .concat();
        let mut value = vec![0; 256];
        if let Some(key) = &self.key {
            value = vec![0; key.public().modulus_len()];
            let padding =
                if flaw == Flaw::OtherAlgorithm { &RSA_PKCS1_SHA512 } else { &RSA_PKCS1_SHA256 };
            key.sign(padding, &SystemRandom::new(), &signed, &mut value).unwrap();
        }
        if flaw == Flaw::Cut {
            value.pop();
        }
        let name = flawed(Flaw::OtherNameInSignature, "rsa-sha2-256", "rsa-sha2-512");
        let signature = [string(name), string(&value)].concat();
        let mut request = message(50, &[user.as_bytes(), b"ssh-connection", b"publickey"]);
        request.push(u8::from(!matches!(flaw, Flaw::NotFlagged | Flaw::WithoutSignature)));
        request.extend([string(algorithm), string(&blob)].concat());
        if flaw != Flaw::WithoutSignature {
            request.extend(string(&signature));
        }
        if flaw == Flaw::Tail {
            request.push(0);
        }
        request
    }

    fn payload(&self, say: &Say, session: Option<Vec<u8>>) -> Vec<u8> {
        match say {
            Say::Offer { strict, guess } => {
                let kex = if *strict {
                    &b"curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com"[..]
                } else {
                    b"curve25519-sha256"
                };
                let gcm = b"aes128-gcm@openssh.com";
                let lists: [&[u8]; 10] =
                    [kex, b"ssh-ed25519", gcm, gcm, b"", b"", b"none", b"none", b"", b""];
                let mut offer = vec![20; 17];
                offer.extend(&message(0, &lists)[1..]);
                offer.extend([u8::from(*guess), 0, 0, 0, 0]);
                offer
            }
            Say::Half => message(30, &[&[9; 32]]),
            Say::NewKeys => vec![21],
            Say::Service(good) => {
                message(5, &[if *good { b"ssh-userauth" } else { b"ssh-connection" }])
            }
            Say::Ask { user, method } => {
                message(50, &[user.as_bytes(), b"ssh-connection", method.as_bytes()])
            }
            Say::Sign { user, flaw } => {
                self.sign(user, *flaw, &session.unwrap_or_else(|| vec![0; 32]))
            }
            Say::Succeeded => vec![52],
            Say::Open => {
                let mut open = message(90, &[b"session"]);
                open.extend([0, 0, 0, 7, 0, 1, 0, 0, 0, 0, 0x80, 0]);
                open
            }
            Say::Exec(channel) | Say::Shell(channel) => {
                let kind: &[u8] = if matches!(say, Say::Exec(_)) { b"exec" } else { b"shell" };
                let mut request = vec![98];
                request.extend(channel.to_be_bytes());
                request.extend(string(kind));
                request.push(1);
                request.extend(string(b"run"));
                request
            }
            Say::Data(channel) => {
                let mut data = [&[94][..], &channel.to_be_bytes()].concat();
                data.extend(string(b"data"));
                data
            }
            Say::Window(channel) => {
                [&[93][..], &channel.to_be_bytes(), &u32::MAX.to_be_bytes()].concat()
            }
            Say::Close(channel) => [&[97][..], &channel.to_be_bytes()].concat(),
            Say::Global => [message(80, &[b"keepalive@openssh.com"]), vec![1]].concat(),
            Say::Any(kind, rest) => [&[*kind][..], rest].concat(),
        }
    }
}

fn say() -> impl Strategy<Value = Say> {
    let user = prop::sample::select(vec!["ann", "bob", "old", "eve", ""]);
    let method = prop::sample::select(vec!["none", "password", "hostbased", "publickey"]);
    let channel = 0..3_u32;
    prop_oneof![
        any::<(bool, bool)>().prop_map(|(strict, guess)| Say::Offer { strict, guess }),
        Just(Say::Half),
        Just(Say::NewKeys),
        any::<bool>().prop_map(Say::Service),
        (user.clone(), method).prop_map(|(user, method)| Say::Ask { user, method }),
        (user, prop::sample::select(&FLAWS[..])).prop_map(|(user, flaw)| Say::Sign { user, flaw }),
        Just(Say::Succeeded),
        Just(Say::Open),
        channel.clone().prop_map(Say::Exec),
        channel.clone().prop_map(Say::Data),
        channel.clone().prop_map(Say::Window),
        channel.clone().prop_map(Say::Close),
        channel.prop_map(Say::Shell),
        Just(Say::Global),
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(a, b)| Say::Any(a, b)),
    ]
}

/// The way in, from which a client may stray at any step.
fn way_in() -> Vec<Say> {
    vec![
        Say::Offer { strict: true, guess: false },
        Say::Half,
        Say::NewKeys,
        Say::Service(true),
        Say::Sign { user: "ann", flaw: Flaw::None },
        Say::Open,
        Say::Exec(0),
    ]
}

/// Steps of the way in, some of them left out, with others in between.
fn walk() -> impl Strategy<Value = Vec<Say>> {
    let step = |step: Say| {
        let others = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(say(), 1..3)];
        (others, prop::bool::weighted(0.9)).prop_map(move |(mut steps, taken)| {
            steps.extend(taken.then(|| step.clone()));
            steps
        })
    };
    let strayed: Vec<_> = way_in().into_iter().map(step).collect();
    prop_oneof![
        3 => strayed.prop_map(|steps| steps.concat()),
        1 => prop::collection::vec(say(), 0..12),
    ]
}

/// Says it all; what ran for ann and for others, and whether the way in was walked.
fn converse(client: &Client, host_keys: &Arc<Vec<HostKey>>, steps: &[Say]) -> (usize, usize, bool) {
    let handler = Arc::new(Counter {
        key: client.blob.clone(),
        ann: AtomicUsize::new(0),
        others: AtomicUsize::new(0),
    });
    let mut door = Door::new(handler.clone(), host_keys.clone()).unwrap();
    let mut signed = false;
    for step in steps {
        let session = door.session();
        signed |= session.is_some()
            && client.key.is_some()
            && matches!(step, Say::Sign { user: "ann", flaw: Flaw::None });
        let ended = door.packet(&client.payload(step, session)).is_err();
        assert!(signed || door.user().is_none(), "{steps:?}");
        assert!(door.user().is_none_or(|user| user == "ann"), "{steps:?}");
        if ended {
            break;
        }
    }
    (handler.ann.load(Ordering::SeqCst), handler.others.load(Ordering::SeqCst), signed)
}

#[test]
fn only_a_good_signature_lets_a_command_run() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let client = Client::new();
    let kind = HostKeyKind::Ed25519;
    let host_key = HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
    let host_keys = Arc::new(vec![host_key]);
    let talk = |steps: &[Say]| {
        runtime.block_on(async {
            let said = converse(&client, &host_keys, steps);
            // Commands that were dropped go.
            tokio::task::yield_now().await;
            said
        })
    };
    if client.key.is_some() {
        assert_eq!(talk(&way_in()), (1, 0, true), "the way in leads in");
    }
    for left_out in 0..way_in().len() {
        let mut steps = way_in();
        steps.remove(left_out);
        assert_eq!(talk(&steps).0, 0, "without {left_out}");
    }
    for flaw in FLAWS.into_iter().filter(|flaw| *flaw != Flaw::None) {
        for user in ["ann", "bob", "old", "eve"] {
            let mut steps = way_in();
            steps[4] = Say::Sign { user, flaw };
            assert_eq!(talk(&steps), (0, 0, false), "{user} {flaw:?}");
        }
    }
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let reached = AtomicUsize::new(0);
    let ran = runner.run(&walk(), |steps| {
        let (ann, others, signed) = talk(&steps);
        prop_assert!(ann == 0 || signed, "{steps:?}");
        prop_assert_eq!(others, 0);
        reached.fetch_add(ann, Ordering::SeqCst);
        Ok(())
    });
    ran.unwrap();
    assert!(client.key.is_none() || reached.into_inner() > 0, "no walk came to its end");
}

/// CVE-2023-48795 and its kin: before the client uses its keys, nothing may be slipped in.
#[test]
fn nothing_is_slipped_in_before_keys() {
    let client = Client { key: None, blob: Vec::new() };
    let kind = HostKeyKind::Ed25519;
    let host_key = HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
    let host_keys = Arc::new(vec![host_key]);
    let handler = Arc::new(Counter {
        key: Vec::new(),
        ann: AtomicUsize::new(0),
        others: AtomicUsize::new(0),
    });
    // IGNORE, UNIMPLEMENTED, DEBUG, EXT_INFO.
    for slipped in [&[2, 0, 0, 0, 0][..], &[3, 0, 0, 0, 0], &[4, 0], &[7, 0, 0, 0, 0]] {
        for place in 0..4 {
            let mut door = Door::new(handler.clone(), host_keys.clone()).unwrap();
            for step in way_in().iter().take(place) {
                door.packet(&client.payload(step, None)).unwrap();
            }
            assert_eq!(door.packet(slipped).is_ok(), place == 3, "{slipped:?} at {place}");
        }
    }
    // A wrong guess goes by, whatever it was: once, and only then.
    let offer = Say::Offer { strict: true, guess: true };
    for (guess, taken) in [(30, true), (34, true), (21, false), (5, false)] {
        let mut door = Door::new(handler.clone(), host_keys.clone()).unwrap();
        door.packet(&client.payload(&offer, None)).unwrap();
        assert_eq!(door.packet(&[guess, 1]).is_ok(), taken, "{guess}");
        if taken {
            door.packet(&client.payload(&Say::Half, None)).unwrap();
            door.packet(&[21]).unwrap();
        }
    }
}
