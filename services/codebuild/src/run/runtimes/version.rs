//! Versions: what a buildspec asks for, and what a program says of itself.

/// A version that a buildspec asks for: `latest`, `18`, `18.x`, `3.12`, `corretto17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The leading numbers that must be the same; none for `latest`.
    numbers: Vec<u32>,
}

impl Wanted {
    /// Reads it. Java's vendors (`openjdk11`, `corretto17`) say nothing about the version.
    pub fn parse(runtime: &str, text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "latest" {
            return Some(Self { numbers: Vec::new() });
        }
        let text = match runtime {
            "java" => {
                let bare = ["openjdk", "corretto"].iter().find_map(|it| text.strip_prefix(it));
                bare.unwrap_or(text)
            }
            _ => text,
        };
        let text = text.strip_suffix(".x").unwrap_or(text);
        let numbers: Option<Vec<u32>> = text.split('.').map(number).collect();
        numbers.map(|numbers| Self { numbers })
    }

    /// Whether a version is one that was asked for.
    pub fn is_met_by(&self, version: &Version) -> bool {
        version.0.starts_with(&self.numbers)
    }

    /// The first number, if one is asked for.
    pub fn major(&self) -> Option<u32> {
        self.numbers.first().copied()
    }
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A version that is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(Vec<u32>);

impl Version {
    /// The first thing that looks like a version in what a program says.
    pub fn find(runtime: &str, text: &str) -> Option<Self> {
        let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_'));
        let word = words.into_iter().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        let mut numbers: Vec<u32> = word.split(['.', '_']).map_while(number).collect();
        // Java 8 calls itself 1.8.
        if runtime == "java" && numbers.first() == Some(&1) && numbers.len() > 1 {
            numbers.remove(0);
        }
        (!numbers.is_empty()).then_some(Self(numbers))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_and_what_is_there() {
        for (runtime, said, wanted, met) in [
            ("python", "Python 3.11.7\n", "3.11", true),
            ("python", "Python 3.11.7\n", "3.x", true),
            ("python", "Python 3.11.7\n", "3.1", false),
            ("python", "Python 3.11.7\n", "latest", true),
            ("nodejs", "v20.1.0", "20", true),
            ("nodejs", "v20.1.0", "20.x", true),
            ("nodejs", "v20.1.0", "2", false),
            ("nodejs", "v20.1.0", "20.1.0", true),
            ("nodejs", "v20.1.0", "20.1.0.1", false),
            ("golang", "go version go1.22.1 linux/amd64", "1.22", true),
            ("java", "openjdk version \"17.0.2\" 2022-01-18", "corretto17", true),
            ("java", "openjdk version \"17.0.2\" 2022-01-18", "openjdk11", false),
            ("java", "openjdk version \"1.8.0_392\"", "corretto8", true),
            ("java", "openjdk version \"21\" 2023-09-19", "21", true),
            ("ruby", "ruby 3.2.2 (2023-03-30 revision e51014f9c0)", "3.2", true),
            ("php", "PHP 8.2.7 (cli) (built: Jun  9 2023)", "8.2", true),
            ("dotnet", "8.0.100", "8.0", true),
        ] {
            let version = Version::find(runtime, said).unwrap();
            let wanted = Wanted::parse(runtime, wanted).unwrap();
            assert_eq!(wanted.is_met_by(&version), met, "{said} {wanted:?}");
        }
    }

    #[test]
    fn what_is_no_version() {
        for (runtime, text) in [
            ("nodejs", "lts"),
            ("nodejs", "v18"),
            ("nodejs", ""),
            ("nodejs", "18."),
            ("nodejs", ".18"),
            ("nodejs", "corretto17"),
            ("nodejs", "99999999999"),
            ("java", "temurin17"),
            ("python", "$UNSET"),
            ("python", "3.*"),
        ] {
            assert_eq!(Wanted::parse(runtime, text), None, "{text}");
        }
        assert_eq!(Version::find("nodejs", "no version"), None);
    }
}
