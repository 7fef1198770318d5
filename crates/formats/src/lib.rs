//! The files that users write for the developer tools, read strictly: every error says what is
//! wrong, in which line and column. Nothing here touches the network, the clock or (outside
//! [`archive`]) the disk.

pub mod appspec;
#[cfg(feature = "archive")]
pub mod archive;
pub mod buildspec;
pub mod glob;
pub mod reports;
mod section;
pub mod yaml;
