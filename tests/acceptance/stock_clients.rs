//! Each service through the stock CLI, boto3 and git, as root and as users with narrow policies.

mod codecommit;
pub(crate) mod developer;
mod iam;
mod management;
mod push_builds;
mod s3;
mod security;
