//! Parameters are put, version by version.

use api_security::ssm::{ParameterTier, ParameterType, PutParameterInput, PutParameterOutput};
use regex_lite::Regex;
use service::{Cx, Error, Right};
use shape::Bytes;
use store::{Query, WriteTx};
use types::Scope;

use super::events::{self, Change};
use super::model::{self, MAX_VERSIONS, Parameter, PastVersion, Version, past_key, past_prefix};
use super::{errors, names, tags, value};

/// The key of SecureStrings that were given none.
const DEFAULT_KEY: &str = "alias/aws/ssm";
/// Most bytes of a value.
const MAX_STANDARD: usize = 4096;
const MAX_ADVANCED: usize = 8192;

/// [PutParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html)
pub(crate) async fn put_parameter(
    cx: Cx,
    input: PutParameterInput,
) -> Result<PutParameterOutput, Error> {
    let (scope, now, user) = (cx.scope(), cx.now(), cx.caller().arn.clone());
    names::check_new(&scope, &input.name)?;
    refuse_unsupported(&input)?;
    let new_tags = tags::merged(Vec::new(), input.tags.clone().unwrap_or_default())?;
    let existing = cx.read(|tx| Ok(tx.get::<Parameter>(&scope, &input.name)?))?;
    let planned = Plan::new(&input, existing.as_ref().map(|parameter| &parameter.current))?;
    let sealed = match &planned.key_id {
        Some(key_id) => {
            let arn = model::arn(&scope, &input.name);
            Some(value::seal(&cx, &arn, key_id, planned.tier, &input.value).await?)
        }
        None => None,
    };
    cx.write(move |tx| {
        let existing = tx.get::<Parameter>(&scope, &input.name)?;
        let plan = Plan::new(&input, existing.as_ref().map(|parameter| &parameter.current))?;
        if plan != planned {
            return Err(errors::TOO_MANY_UPDATES.error(
                "There are concurrent updates for a resource that supports one update at a time.",
            ));
        }
        let version = plan.version(&input.value, sealed.clone());
        let version = Version { modified: now, user: user.clone(), ..version };
        let change = if existing.is_some() { Change::Update } else { Change::Create };
        let parameter = match existing {
            Some(mut parameter) => {
                retire(tx, &scope, &parameter)?;
                let number = parameter.current.number.saturating_add(1);
                parameter.current = Version { number, ..version };
                tx.update(&scope, &parameter)?;
                parameter.into_inner()
            }
            None => {
                let parameter = Parameter {
                    name: input.name.clone(),
                    current: Version { number: 1, ..version },
                    tags: new_tags.clone(),
                    ..Parameter::default()
                };
                tx.insert(&scope, &parameter)?;
                parameter
            }
        };
        events::emit(tx, &scope, &parameter, change, now)?;
        Ok(PutParameterOutput { version: parameter.current.number, tier: parameter.current.tier })
    })
    .await
}

/// Moves the current version to the earlier ones, of which the oldest goes where there are too
/// many.
fn retire(tx: &mut WriteTx<'_>, scope: &Scope, parameter: &Parameter) -> Result<(), Error> {
    let oldest = Query::first(1).prefix(&past_prefix(&parameter.name));
    let oldest = tx.list::<PastVersion>(scope, &oldest)?.items.pop();
    if let Some(oldest) = oldest.map(|oldest| oldest.content.number)
        && parameter.current.number.saturating_sub(oldest) + 2 > MAX_VERSIONS
    {
        if parameter.labels.values().any(|labelled| *labelled == oldest) {
            return Err(errors::MAX_VERSION_LIMIT.error(format!(
                "You attempted to create a new version of {} by calling the PutParameter API with \
                 the overwrite flag. Version {oldest}, the oldest version, can't be deleted \
                 because it has a label associated with it. Move the label to another version of \
                 the parameter, and try again.",
                parameter.name
            )));
        }
        tx.delete::<PastVersion>(scope, &past_key(&parameter.name, oldest))?;
    }
    let (name, content) = (parameter.name.clone(), parameter.current.clone());
    tx.insert(scope, &PastVersion { name, content })?;
    Ok(())
}

