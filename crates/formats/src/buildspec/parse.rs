//! From the tree to the model.

use super::batch::batch;
use super::cache::cache;
use super::report::reports;
use super::{
    ArtifactFiles, Artifacts, Buildspec, Env, Error, MAX_VARIABLE_BYTES, OnFailure, Phase, Phases,
    Proxy, SecretReference, Shell, Version,
};
use crate::glob::Glob;
use crate::section::{Section, refuse_custom_tags};
use crate::yaml::{self, Node, Position};

/// Reads a build specification, in YAML or JSON.
///
/// # Errors
/// On bad YAML, unknown keys, wrong types, and values outside what the reference allows.
pub fn parse(text: &str) -> Result<Buildspec, Error> {
    let start = Position { line: 1, column: 1 };
    let root = yaml::parse(text)?
        .ok_or_else(|| yaml::Error::new(start, "the buildspec is empty: it needs a version"))?;
    Ok(buildspec(&root)?)
}

fn buildspec(root: &Node) -> Result<Buildspec, yaml::Error> {
    refuse_custom_tags(root)?;
    let version = version(root)?;
    let mut known = vec![
        "version",
        "run-as",
        "env",
        "proxy",
        "batch",
        "phases",
        "reports",
        "artifacts",
        "cache",
    ];
    if version == Version::V0_1 {
        known.push("environment_variables");
    }
    let top = Section::new(root, "", &known)?;
    let phases = match top.get("phases") {
        Some(node) => phases(node)?,
        None if top.get("batch").is_some() => Phases::default(),
        None => return Err(yaml::Error::new(root.at, "the buildspec has no phases")),
    };
    Ok(Buildspec {
        version,
        run_as: top.string("run-as")?,
        env: env(&top, version)?,
        proxy: top.get("proxy").map(proxy).transpose()?,
        batch: top.get("batch").map(batch).transpose()?,
        phases,
        reports: top.get("reports").map_or(Ok(Vec::new()), reports)?,
        artifacts: top.get("artifacts").map(|node| artifacts(node, version)).transpose()?,
        cache: top.get("cache").map(cache).transpose()?,
    })
}

/// The version decides which keys are known, so it is read first.
fn version(root: &Node) -> Result<Version, yaml::Error> {
    let top = Section::open(root, "")?;
    let Some(node) = top.get("version") else {
        // The beginning is CodeBuild's own message, which users search for.
        return Err(yaml::Error::new(
            root.at,
            "wrong number of container tags, expected 1: the buildspec has no version",
        ));
    };
    match crate::section::string(node, "version")?.as_str() {
        "0.1" => Ok(Version::V0_1),
        "0.2" => Ok(Version::V0_2),
        other => {
            Err(yaml::Error::new(node.at, format!("unknown version {other}: must be 0.1 or 0.2")))
        }
    }
}

fn env(top: &Section<'_>, version: Version) -> Result<Env, yaml::Error> {
    let env = match top.get("env") {
        Some(node) => {
            let known = [
                "shell",
                "variables",
                "parameter-store",
                "secrets-manager",
                "exported-variables",
                "git-credential-helper",
            ];
            let section = Section::new(node, "env", &known)?;
            Env {
                shell: shell(&section)?,
                variables: checked(&section, "variables", section.value_map("variables")?)?,
                parameter_store: variables(&section, "parameter-store")?,
                secrets_manager: secrets(&section)?,
                exported_variables: exported(&section)?,
                git_credential_helper: section.flag("git-credential-helper")?,
            }
        }
        None => Env::default(),
    };
    // Version 0.1's own name for env.variables.
    match top.get("environment_variables").filter(|_| version == Version::V0_1) {
        Some(node) if env == Env::default() => {
            let section = Section::new(node, "environment_variables", &["plaintext"])?;
            let given = section.value_map("plaintext")?;
            Ok(Env { variables: checked(&section, "plaintext", given)?, ..env })
        }
        Some(node) => {
            Err(yaml::Error::new(node.at, "env and environment_variables exclude each other"))
        }
        None => Ok(env),
    }
}

