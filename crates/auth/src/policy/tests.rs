//! Policies as tables: what is refused, what each operator means, what is decided.

mod conditions;
mod evaluation;
mod parsing;
mod principals;

use std::sync::Arc;

use serde_json::Value;

use super::*;

const ACCOUNT: &str = "123456789012";

/// A statement list's document, in the version that has policy variables.
fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
}

fn attached(source: &str, kind: PolicyKind, statements: &str) -> Attached {
    let text = document(statements);
    let policy = Policy::parse(kind, &text).unwrap_or_else(|error| panic!("{text}: {error}"));
    Attached { source: source.into(), policy: Arc::new(policy) }
}

fn identity(statements: &str) -> Attached {
    attached("identity", PolicyKind::Identity, statements)
}

fn user() -> Principal {
    Principal::User {
        arn: format!("arn:aws:iam::{ACCOUNT}:user/team/alice"),
        id: "AIDAALICE".into(),
    }
}

fn session() -> Principal {
    Principal::Session {
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/builder/s1"),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/path/builder"),
        id: "AROABUILDER:s1".into(),
    }
}

fn service(name: &str) -> Principal {
    Principal::Service { name: name.into() }
}

fn root(account: &str) -> Principal {
    Principal::Root { account: account.into() }
}

/// A context from a JSON object of strings and lists of strings.
fn context(json: &str) -> Context {
    let mut context = Context::new();
    let json: Value = serde_json::from_str(json).unwrap();
    for (key, value) in json.as_object().unwrap() {
        match value {
            Value::String(text) => context.set(key.clone(), text.as_str()),
            Value::Array(list) => {
                context.set_many(key.clone(), list.iter().map(|each| each.as_str().unwrap()));
            }
            other => panic!("{other} is no value"),
        }
    }
    context
}
