//! What happens inside the namespaces, before and beside the user's code.

pub mod exec;
pub mod homes;
pub mod init;
pub mod namespaces;
pub mod root;
pub mod seccomp;
pub mod special;
