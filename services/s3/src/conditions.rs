//! Conditional requests, after RFC 9110 and
//! [S3's own rules](https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html).

use service::Error;
use shape::Timestamp;

use crate::errors;
use crate::model::Version;

/// The conditions of a read, or of the source of a copy.
#[derive(Default)]
pub struct Conditions<'a> {
    pub if_match: Option<&'a str>,
    pub if_none_match: Option<&'a str>,
    pub if_modified_since: Option<&'a str>,
    pub if_unmodified_since: Option<&'a str>,
}

/// What is to be told of a condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmet {
    /// The client's copy is still good.
    NotModified,
    /// The named condition fails.
    Failed(&'static str),
}

impl Conditions<'_> {
    /// The first condition that the version does not meet.
    pub fn unmet(&self, version: &Version) -> Option<Unmet> {
        // Dates in headers have whole seconds.
        let modified = version.last_modified.secs();
        let date = |text: Option<&str>| text.and_then(|it| Timestamp::parse(it).ok());
        if let Some(tags) = self.if_match {
            // A matching entity tag settles the matter, whatever the date.
            if !matches_etag(tags, &version.etag) {
                return Some(Unmet::Failed("If-Match"));
            }
        } else if date(self.if_unmodified_since).is_some_and(|since| modified > since.secs()) {
            return Some(Unmet::Failed("If-Unmodified-Since"));
        }
        if let Some(tags) = self.if_none_match {
            if matches_etag(tags, &version.etag) {
                return Some(Unmet::NotModified);
            }
        } else if date(self.if_modified_since).is_some_and(|since| modified <= since.secs()) {
            return Some(Unmet::NotModified);
        }
        None
    }

    /// Refuses a read whose conditions the version does not meet.
    pub fn check_read(&self, version: &Version) -> Result<(), Error> {
        match self.unmet(version) {
            None => Ok(()),
            Some(Unmet::Failed(name)) => Err(errors::precondition_failed(name)),
            Some(Unmet::NotModified) => {
                let mut error = errors::NOT_MODIFIED
                    .error("Not Modified")
                    .header("etag", version.quoted_etag())
                    .header("last-modified", version.last_modified.http_date());
                if version.version_id != crate::names::NULL_VERSION {
                    error = error.header("x-amz-version-id", version.version_id.clone());
                }
                Err(error)
            }
        }
    }

    /// Refuses a copy whose source does not meet the conditions.
    pub fn check_copy_source(&self, version: &Version) -> Result<(), Error> {
        match self.unmet(version) {
            None => Ok(()),
            Some(Unmet::Failed("If-Match")) => {
                Err(errors::precondition_failed("x-amz-copy-source-If-Match"))
            }
            Some(Unmet::Failed(_)) => {
                Err(errors::precondition_failed("x-amz-copy-source-If-Unmodified-Since"))
            }
            Some(Unmet::NotModified) => {
                let name = match self.if_none_match {
                    Some(_) => "x-amz-copy-source-If-None-Match",
                    None => "x-amz-copy-source-If-Modified-Since",
                };
                Err(errors::precondition_failed(name))
            }
        }
    }
}

/// The conditions of a write, kept for the transaction that decides them.
#[derive(Clone, Default)]
pub struct WriteConditions {
    if_match: Option<String>,
    if_absent: bool,
}

impl WriteConditions {
    /// From the headers. `If-None-Match` can only be `*`.
    pub fn new(if_match: Option<String>, if_none_match: Option<&str>) -> Result<Self, Error> {
        match if_none_match.map(str::trim) {
            None => Ok(Self { if_match, if_absent: false }),
            Some("*") => Ok(Self { if_match, if_absent: true }),
            Some(_) => Err(errors::NOT_IMPLEMENTED
                .error("A header you provided implies functionality that is not implemented")
                .with("Header", "If-None-Match")),
        }
    }

    /// Refuses a write on top of this version, or of nothing.
    pub fn check(&self, key: &str, newest: Option<&Version>) -> Result<(), Error> {
        let object = newest.filter(|version| !version.is_delete_marker());
        if self.if_absent && object.is_some() {
            return Err(errors::precondition_failed("If-None-Match"));
        }
        match (&self.if_match, object) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(errors::no_such_key(key)),
            (Some(tags), Some(object)) if matches_etag(tags, &object.etag) => Ok(()),
            (Some(_), Some(_)) => Err(errors::precondition_failed("If-Match")),
        }
    }
}

/// Whether a list of entity tags, or `*`, has this one.
pub fn matches_etag(tags: &str, etag: &str) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version() -> Version {
        Version {
            etag: "abc".into(),
            last_modified: Timestamp::parse("Sat, 31 Jan 2026 12:00:00 GMT")
                .unwrap()
                .plus_millis(400),
            ..Version::default()
        }
    }

    const BEFORE: Option<&str> = Some("Sat, 31 Jan 2026 11:59:59 GMT");
    const AT: Option<&str> = Some("Sat, 31 Jan 2026 12:00:00 GMT");

    #[test]
    fn reads() {
        let unmet = |if_match, if_none_match, if_modified_since, if_unmodified_since| {
            Conditions { if_match, if_none_match, if_modified_since, if_unmodified_since }
                .unmet(&version())
        };
        assert_eq!(unmet(Some("\"abc\""), None, None, BEFORE), None, "the tag settles it");
        assert_eq!(unmet(Some("\"x\", \"abc\""), None, None, None), None);
        assert_eq!(unmet(Some("x"), None, None, None), Some(Unmet::Failed("If-Match")));
        assert_eq!(unmet(None, None, None, BEFORE), Some(Unmet::Failed("If-Unmodified-Since")));
        assert_eq!(unmet(None, None, None, AT), None);
        assert_eq!(unmet(None, Some("*"), None, None), Some(Unmet::NotModified));
        assert_eq!(unmet(None, Some("x"), AT, None), None, "the tag settles it");
        assert_eq!(unmet(None, None, AT, None), Some(Unmet::NotModified));
        assert_eq!(unmet(None, None, BEFORE, None), None);
        assert_eq!(unmet(None, None, Some("yesterday"), None), None, "no date, no condition");
    }

    #[test]
    fn writes() {
        let marker = Version { delete_marker: Some(true), ..Version::default() };
        let absent = WriteConditions::new(None, Some("*")).unwrap();
        assert!(absent.check("k", None).is_ok() && absent.check("k", Some(&marker)).is_ok());
        assert_eq!(absent.check("k", Some(&version())).unwrap_err().status, 412);
        let same = WriteConditions::new(Some("\"abc\"".into()), None).unwrap();
        assert!(same.check("k", Some(&version())).is_ok());
        assert_eq!(same.check("k", None).unwrap_err().status, 404);
        let other = WriteConditions::new(Some("\"x\"".into()), None).unwrap();
        assert_eq!(other.check("k", Some(&version())).unwrap_err().status, 412);
        assert!(WriteConditions::new(None, Some("\"abc\"")).is_err());
    }
}
