//! Passwords: which are good, how they are kept and compared, and how often one may guess.
//!
//! They are kept as PBKDF2-HMAC-SHA-256 with a salt of their own: ring is in every binary already
//! and runs it in assembly, so that the many rounds cost the yard no more than a guesser.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use ring::pbkdf2;
use service::{Error, Yard};
use tokio::sync::Semaphore;
use types::Timestamp;

use crate::errors;

/// Rounds of new hashes, after OWASP's advice for PBKDF2-HMAC-SHA-256.
const ROUNDS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(rounds) => rounds,
    None => NonZeroU32::MIN,
};
/// What new hashes begin with.
const SCHEME: &str = "pbkdf2-sha256";
/// Bytes of a salt.
const SALT_LEN: usize = 16;
/// Bytes of a hash.
const HASH_LEN: usize = 32;
/// Fewest characters, by AWS's password policy for accounts that have none of their own.
const MIN_LEN: usize = 8;
/// Of upper case, lower case, digits and symbols, a password needs so many.
const MIN_KINDS: usize = 3;

/// Hashes made at once: what strangers can make the yard compute is bounded.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Refuses a password that the default password policy does not allow:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>.
pub(crate) fn check(yard: &Yard, password: &str) -> Result<(), Error> {
    let has = |kind: fn(char) -> bool| usize::from(password.chars().any(kind));
    let kinds = has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| c.is_ascii_punctuation());
    let violated = |what: String| Err(errors::PASSWORD_POLICY_VIOLATION.error(what));
    if password.chars().count() < MIN_LEN {
        return violated(format!("Password should have a minimum length of {MIN_LEN}"));
    }
    if kinds < MIN_KINDS {
        return violated(format!(
            "Password should have at least {MIN_KINDS} of: uppercase letters, lowercase letters, \
             numbers, symbols"
        ));
    }
    if password == yard.config().account.as_str() {
        return violated("Password should not be the account's id".to_owned());
    }
    Ok(())
}

/// A password as it is kept: scheme, rounds, salt and hash.
pub(crate) async fn hash(password: String) -> Result<String, Error> {
    let salt = types::random_bytes::<SALT_LEN>();
    let hash = derive(ROUNDS, salt.to_vec(), password).await?;
    Ok(format!("{SCHEME}${ROUNDS}${}${}", BASE64.encode(salt), BASE64.encode(hash)))
}

/// Whether that is the password. Where nothing is kept it takes as long and is not.
pub(crate) async fn is(kept: Option<&str>, password: String) -> Result<bool, Error> {
    let Some(kept) = kept else {
        derive(ROUNDS, vec![0; SALT_LEN], password).await?;
        return Ok(false);
    };
    let (rounds, salt, wanted) =
        read(kept).ok_or_else(|| Error::internal("a kept password cannot be read"))?;
    let hash = derive(rounds, salt, password).await?;
    Ok(subtle::ConstantTimeEq::ct_eq(&hash[..], &wanted[..]).into())
}

fn read(kept: &str) -> Option<(NonZeroU32, Vec<u8>, Vec<u8>)> {
    let mut parts = kept.split('$');
    let (scheme, rounds) = (parts.next()?, parts.next()?.parse().ok()?);
    let (salt, hash) = (BASE64.decode(parts.next()?).ok()?, BASE64.decode(parts.next()?).ok()?);
    (scheme == SCHEME && parts.next().is_none()).then_some((rounds, salt, hash))
}

async fn derive(
    rounds: NonZeroU32,
    salt: Vec<u8>,
    password: String,
) -> Result<[u8; HASH_LEN], Error> {
    let _turn = HASHING.acquire().await.map_err(Error::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        let mut hash = [0; HASH_LEN];
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
        pbkdf2::derive(algorithm, rounds, &salt, password.as_bytes(), &mut hash);
        hash
    });
    work.await.map_err(Error::internal)
}