fn refuse_unsupported(input: &PutParameterInput) -> Result<(), Error> {
    if input.policies.as_deref().is_some_and(|policies| policies.trim() != "[]") {
        return Err(
            errors::VALIDATION.error("Policies (parameter policies) is not supported by Codeyard.")
        );
    }
    match input.data_type.as_deref() {
        None | Some("text") => Ok(()),
        Some(known @ ("aws:ec2:image" | "aws:ssm:integration")) => Err(errors::VALIDATION
            .error(format!("The data type {known} is not supported by Codeyard."))),
        Some(other) => Err(errors::VALIDATION.error(format!(
            "The following data type is not supported: {other} (Data type names are all \
             lowercase.)"
        ))),
    }
}

/// What a request comes to, over what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    kind: ParameterType,
    tier: ParameterTier,
    /// Set for a SecureString.
    key_id: Option<String>,
    allowed_pattern: Option<String>,
    description: Option<String>,
}

impl Plan {
    fn new(input: &PutParameterInput, existing: Option<&Version>) -> Result<Self, Error> {
        let overwrite = input.overwrite == Some(true);
        if overwrite && input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            return Err(errors::VALIDATION.error(
                "Invalid request: tags and overwrite can't be used together. To create a \
                 parameter with tags, please remove overwrite flag. To update tags for an \
                 existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
            ));
        }
        if existing.is_some() && !overwrite {
            return Err(errors::PARAMETER_ALREADY_EXISTS.error(
                "The parameter already exists. To overwrite this value, set the overwrite option \
                 in the request to true.",
            ));
        }
        let kind = kind(input.kind, existing)?;
        let key_id = match (kind, &input.key_id) {
            (ParameterType::SecureString, Some(given)) => Some(given.clone()),
            (ParameterType::SecureString, None) => {
                let kept = existing.and_then(|version| version.key_id.clone());
                Some(kept.unwrap_or_else(|| DEFAULT_KEY.to_owned()))
            }
            (_, Some(_)) => {
                return Err(errors::VALIDATION
                    .error("KeyId is required for SecureString type parameter only."));
            }
            (_, None) => None,
        };
        let kept = |of: fn(&Version) -> &Option<String>| existing.and_then(|it| of(it).clone());
        let allowed_pattern =
            input.allowed_pattern.clone().or_else(|| kept(|it| &it.allowed_pattern));
        check_pattern(allowed_pattern.as_deref(), &input.value)?;
        Ok(Self {
            kind,
            tier: tier(input.tier, existing, input.value.len())?,
            key_id,
            allowed_pattern,
            description: input.description.clone().or_else(|| kept(|it| &it.description)),
        })
    }

    fn version(&self, value: &str, sealed: Option<Bytes>) -> Version {
        Version {
            kind: self.kind,
            value: if sealed.is_some() { String::new() } else { value.to_owned() },
            sealed,
            key_id: self.key_id.clone(),
            description: self.description.clone(),
            allowed_pattern: self.allowed_pattern.clone(),
            tier: self.tier,
            data_type: "text".to_owned(),
            ..Version::default()
        }
    }
}

fn kind(asked: Option<ParameterType>, existing: Option<&Version>) -> Result<ParameterType, Error> {
    match (asked, existing.map(|version| version.kind)) {
        (Some(asked), Some(known)) if asked != known => {
            Err(errors::HIERARCHY_TYPE_MISMATCH.error(format!(
                "The parameter is of type {known}, which can't be changed to {asked}. You must \
                 create a new, unique parameter."
            )))
        }
        (Some(kind), _) | (None, Some(kind)) => Ok(kind),
        (None, None) => {
            Err(errors::VALIDATION
                .error("A parameter type is required when you create a parameter."))
        }
    }
}

fn tier(
    asked: Option<ParameterTier>,
    existing: Option<&Version>,
    size: usize,
) -> Result<ParameterTier, Error> {
    use ParameterTier::{Advanced, IntelligentTiering, Standard};
    let was_advanced = existing.is_some_and(|version| version.tier == Advanced);
    let tier = match asked {
        Some(Standard) if was_advanced => {
            return Err(errors::VALIDATION.error(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter \
                 from the advanced-parameter tier to the standard-parameter tier. If necessary, \
                 you can delete the advanced parameter and recreate it as a standard parameter.",
            ));
        }
        Some(Advanced) => Advanced,
        _ if was_advanced => Advanced,
        Some(IntelligentTiering) if size > MAX_STANDARD => Advanced,
        _ => Standard,
    };
    let (name, max) =
        if tier == Advanced { ("Advanced", MAX_ADVANCED) } else { ("Standard", MAX_STANDARD) };
    if size <= max {
        return Ok(tier);
    }
    let upgrade = match tier {
        Standard => {
            " To create a larger parameter value, upgrade the parameter to use the \
             advanced-parameter tier."
        }
        _ => "",
    };
    Err(errors::VALIDATION.error(format!(
        "{name} tier parameters support a maximum parameter value of {max} characters.{upgrade}"
    )))
}

