//! Percent-encoding as AWS clients use it.

/// Decodes `%XX`; where `plus_is_space` also `+`. A broken escape stays as it stands. The result
/// may be any bytes; those that are no UTF-8 are refused with `None`.
pub fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escape = match byte {
            b'%' => bytes
                .get(at + 1)
                .zip(bytes.get(at + 2))
                .and_then(|(high, low)| Some((hex_digit(*high)? << 4) | hex_digit(*low)?)),
            _ => None,
        };
        match escape {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(if byte == b'+' && plus_is_space { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Encodes everything but `A-Za-z0-9-_.~` and, where `keep_slash`, `/`.
pub fn encode(text: &str, keep_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b'/' if keep_slash => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The parameters of a query string or form, in order. `None` where one is no UTF-8.
pub fn parse_query(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name, true)?, decode(value, true)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        assert_eq!(decode("a%20b+c", true).unwrap(), "a b c");
        assert_eq!(decode("a%20b+c%2", false).unwrap(), "a b+c%2");
        assert_eq!(decode("%zz%", false).unwrap(), "%zz%");
        assert_eq!(decode("%ff", false), None);
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        let text = "käse/ +%&=?#~";
        assert_eq!(decode(&encode(text, true), false).unwrap(), text);
        assert_eq!(encode("a/b c", true), "a/b%20c");
        assert_eq!(encode("a/b", false), "a%2Fb");
    }
}
