//! Agreement on keys: elliptic-curve Diffie-Hellman (RFC 5656, RFC 8731), together with ML-KEM
//! where the client knows it (draft-ietf-sshm-mlkem-hybrid-kex: what is recorded today is not read
//! by tomorrow's machines, and newer clients warn of connections without it), and with strict key
//! exchange.

use ml_kem::MlKem768;
use ml_kem::kem::{Encapsulate as _, EncapsulationKey, TryKeyInit as _};
use ring::agreement::{
    Algorithm, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral,
};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

use crate::cipher::{Cipher, Key, NONCE};
use crate::error::{End, KEY_EXCHANGE_FAILED, Result};
use crate::keys::HostKey;
use crate::msg;
use crate::wire::{Reader, Writer};

/// Bytes of an exchange's hash.
pub(crate) const HASH: usize = 32;
/// Random bytes with which an offer begins.
const COOKIE: usize = 16;
/// Bytes of an ML-KEM-768 encapsulation key.
const ENCAPSULATION_KEY: usize = 1184;
/// Tells clients that packet numbers begin anew with new keys, so that nobody on the way can slip
/// packets in or out before that.
const STRICT_SERVER: &str = "kex-strict-s-v00@openssh.com";
const STRICT_CLIENT: &str = "kex-strict-c-v00@openssh.com";
/// The client wants to be told which signatures are taken (RFC 8308).
const WANTS_INFO: &str = "ext-info-c";
/// Never used: the ciphers prove packets themselves. Some clients want to agree on one all the
/// same.
const MACS: &str = "hmac-sha2-256-etm@openssh.com,hmac-sha2-256";

/// How the secret is agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    MlKem768Curve25519,
    Curve25519,
    NistP256,
}

impl Method {
    const NAMES: &str = "mlkem768x25519-sha256,curve25519-sha256,\
                         curve25519-sha256@libssh.org,ecdh-sha2-nistp256";

    fn named(name: &str) -> Option<Self> {
        match name {
            "mlkem768x25519-sha256" => Some(Self::MlKem768Curve25519),
            "curve25519-sha256" | "curve25519-sha256@libssh.org" => Some(Self::Curve25519),
            "ecdh-sha2-nistp256" => Some(Self::NistP256),
            _ => None,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::MlKem768Curve25519 | Self::Curve25519 => &X25519,
            Self::NistP256 => &ECDH_P256,
        }
    }
}

/// What both sides will do.
#[derive(Debug)]
pub(crate) struct Agreed {
    pub(crate) method: Method,
    /// Place of the host key.
    pub(crate) host_key: usize,
    pub(crate) from_client: Cipher,
    pub(crate) to_client: Cipher,
    pub(crate) strict: bool,
    pub(crate) wants_info: bool,
    /// The client has sent its next packet on a guess that was wrong.
    pub(crate) wrong_guess: bool,
}

/// What we offer, as the payload of a packet.
pub(crate) fn offer(host_keys: &[HostKey]) -> Result<Vec<u8>> {
    let random = SystemRandom::new();
    offer_with(host_keys, |cookie| random.fill(cookie))
}

fn offer_with<E>(
    host_keys: &[HostKey],
    fill: impl FnOnce(&mut [u8]) -> std::result::Result<(), E>,
) -> Result<Vec<u8>> {
    let kex = format!("{},{STRICT_SERVER}", Method::NAMES);
    let names: Vec<&str> = host_keys.iter().map(|key| key.kind().name()).collect();
    let names = names.join(",");
    let mut cookie = [0; COOKIE];
    fill(&mut cookie).map_err(|_| no_randomness())?;
    let lists = [&*kex, &*names, Cipher::NAMES, Cipher::NAMES, MACS, MACS, "none", "none", "", ""];
    let offer = Writer::message(msg::KEXINIT).bytes(&cookie);
    let offer = lists.iter().fold(offer, |offer, list| offer.string(list.as_bytes()));
    Ok(offer.bool(false).u32(0).done())
}

