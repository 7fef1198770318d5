//! What parameters may be called, and how callers refer to them.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html>

use service::Error;
use types::{Arn, Scope};

use super::{errors, model};

/// Most characters of a parameter's ARN.
const MAX_ARN: usize = 1011;
/// Most levels of a hierarchy, the parameter's own name included.
const MAX_LEVELS: usize = 15;

/// Refuses names that no new parameter may have.
///
/// # Errors
/// `ValidationException`, `AccessDeniedException` for `/aws/…`, `HierarchyLevelLimitExceeded…`.
pub(crate) fn check_new(scope: &Scope, name: &str) -> Result<(), Error> {
    let rest = name.strip_prefix('/').unwrap_or(name);
    let is_path = rest.contains('/');
    let start = rest.get(..3).unwrap_or_default().to_ascii_lowercase();
    match (start.as_str(), is_path) {
        ("aws", true) => {
            let message = format!("No access to reserved parameter name: {name}.");
            return Err(errors::ACCESS_DENIED.error(message));
        }
        ("aws" | "ssm", false) => {
            return Err(errors::VALIDATION.error(
                "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). \
                 It can only be a mix of letters, numbers and the following 3 symbols .-_",
            ));
        }
        ("ssm", true) => return Err(malformed()),
        _ => {}
    }
    if is_path && !name.starts_with('/') {
        return Err(errors::VALIDATION.error("Parameter name must be a fully qualified name."));
    }
    if !rest.split('/').all(is_segment) {
        return Err(malformed());
    }
    if is_path && rest.split('/').count() > MAX_LEVELS {
        return Err(errors::HIERARCHY_LEVEL_LIMIT
            .error(format!("A hierarchy can have a maximum of {MAX_LEVELS} levels.")));
    }
    if model::arn(scope, name).len() > MAX_ARN {
        return Err(errors::VALIDATION.error(format!(
            "The parameter's ARN can have {MAX_ARN} characters, and this would have more."
        )));
    }
    Ok(())
}

fn malformed() -> Error {
    errors::VALIDATION.error(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, \
         it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a \
         mix of letters, numbers and the following 3 symbols .-_",
    )
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Reads the path of a hierarchy: answers it with a slash at its end.
///
/// # Errors
/// `ValidationException`.
pub(crate) fn path(text: &str) -> Result<String, Error> {
    if text == "/" {
        return Ok(text.to_owned());
    }
    let inner = text.strip_prefix('/').map(|inner| inner.strip_suffix('/').unwrap_or(inner));
    match inner {
        Some(inner) if inner.split('/').all(is_segment) => Ok(format!("/{inner}/")),
        _ => Err(errors::VALIDATION.error(
            "The parameter doesn't meet the parameter name requirements. The parameter name must \
             begin with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" \
             (case-insensitive). It must use only letters, numbers, or the following symbols: . \
             (period), - (hyphen), _ (underscore). All sub-paths, if specified, must use the \
             forward slash symbol \"/\".",
        )),
    }
}

/// Which version is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// The newest.
    Current,
    /// `name:3`
    Number(i64),
    /// `name:label`
    Label(String),
}

/// A parameter and a version of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The names that it may have: an ARN does not tell whether there is a leading slash.
    pub names: Vec<String>,
    pub selector: Selector,
    /// The selector as it was given, with its colon.
    pub suffix: Option<String>,
}

impl Reference {
    /// Reads `NAME`, `NAME:VERSION`, `NAME:LABEL`, or an ARN with either.
    ///
    /// # Errors
    /// `ValidationException` for what is none of these; `ParameterNotFound` for ARNs of other
    /// accounts and Regions.
    pub fn parse(scope: &Scope, text: &str) -> Result<Self, Error> {
        let (names, selector) = match text.strip_prefix("arn:") {
            Some(_) => Self::of_arn(scope, text)?,
            None => match text.split_once(':') {
                Some((name, selector)) => (vec![name.to_owned()], Some(selector.to_owned())),
                None => (vec![text.to_owned()], None),
            },
        };
        let well_formed = names
            .iter()
            .all(|name| name.strip_prefix('/').unwrap_or(name).split('/').all(is_segment))
            && selector.as_deref().is_none_or(is_segment);
        if !well_formed {
            return Err(malformed());
        }
        let suffix = selector.as_ref().map(|selector| format!(":{selector}"));
        let selector = match selector {
            None => Selector::Current,
            Some(text) => match text.parse() {
                Ok(number) => Selector::Number(number),
                Err(_) => Selector::Label(text),
            },
        };
        Ok(Self { names, selector, suffix })
    }

