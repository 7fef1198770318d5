//! The commit of a merge, and the branch that moves to it.

use git::{Draft, Installed, Oid, RefUpdate, Repository, Signature};
use service::Cx;
use store::WriteTx;
use wire::Error;

use super::{MergeOption, Outcome, Prepared};
use crate::refs::{Stopped, StoreRefs};
use crate::{errors, model, reading, repos, secret_scanning, writing};

/// Who merges, and what they say about it.
pub(crate) struct Words {
    who: Signature,
    message: Option<String>,
}

impl Words {
    /// As given, or by the caller's own name; the message has a default.
    ///
    /// # Errors
    /// `NameLengthExceededException`, `InvalidEmailException`,
    /// `CommitMessageLengthExceededException`.
    pub fn new(
        cx: &Cx,
        name: Option<&str>,
        email: Option<&str>,
        message: Option<String>,
    ) -> Result<Self, Error> {
        let who = writing::author(cx, name, email)?;
        writing::check_message(message.as_deref().unwrap_or_default())?;
        Ok(Self { who, message })
    }
}

/// A prepared merge and where it is to land.
pub(crate) struct Landing<'a> {
    /// The repository's id.
    pub repository: &'a str,
    /// The branch that moves, without `refs/heads/`. It must stand where the merge was prepared.
    pub branch: &'a str,
    /// For the message that nobody wrote: what the source was called.
    pub source_name: &'a str,
    pub prepared: Prepared,
    pub words: Words,
}

/// A merge that has been made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landed {
    /// The commit of the merge; of a fast-forward, the source; where the source was in the
    /// destination already, that.
    pub commit: Oid,
    pub tree: Oid,
    /// It is a new one.
    pub is_new: bool,
}

/// Makes the commit and moves the branch to it, if it still stands at the prepared destination,
/// in one transaction with what `also` writes and the events. `also` may run more than once; if it
/// fails, nothing has changed.
///
/// # Errors
/// `ManualMergeRequiredException` if there are conflicts, `ConcurrentReferenceUpdateException` if
/// the branch has moved, and what `also` says.
pub(crate) async fn land<T: Send + 'static>(
    cx: &Cx,
    landing: Landing<'_>,
    also: impl Fn(&mut WriteTx<'_>, &Landed) -> Result<T, Error> + Send + Sync + 'static,
) -> Result<(Landed, T), Error> {
    let Landing { repository: id, branch, source_name, prepared, words } = landing;
    let facts = prepared.facts();
    let repository = repos::open(cx, id).await?;
    let default = match facts.option {
        MergeOption::SquashMerge => format!("Squash branch '{source_name}' into '{branch}'"),
        _ => format!("Merge branch '{source_name}' into '{branch}'"),
    };
    let blocks_secrets = cx.read(|tx| Ok(secret_scanning::blocks_in(tx, id)?))?;
    let (landed, installed) = draft(&repository, prepared, words, default, blocks_secrets).await?;
    let name = model::branch_ref(branch);
    let update = RefUpdate { name, old: Some(facts.destination), new: Some(landed.commit) };
    let (of, done) = (id.to_owned(), landed);
    let write = move |tx: &mut WriteTx<'_>| {
        if done.is_new {
            facts.record(tx, &of, done.commit)?;
        }
        also(tx, &done)
    };
    let refs = StoreRefs::new(cx, id).bringing(&installed);
    match refs.change_with(update, facts.detail(), write).await {
        Ok(value) => {
            installed.keep();
            Ok((landed, value))
        }
        // Whether the branch needs the objects is not known: they stay.
        Err(Stopped::Unknown(error)) => Err(error.into()),
        Err(Stopped::Failed(error)) => {
            installed.undo().await?;
            Err(error)
        }
        Err(Stopped::Refused(why)) => {
            installed.undo().await?;
            Err(errors::CONCURRENT_REFERENCE_UPDATE.error(format!(
                "Branch {branch} was not changed: {why}. Look at the branch and try again."
            )))
        }
    }
}

/// Makes the commit of a merge, which no reference needs yet, under the repository's turn. A
/// fast-forward makes none, nor does a merge of what is there already.
pub(super) async fn draft(
    repository: &Repository,
    prepared: Prepared,
    words: Words,
    default_message: String,
    blocks_secrets: bool,
) -> Result<(Landed, Installed), Error> {
    let facts = prepared.facts();
    let refused = prepared.manual_merge_required();
    let Words { who, message } = words;
    let message = message.filter(|text| !text.is_empty()).unwrap_or(default_message);
    let build = move |draft: &mut Draft| -> Result<Landed, Error> {
        // A push that was refused since may have taken them away.
        for commit in [facts.source, facts.destination] {
            reading::commit_at(draft.objects(), &commit)?;
        }
        let (tree, made) = match prepared.outcome {
            Outcome::FastForward(tree) => {
                return Ok(Landed { commit: facts.source, tree, is_new: false });
            }
            Outcome::UpToDate(tree) => {
                return Ok(Landed { commit: facts.destination, tree, is_new: false });
            }
            Outcome::Merged(tree, made) => (tree, made),
            Outcome::Diverged | Outcome::Conflicts(_) => return Err(refused),
        };
        draft.take(made)?;
        let parents = match facts.option {
            MergeOption::SquashMerge => vec![facts.destination],
            _ => vec![facts.destination, facts.source],
        };
        let commit = draft.commit(&tree, &parents, &who, &who, &message)?;
        writing::check_draft(draft)?;
        secret_scanning::check(draft, &commit, blocks_secrets)?;
        Ok(Landed { commit, tree, is_new: true })
    };
    repository.change().await.write(build).await
}