/// The first of the client's names that is one of ours.
fn first<T>(what: &str, theirs: &[&str], ours: impl Fn(&str) -> Option<T>) -> Result<T> {
    theirs.iter().find_map(|name| ours(name)).ok_or_else(|| {
        End::refused(
            KEY_EXCHANGE_FAILED,
            format!("none of the client's {what} is known here: use a newer client"),
        )
    })
}

/// Reads the client's offer and settles what will be done.
pub(crate) fn agree(theirs: &[u8], host_keys: &[HostKey]) -> Result<Agreed> {
    let mut reader = Reader::new(theirs);
    reader.u8()?;
    reader.bytes(COOKIE)?;
    let (kex, keys) = (reader.names()?, reader.names()?);
    let (from_client, to_client) = (reader.names()?, reader.names()?);
    for _macs in 0..2 {
        reader.names()?;
    }
    let compressions = [reader.names()?, reader.names()?];
    for _languages in 0..2 {
        reader.names()?;
    }
    let guessed = reader.bool()?;
    reader.u32()?;
    let host_key = |name: &str| host_keys.iter().position(|key| key.kind().name() == name);
    let method = first("key exchange methods", &kex, Method::named)?;
    let host_key_place = first("host key algorithms", &keys, host_key)?;
    for compression in &compressions {
        first("compression methods", compression, |name| (name == "none").then_some(()))?;
    }
    // A guess is right where both sides' favourites are the same.
    let favourite = |names: &[&str], ours: &str| names.first().copied() == ours.split(',').next();
    let right = favourite(&kex, Method::NAMES)
        && keys.first().copied() == host_keys.first().map(|key| key.kind().name());
    Ok(Agreed {
        method,
        host_key: host_key_place,
        from_client: first("ciphers", &from_client, Cipher::named)?,
        to_client: first("ciphers", &to_client, Cipher::named)?,
        strict: kex.contains(&STRICT_CLIENT),
        wants_info: kex.contains(&WANTS_INFO),
        wrong_guess: guessed && !right,
    })
}

/// What both sides have said so far.
pub(crate) struct Transcript<'a> {
    pub(crate) client_version: &'a [u8],
    pub(crate) server_version: &'a [u8],
    pub(crate) client_offer: &'a [u8],
    pub(crate) server_offer: &'a [u8],
}

/// A secret that both sides know.
pub(crate) struct Shared {
    /// As it goes into hashes.
    secret: Vec<u8>,
    pub(crate) hash: [u8; HASH],
    /// The payload of the answer.
    pub(crate) reply: Vec<u8>,
}

/// Answers the client's half with ours, and proves the host key.
pub(crate) fn exchange(
    method: Method,
    client_half: &[u8],
    transcript: &Transcript<'_>,
    host_key: &HostKey,
) -> Result<Shared> {
    let (our_half, secret) = match method {
        Method::MlKem768Curve25519 => hybrid(client_half)?,
        Method::Curve25519 | Method::NistP256 => {
            let (our_half, number) = diffie_hellman(method, client_half)?;
            (our_half, Writer::empty().mpint(&number).done())
        }
    };
    let blob = host_key.blob();
    let hashed = Writer::empty()
        .string(transcript.client_version)
        .string(transcript.server_version)
        .string(transcript.client_offer)
        .string(transcript.server_offer)
        .string(&blob)
        .string(client_half)
        .string(&our_half)
        .bytes(&secret)
        .done();
    let hash = sha256(&hashed);
    let signature = host_key.sign(&hash).ok_or_else(no_randomness)?;
    let reply = Writer::message(msg::KEX_ECDH_REPLY)
        .string(&blob)
        .string(&our_half)
        .string(&signature)
        .done();
    Ok(Shared { secret, hash, reply })
}

fn no_randomness() -> End {
    End::refused(KEY_EXCHANGE_FAILED, "the yard's system gives no randomness")
}

