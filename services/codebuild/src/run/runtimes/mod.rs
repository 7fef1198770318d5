//! `runtime-versions`: which of the tools that this machine has installed the commands get.
//!
//! In AWS an image brings several versions of each runtime. Here there is what the machine has:
//! on the path, in `/usr/lib/jvm`, under nvm, pyenv and their like. The version that is asked for
//! goes first on the build's path. Where only others are there, or none, a setting decides: the
//! variable [`SETTING`] of the project or buildspec, else of the yard's own environment. `warn`
//! (if nothing is set) goes on with what is there and says so; `strict` fails the build with
//! AWS's message.

mod find;
mod version;

use std::path::{Path, PathBuf};

use formats::buildspec::Buildspec;

use self::find::{Installed, Machine, RUNTIMES, Runtime};
use self::version::Wanted;
use super::Cut;

/// The environment variable that decides what happens where a version is missing.
pub(super) const SETTING: &str = "CODEYARD_RUNTIME_VERSIONS";
/// Where the build finds programs under their plain names that have versions in them outside.
pub(super) const ALIASES: &str = "/codebuild/runtimes";
const CODE: &str = formats::buildspec::Error::CODE;
/// Of the guide's list, but no program.
const ANDROID: &str = "android";

/// What was chosen.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// What to tell in the log.
    pub told: Vec<String>,
    /// Directories that go first on the path.
    pub path: Vec<PathBuf>,
    /// Variables such as `JAVA_HOME`.
    pub variables: Vec<(String, String)>,
    /// Names to be made in [`ALIASES`], with the programs that they stand for.
    pub aliases: Vec<(String, PathBuf)>,
}

/// What to do where a version is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Warn,
    Fail,
}

/// What choosing needs to know.
pub(super) struct Request<'a> {
    pub spec: &'a Buildspec,
    /// The build's variables, so far.
    pub variables: &'a [(String, String)],
    /// The folders with what builds bring along or can change.
    pub builds_own: &'a [PathBuf],
    /// Whether the image is one whose runtimes can be chosen.
    pub is_curated: bool,
}

/// Chooses what `runtime-versions` asks for. Looks at files and runs programs: not for the
/// runtime's own threads.
pub(super) fn choose(request: &Request<'_>) -> Result<Chosen, Cut> {
    let install = request.spec.phases.install.as_ref();
    let wanted = install.map(|phase| phase.runtime_versions.as_slice()).unwrap_or_default();
    let mut chosen = Chosen::default();
    if wanted.is_empty() {
        chosen.told.push("No runtime version selected in buildspec.".to_owned());
        return Ok(chosen);
    }
    if !request.is_curated {
        chosen.told.push(
            "Skipping install of runtimes. Runtime version selection is not supported by this \
             build image"
                .to_owned(),
        );
        return Ok(chosen);
    }
    let missing = missing(request.variables)?;
    let mut wanted: Vec<(String, String)> = wanted
        .iter()
        .map(|(runtime, version)| (runtime.clone(), expand(version, request.variables)))
        .collect();
    android_needs_java(&mut wanted, &mut chosen)?;
    let path = value_of(request.variables, "PATH").unwrap_or(sandbox::DEFAULT_PATH);
    let machine = Machine { path, builds_own: request.builds_own, homes: homes() };
    for (name, version) in &wanted {
        let Some(asked) = Wanted::parse(name, version) else {
            return Err(unknown_version(name, version, &machine));
        };
        if name == ANDROID {
            android(&asked, version, request, &machine, missing, &mut chosen)?;
            continue;
        }
        let Some(runtime) = RUNTIMES.iter().find(|it| it.name == name) else {
            return Err(unknown_runtime(name));
        };
        let installed = machine.installed(runtime);
        match installed.iter().find(|it| asked.is_met_by(&it.version)) {
            Some(best) => {
                // Of several that would do, the newest; the one on the path if it is as new.
                let newest = installed.iter().filter(|it| asked.is_met_by(&it.version));
                let best = newest.fold(best, |a, b| if b.version > a.version { b } else { a });
                chosen.told.push(selecting(name, version, best));
                take(runtime, best, &mut chosen);
            }
            None if missing == Missing::Fail => return Err(none_such(name, version, &installed)),
            None => go_on(runtime, version, &installed, &mut chosen),
        }
    }
    Ok(chosen)
}

