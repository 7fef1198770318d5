//! Names of images, as engines read them.

/// A name such as `registry.example.com:5000/team/tool:1.2`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Registry, port included; none where the engine's default registry is meant.
    pub registry: Option<String>,
    /// Registry and repository, as the engine takes them.
    pub name: String,
    /// Tag or digest; `latest` if the text has neither.
    pub version: String,
}

impl Reference {
    /// Reads it; none if no engine would take it.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let after_path = rest.rfind('/').map_or(0, |slash| slash + 1);
        let last = rest.get(after_path..)?;
        let (name, tag) = match last.split_once(':') {
            Some((_, tag)) => (rest.get(..rest.len() - tag.len() - 1)?, Some(tag)),
            None => (rest, None),
        };
        let first = name.split('/').next().unwrap_or_default();
        let is_registry =
            name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        let registry = is_registry.then(|| first.to_owned());
        let path = if is_registry { name.get(first.len() + 1..)? } else { name };
        let well_formed = registry.as_deref().is_none_or(is_host)
            && name.len() <= 255
            && path.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        let version = digest.or(tag).unwrap_or("latest").to_owned();
        well_formed.then(|| Self { registry, name: name.to_owned(), version })
    }

    /// Whether its registry is on this machine's loopback.
    pub fn is_on_loopback(&self) -> bool {
        let registry = self.registry.as_deref().unwrap_or_default();
        let host = registry.split(':').next().unwrap_or_default();
        let address = host.parse::<std::net::Ipv4Addr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// As the engine finds it among its images.
    pub fn full(&self) -> String {
        let separator = if self.version.contains(':') { '@' } else { ':' };
        format!("{}{separator}{}", self.name, self.version)
    }
}

fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "0"));
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    !host.is_empty() && host.chars().all(fits) && port.parse::<u16>().is_ok()
}

fn is_component(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = |c: char| plain(c) || matches!(c, '.' | '_' | '-');
    text.starts_with(plain) && text.ends_with(plain) && text.chars().all(fits)
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let fits = |c: char| word(c) || c == '.' || c == '-';
    text.starts_with(word) && text.len() <= 128 && text.chars().all(fits)
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
            && algorithm.chars().all(|c| c.is_ascii_alphanumeric() || "+._-".contains(c))
            && hex.len() >= 32
            && hex.chars().all(|c| c.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        for (text, registry, name, version) in [
            ("ubuntu", None, "ubuntu", "latest"),
            ("ubuntu:24.04", None, "ubuntu", "24.04"),
            ("team/tool:v1", None, "team/tool", "v1"),
            ("localhost/tool", Some("localhost"), "localhost/tool", "latest"),
            ("r.example.com:5000/a/b:1", Some("r.example.com:5000"), "r.example.com:5000/a/b", "1"),
            (&format!("a/b@{digest}"), None, "a/b", &digest),
            (&format!("a/b:1@{digest}"), None, "a/b", &digest),
        ] {
            let found = Reference::parse(text).unwrap();
            assert_eq!(found.registry.as_deref(), registry, "{text}");
            assert_eq!((found.name.as_str(), found.version.as_str()), (name, version), "{text}");
        }
        assert_eq!(Reference::parse(&format!("a@{digest}")).unwrap().full(), format!("a@{digest}"));
        assert_eq!(Reference::parse("a").unwrap().full(), "a:latest");
        for text in ["", "Ubuntu", "a b", "a:", "a@sha256:1", "/a", "a//b", "a:b c", "x.y:z/a", "é"]
        {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }
}
