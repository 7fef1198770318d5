//! Small languages: event patterns, log filters, globs, and texts that stand for one value.

use formats::glob::Glob;
use serde_json::Value;
use types::{Account, Arn, PageToken, Region, Scope, Timestamp};

/// An event pattern, an empty line, an event.
pub fn event_pattern(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, event) = text.split_once("\n\n").unwrap_or((text, "{}"));
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let first = svc_management::fits_event(pattern, &event);
    assert_eq!(first, svc_management::fits_event(pattern, &event));
}

/// A line with a filter pattern, then a message.
pub fn log_filter(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, message) = super::first_line(text);
    let _ = svc_management::fits_message(pattern, message);
}

/// A line with a pattern, then paths.
pub fn glob(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (pattern, paths) = super::first_line(text);
    let Ok(glob) = Glob::new(pattern) else { return };
    let _ = glob.folder();
    for path in paths.lines().take(20) {
        let _ = glob.matches(path);
    }
}

/// Names, times and tokens: what is read is written as it was, or means the same.
pub fn scalars(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(arn) = text.parse::<Arn>() {
        assert_eq!(arn.to_string(), text);
        let _ = arn.resource_of_type("role");
    }
    if let Ok(at) = Timestamp::parse(text) {
        for written in [at.iso8601(), at.iso8601_millis()] {
            assert_eq!(Timestamp::parse(&written), Ok(at), "{written}");
        }
        for written in [at.http_date(), at.basic()] {
            let again = Timestamp::parse(&written).map(Timestamp::secs);
            assert_eq!(again, Ok(at.secs()), "{written}");
        }
    }
    if let Ok(key) = PageToken::decode("listing", text) {
        let _ = PageToken::encode("listing", &key);
    }
    assert_eq!(
        PageToken::decode("listing", &PageToken::encode("listing", text)).as_deref(),
        Ok(text)
    );
    let _ = (Account::new(text).is_ok(), Region::new(text).is_ok(), Scope::parse(text).is_some());
}
