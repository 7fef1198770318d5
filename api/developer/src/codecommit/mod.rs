//! Shapes of AWS CodeCommit, after the
//! [API reference](https://docs.aws.amazon.com/codecommit/latest/APIReference/), by noun.
#![allow(missing_docs, reason = "members are AWS's; its reference describes them")]

mod branches;
mod commits;
mod files;
mod repositories;

pub use branches::*;
pub use commits::*;
pub use files::*;
pub use repositories::*;
