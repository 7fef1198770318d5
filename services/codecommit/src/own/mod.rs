//! What AWS's console knows of repositories and its API does not: operations of Codeyard's own
//! ([`api_developer::codeyard`]), authorized by the actions that AWS has for its console.

pub(crate) mod blame;
pub(crate) mod commits;
pub(crate) mod references;

use api_developer::codecommit::Commit;

use crate::reading::shown;

/// Characters of a message that listings tell.
const MAX_MESSAGE: usize = 2_000;

/// A commit as the API shows it, its message cut.
fn brief(commit: &git::Commit) -> Commit {
    let message = Some(cut(&commit.message));
    Commit { message, ..shown(commit) }
}

fn cut(message: &str) -> String {
    message.chars().take(MAX_MESSAGE).collect()
}
