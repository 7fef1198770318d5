//! What the details of many events have in common.

use serde_json::{Map, Value, json};
use service::Caller;
use store::Event;
use types::{Scope, Timestamp};

/// Tells who did it. Who signs in through an identity provider may be told by session tags, too.
pub(crate) fn caller(detail: &mut Map<String, Value>, caller: &Caller) {
    detail.insert("callerUserArn".to_owned(), json!(caller.arn));
    for name in ["displayName", "emailAddress"] {
        let key = format!("aws:PrincipalTag/{name}");
        let found = caller.context.iter().find(|(known, _)| known.eq_ignore_ascii_case(&key));
        if let Some(value) = found.and_then(|(_, values)| values.first()) {
            detail.insert(name.to_owned(), json!(value));
        }
    }
}

/// A date as these events write it: `Wed Nov 06 19:10:58 UTC 2019`.
pub(crate) fn date(at: Timestamp) -> String {
    let http = at.http_date();
    match http.split_whitespace().collect::<Vec<_>>().as_slice() {
        [weekday, day, month, year, time, _] => {
            format!("{} {month} {day} {time} UTC {year}", weekday.trim_end_matches(','))
        }
        _ => http,
    }
}

/// The event, complete.
pub(crate) fn event(
    scope: &Scope,
    detail_type: &str,
    resources: Vec<String>,
    detail: Map<String, Value>,
    now: Timestamp,
) -> Event {
    Event {
        id: types::uuid(),
        source: "aws.codecommit".to_owned(),
        detail_type: detail_type.to_owned(),
        account: scope.account.to_string(),
        region: scope.region.to_string(),
        time: now,
        resources,
        detail: Value::Object(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let at = Timestamp::parse("2019-11-06T19:10:58Z").unwrap();
        assert_eq!(date(at), "Wed Nov 06 19:10:58 UTC 2019");
    }
}
