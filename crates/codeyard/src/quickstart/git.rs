//! The push: stock git over HTTP, signed in by service-specific credentials.

use std::fs;
use std::path::{Path, PathBuf};

use client::Client;
use serde_json::json;
use tokio::process::Command;

use super::names::{BRANCH, NAME};
use super::setup::Made;
use super::{sample, short};
use crate::data_dir::DataDir;
use crate::failure::{Context as _, Failure, Outcome};
use crate::screen::Screen;

/// Where the sample's working tree is kept.
pub(super) fn work_tree(data: &DataDir) -> PathBuf {
    data.path.join("quickstart").join("site")
}

/// Commits the sample unless that was done before, and pushes it. Answers the commit that the
/// branch then has: somebody else may have pushed since.
pub(super) async fn push(
    data: &DataDir,
    client: &Client,
    made: &Made,
    screen: &Screen,
) -> Outcome<String> {
    if let Some(commit) = remote_commit(client).await? {
        screen.good(&format!("{NAME} has commit {} on {BRANCH} already", short(&commit)));
        return Ok(commit);
    }
    let dir = work_tree(data);
    if !dir.join(".git").exists() {
        fs::create_dir_all(&dir).context(format_args!("make {}", dir.display()))?;
        git(&dir, made, &["init", "--quiet", "--initial-branch", BRANCH]).await?;
    }
    if git(&dir, made, &["rev-parse", "--verify", "--quiet", "HEAD"]).await.is_err() {
        sample::write(&dir)?;
        git(&dir, made, &["add", "--all"]).await?;
        git(&dir, made, &["commit", "--quiet", "--message", "Add the sample site"]).await?;
    }
    let refspec = format!("HEAD:refs/heads/{BRANCH}");
    let said = git(&dir, made, &["push", &made.clone_url, &refspec]).await?;
    for line in said.lines() {
        screen.output(line);
    }
    let commit = remote_commit(client).await?;
    let commit =
        commit.ok_or_else(|| Failure::new("the push was taken but the branch is not there"))?;
    screen.good(&format!("pushed commit {} to {BRANCH}", short(&commit)));
    Ok(commit)
}

async fn remote_commit(client: &Client) -> Outcome<Option<String>> {
    let input = json!({"repositoryName": NAME, "branchName": BRANCH});
    match client.json("codecommit", "CodeCommit_20150413.GetBranch", input).await {
        Ok(found) => Ok(found["branch"]["commitId"].as_str().map(str::to_owned)),
        Err(error) if error.is("BranchDoesNotExistException") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Runs git and answers what it said. The password goes by the environment: arguments are for
/// every user of the machine to read.
async fn git(dir: &Path, made: &Made, arguments: &[&str]) -> Outcome<String> {
    const HELPER: &str = "credential.helper=!f() { echo \"username=$CODEYARD_GIT_USER\"; echo \"password=$CODEYARD_GIT_PASSWORD\"; }; f";
    let output = Command::new("git")
        .current_dir(dir)
        .args(["-c", "credential.helper=", "-c", HELPER])
        .args(["-c", "user.name=Codeyard quickstart", "-c", "user.email=quickstart@localhost"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"])
        .args(arguments)
        .env("CODEYARD_GIT_USER", &made.git_user)
        .env("CODEYARD_GIT_PASSWORD", &made.git_password)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .output()
        .await
        .context("run git")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let verb = arguments.first().copied().unwrap_or_default();
    Err(Failure::new(format!("git {verb} failed ({}):\n{said}", output.status)))
}