/// Seconds after which failures are forgotten.
const WINDOW_SECS: i64 = 600;
/// Failures of one user from one address within that time.
const MAX_FAILURES: u32 = 10;
/// Failures from one address, whatever the user.
const MAX_FAILURES_OF_ADDRESS: u32 = 50;
/// Failures of one user, wherever from.
const MAX_FAILURES_OF_USER: u32 = 200;
/// Counters kept at most; the oldest go first.
const MAX_COUNTERS: usize = 20_000;

/// Counts failed sign-ins. In memory: a restart takes longer than guessing gains by it.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Counter>>);

struct Counter {
    failures: u32,
    since: Timestamp,
}

fn counters(user: &str, address: &str) -> [(String, u32); 3] {
    let user = user.to_ascii_lowercase();
    [
        (format!("{address} {user}"), MAX_FAILURES),
        (address.to_owned(), MAX_FAILURES_OF_ADDRESS),
        (format!(" {user}"), MAX_FAILURES_OF_USER),
    ]
}

impl Throttle {
    /// Counts an attempt as failed before it is made, so that many at once are no way round;
    /// [`Throttle::succeeded`] takes it back. An error is how many seconds to wait.
    pub(crate) fn attempt(&self, now: Timestamp, user: &str, address: &str) -> Result<(), i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = counters(user, address);
        for (key, limit) in &counters {
            if let Some(counter) = all.get(key) {
                let left = WINDOW_SECS - now.since(counter.since) / 1000;
                if left <= 0 {
                    all.remove(key);
                } else if counter.failures >= *limit {
                    return Err(left);
                }
            }
        }
        if all.len() >= MAX_COUNTERS {
            all.retain(|_, counter| now.since(counter.since) / 1000 < WINDOW_SECS);
        }
        if all.len() >= MAX_COUNTERS {
            return Err(WINDOW_SECS);
        }
        for (key, _) in counters {
            all.entry(key).or_insert(Counter { failures: 0, since: now }).failures += 1;
        }
        Ok(())
    }

    /// Forgets the failures of a user from an address, who has proven to know the password.
    pub(crate) fn succeeded(&self, user: &str, address: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let [(own, _), rest @ ..] = counters(user, address);
        all.remove(&own);
        for (key, _) in rest {
            if let Some(counter) = all.get_mut(&key) {
                counter.failures = counter.failures.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn kept_passwords_are_told_from_others() {
        let kept = hash("Correct horse 1".to_owned()).await.unwrap();
        assert!(kept.starts_with("pbkdf2-sha256$600000$"));
        assert!(is(Some(&kept), "Correct horse 1".to_owned()).await.unwrap());
        assert!(!is(Some(&kept), "correct horse 1".to_owned()).await.unwrap());
        assert!(!is(None, "Correct horse 1".to_owned()).await.unwrap());
        assert!(is(Some("md5$1$a$b"), String::new()).await.is_err());
    }

    #[test]
    fn guessing_is_slowed_down_by_user_and_address() {
        let throttle = Throttle::default();
        let at = Timestamp::from_secs;
        for _ in 0..MAX_FAILURES {
            assert_eq!(throttle.attempt(at(100), "Ann", "::1"), Ok(()));
        }
        assert_eq!(throttle.attempt(at(101), "ann", "::1"), Err(WINDOW_SECS - 1));
        assert_eq!(throttle.attempt(at(101), "ann", "10.0.0.1"), Ok(()), "another address");
        assert_eq!(throttle.attempt(at(100 + WINDOW_SECS), "ann", "::1"), Ok(()), "forgotten");
        throttle.succeeded("ann", "::1");
        for _ in 0..MAX_FAILURES {
            assert_eq!(throttle.attempt(at(800), "ann", "::1"), Ok(()));
        }
        for user in 0..MAX_FAILURES_OF_ADDRESS - MAX_FAILURES {
            assert_eq!(throttle.attempt(at(801), &user.to_string(), "::1"), Ok(()));
        }
        assert!(throttle.attempt(at(802), "zoe", "::1").is_err(), "many users from one address");
    }
}
