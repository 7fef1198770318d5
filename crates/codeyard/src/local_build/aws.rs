//! This user's AWS settings and credentials, for a build that is to use AWS itself.
//!
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html>

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// An environment variable for the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub name: String,
    pub value: String,
    pub secret: bool,
}

/// What the environment has in `AWS_…`, completed by the profile from the user's files.
///
/// # Errors
/// Where no access key is found, or the profile gets its own by other means.
pub(super) fn settings(profile: Option<&str>) -> Outcome<Vec<Setting>> {
    let environment = std::env::vars().filter(|(name, _)| name.starts_with("AWS_")).collect();
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    from(environment, profile, &home)
}

fn from(
    environment: BTreeMap<String, String>,
    profile: Option<&str>,
    home: &Path,
) -> Outcome<Vec<Setting>> {
    let mut all: BTreeMap<String, String> = environment;
    let file = |variable: &str, name: &str, all: &BTreeMap<String, String>| {
        all.get(variable).map_or_else(|| home.join(".aws").join(name), PathBuf::from)
    };
    let credentials = file("AWS_SHARED_CREDENTIALS_FILE", "credentials", &all);
    let config = file("AWS_CONFIG_FILE", "config", &all);
    let named = profile.or_else(|| all.get("AWS_PROFILE").map(String::as_str)).map(str::to_owned);
    if named.is_some() || !all.contains_key("AWS_ACCESS_KEY_ID") {
        let name = named.unwrap_or_else(|| "default".to_owned());
        let mut known = section(&config, &[&format!("profile {name}"), &name]);
        known.extend(section(&credentials, &[&name]));
        if !known.contains_key("aws_access_key_id") {
            return Err(no_key(&name, &known));
        }
        all.remove("AWS_SESSION_TOKEN");
        for (variable, key) in [
            ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
            ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
            ("AWS_SESSION_TOKEN", "aws_session_token"),
            ("AWS_REGION", "region"),
            ("AWS_DEFAULT_REGION", "region"),
        ] {
            let value = known.get(key).cloned();
            value.map(|value| all.insert(variable.to_owned(), value));
        }
    }
    // Files are not there inside, and neither is a profile.
    for gone in
        ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"]
    {
        all.remove(gone);
    }
    if !all.contains_key("AWS_ENDPOINT_URL") {
        // Otherwise the build's own yard would be asked.
        all.insert("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS".to_owned(), "true".to_owned());
    }
    Ok(all
        .into_iter()
        .map(|(name, value)| Setting {
            secret: matches!(name.as_str(), "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN"),
            name,
            value,
        })
        .collect())
}

fn no_key(profile: &str, known: &BTreeMap<String, String>) -> Failure {
    let means = ["sso_session", "sso_start_url", "role_arn", "credential_process"];
    let failure = Failure::new(match means.iter().find(|means| known.contains_key(**means)) {
        Some(means) => format!("the profile {profile} has no access key but {means}"),
        None => format!("there is no access key in the environment or the profile {profile}"),
    });
    failure.hint(format!(
        "put one into the environment: eval \"$(aws configure export-credentials --profile \
         {profile} --format env)\""
    ))
}

/// The settings of the first section that there is, without nested ones; none if the file is not
/// there.
fn section(file: &Path, names: &[&str]) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        let is_nested = line.starts_with([' ', '\t']);
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) || is_nested {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            current = name.split_whitespace().collect::<Vec<_>>().join(" ");
        } else if let Some((key, value)) = line.split_once('=') {
            let settings = sections.entry(current.clone()).or_default();
            settings.insert(key.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
    }
    names.iter().find_map(|name| sections.remove(*name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(settings: &[Setting], name: &str) -> Option<String> {
        settings.iter().find(|it| it.name == name).map(|it| it.value.clone())
    }

    fn home(credentials: &str, config: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        let aws = home.path().join(".aws");
        std::fs::create_dir(&aws).unwrap();
        std::fs::write(aws.join("credentials"), credentials).unwrap();
        std::fs::write(aws.join("config"), config).unwrap();
        home
    }

    #[test]
    fn a_profile_comes_from_both_files() {
        let home = home(
            "[default]\naws_access_key_id = A\naws_secret_access_key=S\n\n[ work ]\n\
             aws_access_key_id = B\naws_secret_access_key = T\naws_session_token = U\n",
            "[default]\nregion = eu-west-1\ns3 =\n  region = nested\n[profile work]\n\
             region=us-west-2 \n",
        );
        let known = from(BTreeMap::new(), None, home.path()).unwrap();
        assert_eq!(value(&known, "AWS_ACCESS_KEY_ID").as_deref(), Some("A"));
        assert_eq!(value(&known, "AWS_REGION").as_deref(), Some("eu-west-1"));
        assert_eq!(value(&known, "AWS_SESSION_TOKEN"), None);
        let known = from(BTreeMap::new(), Some("work"), home.path()).unwrap();
        assert_eq!(value(&known, "AWS_ACCESS_KEY_ID").as_deref(), Some("B"));
        assert_eq!(value(&known, "AWS_DEFAULT_REGION").as_deref(), Some("us-west-2"));
        let secret: Vec<_> = known.iter().filter(|it| it.secret).map(|it| &it.name).collect();
        assert_eq!(secret, ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]);
    }

    #[test]
    fn the_environment_goes_first_and_aws_itself_is_asked() {
        let home = home("[default]\naws_access_key_id=A\n", "");
        let own = [("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "F")];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let known = from(own.into(), None, home.path()).unwrap();
        assert_eq!(value(&known, "AWS_ACCESS_KEY_ID").as_deref(), Some("E"));
        assert!(value(&known, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some());
        let elsewhere = ("AWS_ENDPOINT_URL".to_owned(), "http://localhost:1".to_owned());
        let known = from([elsewhere].into(), None, home.path()).unwrap();
        assert_eq!(value(&known, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), None);
    }

    #[test]
    fn what_has_no_key_is_told_by_name() {
        let home = home("", "[profile sso]\nsso_session = corp\n");
        let failure = from(BTreeMap::new(), Some("sso"), home.path()).unwrap_err().to_string();
        assert!(failure.contains("sso_session"), "{failure}");
        assert!(from(BTreeMap::new(), None, home.path()).is_err());
    }
}
