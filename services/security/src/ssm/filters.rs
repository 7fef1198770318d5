//! Which parameters a listing shows.

use api_security::ssm::{ParameterStringFilter, ParametersFilter, ParametersFilterKey};
use service::Error;

use super::model::Parameter;
use super::{errors, names};

/// Where a filter is used, which decides what it may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// `GetParametersByPath`
    ByPath,
    /// `DescribeParameters`
    Describe,
}

impl Listing {
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::ByPath => &["Type", "KeyId", "Label"],
            Self::Describe => &["Path", "Name", "Type", "KeyId", "Tier", "Label", "DataType"],
        }
    }
}

/// How a value must fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    Equals,
    BeginsWith,
    Contains,
}

impl Match {
    fn fits(self, text: &str, value: &str) -> bool {
        match self {
            Self::Equals => text == value,
            Self::BeginsWith => text.starts_with(value),
            Self::Contains => text.contains(value),
        }
    }
}

/// One condition on a parameter; any of its values suffices.
#[derive(Clone, Debug)]
enum Condition {
    Name(Match, Vec<String>),
    Kind(Vec<String>),
    KeyId(Match, Vec<String>),
    Tier(Vec<String>),
    DataType(Vec<String>),
    Label(Vec<String>),
    /// Paths, each with a slash at its end, and whether deeper levels count.
    Path(Vec<String>, bool),
    /// A tag's key, and its values where they matter.
    Tag(String, Vec<String>),
}

/// What a parameter must have to be shown: all conditions hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters(Vec<Condition>);

impl Filters {
    /// Reads filters.
    ///
    /// # Errors
    /// `InvalidFilterKey`, `InvalidFilterOption`, `InvalidFilterValue`.
    pub fn parse(listing: Listing, given: &[ParameterStringFilter]) -> Result<Self, Error> {
        for (at, filter) in given.iter().enumerate() {
            if given.iter().take(at).any(|other| other.key == filter.key) {
                return Err(errors::INVALID_FILTER_KEY.error(format!(
                    "The following filter is duplicated in the request: {}. A request can contain \
                     only one occurrence of a specific filter.",
                    filter.key
                )));
            }
        }
        given.iter().map(|filter| condition(listing, filter)).collect::<Result<_, _>>().map(Self)
    }

    /// Reads filters of the older form: names and keys by their beginning.
    pub fn parse_older(given: &[ParametersFilter]) -> Self {
        let condition = |filter: &ParametersFilter| {
            let values = filter.values.clone();
            match filter.key {
                ParametersFilterKey::Name => Condition::Name(Match::BeginsWith, values),
                ParametersFilterKey::Type => Condition::Kind(values),
                ParametersFilterKey::KeyId => Condition::KeyId(Match::BeginsWith, values),
            }
        };
        Self(given.iter().map(condition).collect())
    }

    /// Whether a parameter is shown.
    pub fn admit(&self, parameter: &Parameter) -> bool {
        self.0.iter().all(|condition| condition.holds(parameter))
    }

    /// The label by which parameters are chosen, if one is: then the version that has it is shown.
    pub fn label<'a>(&'a self, parameter: &Parameter) -> Option<&'a str> {
        self.0.iter().find_map(|condition| match condition {
            Condition::Label(labels) => labels
                .iter()
                .map(String::as_str)
                .find(|label| parameter.labels.contains_key(*label)),
            _ => None,
        })
    }
}