fn check_pattern(pattern: Option<&str>, value: &str) -> Result<(), Error> {
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else { return Ok(()) };
    let regex = Regex::new(pattern).map_err(|error| {
        errors::INVALID_ALLOWED_PATTERN.error(format!(
            "The regular expression {pattern} is not valid, or is of a kind that Codeyard does \
             not support: {error}"
        ))
    })?;
    // As AWS does, somewhere in the value suffices: whole values are matched with ^ and $.
    if regex.is_match(value) {
        return Ok(());
    }
    Err(errors::PATTERN_MISMATCH
        .error(format!("Parameter value, cannot be validated against allowedPattern: {pattern}")))
}

/// What putting needs: the parameter itself, and to tag it where there are tags.
pub(crate) fn rights(cx: &Cx, input: &PutParameterInput) -> Result<Vec<Right>, Error> {
    let arn = model::arn(&cx.scope(), &input.name);
    let new_tags = input.tags.as_deref().unwrap_or_default();
    let put = Right::new("ssm:PutParameter", arn.clone())
        .with("ssm:Overwrite", (input.overwrite == Some(true)).to_string());
    let put = tags::describe_existing(cx, &input.name, put)?;
    let mut rights = vec![tags::describe_new(put, new_tags)];
    if !new_tags.is_empty() {
        rights.push(tags::describe_new(Right::new("ssm:AddTagsToResource", arn), new_tags));
    }
    Ok(rights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(value: &str) -> PutParameterInput {
        PutParameterInput {
            name: "p".to_owned(),
            value: value.to_owned(),
            kind: Some(ParameterType::String),
            ..PutParameterInput::default()
        }
    }

    fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.unwrap_err().code.into_owned()
    }

    #[test]
    fn tiers_follow_size_and_history() {
        use ParameterTier::{Advanced, IntelligentTiering, Standard};
        let old = Version { tier: Advanced, ..Version::default() };
        assert_eq!(tier(None, None, 4096), Ok(Standard));
        assert!(tier(None, None, 4097).is_err());
        assert_eq!(tier(Some(IntelligentTiering), None, 4096), Ok(Standard));
        assert_eq!(tier(Some(IntelligentTiering), None, 4097), Ok(Advanced));
        assert_eq!(tier(Some(Advanced), None, 8192), Ok(Advanced));
        assert!(tier(Some(Advanced), None, 8193).is_err());
        assert_eq!(tier(None, Some(&old), 1), Ok(Advanced));
        assert!(tier(Some(Standard), Some(&old), 1).is_err());
    }

    #[test]
    fn plans_keep_what_is_not_said() {
        let old = Version {
            kind: ParameterType::SecureString,
            key_id: Some("alias/mine".to_owned()),
            description: Some("d".to_owned()),
            allowed_pattern: Some("^[a-z]+$".to_owned()),
            ..Version::default()
        };
        let again = PutParameterInput { kind: None, overwrite: Some(true), ..input("abc") };
        let plan = Plan::new(&again, Some(&old)).unwrap();
        assert_eq!(plan.key_id.as_deref(), Some("alias/mine"));
        assert_eq!(plan.description.as_deref(), Some("d"));
        let wrong = PutParameterInput { value: "ABC".to_owned(), ..again.clone() };
        assert_eq!(code(Plan::new(&wrong, Some(&old))), "ParameterPatternMismatchException");
        let other = PutParameterInput { kind: Some(ParameterType::String), ..again };
        assert_eq!(code(Plan::new(&other, Some(&old))), "HierarchyTypeMismatchException");
        assert_eq!(code(Plan::new(&input("abc"), Some(&old))), "ParameterAlreadyExists");
        let untyped = PutParameterInput { kind: None, ..input("abc") };
        assert_eq!(code(Plan::new(&untyped, None)), "ValidationException");
        let keyed = PutParameterInput { key_id: Some("k".to_owned()), ..input("abc") };
        assert_eq!(code(Plan::new(&keyed, None)), "ValidationException");
        let bad = PutParameterInput { allowed_pattern: Some("(".to_owned()), ..input("abc") };
        assert_eq!(code(Plan::new(&bad, None)), "InvalidAllowedPatternException");
    }
}
