//! Each service through the stock CLI, boto3 and git, as root and as users with narrow policies.

mod batches;
mod build_outputs;
mod codecommit;
mod codecommit_reviews;
mod comments;
mod container_images;
mod debugging;
pub(crate) mod developer;
mod iam;
mod management;
mod pull_request_builds;
mod push_builds;
mod real_projects;
mod reports;
mod s3;
mod security;