fn no_half() -> End {
    End::refused(KEY_EXCHANGE_FAILED, "the client's half of the key is none")
}

/// Our half, and the number that both sides know.
fn diffie_hellman(method: Method, client_half: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let random = SystemRandom::new();
    let ours =
        EphemeralPrivateKey::generate(method.algorithm(), &random).map_err(|_| no_randomness())?;
    let our_half = ours.compute_public_key().map_err(|_| no_randomness())?.as_ref().to_vec();
    let theirs = UnparsedPublicKey::new(method.algorithm(), client_half);
    let number = agree_ephemeral(ours, &theirs, <[u8]>::to_vec).map_err(|_| no_half())?;
    Ok((our_half, number))
}

/// Our half, and the secret as it goes into hashes: ML-KEM's and Curve25519's, hashed together.
fn hybrid(client_half: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let (encapsulation, curve) =
        client_half.split_at_checked(ENCAPSULATION_KEY).ok_or_else(no_half)?;
    let key = EncapsulationKey::<MlKem768>::new_from_slice(encapsulation).map_err(|_| no_half())?;
    let (ciphertext, first) = key.encapsulate();
    let (our_curve, second) = diffie_hellman(Method::MlKem768Curve25519, curve)?;
    let our_half = [ciphertext.as_slice(), &our_curve].concat();
    let secret = sha256(&[first.as_slice(), &second].concat());
    Ok((our_half, Writer::empty().string(&secret).done()))
}

fn sha256(bytes: &[u8]) -> [u8; HASH] {
    digest(&SHA256, bytes).as_ref().try_into().unwrap_or_default()
}

impl Shared {
    /// RFC 4253, section 7.2.
    fn derive(&self, letter: u8, session: &[u8; HASH], length: usize) -> Vec<u8> {
        let start = [&self.secret[..], &self.hash, &[letter], session].concat();
        let mut out = sha256(&start).to_vec();
        while out.len() < length {
            let more = sha256(&[&self.secret[..], &self.hash, &out].concat());
            out.extend(more);
        }
        out.truncate(length);
        out
    }

    fn key(&self, cipher: Cipher, letters: (u8, u8), session: &[u8; HASH]) -> Result<Key> {
        let nonce = self.derive(letters.0, session, NONCE);
        let key = self.derive(letters.1, session, cipher.key_len());
        Key::new(cipher, &key, &nonce)
            .ok_or_else(|| End::refused(KEY_EXCHANGE_FAILED, "a key has the wrong length"))
    }