fn condition(listing: Listing, filter: &ParameterStringFilter) -> Result<Condition, Error> {
    let option = filter.option.as_deref();
    let values = filter.values.clone().unwrap_or_default();
    if let Some(tag) = filter.key.strip_prefix("tag:").filter(|tag| !tag.is_empty())
        && listing == Listing::Describe
    {
        one_of(option, &["Equals"])?;
        return Ok(Condition::Tag(tag.to_owned(), values));
    }
    if !listing.keys().contains(&filter.key.as_str()) {
        return Err(errors::INVALID_FILTER_KEY.error(format!(
            "The following filter key is not valid: {}. Valid filter keys include: [{}].",
            filter.key,
            listing.keys().join(", ")
        )));
    }
    if values.is_empty() {
        return Err(errors::INVALID_FILTER_VALUE.error(format!(
            "The following filter values are missing : null for filter key {}",
            filter.key
        )));
    }
    match filter.key.as_str() {
        "Name" => {
            let options = &["Equals", "BeginsWith", "Contains"];
            Ok(Condition::Name(one_of(option, options)?, values))
        }
        "KeyId" => Ok(Condition::KeyId(one_of(option, &["Equals", "BeginsWith"])?, values)),
        "Type" => {
            one_of(option, &["Equals"])?;
            known(&values, api_security::ssm::ParameterType::WORDS)?;
            Ok(Condition::Kind(values))
        }
        "Tier" => {
            one_of(option, &["Equals"])?;
            known(&values, api_security::ssm::ParameterTier::WORDS)?;
            Ok(Condition::Tier(values))
        }
        "DataType" => one_of(option, &["Equals"]).map(|_| Condition::DataType(values)),
        "Label" => one_of(option, &["Equals"]).map(|_| Condition::Label(values)),
        _ => {
            let recursive = match option {
                Some("Recursive") => true,
                None | Some("OneLevel") => false,
                Some(other) => return Err(invalid_option(other, &["Recursive", "OneLevel"])),
            };
            let paths = values.iter().map(|value| names::path(value)).collect::<Result<_, _>>();
            Ok(Condition::Path(paths?, recursive))
        }
    }
}

fn one_of(option: Option<&str>, allowed: &[&str]) -> Result<Match, Error> {
    match option.unwrap_or("Equals") {
        other if !allowed.contains(&other) => Err(invalid_option(other, allowed)),
        "BeginsWith" => Ok(Match::BeginsWith),
        "Contains" => Ok(Match::Contains),
        _ => Ok(Match::Equals),
    }
}

fn invalid_option(option: &str, allowed: &[&str]) -> Error {
    errors::INVALID_FILTER_OPTION.error(format!(
        "The following filter option is not valid: {option}. Valid options include: [{}].",
        allowed.join(", ")
    ))
}

fn known(values: &[String], words: &[&str]) -> Result<(), Error> {
    match values.iter().find(|value| !words.contains(&value.as_str())) {
        None => Ok(()),
        Some(other) => Err(errors::INVALID_FILTER_VALUE.error(format!(
            "The following filter value is not valid: {other}. Valid values include: [{}].",
            words.join(", ")
        ))),
    }
}

impl Condition {
    fn holds(&self, parameter: &Parameter) -> bool {
        let version = &parameter.current;
        let any = |values: &[String], matching: Match, text: &str| {
            values.iter().any(|value| matching.fits(text, value))
        };
        match self {
            Self::Name(matching, values) => {
                // A leading slash may be left out of what is looked for.
                let bare = parameter.name.strip_prefix('/').unwrap_or(&parameter.name);
                any(values, *matching, &parameter.name) || any(values, *matching, bare)
            }
            Self::Kind(values) => any(values, Match::Equals, version.kind.as_str()),
            Self::KeyId(matching, values) => {
                version.key_id.as_deref().is_some_and(|key| any(values, *matching, key))
            }
            Self::Tier(values) => any(values, Match::Equals, version.tier.as_str()),
            Self::DataType(values) => any(values, Match::Equals, &version.data_type),
            Self::Label(labels) => labels.iter().any(|label| parameter.labels.contains_key(label)),
            Self::Path(paths, recursive) => {
                paths.iter().any(|path| is_below(path, &parameter.name, *recursive))
            }
            Self::Tag(key, values) => parameter
                .tags
                .iter()
                .any(|tag| tag.key == *key && (values.is_empty() || values.contains(&tag.value))),
        }
    }
}

