//! The build specification: found, read, and refused where it asks for what is not here.

use std::path::Path;

use formats::buildspec::{self, Buildspec};

use super::Cut;

/// Largest buildspec, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;
/// Where the buildspec is unless a project says otherwise.
pub(super) const DEFAULT: &str = "buildspec.yml";
const CODE: &str = buildspec::Error::CODE;

/// Whether the project's `buildspec` is the specification itself, not where to find it.
pub(super) fn is_inline(text: &str) -> bool {
    let text = text.trim();
    text.contains('\n') || text.starts_with("version:") || text.starts_with('{')
}

/// Reads the file at a path below the source directory, links out of it unfollowed.
pub(super) fn read(source: &Path, path: &str) -> Result<String, Cut> {
    let failed = |why: &dyn std::fmt::Display| Cut::failed(CODE, format!("stat {path}: {why}"));
    let file = source.join(path.trim_start_matches('/'));
    let real = file.canonicalize().map_err(|_| match path {
        DEFAULT => Cut::failed(CODE, "YAML file does not exist"),
        _ => failed(&"no such file or directory"),
    })?;
    let root = source.canonicalize().map_err(|error| failed(&error))?;
    if !real.starts_with(root) {
        return Err(failed(&"it is outside of the source directory"));
    }
    let found = std::fs::metadata(&real).map_err(|error| failed(&error))?;
    if !found.is_file() || found.len() > MAX_BYTES {
        return Err(failed(&format_args!("it is no file of at most {MAX_BYTES} bytes")));
    }
    std::fs::read_to_string(&real).map_err(|error| failed(&error))
}

/// Reads a specification and refuses what can't be done.
pub(super) fn parse(text: &str) -> Result<Buildspec, Cut> {
    let spec = buildspec::parse(text).map_err(|error| Cut::failed(CODE, error.message()))?;
    match spec.env.shell.filter(|shell| shell.is_windows()) {
        None => Ok(spec),
        Some(shell) => Err(Cut::failed(
            CODE,
            format!("env.shell {} is for Windows, which builds don't run on here", shell.name()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_or_a_path() {
        for text in ["version: 0.2", "version: 0.2\nphases:\n", "{\"version\": 0.2}"] {
            assert!(is_inline(text));
        }
        for text in ["buildspec.yml", "ci/build.yaml", "arn:aws:s3:::b/spec.yml"] {
            assert!(!is_inline(text));
        }
    }

    #[test]
    fn a_missing_file_is_told_in_codebuilds_words() {
        let dir = tempfile::tempdir().unwrap();
        for (path, wanted) in [
            ("buildspec.yml", "YAML file does not exist"),
            ("ci/spec.yml", "stat ci/spec.yml: no such file or directory"),
            ("../..", "stat ../..: it is outside of the source directory"),
        ] {
            match read(dir.path(), path) {
                Err(Cut::Ended(_, context)) => assert_eq!(context.message, wanted),
                _ => panic!("{path} was read"),
            }
        }
    }

    #[test]
    fn shells_of_windows_are_named() {
        let spec = |shell: &str| {
            parse(&format!(
                "{{version: 0.2, env: {{shell: {shell}}}, phases: {{build: {{commands: [x]}}}}}}"
            ))
        };
        assert!(spec("bash").is_ok() && spec("sh").is_ok());
        for shell in ["powershell.exe", "pwsh", "cmd.exe"] {
            match spec(shell) {
                Err(Cut::Ended(_, context)) => assert!(context.message.contains(shell)),
                _ => panic!("{shell} was accepted"),
            }
        }
    }
}
