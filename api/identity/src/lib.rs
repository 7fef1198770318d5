//! Shapes of the identity family: IAM and STS.
//!
//! Pure data: no rule of any service lives here.

// Members have AWS's names and meanings; each operation's page tells them.
#![allow(missing_docs)]

pub mod iam;
pub mod signin;
pub mod sts;
