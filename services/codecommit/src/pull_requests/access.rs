//! Who may do what with pull requests. Their actions are on the ARN of the repository, which only
//! the pull request tells:
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html>.

use service::{Cx, Right};
use wire::Error;

use super::model::{Found, PullRequest};
use crate::{errors, model};

/// The right to do `action` with a pull request: one on its repository.
///
/// Whoever may neither do that nor read the pull request is answered as if there was none: ids
/// are counted by account, and a denial that names the repository would tell whose number it is.
///
/// # Errors
/// `InvalidPullRequestIdException`; for pull requests out of sight, what is said of ones that do
/// not exist: a denial or, to callers who may do `action` everywhere else,
/// `PullRequestDoesNotExistException`.
pub(crate) fn right_on_pull_request(cx: &Cx, action: &str, id: &str) -> Result<Right, Error> {
    right_in(cx, action, id, |right, _| right)
}

/// [`right_on_pull_request`] for changes of its destination branch, which policies can name by
/// `codecommit:References`.
pub(crate) fn right_to_merge(cx: &Cx, action: &str, id: &str) -> Result<Right, Error> {
    right_in(cx, action, id, |right, found| {
        let branch = found.pull_request.destination_reference.as_str();
        right.with("codecommit:References", branch)
    })
}

fn right_in(
    cx: &Cx,
    action: &str,
    id: &str,
    context: impl FnOnce(Right, &Found) -> Right,
) -> Result<Right, Error> {
    let found = cx.read(|tx| PullRequest::find(tx, &cx.scope(), id))?;
    // Policies that allow the action everywhere match this; none that names a repository does.
    let nowhere = Right::new(format!("codecommit:{action}"), cx.arn("codecommit", "*"));
    let Some(found) = found else { return Ok(nowhere) };
    let right = context(model::right(cx, action, &found.repository.name)?, &found);
    if is_visible(cx, &right, &found)? {
        return Ok(right);
    }
    cx.authorize("codecommit", &nowhere)?;
    Err(errors::no_pull_request(id))
}

/// Whether the caller may know of a pull request: who has `right`, which is one on its repository,
/// and who may read it.
fn is_visible(cx: &Cx, right: &Right, found: &Found) -> Result<bool, Error> {
    let read = model::right(cx, "GetPullRequest", &found.repository.name)?;
    Ok([right, &read].iter().any(|right| cx.authorize("codecommit", right).is_ok()))
}

/// The answer to who may do `action` in another repository than that of the pull request: that it
/// is not of the one that was named, or to those who may know nothing of it that there is none.
pub(crate) fn elsewhere(cx: &Cx, action: &str, found: &Found, named: &str) -> Error {
    let id = &found.pull_request.id;
    let visible = model::right(cx, action, &found.repository.name)
        .and_then(|right| is_visible(cx, &right, found));
    match visible {
        Ok(true) => errors::REPOSITORY_NOT_ASSOCIATED_WITH_PULL_REQUEST
            .error(format!("The pull request {id} is not one of repository {named}.")),
        Ok(false) => errors::no_pull_request(id),
        Err(error) => error,
    }
}
