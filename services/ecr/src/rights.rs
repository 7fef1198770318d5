//! What callers must be allowed: the action on the repository's ARN, with its tags as condition
//! keys and its own policy.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use auth::policy::{Attached, Policy, PolicyKind};
use serde_json::Value;
use service::{Cx, Error, Right};
use types::{Account, Scope};

use crate::errors;
use crate::model::{self, Repository};

/// Most policies that are kept compiled; past that, all are forgotten and compiled again.
const MAX_KEPT: usize = 1024;

/// The registry that a request is for: the caller's own unless it names another.
pub(crate) fn registry(cx: &Cx, registry_id: Option<&str>) -> Result<Scope, Error> {
    let Some(id) = registry_id else { return Ok(cx.scope()) };
    let account = Account::new(id).map_err(|error| errors::invalid("registryId", error))?;
    Ok(Scope::new(account, cx.region().clone()))
}

/// The right to an action on a repository, whether there is one of that name or not.
pub(crate) fn right(cx: &Cx, action: &str, scope: &Scope, name: &str) -> Result<Right, Error> {
    let right = Right::new(format!("ecr:{action}"), model::arn(scope, name));
    let found = cx.read(|tx| Ok(tx.get::<Repository>(scope, name)?))?;
    let Some(repository) = found else { return Ok(right) };
    let policy = repository.policy.as_deref();
    let policy = policy.map(|text| attached(cx, scope, name, text)).transpose()?;
    Ok(repository.tags.iter().fold(right.policy(policy), |right, (key, value)| {
        right
            .with(format!("aws:ResourceTag/{key}"), value.clone())
            .with(format!("ecr:ResourceTag/{key}"), value.clone())
    }))
}

/// Checks a right of the context's caller where no row of the table does.
pub(crate) fn check(cx: &Cx, action: &str, scope: &Scope, name: &str) -> Result<(), Error> {
    cx.authorize("ecr", &right(cx, action, scope, name)?)
}

/// The compiled policies of this yard.
#[derive(Default)]
struct Compiled(RwLock<HashMap<String, Arc<Policy>>>);

/// A repository's policy, ready to decide.
pub(crate) fn attached(cx: &Cx, scope: &Scope, name: &str, text: &str) -> Result<Attached, Error> {
    let compiled = cx.yard().extension(Compiled::default);
    let known = compiled.0.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
    let policy = match known {
        Some(policy) => policy,
        None => {
            let policy = Arc::new(parse(text).map_err(Error::internal)?);
            let mut kept = compiled.0.write().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
            kept.insert(text.to_owned(), policy.clone());
            policy
        }
    };
    Ok(Attached { source: model::arn(scope, name).into(), policy })
}

/// Compiles a repository policy. Its statements name no resource, for that is the repository.
///
/// # Errors
/// Why it is none.
pub(crate) fn parse(text: &str) -> Result<Policy, String> {
    let mut document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(list)) => list.as_mut_slice(),
        Some(single) => std::slice::from_mut(single),
        None => &mut [],
    };
    for statement in statements {
        let Some(statement) = statement.as_object_mut() else { continue };
        if statement.contains_key("Resource") || statement.contains_key("NotResource") {
            return Err("a repository policy names no Resource: it is the repository".to_owned());
        }
        statement.insert("Resource".to_owned(), Value::from("*"));
    }
    Policy::from_value(PolicyKind::Resource, &document).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_name_no_resource() {
        let text = |more: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"new statement","Effect":"Allow",
                "Principal":"*","Action":"ecr:BatchGetImage"{more}}}]}}"#
            )
        };
        assert!(parse(&text("")).is_ok());
        assert!(parse(&text(r#","Resource":"*""#)).unwrap_err().contains("Resource"));
        for bad in ["", "{}", "[]", r#"{"Statement":[1]}"#, r#"{"Statement":{"Effect":"Maybe"}}"#] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
