//! Under which name a cache is kept.
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html>

use std::io::Read;
use std::path::Path;

use formats::archive::{Found, Links, Tree};
use formats::glob::Glob;
use sha2::{Digest as _, Sha256};

/// The longest part of an object's key that is a cache's, in bytes.
const MAX_KEY: usize = 600;
/// Bytes read at once.
const PIECE: usize = 128 << 10;
/// What AWS's environments have as a program; here it works in keys only.
const HASH_FILES: &str = "codebuild-hash-files";

/// Puts hashes of files into a key for `$(codebuild-hash-files PATTERN…)`.
///
/// # Errors
/// A sentence: patterns that the shell would have to expand, or are none.
pub(super) fn with_hashes(key: &str, source: &Path) -> Result<String, String> {
    let start = format!("$({HASH_FILES}");
    let (mut done, mut rest) = (String::new(), key);
    while let Some((before, after)) = rest.split_once(&start) {
        let unclear =
            || format!("{HASH_FILES} takes plain file patterns here, as in {start} package.json)");
        let (arguments, after) = after.split_once(')').ok_or_else(unclear)?;
        let patterns = words(arguments).filter(|words| !words.is_empty()).ok_or_else(unclear)?;
        done.push_str(before);
        done.push_str(&hash_files(&patterns, source)?);
        rest = after;
    }
    done.push_str(rest);
    match done.contains(HASH_FILES) {
        true => Err(format!("{HASH_FILES} can be used as $({HASH_FILES} PATTERN) only")),
        false => Ok(done),
    }
}

/// Words, some of them in quotes; none where the shell would do more.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in text.chars() {
        match (c, quote) {
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(open)) if c == open => quote = None,
            ('$' | '`' | '\\', _) | (';' | '&' | '|' | '<' | '>' | '(', None) => return None,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// SHA-256 of the names and contents of the files that match, in order.
fn hash_files(patterns: &[String], source: &Path) -> Result<String, String> {
    let globs: Vec<Glob> =
        patterns.iter().map(|pattern| Glob::new(pattern)).collect::<Result<_, _>>()?;
    let tree = Tree::open(source).map_err(|error| error.to_string())?;
    let mut whole = Sha256::new();
    for file in tree.list(Links::Follow).map_err(|error| error.to_string())? {
        if file.found != Found::File || !globs.iter().any(|glob| glob.matches(&file.path)) {
            continue;
        }
        let mut content = tree.file(&file.path).map_err(|error| error.to_string())?;
        let (mut one, mut piece) = (Sha256::new(), vec![0; PIECE]);
        loop {
            let length = content.read(&mut piece).map_err(|error| error.to_string())?;
            if length == 0 {
                break;
            }
            one.update(piece.get(..length).unwrap_or_default());
        }
        whole.update(file.path.as_bytes());
        whole.update([0]);
        whole.update(one.finalize());
    }
    Ok(hex::encode(whole.finalize()))
}

/// Whether the shell has something to do.
pub(super) fn is_dynamic(text: &str) -> bool {
    text.contains(['$', '`'])
}

/// A key as part of an object's key: what it starts with, it starts with still.
///
/// # Errors
/// A sentence, where it is empty or too long.
pub(super) fn encoded(key: &str) -> Result<String, String> {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    match encoded.len() {
        0 => Err("the cache key is empty".to_owned()),
        length if length > MAX_KEY => Err(format!("the cache key is longer than {MAX_KEY} bytes")),
        _ => Ok(encoded),
    }
}

/// A short digest of texts.
pub fn digest<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    let mut text = hex::encode(digest.finalize());
    text.truncate(32);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_files_are_put_in() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("package-lock.json"), "1").unwrap();
        std::fs::create_dir(dir.path().join("docs")).unwrap();
        std::fs::write(dir.path().join("docs/a.md"), "2").unwrap();
        let of = |key: &str| with_hashes(key, dir.path());
        let one = of("npm-$(codebuild-hash-files package-lock.json)").unwrap();
        assert_eq!(one.len(), "npm-".len() + 64);
        assert_eq!(of("npm-$(codebuild-hash-files 'package-lock.json')").unwrap(), one);
        let both = of("$(codebuild-hash-files '**/*.md' \"*.json\")-$X").unwrap();
        assert!(both.ends_with("-$X") && both != one);
        assert_eq!(of("plain-$HOME").unwrap(), "plain-$HOME");
        std::fs::write(dir.path().join("package-lock.json"), "3").unwrap();
        assert_ne!(of("npm-$(codebuild-hash-files package-lock.json)").unwrap(), one);
        for key in [
            "$(codebuild-hash-files)",
            "$(codebuild-hash-files $FILES)",
            "$(codebuild-hash-files a; rm b)",
            "$(codebuild-hash-files 'a)",
            "`codebuild-hash-files a`",
            "$(cat x | codebuild-hash-files a)",
            "$(codebuild-hash-files a",
            "$(codebuild-hash-files ../x)",
        ] {
            assert!(of(key).is_err(), "{key}");
        }
    }

    #[test]
    fn keys_stay_below_their_place() {
        assert_eq!(encoded("npm-1.2_x").unwrap(), "npm-1.2_x");
        assert_eq!(encoded("../a b/ü").unwrap(), "..%2Fa%20b%2F%C3%BC");
        assert!(encoded("a/b").unwrap().starts_with(&encoded("a/").unwrap()));
        assert!(encoded("").is_err());
        assert!(encoded(&"x".repeat(601)).is_err());
    }
}
