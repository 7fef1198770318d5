//! The build specification: found, read, and refused where it asks for what is not here.

use std::path::Path;
use std::process::Command;

use formats::buildspec::{self, Buildspec};

use super::Cut;

/// Largest buildspec, in bytes.
pub(super) const MAX_BYTES: u64 = 1 << 20;
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
    let real = file.canonicalize().map_err(|_| failed(&"no such file or directory"))?;
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
    refuse_unsupported(&spec)?;
    Ok(spec)
}

fn refuse_unsupported(spec: &Buildspec) -> Result<(), Cut> {
    let refused = |what: &str| {
        Err(Cut::failed(CODE, format!("{what} in a buildspec is not supported by Codeyard yet")))
    };
    if spec.version == buildspec::Version::V0_1 {
        return refused("version 0.1 (a shell for each command)");
    }
    if let Some(buildspec::Shell::PowerShell | buildspec::Shell::Cmd) = spec.env.shell {
        return refused("a Windows shell");
    }
    if let Some(cache) = &spec.cache {
        return refused(&format!("cache (line {})", cache.at.line));
    }
    if let Some(report) = spec.reports.first() {
        return refused(&format!("reports (line {})", report.at.line));
    }
    if let Some(batch) = &spec.batch {
        return refused(&format!("batch (line {})", batch.at.line));
    }
    if let Some(proxy) = &spec.proxy {
        return refused(&format!("proxy (line {})", proxy.at.line));
    }
    if spec.artifacts.as_ref().is_some_and(|artifacts| artifacts.s3_prefix.is_some()) {
        return refused("artifacts s3-prefix");
    }
    Ok(())
}

/// `runtime-versions` chooses among what an image has installed; here there is what the machine
/// has. Each asked-for version must be that, or the build fails, as it does in AWS for a version
/// that the image lacks. Looks where the commands will, not on the yard's own `PATH`. Returns what
/// to tell in the log.
pub(super) fn check_runtimes(spec: &Buildspec, path: &str) -> Result<Vec<String>, Cut> {
    let install = spec.phases.install.as_ref();
    let wanted = install.map(|phase| phase.runtime_versions.as_slice()).unwrap_or_default();
    wanted.iter().map(|(runtime, version)| check_runtime(runtime, version, path)).collect()
}

fn check_runtime(runtime: &str, version: &str, path: &str) -> Result<String, Cut> {
    let (program, argument) = match runtime {
        "python" => ("python3", "--version"),
        "nodejs" => ("node", "--version"),
        "java" => ("java", "--version"),
        "golang" => ("go", "version"),
        "ruby" => ("ruby", "--version"),
        "php" => ("php", "--version"),
        "dotnet" => ("dotnet", "--version"),
        _ => return Err(Cut::failed(CODE, format!("Unknown runtime named '{runtime}'"))),
    };
    let output = Command::new(program).arg(argument).env("PATH", path).output();
    let found = output.ok().filter(|output| output.status.success());
    let Some(found) = found.and_then(|output| version_in(&String::from_utf8_lossy(&output.stdout)))
    else {
        return Err(Cut::failed(
            CODE,
            format!("The runtime '{runtime}' is not on this machine ({program} does not run)"),
        ));
    };
    if !satisfies(&found, version) {
        return Err(Cut::failed(
            CODE,
            format!(
                "Unknown runtime version named '{version}' of {runtime}. This machine has the \
                 following version: {found}"
            ),
        ));
    }
    Ok(format!("Selecting '{runtime}' runtime version '{found}', which this machine has"))
}

/// The first thing that looks like a version.
fn version_in(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(|word| word.trim_end_matches('.').to_owned())
}

fn satisfies(found: &str, wanted: &str) -> bool {
    let wanted = wanted.trim_start_matches("corretto").trim_end_matches(".x");
    wanted == "latest"
        || found == wanted
        || found.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
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
    fn runtime_versions() {
        assert_eq!(version_in("Python 3.11.7\n").as_deref(), Some("3.11.7"));
        assert_eq!(version_in("v20.1.0").as_deref(), Some("20.1.0"));
        assert_eq!(version_in("go version go1.22.1 linux/amd64").as_deref(), Some("1.22.1"));
        for (found, wanted, fits) in [
            ("3.11.7", "3.11", true),
            ("3.11.7", "3.x", true),
            ("3.11.7", "latest", true),
            ("3.11.7", "3.1", false),
            ("17.0.2", "corretto17", true),
            ("3.11.7", "3.12", false),
        ] {
            assert_eq!(satisfies(found, wanted), fits, "{found} {wanted}");
        }
    }

    #[test]
    fn runtimes_are_looked_for_on_the_path_of_the_build() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let node = dir.path().join("node");
        std::fs::write(&node, "#!/bin/sh\necho v99.1.2\n").unwrap();
        std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = dir.path().to_str().unwrap();
        match check_runtime("nodejs", "99", path) {
            Ok(told) => assert!(told.contains("99.1.2"), "{told}"),
            Err(_) => panic!("the build's own node was not found"),
        }
        assert!(check_runtime("python", "latest", path).is_err());
    }

    #[test]
    fn unsupported_sections_are_named() {
        let spec =
            |rest: &str| format!("version: 0.2\nphases:\n  build:\n    commands: [x]\n{rest}");
        assert!(parse(&spec("")).is_ok());
        for (text, name) in [
            (spec("cache:\n  paths: [a]\n"), "cache"),
            (spec("reports:\n  r:\n    files: [a]\n"), "reports"),
        ] {
            match parse(&text) {
                Err(Cut::Ended(_, context)) => {
                    assert!(context.message.contains(name), "{context:?}")
                }
                _ => panic!("{name} was accepted"),
            }
        }
    }
}
