//! The master key file.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

use codeyard_blobs::{KeyRef, Keyring, KeyringError, MasterKeyError, MasterKeyring};

#[test]
fn made_at_first_use_private_and_the_same_ever_after() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let made = MasterKeyring::open_or_create(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no passing file stays");
    let key = made.data_key(&KeyRef::Yard).unwrap();
    let opened = MasterKeyring::open_or_create(&path).unwrap();
    assert_eq!(*opened.unwrap(&key.wrapped).unwrap(), *key.plaintext);
    assert_ne!(*made.data_key(&KeyRef::Yard).unwrap().plaintext, *key.plaintext);
}

#[test]
fn made_at_once_by_many_is_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    let keyrings: Vec<MasterKeyring> = std::thread::scope(|scope| {
        let open = || MasterKeyring::open_or_create(&path).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let key = keyrings[0].data_key(&KeyRef::Yard).unwrap();
    assert!(keyrings.iter().all(|k| *k.unwrap(&key.wrapped).unwrap() == *key.plaintext));
}

#[test]
fn refused_when_others_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    MasterKeyring::open_or_create(&path).unwrap();
    for mode in [0o640, 0o604, 0o660, 0o601] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let refused = MasterKeyring::open_or_create(&path).err().unwrap();
        assert!(matches!(refused, MasterKeyError::Exposed { mode: m, .. } if m == mode));
    }
}

#[test]
fn refused_when_malformed_and_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("master.key");
    for text in ["", "codeyard-master-key-1 00", "not a key at all\n"] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let refused = MasterKeyring::open_or_create(&path).err().unwrap();
        assert!(matches!(refused, MasterKeyError::Malformed(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn any_change_to_a_wrapped_key_is_found() {
    let keyring = MasterKeyring::ephemeral();
    let key = keyring.data_key(&KeyRef::Yard).unwrap();
    for at in 0..key.wrapped.len() {
        let mut changed = key.wrapped.clone();
        changed[at] ^= 1;
        assert_eq!(keyring.unwrap(&changed), Err(KeyringError::Unopened));
        assert_eq!(keyring.unwrap(&key.wrapped[..at]), Err(KeyringError::Unopened));
    }
}
