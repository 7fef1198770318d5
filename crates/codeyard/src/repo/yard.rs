//! The yard that is worked with: its API, and git with a sign-in for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use client::{Client, Keys};
use serde_json::{Value, json};
use types::Clock as _;

use super::git::Git;
use crate::failure::Outcome;
use crate::found_yard::Found;

/// References and what they point at.
pub(super) type Refs = BTreeMap<String, String>;

/// A running yard.
pub(super) struct Yard {
    client: Client,
    keys: Keys,
    /// Tells it from other yards, also when it comes back on another port.
    identity: String,
    /// For git over https.
    ca: Option<PathBuf>,
}

impl Yard {
    /// The yard that is meant; see [`Found::yard`].
    pub fn find(data_dir: &Path, named: bool) -> Outcome<Self> {
        let Found { client, keys, identity, ca } =
            Found::yard(data_dir, named, "AWS_ENDPOINT_URL_CODECOMMIT")?;
        Ok(Self { client, keys, identity, ca })
    }

    /// What tells it from other yards.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.client.url
    }

    fn call(&self, operation: &str, input: Value) -> Outcome<Result<Value, client::Error>> {
        let target = format!("CodeCommit_20150413.{operation}");
        let call = self.client.json("codecommit", &target, input);
        Ok(crate::run::small_runtime()?.block_on(call))
    }

    /// What the API tells of a repository; `None` where there is none.
    pub fn repository(&self, name: &str) -> Outcome<Option<Value>> {
        match self.call("GetRepository", json!({"repositoryName": name}))? {
            Ok(found) => Ok(Some(found["repositoryMetadata"].clone())),
            Err(error) if error.is("RepositoryDoesNotExistException") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a repository.
    pub fn create(&self, name: &str) -> Outcome<()> {
        self.call("CreateRepository", json!({"repositoryName": name}))??;
        Ok(())
    }

    /// Makes a branch the default one.
    pub fn set_default_branch(&self, name: &str, branch: &str) -> Outcome<()> {
        let input = json!({"repositoryName": name, "defaultBranchName": branch});
        self.call("UpdateDefaultBranch", input)??;
        Ok(())
    }

    /// The clone URL, without a sign-in.
    pub fn clone_url(&self, name: &str) -> String {
        format!("{}/v1/repos/{name}", self.client.url)
    }

    /// `git`, signed in for a repository. The password goes by the environment: arguments are for
    /// every user of the machine to read. It is good for a quarter of an hour, counted from here.
    pub fn git(&self, git: Git, name: &str) -> Outcome<Git> {
        const HELPER: &str = "credential.helper=!f() { echo \"username=$CODEYARD_GIT_USER\"; \
                              echo \"password=$CODEYARD_GIT_PASSWORD\"; }; f";
        let (_, host) = self.client.url.split_once("://").unwrap_or(("", &self.client.url));
        let path = format!("/v1/repos/{name}");
        let now = types::SystemClock.now();
        let region = &self.client.region;
        let password = auth::sigv4::git::password(host, &path, &self.keys.secret, region, now);
        let user = match &self.keys.token {
            Some(token) => format!("{}%{token}", self.keys.id),
            None => self.keys.id.clone(),
        };
        let git = git
            // Nothing of the user's own may turn this elsewhere: no helper, no proxy.
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("CODEYARD_GIT_USER", user)
            .env("CODEYARD_GIT_PASSWORD", password)
            .args(["-c", "credential.helper=", "-c", HELPER, "-c", "http.proxy="]);
        Ok(match &self.ca {
            Some(file) => git.env("GIT_SSL_CAINFO", file),
            None => git,
        })
    }

    /// The references of a repository, as git sees them.
    pub fn refs(&self, name: &str) -> Outcome<Refs> {
        let listed = self
            .git(Git::new(), name)?
            .args(["ls-remote", "--refs", "--", &self.clone_url(name)])
            .output(&format!("list the references of {name} in the yard"))?;
        Ok(listed
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .map(|(oid, name)| (name.to_owned(), oid.to_owned()))
            .collect())
    }
}
