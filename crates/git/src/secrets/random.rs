//! Whether a value looks random, and whether it only stands in for one.

/// Bits of information per byte, by how often each byte occurs.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// What people write where a secret would be, in lower case.
const STAND_INS: &[&str] = &[
    "example",
    "sample",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "replace",
    "redacted",
    "dummy",
    "fake",
    "mock",
    "notreal",
    "not-real",
    "todo",
    "your",
    "xxxx",
    "****",
    "...",
    "1234567890",
    "abcdefgh",
    "deadbeef",
    "test-key",
    "test_key",
    "testkey",
];

/// Whether it is written in place of a secret.
pub(super) fn stands_in(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let holds = |word: &str| lower.windows(word.len()).any(|part| part == word.as_bytes());
    STAND_INS.iter().any(|word| holds(word))
        || ["${", "{{", "%(", "$(", "<", ">"].iter().any(|sign| holds(sign))
        || lower.first().is_some_and(|first| b"$%@".contains(first))
}

/// Which kinds of characters a value has.
#[derive(Clone, Copy, Default)]
pub(super) struct Makeup {
    pub lower: usize,
    pub upper: usize,
    pub digits: usize,
    pub others: usize,
    /// All are hexadecimal digits.
    pub hex: bool,
}

impl Makeup {
    pub fn of(value: &[u8]) -> Self {
        let count = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count();
        let mut makeup = Self {
            lower: count(u8::is_ascii_lowercase),
            upper: count(u8::is_ascii_uppercase),
            digits: count(u8::is_ascii_digit),
            others: 0,
            hex: value.iter().all(u8::is_ascii_hexdigit),
        };
        makeup.others = value.len() - makeup.lower - makeup.upper - makeup.digits;
        makeup
    }
}
