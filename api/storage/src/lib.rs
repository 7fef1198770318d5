//! Shapes of the storage family: S3.
//!
//! Pure data: no rule of any service lives here.

// Members have AWS's names and meanings; each input names the page that tells them.
#![allow(missing_docs)]

pub mod s3;
