//! Shapes of the security family: KMS, Systems Manager parameters, Secrets Manager.
//!
//! Pure data: no rule of any service lives here.

// Members have AWS's names and meanings; each operation's page tells them.
#![allow(missing_docs)]

pub mod kms;
pub mod secretsmanager;
pub mod ssm;
