//! What tests of merges begin with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::Yard;

/// A repository with one commit on main, and branches that start there.
pub struct Repo {
    pub yard: Yard,
    pub base: String,
}

pub fn b64(text: &str) -> String {
    STANDARD.encode(text)
}

pub fn text(content: &Value) -> String {
    String::from_utf8(STANDARD.decode(content.as_str().unwrap()).unwrap()).unwrap()
}

/// The input with the repository's name.
pub fn r(mut input: Value) -> Value {
    input["repositoryName"] = json!("r");
    input
}

/// The same for a merge of `dev` into `main`.
pub fn merge(mut input: Value) -> Value {
    input["sourceCommitSpecifier"] = json!("dev");
    input["destinationCommitSpecifier"] = json!("main");
    r(input)
}

impl Repo {
    pub async fn new(files: &[(&str, &str)]) -> Self {
        let yard = Yard::start().await;
        yard.repository("r").await;
        let mut repo = Self { yard, base: String::new() };
        repo.base = repo.commit("main", None, files, &[]).await;
        repo.branch("dev").await;
        repo
    }

    pub async fn branch(&self, name: &str) {
        let input = json!({"branchName": name, "commitId": self.base});
        self.yard.ok("CreateBranch", r(input)).await;
    }

    pub async fn tip(&self, branch: &str) -> String {
        let got = self.yard.ok("GetBranch", r(json!({"branchName": branch}))).await;
        got["branch"]["commitId"].as_str().unwrap().to_owned()
    }

    pub async fn commit(
        &self,
        branch: &str,
        parent: Option<&str>,
        puts: &[(&str, &str)],
        deletes: &[&str],
    ) -> String {
        let put =
            |(path, content): &(&str, &str)| json!({"filePath": path, "fileContent": b64(content)});
        let mut input = json!({
            "branchName": branch,
            "putFiles": puts.iter().map(put).collect::<Vec<_>>(),
            "deleteFiles": deletes.iter().map(|path| json!({"filePath": path})).collect::<Vec<_>>(),
        });
        if let Some(parent) = parent {
            input["parentCommitId"] = json!(parent);
        }
        let made = self.yard.ok("CreateCommit", r(input)).await;
        made["commitId"].as_str().unwrap().to_owned()
    }

    /// A commit on the tip of a branch.
    pub async fn change(&self, branch: &str, puts: &[(&str, &str)], deletes: &[&str]) -> String {
        let tip = self.tip(branch).await;
        self.commit(branch, Some(&tip), puts, deletes).await
    }

    pub async fn file(&self, branch: &str, path: &str) -> String {
        let input = json!({"commitSpecifier": branch, "filePath": path});
        text(&self.yard.ok("GetFile", r(input)).await["fileContent"])
    }

    pub async fn parents(&self, commit: &Value) -> Vec<String> {
        let got = self.yard.ok("GetCommit", r(json!({"commitId": commit}))).await;
        let parents = got["commit"]["parents"].as_array().unwrap();
        parents.iter().map(|parent| parent.as_str().unwrap().to_owned()).collect()
    }
}

pub const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
