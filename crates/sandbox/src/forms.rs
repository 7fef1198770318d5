//! The shapes in which a secret shows in output although nobody prints it as it is: line by line,
//! without its last line end, as a value of JSON, escaped, encoded.
//!
//! What is recognized: every line of a secret of several lines; every string in a secret that is
//! JSON; a secret as base64 (also in the midst of a longer text, but not broken into lines), as a
//! JSON string, percent-encoded, and quoted by a shell. Anything else that a program makes of a
//! secret (hashes, parts, other encodings) passes, as it does on AWS.

/// Shorter parts and encodings are left alone: they would hide half of every log.
const MIN_PART: usize = 4;
/// The same for encodings.
const MIN_ENCODED: usize = 8;
/// The most parts of one secret that are looked for.
const MAX_PARTS: usize = 512;

/// All shapes of a secret, itself first; none for an empty one.
pub fn forms(secret: &str) -> Vec<String> {
    let mut all = Vec::new();
    if secret.is_empty() {
        return all;
    }
    add(&mut all, secret, 1);
    // `$(…)` and `echo` take the last line end away or bring one.
    add(&mut all, secret.trim_end(), 1);
    for text in all.clone() {
        encodings(&mut all, &text);
    }
    if secret.trim_end().contains(['\n', '\r']) {
        for line in secret.split(['\n', '\r']).take(MAX_PARTS) {
            add(&mut all, line.trim(), MIN_PART);
        }
    }
    if secret.trim_start().starts_with(['{', '['])
        && let Ok(value) = serde_json::from_str(secret)
    {
        let mut strings = Vec::new();
        strings_in(&value, &mut strings);
        for text in strings.into_iter().take(MAX_PARTS) {
            if text.len() >= MIN_PART {
                add(&mut all, text, MIN_PART);
                encodings(&mut all, text);
                text.lines().for_each(|line| add(&mut all, line.trim(), MIN_PART));
            }
        }
    }
    all
}

fn add(all: &mut Vec<String>, text: &str, at_least: usize) {
    if text.len() >= at_least && !all.iter().any(|known| known == text) {
        all.push(text.to_owned());
    }
}

fn encodings(all: &mut Vec<String>, text: &str) {
    let json = serde_json::Value::from(text).to_string();
    add(all, json.get(1..json.len() - 1).unwrap_or_default(), MIN_ENCODED);
    add(all, &percent(text), MIN_ENCODED);
    add(all, &text.replace('\'', "'\\''"), MIN_ENCODED);
    for shift in 0..3 {
        let encoded = base64(text.as_bytes(), shift);
        add(all, &encoded.replace('+', "-").replace('/', "_"), MIN_ENCODED);
        add(all, &encoded, MIN_ENCODED);
    }
}

/// Every string value, in a stack rather than by recursion.
fn strings_in<'a>(value: &'a serde_json::Value, strings: &mut Vec<&'a str>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) => strings.push(text),
            serde_json::Value::Array(items) => open.extend(items),
            serde_json::Value::Object(members) => open.extend(members.values()),
            _ => {}
        }
    }
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The characters of base64 that depend on the bytes alone, when `shift` others (modulo 3) go
/// before them and any follow.
fn base64(bytes: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = (shift + bytes.len()) * 8;
    let byte = |at: usize| at.checked_sub(shift).and_then(|at| bytes.get(at)).copied().unwrap_or(0);
    ((shift * 8).div_ceil(6)..bits / 6)
        .filter_map(|index| {
            let (at, offset) = (index * 6 / 8, index * 6 % 8);
            let window = u16::from(byte(at)) << 8 | u16::from(byte(at + 1));
            let digit = usize::from(window >> (10 - offset) & 0x3f);
            ALPHABET.get(digit).copied().map(char::from)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_json_and_encodings() {
        assert!(forms("").is_empty());
        assert_eq!(forms("ab"), ["ab"]);
        let key = forms("-----BEGIN KEY-----\nMIIEvQ\n==\n-----END KEY-----\n");
        for part in ["-----BEGIN KEY-----", "MIIEvQ", "-----END KEY-----"] {
            assert!(key.iter().any(|form| form == part), "{part}: {key:?}");
        }
        assert!(!key.iter().any(|form| form == "=="), "{key:?}");
        let json = forms("{\"user\": \"ann\", \"password\": \"s3cr\\\"et\", \"in\": [\"deeper\"]}");
        for part in ["s3cr\"et", "deeper", "s3cr\\\"et"] {
            assert!(json.iter().any(|form| form == part), "{part}: {json:?}");
        }
        assert!(!json.iter().any(|form| form == "ann"), "too short to be hidden: {json:?}");
        let odd = forms("it's 100% &c");
        assert!(odd.contains(&"it'\\''s 100% &c".to_owned()), "{odd:?}");
        assert!(odd.contains(&"it%27s%20100%25%20%26c".to_owned()), "{odd:?}");
    }

    #[test]
    fn base64_in_any_place() {
        // base64 of "x", "xy" and "xyz" before "correct horse", and of it alone.
        let text = "correct horse";
        let all = forms(text);
        for encoded in [
            "Y29ycmVjdCBob3JzZQ==",
            "eGNvcnJlY3QgaG9yc2U=",
            "eHljb3JyZWN0IGhvcnNl",
            "eHl6Y29ycmVjdCBob3JzZQo=",
        ] {
            let hit = all.iter().any(|form| form != text && encoded.contains(form.as_str()));
            assert!(hit, "{encoded}: {all:?}");
        }
    }
}