    fn of_arn(scope: &Scope, text: &str) -> Result<(Vec<String>, Option<String>), Error> {
        let not_found = || errors::PARAMETER_NOT_FOUND.error(format!("{text} is not found."));
        let arn: Arn = text.parse().map_err(|_| malformed())?;
        let is_here = arn.region == scope.region.as_str() && arn.account == scope.account.as_str();
        if arn.service != "ssm" || !is_here {
            return Err(not_found());
        }
        let rest = arn.resource.strip_prefix("parameter/").ok_or_else(not_found)?;
        let (name, selector) = match rest.split_once(':') {
            Some((name, selector)) => (name, Some(selector.to_owned())),
            None => (rest, None),
        };
        let path = format!("/{name}");
        let names = if name.contains('/') { vec![path] } else { vec![name.to_owned(), path] };
        Ok((names, selector))
    }

    /// The name by which the ARN is made.
    pub fn name(&self) -> &str {
        self.names.first().map(String::as_str).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use types::{Account, Region};

    use super::*;

    fn scope() -> Scope {
        let account = Account::new("123456789012").unwrap();
        Scope::new(account, Region::new("us-east-1").unwrap())
    }

    #[test]
    fn names_that_may_be() {
        for name in
            ["a", "/a", "/a/b-c/d_e.f", "x.y", "ab", "sss", &format!("/{}", "a".repeat(900))]
        {
            assert_eq!(check_new(&scope(), name), Ok(()), "{name}");
        }
        let levels = "/l".repeat(15);
        assert_eq!(check_new(&scope(), &levels), Ok(()));
    }

    #[test]
    fn names_that_may_not_be() {
        let deep = "/l".repeat(16);
        let long = "a".repeat(1011);
        for (name, code) in [
            ("", "ValidationException"),
            ("/", "ValidationException"),
            ("a/b", "ValidationException"),
            ("/a/", "ValidationException"),
            ("/a//b", "ValidationException"),
            ("a b", "ValidationException"),
            ("a:b", "ValidationException"),
            ("größe", "ValidationException"),
            ("awsome", "ValidationException"),
            ("/SSM-x", "ValidationException"),
            ("/ssm/x", "ValidationException"),
            ("/aws/x", "AccessDeniedException"),
            ("/AwsX/y", "AccessDeniedException"),
            (deep.as_str(), "HierarchyLevelLimitExceededException"),
            (long.as_str(), "ValidationException"),
        ] {
            let refused = check_new(&scope(), name).map_err(|error| error.code.into_owned());
            assert_eq!(refused, Err(code.to_owned()), "{name}");
        }
    }

    #[test]
    fn references() {
        let parse = |text: &str| Reference::parse(&scope(), text);
        let plain = parse("/a/b:3").unwrap();
        assert_eq!((plain.name(), plain.selector.clone()), ("/a/b", Selector::Number(3)));
        assert_eq!(parse("a:prod").unwrap().selector, Selector::Label("prod".to_owned()));
        let arn = parse("arn:aws:ssm:us-east-1:123456789012:parameter/a/b:prod").unwrap();
        assert_eq!(arn.names, ["/a/b"]);
        assert_eq!(arn.suffix.as_deref(), Some(":prod"));
        let arn = parse("arn:aws:ssm:us-east-1:123456789012:parameter/a").unwrap();
        assert_eq!(arn.names, ["a", "/a"]);
        for bad in
            ["a:b:c", "a:", ":1", "a b", "arn:aws:ssm", "arn:aws:ssm:eu-west-1:1:parameter/a"]
        {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths() {
        assert_eq!(path("/").unwrap(), "/");
        assert_eq!(path("/a/b").unwrap(), "/a/b/");
        assert_eq!(path("/a/b/").unwrap(), "/a/b/");
        assert!(path("a").is_err() && path("//").is_err() && path("/a//b").is_err());
    }
}
