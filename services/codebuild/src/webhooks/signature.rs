//! Whether an event is from who knows the webhook's secret. Comparisons take the same time
//! whatever differs.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::providers::Provider;

/// The header that proves it.
pub(super) const fn header(provider: Provider) -> &'static str {
    match provider {
        Provider::GitHub => "x-hub-signature-256",
        Provider::GitLab => "x-gitlab-token",
        Provider::Bitbucket => "x-hub-signature",
    }
}

/// Checks what that header says of a body.
pub(super) fn is_right(provider: Provider, secret: &str, given: &str, body: &[u8]) -> bool {
    match provider {
        Provider::GitHub | Provider::Bitbucket => {
            let Some(given) = given.strip_prefix("sha256=") else { return false };
            let Ok(given) = hex::decode(given) else { return false };
            mac(secret.as_bytes(), body).is_some_and(|mac| mac.verify_slice(&given).is_ok())
        }
        // The secret itself: its code under a key of the moment is compared in its place.
        Provider::GitLab => {
            let key: [u8; 32] = types::random_bytes();
            let (wanted, given) = (mac(&key, secret.as_bytes()), mac(&key, given.as_bytes()));
            match (wanted, given) {
                (Some(wanted), Some(given)) => {
                    wanted.verify_slice(&given.finalize().into_bytes()).is_ok()
                }
                _ => false,
            }
        }
    }
}

fn mac(key: &[u8], text: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures() {
        // The example of GitHub's guide.
        let (secret, body) = ("It's a Secret to Everybody", b"Hello, World!");
        let right = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(is_right(Provider::GitHub, secret, right, body));
        assert!(is_right(Provider::Bitbucket, secret, right, body));
        for wrong in
            ["", "sha256=", "sha256=00", &right[7..], &right.replace("757", "758"), "sha1=757107ea"]
        {
            assert!(!is_right(Provider::GitHub, secret, wrong, body), "{wrong}");
        }
        assert!(!is_right(Provider::GitHub, secret, right, b"Hello, World?"));
        assert!(!is_right(Provider::GitHub, "another", right, body));
        assert!(is_right(Provider::GitLab, secret, secret, body));
        assert!(!is_right(Provider::GitLab, secret, "", body));
        assert!(!is_right(Provider::GitLab, secret, "It's a Secret to Everybodi", body));
    }
}
