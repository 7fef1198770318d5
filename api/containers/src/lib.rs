//! Shapes of the containers family: Amazon ECR.
//!
//! Pure data: no rule of any service lives here.

// Members have AWS's names and meanings; each operation's page tells them.
#![allow(missing_docs)]

pub mod ecr;
