//! IAM policies: parsed once into a compiled form, evaluated on every request.
//!
//! [`Policy::parse`] refuses what IAM refuses, in IAM's words. [`evaluate`] decides a
//! [`Request`] under a [`PolicySet`] and says which statements matched and why; [`denial`] words
//! a refusal as AWS does.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod condition;
mod context;
mod document;
mod evaluate;
mod message;
mod operator;
mod pattern;
mod principal;
mod statement;

pub use context::Context;
pub use document::{Policy, PolicyError, PolicyKind};
pub use evaluate::{
    Attached, Decision, MatchedStatement, PolicySet, PolicyType, Reason, Request, ResourcePolicy,
    evaluate,
};
pub use message::denial;
pub use principal::Principal;
pub use statement::Effect;

#[cfg(test)]
mod tests;
