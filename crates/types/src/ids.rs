//! Random ids and secrets, from the operating system's generator.

/// The letters of an id.
#[derive(Clone, Copy, Debug)]
pub enum IdAlphabet {
    /// `0-9a-f`
    Hex,
    /// `0-9a-z`
    LowerAlphanumeric,
    /// `0-9A-Z`
    UpperAlphanumeric,
    /// `A-Z2-7`, as IAM's unique ids use it.
    Base32,
    /// `0-9A-Za-z`
    Alphanumeric,
}

impl IdAlphabet {
    const fn letters(self) -> &'static [u8] {
        match self {
            Self::Hex => b"0123456789abcdef",
            Self::LowerAlphanumeric => b"0123456789abcdefghijklmnopqrstuvwxyz",
            Self::UpperAlphanumeric => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Self::Base32 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            Self::Alphanumeric => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        }
    }
}

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing that follows could be safe.
#[allow(clippy::panic)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("failed to read randomness from the operating system: {error}");
    }
    bytes
}

/// `len` random letters, each equally likely.
pub fn random_id(alphabet: IdAlphabet, len: usize) -> String {
    let letters = alphabet.letters();
    // Bytes at or above the largest multiple of the alphabet would favour its first letters.
    let limit = 256 - 256 % letters.len();
    let mut id = String::with_capacity(len);
    while id.len() < len {
        for byte in random_bytes::<32>() {
            if id.len() < len && usize::from(byte) < limit {
                id.push(char::from(letters[usize::from(byte) % letters.len()]));
            }
        }
    }
    id
}

/// A secret of `len` letters and digits (5.95 bits each).
pub fn random_secret(len: usize) -> String {
    random_id(IdAlphabet::Alphanumeric, len)
}

/// A random UUID (version 4), in lower case with hyphens.
pub fn uuid() -> String {
    let mut b = random_bytes::<16>();
    b[6] = b[6] & 0x0f | 0x40;
    b[8] = b[8] & 0x3f | 0x80;
    let hex: String = b.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_length_and_letters() {
        for len in [0, 1, 17, 100] {
            let id = random_id(IdAlphabet::Base32, len);
            assert_eq!(id.len(), len);
            assert!(id.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b)));
        }
    }

    #[test]
    fn uuids_are_version_four_and_differ() {
        let (a, b) = (uuid(), uuid());
        assert_ne!(a, b);
        assert_eq!((a.len(), &a[14..15]), (36, "4"));
    }
}