    /// The keys from the client and to it.
    pub(crate) fn keys(&self, agreed: &Agreed, session: &[u8; HASH]) -> Result<(Key, Key)> {
        Ok((
            self.key(agreed.from_client, (b'A', b'C'), session)?,
            self.key(agreed.to_client, (b'B', b'D'), session)?,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::HostKeyKind;
    use proptest::prelude::*;

    fn host_keys() -> Vec<HostKey> {
        let make = |kind| HostKey::from_pem(kind, &HostKey::generate(kind).unwrap()).unwrap();
        HostKeyKind::ALL.into_iter().map(make).collect()
    }

    fn client(lists: [&str; 10], guessed: bool) -> Vec<u8> {
        let offer = Writer::message(msg::KEXINIT).bytes(&[0; COOKIE]);
        let offer = lists.iter().fold(offer, |offer, list| offer.string(list.as_bytes()));
        offer.bool(guessed).u32(0).done()
    }

    const GCM: &str = "aes128-ctr,aes128-gcm@openssh.com";

    #[test]
    fn the_clients_favourites_count() {
        let keys = host_keys();
        let kex = "sntrup761x25519-sha512@openssh.com,ecdh-sha2-nistp256,curve25519-sha256,\
                   ext-info-c,kex-strict-c-v00@openssh.com";
        let hosts = "ssh-rsa,ecdsa-sha2-nistp256,ssh-ed25519";
        let theirs = client([kex, hosts, GCM, GCM, "x", "x", "none", "none", "", ""], true);
        let agreed = agree(&theirs, &keys).unwrap();
        assert_eq!(agreed.method, Method::NistP256);
        assert_eq!(keys[agreed.host_key].kind(), HostKeyKind::EcdsaP256);
        assert_eq!(agreed.to_client, Cipher::Aes128Gcm);
        assert!(agreed.strict && agreed.wants_info && agreed.wrong_guess);
        let plain =
            ["mlkem768x25519-sha256", "ssh-ed25519", GCM, GCM, "", "", "none", "none", "", ""];
        let agreed = agree(&client(plain, true), &keys).unwrap();
        assert!(!agreed.strict && !agreed.wants_info && !agreed.wrong_guess);
        assert!(agree(&offer(&keys).unwrap(), &keys).is_ok());
    }

    #[test]
    fn an_offer_is_random_or_none() {
        let keys = host_keys();
        let cookie = |offer: &[u8]| offer[1..=COOKIE].to_vec();
        let (one, other) = (offer(&keys).unwrap(), offer(&keys).unwrap());
        assert_ne!(cookie(&one), cookie(&other));
        let refused = offer_with(&keys, |_| Err(())).unwrap_err();
        assert_eq!(refused.to_string(), no_randomness().to_string());
    }

    #[test]
    fn what_nobody_shares_is_named() {
        let keys = host_keys();
        let good = ["curve25519-sha256", "ssh-ed25519", GCM, GCM, "", "", "none", "none", "", ""];
        for (place, what) in [(0, "key exchange"), (1, "host key"), (2, "ciphers"), (6, "compr")] {
            let mut lists = good;
            lists[place] = "other";
            let refused = agree(&client(lists, false), &keys).unwrap_err().to_string();
            assert!(refused.contains(what), "{refused}");
        }
    }

    #[test]
    fn halves_that_are_none_are_refused() {
        let keys = host_keys();
        let transcript = Transcript {
            client_version: b"a",
            server_version: b"b",
            client_offer: b"c",
            server_offer: b"d",
        };
        for (method, half) in [
            (Method::Curve25519, vec![0; 32]),
            (Method::Curve25519, vec![9; 31]),
            (Method::NistP256, vec![4; 65]),
            (Method::NistP256, Vec::new()),
            (Method::MlKem768Curve25519, vec![9; 32]),
            (Method::MlKem768Curve25519, vec![0xff; ENCAPSULATION_KEY + 32]),
            (Method::MlKem768Curve25519, vec![0; ENCAPSULATION_KEY + 32]),
        ] {
            assert!(exchange(method, &half, &transcript, &keys[0]).is_err());
        }
    }

    #[test]
    fn the_hybrid_secret_is_the_clients() {
        use ml_kem::kem::{Decapsulate as _, Kem as _, KeyExport as _};
        let (decapsulation, encapsulation) = MlKem768::generate_keypair();
        let random = SystemRandom::new();
        let curve = EphemeralPrivateKey::generate(&X25519, &random).unwrap();
        let public = curve.compute_public_key().unwrap();
        let half = [encapsulation.to_bytes().as_slice(), public.as_ref()].concat();
        let (reply, secret) = hybrid(&half).unwrap();
        let (ciphertext, theirs) = reply.split_at(reply.len() - 32);
        assert_eq!(ciphertext.len(), 1088);
        let first = decapsulation.decapsulate(&ciphertext.try_into().unwrap());
        let theirs = UnparsedPublicKey::new(&X25519, theirs);
        let second = agree_ephemeral(curve, &theirs, <[u8]>::to_vec).unwrap();
        let expected = sha256(&[first.as_slice(), &second].concat());
        assert_eq!(secret, Writer::empty().string(&expected).done());
    }

    proptest! {
        #[test]
        fn no_offer_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = agree(&bytes, &[]);
        }
    }
}
