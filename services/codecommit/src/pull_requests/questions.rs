//! What only a repository's objects tell. Transactions do not wait for those: one that needs to
//! know more asks, is given up, and runs again with the answers. They are about commits, so they
//! hold whatever has changed meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use git::merge::MergeError;
use git::{Objects, Oid};
use service::Cx;
use store::{StoreError, WriteTx};
use wire::Error;

use crate::{errors, repos};

/// Commits that are looked through for where a branch came from; see [`Question::Passed`].
const MAX_FAST_FORWARD: usize = 10_000;
/// Times that a transaction is run. Each but the last was overtaken by another change.
const MAX_TRIES: usize = 10;

/// Something to look up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Question {
    /// The merge base of two commits; of several, the first that git names.
    Base { source: Oid, destination: Oid },
    /// The commits over which a branch was moved by fast-forwards: its first parents from `to` back
    /// to `from`, without that. `to` alone where it did not come from there.
    Passed { from: Oid, to: Oid },
}

/// What has been looked up.
#[derive(Clone, Default)]
pub(crate) struct Answers {
    bases: HashMap<(Oid, Oid), Option<Oid>>,
    passed: HashMap<(Oid, Oid), HashSet<Oid>>,
}

impl Answers {
    /// What two commits have in common.
    pub fn base(&self, source: Oid, destination: Oid) -> Result<Option<Oid>, Question> {
        let known = self.bases.get(&(source, destination)).copied();
        known.ok_or(Question::Base { source, destination })
    }

    /// See [`Question::Passed`].
    pub fn passed(&self, from: Oid, to: Oid) -> Result<&HashSet<Oid>, Question> {
        self.passed.get(&(from, to)).ok_or(Question::Passed { from, to })
    }

    /// Looks up what a transaction asked for.
    ///
    /// # Errors
    /// Where the repository cannot be read.
    pub async fn look_up(
        &mut self,
        cx: &Cx,
        repository_id: &str,
        questions: Vec<Question>,
    ) -> Result<(), Error> {
        let mut known = self.clone();
        let work = move |objects: &Objects| {
            for question in questions {
                match question {
                    Question::Base { source, destination } => {
                        let base = merge_base(objects, source, destination)?;
                        known.bases.insert((source, destination), base);
                    }
                    Question::Passed { from, to } => {
                        known.passed.insert((from, to), passed(objects, from, to)?);
                    }
                }
            }
            Ok::<_, Error>(known)
        };
        // What is asked about may be what the transaction brings.
        *self = repos::open(cx, repository_id).await?.read_ahead(work).await?;
        Ok(())
    }
}

/// The best common ancestor of two commits; `None` where they have none, or none that is near
/// enough to be found.
pub(crate) fn merge_base(objects: &Objects, one: Oid, two: Oid) -> Result<Option<Oid>, Error> {
    // A branch can be made to point at something that is no commit, by git.
    for oid in [&one, &two] {
        if objects.find_commit(oid)?.is_none() {
            return Ok(None);
        }
    }
    match objects.merge_bases(&one, &two) {
        Ok(bases) => Ok(bases.first().copied()),
        Err(MergeError::TooFarApart) => Ok(None),
        Err(MergeError::Git(error)) => Err(error.into()),
        Err(error) => Err(Error::internal(error)),
    }
}

fn passed(objects: &Objects, from: Oid, to: Oid) -> git::Result<HashSet<Oid>> {
    let mut commits = HashSet::new();
    let mut at = Some(to);
    while let Some(oid) = at {
        if oid == from {
            return Ok(commits);
        }
        commits.insert(oid);
        if commits.len() > MAX_FAST_FORWARD {
            break;
        }
        at = objects.find_commit(&oid)?.and_then(|commit| commit.parents.first().copied());
    }
    Ok(HashSet::from([to]))
}

/// Why a transaction was given up.
pub(crate) enum Unsettled<E = Error> {
    /// It needs to know more.
    Ask(Vec<Question>),
    Failed(E),
}

impl From<Error> for Unsettled {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl<E: From<StoreError>> From<StoreError> for Unsettled<E> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl<E> From<Question> for Unsettled<E> {
    fn from(question: Question) -> Self {
        Self::Ask(vec![question])
    }
}

/// Runs a transaction until it has all its answers.
///
/// # Errors
/// Those of the transaction; `ConcurrentReferenceUpdateException` where others are always quicker.
pub(crate) async fn settle<T, E>(
    cx: &Cx,
    repository_id: &str,
    work: impl Fn(&mut WriteTx<'_>, &Answers) -> Result<T, Unsettled<E>> + Send + Sync + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + From<Error> + Send + 'static,
{
    let work = Arc::new(work);
    let mut answers = Answers::default();
    for _ in 0..MAX_TRIES {
        let (run, known) = (work.clone(), answers.clone());
        match cx.store().write(move |tx| run(tx, &known)).await {
            Ok(result) => return Ok(result),
            Err(Unsettled::Failed(error)) => return Err(error),
            Err(Unsettled::Ask(questions)) => {
                answers.look_up(cx, repository_id, questions).await?;
            }
        }
    }
    Err(errors::CONCURRENT_REFERENCE_UPDATE
        .error("The repository's branches change faster than this can be done. Try again.")
        .into())
}
