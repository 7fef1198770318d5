//! What AWS's console knows of repositories and its API does not: history, blame, references.

use shape::Shape;

use crate::codecommit::bounds::REPOSITORY_NAME;
use crate::codecommit::{Commit, UserInfo};

shape::operations! { "codeyard";
    ListCommits(ListCommitsInput) -> ListCommitsOutput;
    GetBlame(GetBlameInput) -> GetBlameOutput;
    ListReferences(ListReferencesInput) -> ListReferencesOutput;
}

/// Lists commits of a repository with all that they stand on, no commit before one that stands on
/// it, otherwise the newest first. Needs the right `codecommit:GetCommitHistory` on the repository.
#[derive(Shape, Default, Clone)]
pub struct ListCommitsInput {
    /// The repository.
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    /// Where to begin: branches, tags, full names of references or full commit ids, at most 10. The
    /// default branch if there are none.
    #[shape(max = 10)]
    pub commit_specifiers: Vec<String>,
    /// Only commits that changed this file or folder, as `git log` simplifies history. Renames are
    /// not followed: `ListFileCommitHistory` does that.
    pub file_path: Option<String>,
    /// Most commits in one answer, 1 to 100; 100 if absent.
    pub max_results: Option<i32>,
    /// From the answer before. It goes on from the same commits, wherever branches are by then.
    pub next_token: Option<String>,
}

/// See [`ListCommitsInput`].
#[derive(Shape, Default, Clone)]
pub struct ListCommitsOutput {
    /// The commits.
    #[shape(required)]
    pub commits: Vec<ListedCommit>,
    /// If there are more.
    pub next_token: Option<String>,
}

/// A commit and what points at it.
#[derive(Shape, Default, Clone)]
pub struct ListedCommit {
    /// The commit; of its message the first 2,000 characters.
    pub commit: Option<Commit>,
    /// Full names of branches and tags that point at it, of the first 5,000 of the repository.
    pub references: Vec<String>,
}

/// Tells of each line of a file which commit brought it, across renames of the whole file. Needs
/// the right `codecommit:GetFile` on the repository.
#[derive(Shape, Default, Clone)]
pub struct GetBlameInput {
    /// The repository.
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    /// A branch, a tag, the full name of a reference or a full commit id; the default branch if
    /// absent.
    pub commit_specifier: Option<String>,
    /// The file, of at most 1 MiB.
    #[shape(required, missing = "PathRequiredException")]
    pub file_path: String,
}

/// See [`GetBlameInput`].
#[derive(Shape, Default, Clone)]
pub struct GetBlameOutput {
    /// The commit that was looked at.
    #[shape(required)]
    pub commit_id: String,
    /// The file's content there.
    #[shape(required)]
    pub blob_id: String,
    /// The file.
    #[shape(required)]
    pub file_path: String,
    /// All of its lines from the first to the last.
    #[shape(required)]
    pub ranges: Vec<BlameRange>,
    /// Each commit that a range names, once; of messages the first 2,000 characters.
    #[shape(required)]
    pub commits: Vec<Commit>,
}

/// Lines that came together.
#[derive(Shape, Default, Clone)]
pub struct BlameRange {
    /// The first line, counted from 1.
    #[shape(required)]
    pub start_line: i32,
    /// How many lines.
    #[shape(required)]
    pub line_count: i32,
    /// The commit that brought them.
    #[shape(required)]
    pub commit_id: String,
    /// The file's path in that commit.
    #[shape(required)]
    pub file_path: String,
    /// The first of the lines in that commit, counted from 1.
    #[shape(required)]
    pub original_start_line: i32,
    /// The parent of that commit that the file was compared with; absent where the file began.
    pub previous_commit_id: Option<String>,
    /// The file's path there.
    pub previous_file_path: Option<String>,
}

/// Lists branches, tags and all other references by name. Needs the right
/// `codecommit:GetReferences` on the repository.
#[derive(Shape, Default, Clone)]
pub struct ListReferencesInput {
    /// The repository.
    #[shape(required, like = REPOSITORY_NAME)]
    pub repository_name: String,
    /// What the full names begin with, like `refs/tags/` or `refs/heads/feature`.
    pub prefix: Option<String>,
    /// Most references in one answer, 1 to 100; 100 if absent.
    pub max_results: Option<i32>,
    /// From the answer before.
    pub next_token: Option<String>,
}

/// See [`ListReferencesInput`].
#[derive(Shape, Default, Clone)]
pub struct ListReferencesOutput {
    /// The references in the order of their names.
    #[shape(required)]
    pub references: Vec<Reference>,
    /// If there are more.
    pub next_token: Option<String>,
}

/// A branch, a tag or another reference.
#[derive(Shape, Default, Clone)]
pub struct Reference {
    /// Its full name.
    #[shape(required)]
    pub name: String,
    /// What it points at: a commit, or the object of an annotated tag.
    #[shape(required)]
    pub object_id: String,
    /// The commit that this is or tags; absent where it is none.
    pub commit_id: Option<String>,
    /// Who tagged, where it is an annotated tag.
    pub tagger: Option<UserInfo>,
    /// Of an annotated tag's message the first 2,000 characters.
    pub message: Option<String>,
}
