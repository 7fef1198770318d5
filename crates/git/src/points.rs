//! The instants between which a change of a repository comes to pass, by name: a test lets the yard
//! die at each of them. In a release build there is nothing of it.

/// All of them, in their order.
#[cfg(debug_assertions)]
pub const POINTS: [&str; 9] = [
    "push-indexed",
    "blob-written",
    "blob-synced",
    "push-waiting",
    "push-committed",
    "repack-sealed",
    "repack-replaced",
    "reseal-written",
    "reseal-replaced",
];

/// The variable that names the point at which to die.
#[cfg(debug_assertions)]
pub const VARIABLE: &str = "CODEYARD_DIE_AT";

/// The yard has come to this point. In a debug build it dies here, as by `kill -9`, if the
/// environment says so.
pub fn reach(point: &'static str) {
    #[cfg(debug_assertions)]
    {
        static WANTED: std::sync::LazyLock<Option<String>> =
            std::sync::LazyLock::new(|| std::env::var(VARIABLE).ok());
        debug_assert!(POINTS.contains(&point), "{point} is not in the list");
        if WANTED.as_deref() == Some(point) {
            std::process::abort();
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = point;
}
