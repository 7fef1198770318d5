//! Small sealed values.

use codeyard_blobs::{Blobs, KeyRef};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn open_only_unchanged_and_in_their_context(
        value in prop::collection::vec(any::<u8>(), 0..200),
        context in prop::collection::vec(any::<u8>(), 0..50),
        other in prop::collection::vec(any::<u8>(), 0..50),
        at in any::<prop::sample::Index>(),
        mask in 1..=255_u8,
    ) {
        let blobs = Blobs::in_memory();
        let sealed = blobs.seal(&KeyRef::Yard, &context, &value).unwrap();
        prop_assert_eq!(&*blobs.unseal(&context, &sealed).unwrap(), &value);
        if other != context {
            prop_assert!(blobs.unseal(&other, &sealed).is_err());
        }
        let at = at.index(sealed.len());
        let mut changed = sealed.clone();
        changed[at] ^= mask;
        prop_assert!(blobs.unseal(&context, &changed).is_err());
        prop_assert!(blobs.unseal(&context, &sealed[..at]).is_err());
    }
}

#[test]
fn neither_repeat_nor_show_their_content() {
    let blobs = Blobs::in_memory();
    let (a, b) = (
        blobs.seal(&KeyRef::Yard, b"", b"hunter2hunter2").unwrap(),
        blobs.seal(&KeyRef::Yard, b"", b"hunter2hunter2").unwrap(),
    );
    assert_ne!(a, b);
    assert!(!a.windows(7).any(|w| w == b"hunter2"));
}
