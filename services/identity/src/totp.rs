//! One-time passwords by time (RFC 6238: HMAC-SHA-1, 30 seconds, six digits), as every
//! authenticator application makes them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;
use types::Timestamp;

/// Seconds that a code is shown.
pub(crate) const STEP_SECS: i64 = 30;
/// Digits of a code.
const MODULUS: u32 = 1_000_000;
/// How many steps the clock of a device may be off at sign-in, beyond what is known of it.
pub(crate) const SIGN_IN_WINDOW: i64 = 1;
/// How many steps it may be off when it is enabled or synchronized.
pub(crate) const SYNC_WINDOW: i64 = 20;
/// Bytes of a seed.
pub(crate) const SEED_LEN: usize = 40;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that a moment is in.
pub(crate) fn step(now: Timestamp) -> i64 {
    now.secs().div_euclid(STEP_SECS)
}

/// The code of a step.
pub(crate) fn code(seed: &[u8], step: i64) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(seed) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(digest[19] & 0x0f);
    let four = digest.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
    let number = u32::from_be_bytes(four.unwrap_or_default()) & 0x7fff_ffff;
    format!("{:06}", number % MODULUS)
}

/// The earliest step within `window` of `around` and after `last` whose code this is.
pub(crate) fn find(seed: &[u8], given: &str, around: i64, window: i64, last: i64) -> Option<i64> {
    let steps = around.saturating_sub(window)..=around.saturating_add(window);
    steps.filter(|step| *step > last).find(|step| is_code(seed, given, *step))
}

/// The step of the second of two codes that follow each other.
pub(crate) fn find_pair(
    seed: &[u8],
    (first, second): (&str, &str),
    around: i64,
    last: i64,
) -> Option<i64> {
    let steps = around.saturating_sub(SYNC_WINDOW)..=around.saturating_add(SYNC_WINDOW);
    let mut seconds = steps.filter(|step| *step > last);
    seconds.find(|step| is_code(seed, second, *step) && is_code(seed, first, *step - 1))
}

fn is_code(seed: &[u8], given: &str, step: i64) -> bool {
    code(seed, step).as_bytes().ct_eq(given.as_bytes()).into()
}

/// A seed as authenticator applications take it. Its length is a multiple of five: no padding.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for five in bytes.chunks(5) {
        let mut block = [0; 8];
        if let Some(tail) = block.get_mut(3..3 + five.len()) {
            tail.copy_from_slice(five);
        }
        let bits = u64::from_be_bytes(block);
        for place in (0..8).rev() {
            let letter = usize::try_from(bits >> (5 * place) & 0x1f).unwrap_or_default();
            text.extend(BASE32.get(letter).copied().map(char::from));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed and values of RFC 6238's appendix B, at six digits.
    const SEED: &[u8] = b"12345678901234567890";

    #[test]
    fn the_values_of_the_rfc() {
        for (secs, wanted) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(SEED, step(Timestamp::from_secs(secs))), wanted);
        }
        assert_eq!(base32(SEED), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn codes_are_found_once_and_nearby_only() {
        let late = code(SEED, 101);
        assert_eq!(find(SEED, &late, 100, SIGN_IN_WINDOW, 0), Some(101));
        assert_eq!(find(SEED, &late, 100, SIGN_IN_WINDOW, 101), None, "used");
        assert_eq!(find(SEED, &late, 103, SIGN_IN_WINDOW, 0), None, "long ago");
        assert_eq!(find(SEED, "", 100, SIGN_IN_WINDOW, 0), None);
        let pair = (code(SEED, 110), code(SEED, 111));
        assert_eq!(find_pair(SEED, (&pair.0, &pair.1), 100, 0), Some(111));
        assert_eq!(find_pair(SEED, (&pair.1, &pair.0), 100, 0), None);
        assert_eq!(find_pair(SEED, (&pair.0, &pair.1), 200, 0), None);
        assert_eq!(find_pair(SEED, (&pair.0, &pair.1), 100, 111), None);
    }
}
