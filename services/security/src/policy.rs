//! Resource policies, compiled once per text.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use auth::policy::{Attached, Policy, PolicyError, PolicyKind};
use service::{Cx, Error};

/// Most policies that are kept compiled; past that, all are forgotten and compiled again.
const MAX_KEPT: usize = 1024;

/// The compiled policies of this yard.
#[derive(Default)]
struct Compiled(RwLock<HashMap<String, Arc<Policy>>>);

/// A stored resource policy, ready to decide. `source` is how messages call it.
///
/// # Errors
/// Where the stored text is no policy, which its own operations would not have let in.
pub(crate) fn attached(cx: &Cx, source: &str, text: &str) -> Result<Attached, Error> {
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
    Ok(Attached { source: source.into(), policy })
}

/// Parses a resource policy that a caller gives.
///
/// # Errors
/// Why it is none, in IAM's words.
pub(crate) fn parse(text: &str) -> Result<Policy, PolicyError> {
    Policy::parse(PolicyKind::Resource, text)
}