fn selecting(name: &str, version: &str, best: &Installed) -> String {
    format!(
        "Selecting '{name}' runtime version '{version}' based on manual selections... ({} at {})",
        best.version,
        best.program.display()
    )
}

fn go_on(runtime: &Runtime, version: &str, installed: &[Installed], chosen: &mut Chosen) {
    let name = runtime.name;
    let Some(first) = installed.first() else {
        chosen.told.push(format!(
            "WARNING: '{name}' runtime version '{version}' was asked for, but this machine has no \
             {name}: commands that need it will fail. {SETTING}=strict fails the build here"
        ));
        return;
    };
    chosen.told.push(format!(
        "WARNING: '{name}' runtime version '{version}' is not on this machine. Going on with \
         version {} at {}. {SETTING}=strict fails the build here",
        first.version,
        first.program.display()
    ));
    take(runtime, first, chosen);
}

/// Makes the commands find it.
fn take(runtime: &Runtime, installed: &Installed, chosen: &mut Chosen) {
    let program = &installed.program;
    if runtime.name == "java" {
        // java is usually reached through links that lead to its home.
        let real = program.canonicalize().unwrap_or_else(|_| program.clone());
        if let Some(home) = real.parent().and_then(Path::parent) {
            for name in ["JAVA_HOME", "JRE_HOME", "JDK_HOME"] {
                chosen.variables.push((name.to_owned(), home.to_string_lossy().into_owned()));
            }
        }
    }
    if installed.first_on_path {
        return;
    }
    let file = program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match program.parent() {
        Some(bin) if file == runtime.program => chosen.path.push(bin.to_owned()),
        _ => {
            // python3.12 beside python3: the directory decides nothing, names do.
            chosen.aliases.push((runtime.program.to_owned(), program.clone()));
            if runtime.name == "python" {
                chosen.aliases.push(("python".to_owned(), program.clone()));
            }
        }
    }
}

/// The guide: Android needs Java 8, and conflicts with any other.
fn android_needs_java(wanted: &mut Vec<(String, String)>, chosen: &mut Chosen) -> Result<(), Cut> {
    let Some((_, level)) = wanted.iter().find(|(name, _)| name == ANDROID) else { return Ok(()) };
    let java = wanted.iter().find(|(name, _)| name == "java").map(|(_, version)| version.as_str());
    match java {
        Some(version) if Wanted::parse("java", version).is_some_and(|it| it.major() != Some(8)) => {
            Err(Cut::failed(
                CODE,
                format!(
                    "The runtimes android {level} and java {version} conflict: android {level} \
                     requires java corretto8"
                ),
            ))
        }
        Some(_) => Ok(()),
        None => {
            chosen.told.push(
                "Selecting 'java' runtime version 'corretto8' based on a dependency of 'android'..."
                    .to_owned(),
            );
            wanted.push(("java".to_owned(), "corretto8".to_owned()));
            Ok(())
        }
    }
}

/// Android is a directory of platforms, not a program.
fn android(
    asked: &Wanted,
    version: &str,
    request: &Request<'_>,
    machine: &Machine<'_>,
    missing: Missing,
    chosen: &mut Chosen,
) -> Result<(), Cut> {
    let given = ["ANDROID_HOME", "ANDROID_SDK_ROOT"];
    let given = given.iter().find_map(|name| value_of(request.variables, name)).map(PathBuf::from);
    let places = ["/usr/local/android-sdk-linux", "/usr/lib/android-sdk", "/opt/android-sdk"];
    let home = given.into_iter().chain(places.map(PathBuf::from)).find(|home| {
        let platform = |level: u32| home.join(format!("platforms/android-{level}")).is_dir();
        match asked.major() {
            Some(level) => platform(level),
            None => !machine.expand(&format!("{}/platforms/android-*", home.display())).is_empty(),
        }
    });
    match home {
        Some(home) => {
            let home = home.to_string_lossy().into_owned();
            chosen.told.push(format!(
                "Selecting '{ANDROID}' runtime version '{version}' based on manual selections... \
                 (at {home})"
            ));
            for name in ["ANDROID_HOME", "ANDROID_SDK_ROOT"] {
                chosen.variables.push((name.to_owned(), home.clone()));
            }
            Ok(())
        }
        None if missing == Missing::Fail => Err(none_such(ANDROID, version, &[])),
        None => {
            chosen.told.push(format!(
                "WARNING: '{ANDROID}' runtime version '{version}' is not on this machine: commands \
                 that need it will fail. {SETTING}=strict fails the build here"
            ));
            Ok(())
        }
    }
}