fn shell(section: &Section<'_>) -> Result<Option<Shell>, yaml::Error> {
    let Some(node) = section.get("shell") else { return Ok(None) };
    match node.as_str() {
        Some("bash") => Ok(Some(Shell::Bash)),
        Some("/bin/sh" | "sh") => Ok(Some(Shell::Sh)),
        Some("powershell.exe") => Ok(Some(Shell::PowerShell)),
        Some("pwsh" | "pwsh.exe") => Ok(Some(Shell::Pwsh)),
        Some("cmd.exe") => Ok(Some(Shell::Cmd)),
        _ => Err(yaml::Error::new(
            node.at,
            "env.shell must be bash or /bin/sh, or on Windows powershell.exe, pwsh or cmd.exe",
        )),
    }
}

fn variables(section: &Section<'_>, key: &str) -> Result<Vec<(String, String)>, yaml::Error> {
    checked(section, key, section.string_map(key)?)
}

fn checked(
    section: &Section<'_>,
    key: &str,
    variables: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, yaml::Error> {
    if let Some((name, _)) = variables.iter().find(|(name, _)| !is_variable(name)) {
        return Err(yaml::Error::new(
            section.key_at(key, name),
            format!("{name:?} in {} is no name of a variable", section.path(key)),
        ));
    }
    let size = |(name, value): &(String, String)| name.len() + 1 + value.len();
    if let Some(pair) = variables.iter().find(|pair| size(pair) > MAX_VARIABLE_BYTES) {
        return Err(yaml::Error::new(
            section.key_at(key, &pair.0),
            format!(
                "{} has {} bytes with its name: at most {MAX_VARIABLE_BYTES} are allowed",
                section.path(&format!("{key}.{}", pair.0)),
                size(pair)
            ),
        ));
    }
    Ok(variables)
}

/// What the kernel takes as a name and no shell trips over.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|c: char| c == '=' || c == '\0' || c.is_whitespace() || c.is_control())
}

fn secrets(section: &Section<'_>) -> Result<Vec<(String, SecretReference)>, yaml::Error> {
    variables(section, "secrets-manager")?
        .into_iter()
        .map(|(name, text)| match SecretReference::parse(&text) {
            Ok(reference) => Ok((name, reference)),
            Err(why) => {
                let at = section
                    .get("secrets-manager")
                    .and_then(|node| node.get(&name))
                    .map_or(section.at, |node| node.at);
                Err(yaml::Error::new(at, format!("env.secrets-manager.{name}: {why}")))
            }
        })
        .collect()
}

fn exported(section: &Section<'_>) -> Result<Vec<String>, yaml::Error> {
    let names = section.strings("exported-variables")?;
    let allowed = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match names.iter().find(|name| !allowed(name)) {
        Some(name) => Err(yaml::Error::new(
            section.get("exported-variables").map_or(section.at, |node| node.at),
            format!("env.exported-variables: {name:?} may have letters, digits and _ only"),
        )),
        None => Ok(names),
    }
}

fn proxy(node: &Node) -> Result<Proxy, yaml::Error> {
    let section = Section::new(node, "proxy", &["upload-artifacts", "logs"])?;
    Ok(Proxy {
        upload_artifacts: section.flag("upload-artifacts")?,
        logs: section.flag("logs")?,
        at: node.at,
    })
}

fn phases(node: &Node) -> Result<Phases, yaml::Error> {
    const NAMES: [&str; 4] = ["install", "pre_build", "build", "post_build"];
    let section = Section::open(node, "phases")?;
    if let Some(entry) = section.entries().iter().find(|it| !NAMES.contains(&it.key.as_str())) {
        return Err(yaml::Error::new(
            entry.key_at,
            // CodeBuild's own words, which users search for.
            format!(
                "Invalid buildspec phase name: {}. Expecting: BUILD,INSTALL,POST_BUILD,PRE_BUILD",
                entry.key.to_uppercase()
            ),
        ));
    }
    if section.entries().is_empty() {
        return Err(yaml::Error::new(node.at, "phases has no phase"));
    }
    let read = |name| section.given(name).map(|node| phase(node, name)).transpose();
    Ok(Phases {
        install: read("install")?,
        pre_build: read("pre_build")?,
        build: read("build")?,
        post_build: read("post_build")?,
    })
}

