//! Where a git command goes, and how it signs in there.

use std::path::Path;
use std::process::Command;

use crate::yard::Yard;

/// A repository's URL with the sign-in that it needs.
pub(crate) struct Remote {
    pub(crate) url: String,
    sign_in: Option<SignIn>,
}

#[derive(Clone)]
struct SignIn {
    host: String,
    path: String,
    keys: client::Keys,
}

impl Remote {
    pub(crate) fn of_yard(yard: &Yard, name: &str) -> Self {
        let path = format!("/v1/repos/{name}");
        let host = yard.client.url.trim_start_matches("http://").to_owned();
        let keys = yard.client.keys.clone().unwrap();
        Self {
            url: format!("{}{path}", yard.client.url),
            sign_in: Some(SignIn { host, path, keys }),
        }
    }

    /// Another server, to which git signs in as to this one.
    pub(crate) fn beside(&self, url: String) -> Self {
        Self { url, sign_in: self.sign_in.clone() }
    }

    pub(crate) fn open(url: String) -> Self {
        Self { url, sign_in: None }
    }

    /// A git command that can sign in, as root by a password made as the AWS CLI's credential
    /// helper makes it.
    pub(crate) fn command(&self, dir: &Path, arguments: &[&str]) -> Command {
        use types::Clock as _;
        let mut command = Command::new("git");
        command.current_dir(dir);
        if let Some(SignIn { host, path, keys }) = &self.sign_in {
            let now = types::SystemClock.now();
            let password = auth::sigv4::git::password(host, path, &keys.secret, "us-east-1", now);
            let helper = "!f() { echo username=$BENCH_USER; echo password=$BENCH_PASSWORD; }; f";
            command
                .args(["-c", &format!("credential.helper={helper}")])
                .env("BENCH_USER", &keys.id)
                .env("BENCH_PASSWORD", password);
        }
        command.args(arguments);
        command
    }

    pub(crate) fn git(&self, dir: &Path, arguments: &[&str]) {
        let done = self.command(dir, arguments).status().unwrap();
        assert!(done.success(), "git {arguments:?}");
    }
}

/// A git command that needs no sign-in.
pub(crate) fn git(dir: &Path, arguments: &[&str]) {
    let done = Command::new("git").current_dir(dir).args(arguments).status().unwrap();
    assert!(done.success(), "git {arguments:?}");
}