fn unknown_runtime(name: &str) -> Cut {
    let known: Vec<&str> =
        [ANDROID].into_iter().chain(RUNTIMES.iter().map(|runtime| runtime.name)).collect();
    Cut::failed(
        CODE,
        format!(
            "Unknown runtime named '{name}'. This build image has the following runtimes: {}",
            known.join(", ")
        ),
    )
}

/// What was written is no version at all: no setting makes something of it.
fn unknown_version(name: &str, version: &str, machine: &Machine<'_>) -> Cut {
    match RUNTIMES.iter().find(|it| it.name == name) {
        Some(runtime) => none_such(name, version, &machine.installed(runtime)),
        None if name == ANDROID => none_such(name, version, &[]),
        None => unknown_runtime(name),
    }
}

fn none_such(name: &str, version: &str, installed: &[Installed]) -> Cut {
    let mut versions: Vec<String> = installed.iter().map(|it| it.version.to_string()).collect();
    versions.dedup();
    let versions = match versions.as_slice() {
        [] => "none".to_owned(),
        _ => versions.join(", "),
    };
    Cut::failed(
        CODE,
        format!(
            "Unknown runtime version named '{version}' of {name}. This build image has the \
             following versions: {versions}"
        ),
    )
}

fn missing(variables: &[(String, String)]) -> Result<Missing, Cut> {
    let yards = std::env::var(SETTING).ok();
    let (value, whose) = match value_of(variables, SETTING) {
        Some(value) => (value, "the build"),
        None => (yards.as_deref().unwrap_or("warn"), "the yard"),
    };
    match value {
        "warn" => Ok(Missing::Warn),
        "strict" => Ok(Missing::Fail),
        other => Err(Cut::failed(
            "CLIENT_ERROR",
            format!("{SETTING} of {whose} must be warn or strict: found {other:?}"),
        )),
    }
}

/// `$NAME` or `${NAME}` alone, as the guide allows.
fn expand(version: &str, variables: &[(String, String)]) -> String {
    let name = version
        .strip_prefix('$')
        .map(|name| name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name));
    name.and_then(|name| value_of(variables, name)).unwrap_or(version).to_owned()
}

