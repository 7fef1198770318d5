//! Runs user code apart from the machine: builds, and the hosts that deployments go to.
//!
//! [`Sandbox`] is the contract; [`Local`] keeps it with Linux namespaces, [`Fake`] without running
//! anything, for tests. What runs is described by a [`Spec`].
//!
//! The local driver in one paragraph: the yard starts its own binary again as a *supervisor*, one
//! for each sandbox, which holds the output pipe and keeps records in files (output, journal, end)
//! below one directory, and goes on if the yard dies. The supervisor clones *init*, the first
//! process of new namespaces, which makes a copy-on-write root, takes the host's away and starts
//! shells or services on request. Init's death kills everything inside; the supervisor's death
//! kills init.

mod codec;
mod contract;
pub mod docker;
mod enter;
mod enter_container;
mod fake;
mod forms;
mod identity;
mod inside;
mod journal;
mod layout;
mod local;
mod machine;
mod made;
mod mask;
mod spec;
mod spool;
mod status;
mod supervisor;
mod sys;
mod terminal;

/// Whether sandboxes here are kept from the abstract Unix sockets of the machine's other programs,
/// which files don't show and the shared network would reach.
pub fn hides_abstract_sockets() -> bool {
    sys::can_scope_abstract_sockets()
}

pub use contract::{BoxFuture, Error, Handle, MAX_READ, Sandbox, wait};
pub use fake::{Fake, FakeRun};
pub use local::{Local, LocalConfig, shows_at, spread_subdirectories};
pub use mask::Masker;
pub use spec::{
    AfterFailure, Bind, DEFAULT_GRACE, DEFAULT_OUTPUT_BYTES, DEFAULT_PATH, InvalidSpec, Limits,
    OnFailure, Plan, Program, Root, SandboxId, Service, Shell, Spec, Stage,
};
pub use status::{
    CommandStatus, End, EndKind, Isolation, Level, StageOutcome, StageStatus, Status,
};
pub use supervisor::{ARGUMENT as SUPERVISOR_ARGUMENT, supervisor_main};
