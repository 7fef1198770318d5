//! What `codeyard build` is asked for: the options of CodeBuild's own local runner, and a few more.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/use-codebuild-agent.html>

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command as Clap, value_parser};

use crate::cli::pair;
use crate::failure::{Context as _, Failure, Outcome};

/// The image that a build names unless told otherwise; run on this machine itself.
const DEFAULT_IMAGE: &str = "aws/codebuild/standard:7.0";

/// A local build.
pub(crate) struct Options {
    pub source: PathBuf,
    pub secondary: Vec<(String, PathBuf)>,
    pub buildspec: String,
    pub image: String,
    pub privileged: bool,
    pub artifacts: Option<PathBuf>,
    pub reports: Option<PathBuf>,
    pub env_file: Option<PathBuf>,
    /// Names and values from the command line; they go before the file's.
    pub variables: Vec<(String, String)>,
    pub parameters: Vec<(String, String)>,
    pub secrets: Vec<(String, String)>,
    pub mount: bool,
    /// Give the build this user's AWS settings and credentials.
    pub aws: bool,
    pub profile: Option<String>,
    pub timeout: i64,
}

/// The subcommand.
pub(crate) fn command_line() -> Clap {
    let folder = |name: &'static str, short: char, help: &'static str| {
        let value = value_parser!(PathBuf);
        Arg::new(name).long(name).short(short).value_name("DIR").value_parser(value).help(help)
    };
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    let pairs = |name: &'static str| {
        let value = Arg::new(name).long(name).value_name("NAME=VALUE");
        value.action(ArgAction::Append).value_parser(pair)
    };
    Clap::new("build")
        .about("Build a folder by its buildspec here and now, without a yard")
        .after_help(
            "Runs in a sandbox, on a copy of the folder with all that is in it, committed or not. \
             Parameters and secrets that the buildspec names come from --parameter and --secret. \
             The exit status is 0 only if the build succeeds.",
        )
        .arg(
            Arg::new("source")
                .long("source")
                .short('s')
                .value_name("DIR|ID:DIR")
                .action(ArgAction::Append)
                .help("The folder [default: this one]; further ones are secondary sources"),
        )
        .arg(
            Arg::new("buildspec")
                .long("buildspec")
                .short('b')
                .value_name("FILE")
                .default_value("buildspec.yml")
                .help("The buildspec, below the folder or elsewhere"),
        )
        .arg(
            Arg::new("image")
                .long("image")
                .short('i')
                .default_value(DEFAULT_IMAGE)
                .help("Image to build in; the curated names mean this machine"),
        )
        .arg(folder(
            "artifacts",
            'a',
            "Where to put artifacts.zip, and ID.zip of each secondary one",
        ))
        .arg(folder("reports", 'r', "Where to put the files of test reports"))
        .arg(
            Arg::new("env-file")
                .long("env-file")
                .short('e')
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Environment variables, NAME=VALUE a line, as they are: no quotes"),
        )
        .arg(pairs("env").help("An environment variable; may be repeated"))
        .arg(pairs("parameter").help("A parameter of Parameter Store; may be repeated"))
        .arg(pairs("secret").help("A secret of Secrets Manager; may be repeated"))
        .arg(flag("mount").short('m').help("Build in the folder itself rather than in a copy"))
        .arg(flag("privileged").short('d').help("Privileged mode, for builds that run Docker"))
        .arg(
            flag("aws")
                .short('c')
                .help("Give the build your AWS settings and credentials: it then uses AWS itself"),
        )
        .arg(
            Arg::new("profile")
                .long("profile")
                .short('p')
                .value_name("NAME")
                .requires("aws")
                .help("The profile of the AWS CLI to take them from"),
        )
        .arg(
            Arg::new("timeout")
                .long("timeout")
                .value_name("MINUTES")
                .value_parser(value_parser!(i64).range(5..=2160))
                .default_value("60")
                .help("How long it may take"),
        )
}