fn phase(node: &Node, name: &str) -> Result<Phase, yaml::Error> {
    let path = format!("phases.{name}");
    let mut known = vec!["run-as", "on-failure", "commands", "finally"];
    if name == "install" {
        known.push("runtime-versions");
    }
    let section = Section::new(node, &path, &known)?;
    if name != "install" && section.given("commands").is_none() {
        return Err(yaml::Error::new(node.at, format!("{path} has no commands")));
    }
    let on_failure = match section.get("on-failure") {
        Some(node) => {
            let text = crate::section::string(node, &section.path("on-failure"))?;
            let read = OnFailure::parse(&text);
            Some(read.map_err(|why| {
                yaml::Error::new(node.at, format!("{}: {why}", section.path("on-failure")))
            })?)
        }
        None => None,
    };
    Ok(Phase {
        run_as: section.string("run-as")?,
        on_failure,
        runtime_versions: section.string_map("runtime-versions")?,
        commands: section.strings("commands")?,
        finally: section.strings("finally")?,
    })
}

const FILES_KEYS: [&str; 7] = [
    "files",
    "name",
    "discard-paths",
    "base-directory",
    "exclude-paths",
    "enable-symlinks",
    "s3-prefix",
];

fn artifacts(node: &Node, version: Version) -> Result<Artifacts, yaml::Error> {
    let mut known = FILES_KEYS.to_vec();
    known.push("secondary-artifacts");
    if version == Version::V0_1 {
        known.push("type");
    }
    let section = Section::new(node, "artifacts", &known)?;
    if let Some(kind) = section.string("type")?
        && !kind.eq_ignore_ascii_case("zip")
    {
        return Err(yaml::Error::new(node.at, format!("artifacts.type {kind} is not zip")));
    }
    let secondary = secondary_artifacts(&section)?;
    let primary = artifact_files(&section)?;
    if primary.files.is_empty() && secondary.is_empty() {
        return Err(yaml::Error::new(node.at, "artifacts has no files"));
    }
    Ok(Artifacts { primary, secondary })
}

fn secondary_artifacts(
    artifacts: &Section<'_>,
) -> Result<Vec<(String, ArtifactFiles)>, yaml::Error> {
    let Some(node) = artifacts.get("secondary-artifacts") else { return Ok(Vec::new()) };
    let all = Section::open(node, "artifacts.secondary-artifacts")?;
    all.entries()
        .iter()
        .map(|entry| {
            let section = Section::new(&entry.value, &all.path(&entry.key), &FILES_KEYS)?;
            let files = artifact_files(&section)?;
            if files.files.is_empty() {
                return Err(yaml::Error::new(
                    entry.key_at,
                    format!("artifacts.secondary-artifacts.{} has no files", entry.key),
                ));
            }
            Ok((entry.key.clone(), files))
        })
        .collect()
}

fn artifact_files(section: &Section<'_>) -> Result<ArtifactFiles, yaml::Error> {
    Ok(ArtifactFiles {
        files: globs(section, "files")?,
        name: section.string("name")?,
        discard_paths: section.flag("discard-paths")?,
        base_directory: section.string("base-directory")?,
        exclude_paths: globs(section, "exclude-paths")?,
        enable_symlinks: section.flag("enable-symlinks")?,
        s3_prefix: section.string("s3-prefix")?,
    })
}

/// A list of patterns, each checked here so that the build does not fail at its end.
pub(super) fn globs(section: &Section<'_>, key: &str) -> Result<Vec<String>, yaml::Error> {
    let patterns = section.strings(key)?;
    for pattern in &patterns {
        // Shell variables are put in when the build runs; the pattern is checked then.
        if pattern.contains('$') {
            continue;
        }
        Glob::new(pattern).map_err(|why| {
            let at = section.get(key).map_or(section.at, |node| node.at);
            yaml::Error::new(at, format!("{}: {why}", section.path(key)))
        })?;
    }
    Ok(patterns)
}