fn value_of<'a>(variables: &'a [(String, String)], name: &str) -> Option<&'a str> {
    variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn homes() -> Vec<PathBuf> {
    let mut homes = vec![PathBuf::from("/root")];
    homes.extend(std::env::var_os("HOME").map(PathBuf::from));
    homes.dedup();
    homes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    struct Tools(tempfile::TempDir);

    impl Tools {
        fn new(programs: &[(&str, &str)]) -> Self {
            let dir = tempfile::tempdir().unwrap();
            for (path, says) in programs {
                let path = dir.path().join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, format!("#!/bin/sh\necho {says}\n")).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
            Self(dir)
        }

        /// The versions are asked for on a machine with these tools first on its path.
        fn choose(&self, versions: &str, more: &[(&str, &str)]) -> Result<Chosen, String> {
            let text =
                format!("{{version: 0.2, phases: {{install: {{runtime-versions: {versions}}}}}}}");
            let spec = formats::buildspec::parse(&text).unwrap();
            let path = format!("{0}/a:{0}/b", self.0.path().display());
            let mut variables = vec![("PATH".to_owned(), path)];
            variables.extend(more.iter().map(|(name, value)| ((*name).into(), (*value).into())));
            let request =
                Request { spec: &spec, variables: &variables, builds_own: &[], is_curated: true };
            choose(&request).map_err(|cut| match cut {
                Cut::Ended(_, context) => format!("{}: {}", context.code, context.message),
                Cut::Engine(error) => panic!("{error}"),
            })
        }
    }

    #[test]
    fn the_version_that_is_asked_for_goes_first_on_the_path() {
        let tools = Tools::new(&[("a/node", "v99.1.0"), ("b/node", "v98.2.0")]);
        let chosen = tools.choose("{nodejs: 98}", &[]).unwrap();
        assert_eq!(chosen.path, [tools.0.path().join("b")]);
        assert!(chosen.told[0].starts_with(
            "Selecting 'nodejs' runtime version '98' based on manual selections... (98.2.0 at "
        ));
        let chosen = tools.choose("{nodejs: $WANTED}", &[("WANTED", "99.x")]).unwrap();
        assert!(chosen.path.is_empty(), "it is first already: {chosen:?}");
        assert!(chosen.told[0].contains("'99.x'"), "{chosen:?}");
    }

    #[test]
    fn a_missing_version_warns_or_fails() {
        let tools = Tools::new(&[("a/node", "v99.1.0")]);
        let chosen = tools.choose("{nodejs: 10}", &[]).unwrap();
        assert!(chosen.told[0].starts_with("WARNING: 'nodejs' runtime version '10'"), "{chosen:?}");
        assert!(chosen.told[0].contains("Going on with version 99.1.0"), "{chosen:?}");
        let why = tools.choose("{nodejs: 10}", &[(SETTING, "strict")]).unwrap_err();
        assert!(
            why.starts_with("YAML_FILE_ERROR: Unknown runtime version named '10' of nodejs. This build image has the following versions: 99.1.0"),
            "{why}"
        );
        let why = tools.choose("{nodejs: 10}", &[(SETTING, "maybe")]).unwrap_err();
        assert!(why.contains("must be warn or strict"), "{why}");
    }

    #[test]
    fn nonsense_fails_whatever_the_setting() {
        let tools = Tools::new(&[]);
        let why = tools.choose("{docker: 18}", &[]).unwrap_err();
        assert_eq!(
            why,
            "YAML_FILE_ERROR: Unknown runtime named 'docker'. This build image has the following \
             runtimes: android, dotnet, golang, java, nodejs, php, python, ruby"
        );
        let why = tools.choose("{nodejs: lts}", &[]).unwrap_err();
        assert!(why.contains("Unknown runtime version named 'lts' of nodejs"), "{why}");
        let why = tools.choose("{ruby: $UNSET}", &[]).unwrap_err();
        assert!(why.contains("named '$UNSET' of ruby"), "{why}");
    }

    #[test]
    fn android_needs_its_own_java() {
        let tools = Tools::new(&[("a/java", "openjdk version '\"1.8.0_392\"'")]);
        let why = tools.choose("{android: 29, java: openjdk11}", &[]).unwrap_err();
        assert!(why.contains("android 29 and java openjdk11 conflict"), "{why}");
        let sdk = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(sdk.path().join("platforms/android-29")).unwrap();
        let home = sdk.path().to_str().unwrap();
        let chosen = tools.choose("{android: 29}", &[("ANDROID_HOME", home)]).unwrap();
        assert!(chosen.told[0].contains("'corretto8' based on a dependency"), "{chosen:?}");
        assert!(chosen.told[1].starts_with("Selecting 'android' runtime version '29'"));
        assert!(chosen.told[2].contains("8.0.392"), "{chosen:?}");
        assert!(chosen.variables.iter().any(|(name, _)| name == "JAVA_HOME"));
        let chosen = tools.choose("{android: 30}", &[("ANDROID_HOME", home)]).unwrap();
        assert!(chosen.told[1].starts_with("WARNING: 'android'"), "{chosen:?}");
    }
}
