//! `codeyard env`: what AWS clients need to use the yard as root.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::DEFAULT_LISTEN;
use crate::data_dir::{DataDir, write_private_text};
use crate::failure::{Context as _, Failure, Outcome};

/// Prints the variables, or writes a profile.
pub(crate) fn run(path: &Path, shell: &str, profile: Option<&str>) -> Outcome<ExitCode> {
    let data = DataDir::existing(path)?;
    let url = match data.running().map(|yard| yard.url).or_else(|| data.last_url()) {
        Some(url) => url,
        None => format!("http://{DEFAULT_LISTEN}"),
    };
    if data.running().is_none() {
        eprintln!("codeyard: no yard runs on {} now; this is for its next start", path.display());
    }
    match profile {
        Some(name) => write_profile(&data, &url, name)?,
        None => print!("{}", in_shell(shell, &variables(&data, &url))),
    }
    Ok(ExitCode::SUCCESS)
}

/// The variables, in order.
pub(crate) fn variables(data: &DataDir, url: &str) -> Vec<(&'static str, String)> {
    let host = url.trim_start_matches("http://").to_owned();
    vec![
        ("AWS_ENDPOINT_URL", url.to_owned()),
        ("AWS_ACCESS_KEY_ID", data.root.id.clone()),
        ("AWS_SECRET_ACCESS_KEY", data.root.secret.clone()),
        ("AWS_DEFAULT_REGION", data.region.to_string()),
        ("CODE_COMMIT_ENDPOINT", host),
    ]
}

fn in_shell(shell: &str, variables: &[(&str, String)]) -> String {
    let line = |(name, value): &(&str, String)| match shell {
        "fish" => format!("set -gx {name} '{value}'\n"),
        "powershell" => format!("$env:{name} = '{value}'\n"),
        _ => format!("export {name}='{value}'\n"),
    };
    // A token of another account would be sent along and refused.
    let drop_token = match shell {
        "fish" => "set -e AWS_SESSION_TOKEN\n",
        "powershell" => "$env:AWS_SESSION_TOKEN = $null\n",
        _ => "unset AWS_SESSION_TOKEN\n",
    };
    variables.iter().map(line).collect::<String>() + drop_token
}

fn write_profile(data: &DataDir, url: &str, name: &str) -> Outcome<()> {
    if name.is_empty() || name.contains(['[', ']', '\n', '\r']) {
        return Err(Failure::new(format!("{name:?} is no name for a profile")));
    }
    let credentials = aws_file("AWS_SHARED_CREDENTIALS_FILE", "credentials")?;
    let config = aws_file("AWS_CONFIG_FILE", "config")?;
    let keys = [
        ("aws_access_key_id", data.root.id.as_str()),
        ("aws_secret_access_key", data.root.secret.as_str()),
    ];
    let settings = [("region", data.region.as_str()), ("endpoint_url", url)];
    edit(&credentials, name, &keys)?;
    let section = if name == "default" { name.to_owned() } else { format!("profile {name}") };
    edit(&config, &section, &settings)?;
    println!("wrote profile {name} to {} and {}", credentials.display(), config.display());
    Ok(())
}

fn aws_file(variable: &str, name: &str) -> Outcome<PathBuf> {
    if let Some(file) = std::env::var_os(variable).filter(|it| !it.is_empty()) {
        return Ok(file.into());
    }
    match std::env::var_os("HOME") {
        Some(home) => Ok(PathBuf::from(home).join(".aws").join(name)),
        None => Err(Failure::new(format!("failed to find the AWS {name} file: HOME is not set"))),
    }
}

fn edit(file: &Path, section: &str, settings: &[(&str, &str)]) -> Outcome<()> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).context(format_args!("read {}", file.display())),
    };
    if let Some(dir) = file.parent() {
        std::fs::create_dir_all(dir).context(format_args!("make {}", dir.display()))?;
    }
    write_private_text(file, &with_section(&text, section, settings))
}

/// The text with that section replaced or appended; everything else stays as it is.
fn with_section(text: &str, section: &str, settings: &[(&str, &str)]) -> String {
    let header = format!("[{section}]");
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == header;
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    if !out.is_empty() && !out.ends_with("\n\n") {
        out.push('\n');
    }
    out.push_str(&header);
    out.push('\n');
    for (name, value) in settings {
        out.push_str(&format!("{name} = {value}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_profiles_stay() {
        let text = "[default]\nregion = eu-west-1\n[profile yard]\nold = 1\n[profile x]\na = b\n";
        let out = with_section(text, "profile yard", &[("region", "us-east-1")]);
        assert_eq!(
            out,
            "[default]\nregion = eu-west-1\n[profile x]\na = b\n\n[profile yard]\nregion = us-east-1\n"
        );
        assert_eq!(with_section("", "default", &[("a", "b")]), "[default]\na = b\n");
        assert_eq!(with_section(&out, "profile yard", &[("region", "us-east-1")]), out);
    }

    #[test]
    fn shells() {
        let variables = [("A", "b".to_owned())];
        assert!(in_shell("sh", &variables).starts_with("export A='b'\n"));
        assert!(in_shell("fish", &variables).starts_with("set -gx A 'b'\n"));
        assert!(in_shell("powershell", &variables).starts_with("$env:A = 'b'\n"));
    }
}