impl Options {
    /// As given on the command line.
    ///
    /// # Errors
    /// Where a folder or file that is named is not there.
    pub(crate) fn of(matches: &ArgMatches) -> Outcome<Self> {
        let text = |name: &str| matches.get_one::<String>(name).cloned();
        let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
        let pairs = |name: &str| -> Vec<(String, String)> {
            matches.get_many(name).unwrap_or_default().cloned().collect()
        };
        let mut sources = matches.get_many::<String>("source").unwrap_or_default();
        let source = folder(Path::new(sources.next().map_or(".", String::as_str)))?;
        let secondary = sources.map(|given| secondary(given)).collect::<Outcome<_>>()?;
        let buildspec = buildspec(&source, &text("buildspec").unwrap_or_default())?;
        Ok(Self {
            source,
            secondary,
            buildspec,
            image: text("image").unwrap_or_else(|| DEFAULT_IMAGE.to_owned()),
            privileged: matches.get_flag("privileged"),
            artifacts: path("artifacts"),
            reports: path("reports"),
            env_file: path("env-file"),
            variables: pairs("env"),
            parameters: pairs("parameter"),
            secrets: pairs("secret"),
            mount: matches.get_flag("mount"),
            aws: matches.get_flag("aws"),
            profile: text("profile"),
            timeout: matches.get_one::<i64>("timeout").copied().unwrap_or(60),
        })
    }
}

fn folder(path: &Path) -> Outcome<PathBuf> {
    let found = path.canonicalize().context(format_args!("find {}", path.display()))?;
    match found.is_dir() {
        true => Ok(found),
        false => Err(Failure::new(format!("{} is no folder", path.display()))),
    }
}

fn secondary(given: &str) -> Outcome<(String, PathBuf)> {
    let (id, path) = given.split_once(':').ok_or_else(|| {
        Failure::new(format!("{given} names no secondary source"))
            .hint("the first --source is the primary one; further ones are ID:DIR")
    })?;
    Ok((id.to_owned(), folder(Path::new(path))?))
}

/// The buildspec as a project has it: a path below the folder, or the text itself of a file that is
/// elsewhere.
fn buildspec(source: &Path, given: &str) -> Outcome<String> {
    let below = source.join(given);
    let inside = below.canonicalize().is_ok_and(|file| file.starts_with(source));
    if inside && !Path::new(given).is_absolute() {
        return Ok(given.to_owned());
    }
    let text = std::fs::read_to_string(given).map_err(|error| {
        Failure::new(format!("failed to read the buildspec {given}: {error}")).hint(format!(
            "it is looked for in {} and, by that path, from here; name another with --buildspec",
            source.display()
        ))
    })?;
    // A text is told from a path by its lines.
    Ok(text + "\n")
}

/// Variables of a file: a line each, taken literally; blank lines and those that start with `#`
/// are left out.
///
/// # Errors
/// A line that is not `NAME=VALUE`, by its number.
pub(super) fn variables(file: &Path) -> Outcome<Vec<(String, String)>> {
    let what = || format!("read the variables in {}", file.display());
    let text = std::fs::read_to_string(file).context(what())?;
    let lines = text.lines().enumerate();
    let meant = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    meant
        .map(|(at, line)| {
            pair(line).map_err(|why| {
                Failure::new(format!("failed to {}: line {}: {why}", what(), at + 1))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(words: &[&str]) -> Outcome<Options> {
        let words = std::iter::once("build").chain(words.iter().copied());
        Options::of(&command_line().get_matches_from(words))
    }

    #[test]
    fn a_buildspec_is_below_the_folder_or_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let source = dir.path().join("app");
        std::fs::create_dir(&source).unwrap();
        let folder = source.to_str().unwrap();
        assert!(given(&["-s", folder]).is_err(), "there is none");
        std::fs::write(source.join("buildspec.yml"), "version: 0.2").unwrap();
        assert_eq!(given(&["-s", folder]).unwrap().buildspec, "buildspec.yml");
        let other = dir.path().join("other.yml");
        std::fs::write(&other, "version: 0.2").unwrap();
        let options = given(&["-s", folder, "-b", other.to_str().unwrap()]).unwrap();
        assert_eq!(options.buildspec, "version: 0.2\n");
    }

    #[test]
    fn variables_are_taken_as_they_stand() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("build.env");
        std::fs::write(&file, "# a comment\n\nA=1\nB=\"x=y\" \nC=\n").unwrap();
        let known = variables(&file).unwrap();
        let expected = [("A", "1"), ("B", "\"x=y\" "), ("C", "")];
        assert_eq!(known, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        std::fs::write(&file, "A=1\nB\n").unwrap();
        assert!(variables(&file).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn further_sources_have_an_identifier() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("buildspec.yml"), "version: 0.2").unwrap();
        let folder = dir.path().to_str().unwrap();
        assert!(given(&["-s", folder, "-s", folder]).is_err());
        let options = given(&["-s", folder, "-s", &format!("lib:{folder}")]).unwrap();
        assert_eq!(options.secondary[0].0, "lib");
    }
}