/// Whether a parameter is below a path (with a slash at its end); names without any slash are on
/// the first level.
pub(crate) fn is_below(path: &str, name: &str, recursive: bool) -> bool {
    let rest = match name.strip_prefix(path) {
        Some(rest) => rest,
        None if path == "/" => name,
        None => return false,
    };
    recursive || !rest.contains('/')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use api_security::ssm::{ParameterType, Tag};

    use super::super::model::Version;
    use super::*;

    fn filter(key: &str, option: Option<&str>, values: &[&str]) -> ParameterStringFilter {
        ParameterStringFilter {
            key: key.to_owned(),
            option: option.map(str::to_owned),
            values: Some(values.iter().map(|value| (*value).to_owned()).collect()),
        }
    }

    fn parameter() -> Parameter {
        Parameter {
            name: "/app/prod/url".to_owned(),
            current: Version {
                kind: ParameterType::SecureString,
                key_id: Some("alias/aws/ssm".to_owned()),
                data_type: "text".to_owned(),
                ..Version::default()
            },
            tags: vec![Tag { key: "team".to_owned(), value: "blue".to_owned() }],
            labels: BTreeMap::from([("live".to_owned(), 1)]),
        }
    }

    #[test]
    fn conditions() {
        for (filter, want) in [
            (filter("Name", None, &["/app/prod/url"]), true),
            (filter("Name", None, &["app/prod/url"]), true),
            (filter("Name", None, &["/app"]), false),
            (filter("Name", Some("BeginsWith"), &["/x", "/app"]), true),
            (filter("Name", Some("Contains"), &["prod"]), true),
            (filter("Type", None, &["SecureString"]), true),
            (filter("Type", None, &["String"]), false),
            (filter("KeyId", Some("BeginsWith"), &["alias/"]), true),
            (filter("Tier", None, &["Standard"]), true),
            (filter("DataType", None, &["text"]), true),
            (filter("Label", None, &["live"]), true),
            (filter("Label", None, &["dead"]), false),
            (filter("Path", None, &["/app"]), false),
            (filter("Path", Some("Recursive"), &["/app"]), true),
            (filter("Path", None, &["/app/prod/"]), true),
            (filter("tag:team", None, &["blue"]), true),
            (filter("tag:team", None, &["red"]), false),
            (filter("tag:team", None, &[]), true),
            (filter("tag:other", None, &[]), false),
        ] {
            let filters = Filters::parse(Listing::Describe, std::slice::from_ref(&filter));
            assert_eq!(filters.unwrap().admit(&parameter()), want, "{filter:?}");
        }
    }

    #[test]
    fn bad_filters_are_refused() {
        for (listing, filter, code) in [
            (Listing::ByPath, filter("Name", None, &["a"]), "InvalidFilterKey"),
            (Listing::ByPath, filter("tag:x", None, &["a"]), "InvalidFilterKey"),
            (Listing::Describe, filter("Nope", None, &["a"]), "InvalidFilterKey"),
            (Listing::Describe, filter("tag:", None, &["a"]), "InvalidFilterKey"),
            (Listing::Describe, filter("Type", Some("Contains"), &["a"]), "InvalidFilterOption"),
            (Listing::Describe, filter("Path", Some("Deep"), &["/a"]), "InvalidFilterOption"),
            (Listing::Describe, filter("Type", None, &["Text"]), "InvalidFilterValue"),
            (Listing::Describe, filter("Name", None, &[]), "InvalidFilterValue"),
        ] {
            let error = Filters::parse(listing, std::slice::from_ref(&filter)).unwrap_err();
            assert_eq!(error.code, code, "{filter:?}");
        }
        let twice = [filter("Name", None, &["a"]), filter("Name", None, &["b"])];
        assert!(Filters::parse(Listing::Describe, &twice).is_err());
    }

    #[test]
    fn levels() {
        assert!(is_below("/", "bare", false) && is_below("/", "/a", false));
        assert!(!is_below("/", "/a/b", false) && is_below("/", "/a/b", true));
        assert!(is_below("/a/", "/a/b", false) && !is_below("/a/", "/ab", true));
    }
}
