//! Shapes of AWS CodeCommit, after the
//! [API reference](https://docs.aws.amazon.com/codecommit/latest/APIReference/), by noun.
#![allow(missing_docs, reason = "members are AWS's; its reference describes them")]

mod approval_rule_templates;
mod approvals;
pub(crate) mod bounds;
mod branches;
mod comments;
mod commits;
mod files;
mod merges;
mod pull_requests;
mod repositories;
mod triggers;

pub use approval_rule_templates::*;
pub use approvals::*;
pub use branches::*;
pub use comments::*;
pub use commits::*;
pub use files::*;
pub use merges::*;
pub use pull_requests::*;
pub use repositories::*;
pub use triggers::*;
