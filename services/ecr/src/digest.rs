//! Digests: what names a layer or a manifest, and proves it.

use sha2::{Digest as _, Sha256};

/// `sha256:` and 64 lower-case hexadecimal digits. Other algorithms are not taken, by ECR neither.
pub(crate) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

/// The digest of bytes.
pub(crate) fn of(bytes: &[u8]) -> String {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish()
}

/// The digest of bytes as they come.
#[derive(Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(self) -> String {
        format!("sha256:{}", hex::encode(self.0.finalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests() {
        let of_nothing = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of(b""), of_nothing);
        assert!(is_digest(of_nothing) && !is_digest(&of_nothing.to_uppercase()));
        for bad in ["", "sha256:", "sha256:12", &of_nothing[7..], "sha512:e3b0c44298fc1c149afbf4c8"]
        {
            assert!(!is_digest(bad), "{bad}");
        }
    }
}
