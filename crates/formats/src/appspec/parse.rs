//! From the tree to the model, with the published agent's complaints in our words.

use super::{
    Acl, AppSpec, Context, DEFAULT_TIMEOUT_SECS, Error, FileExistsBehavior, FileMapping, Mode,
    ObjectType, Pattern, Permission, Script,
};
use crate::section::{Section, expected, refuse_custom_tags, string};
use crate::yaml::{self, Node, Position, Value};

/// Reads an application specification.
///
/// # Errors
/// On bad YAML, unknown keys, wrong types, and values outside what the reference allows.
pub fn parse(text: &str) -> Result<AppSpec, Error> {
    let start = Position { line: 1, column: 1 };
    let root = yaml::parse(text)?.ok_or_else(|| {
        yaml::Error::new(start, "the AppSpec file is empty: it needs at least version and os")
    })?;
    Ok(appspec(&root)?)
}

fn appspec(root: &Node) -> Result<AppSpec, yaml::Error> {
    refuse_custom_tags(root)?;
    let known = ["version", "os", "files", "file_exists_behavior", "permissions", "hooks"];
    let top = Section::new(root, "", &known)?;
    version(&top)?;
    os(&top)?;
    Ok(AppSpec {
        files: items(&top, "files")?.iter().enumerate().map(file).collect::<Result<_, _>>()?,
        file_exists_behavior: file_exists_behavior(&top)?,
        permissions: items(&top, "permissions")?
            .iter()
            .enumerate()
            .map(permission)
            .collect::<Result<_, _>>()?,
        hooks: hooks(&top)?,
    })
}

/// The version is the number 0.0; the agent takes no string for it.
fn version(top: &Section<'_>) -> Result<(), yaml::Error> {
    let node = top.get("version");
    let plain = node.and_then(|node| match &node.value {
        Value::Scalar(scalar) if scalar.plain => Some(scalar.text.as_str()),
        _ => None,
    });
    match (node, plain) {
        (_, Some("0.0" | "0")) => Ok(()),
        (Some(node), _) => Err(yaml::Error::new(
            node.at,
            format!(
                "invalid version {}: it must be the number 0.0, without quotes",
                node.as_str().unwrap_or(node.kind())
            ),
        )),
        (None, _) => Err(yaml::Error::new(top.at, "the AppSpec file has no version: write 0.0")),
    }
}

fn os(top: &Section<'_>) -> Result<(), yaml::Error> {
    match top.string("os")?.as_deref() {
        Some("linux") => Ok(()),
        Some(other) => Err(yaml::Error::new(
            top.get("os").map_or(top.at, |node| node.at),
            format!("unsupported operating system {other:?}: only linux hosts are supported"),
        )),
        None => Err(yaml::Error::new(top.at, "the AppSpec file has no os: write linux")),
    }
}

fn file_exists_behavior(top: &Section<'_>) -> Result<Option<FileExistsBehavior>, yaml::Error> {
    let Some(name) = top.string("file_exists_behavior")? else { return Ok(None) };
    FileExistsBehavior::from_name(&name).map(Some).ok_or_else(|| {
        yaml::Error::new(
            top.get("file_exists_behavior").map_or(top.at, |node| node.at),
            format!("invalid file_exists_behavior {name:?}: DISALLOW, OVERWRITE or RETAIN"),
        )
    })
}

fn items<'a>(section: &Section<'a>, key: &str) -> Result<&'a [Node], yaml::Error> {
    match section.get(key) {
        Some(node) => {
            node.as_sequence().ok_or_else(|| expected(node, &section.path(key), "sequence"))
        }
        None => Ok(&[]),
    }
}

fn file((index, node): (usize, &Node)) -> Result<FileMapping, yaml::Error> {
    let path = format!("files[{index}]");
    let section = Section::new(node, &path, &["source", "destination"])?;
    let need = |key: &str| {
        section
            .string(key)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| yaml::Error::new(node.at, format!("{path} has no {key}")))
    };
    Ok(FileMapping { source: need("source")?, destination: need("destination")? })
}

fn hooks(top: &Section<'_>) -> Result<Vec<(String, Vec<Script>)>, yaml::Error> {
    let Some(node) = top.get("hooks") else { return Ok(Vec::new()) };
    let hooks = Section::open(node, "hooks")?;
    let mut all = Vec::new();
    // A hook without scripts (all commented out, say) is none.
    for hook in hooks.entries().iter().filter(|hook| !hook.value.is_null()) {
        let path = hooks.path(&hook.key);
        let scripts = hook
            .value
            .as_sequence()
            .ok_or_else(|| expected(&hook.value, &path, "sequence"))?
            .iter()
            .enumerate()
            .map(|(index, node)| script(node, &format!("{path}[{index}]")))
            .collect::<Result<_, _>>()?;
        all.push((hook.key.clone(), scripts));
    }
    Ok(all)
}

fn script(node: &Node, path: &str) -> Result<Script, yaml::Error> {
    let section = Section::new(node, path, &["location", "timeout", "runas", "sudo"])?;
    let trimmed = |key: &str| {
        let text = section.string(key)?.map(|text| text.trim().to_owned());
        Ok::<_, yaml::Error>(text.filter(|text| !text.is_empty()))
    };
    let location = trimmed("location")?
        .ok_or_else(|| yaml::Error::new(node.at, format!("{path} has no location")))?;
    let timeout_secs = match section.get("timeout") {
        Some(timeout) => string(timeout, &section.path("timeout"))?
            .parse()
            .ok()
            .filter(|secs| *secs > 0)
            .ok_or_else(|| {
                yaml::Error::new(
                    timeout.at,
                    format!("{path} has an invalid timeout: it must be seconds above 0"),
                )
            })?,
        None => DEFAULT_TIMEOUT_SECS,
    };
    Ok(Script { location, run_as: trimmed("runas")?, sudo: section.flag("sudo")?, timeout_secs })
}

fn permission((index, node): (usize, &Node)) -> Result<Permission, yaml::Error> {
    let path = format!("permissions[{index}]");
    let known =
        ["object", "pattern", "except", "owner", "group", "mode", "acls", "context", "type"];
    let section = Section::new(node, &path, &known)?;
    let at = |key: &str| section.get(key).map_or(node.at, |node| node.at);
    let object = section
        .string("object")?
        .map(|object| object.trim().to_owned())
        .filter(|object| !object.is_empty())
        .ok_or_else(|| yaml::Error::new(node.at, format!("{path} has no object")))?;
    let except: Vec<Pattern> =
        section.strings("except")?.iter().map(|text| Pattern::new(text)).collect();
    let mode = section
        .string("mode")?
        .map(|text| Mode::parse(&text))
        .transpose()
        .map_err(|why| yaml::Error::new(at("mode"), format!("{path}.mode: {why}")))?;
    let acls = match section.get("acls") {
        Some(node) => Some(
            Acl::parse(&section.strings("acls")?)
                .map_err(|why| yaml::Error::new(node.at, format!("{path}.acls: {why}")))?,
        ),
        None => None,
    };
    Ok(Permission {
        object,
        pattern: section.string("pattern")?.as_deref().map_or(Pattern::everything(), Pattern::new),
        except,
        types: types(&section)?,
        owner: section.string("owner")?,
        group: section.string("group")?,
        mode,
        acls,
        context: section.get("context").map(|node| context(node, &path)).transpose()?,
    })
}

fn types(section: &Section<'_>) -> Result<Vec<ObjectType>, yaml::Error> {
    if section.get("type").is_none() {
        return Ok(vec![ObjectType::File, ObjectType::Directory]);
    }
    section
        .strings("type")?
        .iter()
        .map(|name| match name.as_str() {
            "file" => Ok(ObjectType::File),
            "directory" => Ok(ObjectType::Directory),
            other => Err(yaml::Error::new(
                section.get("type").map_or(section.at, |node| node.at),
                format!("{}: {other:?} is neither file nor directory", section.path("type")),
            )),
        })
        .collect()
}

fn context(node: &Node, path: &str) -> Result<Context, yaml::Error> {
    let section = Section::new(node, &format!("{path}.context"), &["name", "type", "range"])?;
    let bad = |why: String| yaml::Error::new(node.at, format!("{path}.context: {why}"));
    Context::new(section.string("name")?, section.string("type")?, section.string("range")?)
        .map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    const HEAD: &str = "version: 0.0\nos: linux\n";

    #[test]
    fn a_whole_file() {
        let spec = parse(
            "version: 0.0
os: linux
files:
  - source: /
    destination: /srv/app
  - source: conf/app.ini
    destination: /etc/app
file_exists_behavior: OVERWRITE
permissions:
  - object: /srv/app
    pattern: '*.sh'
    except: [skip.sh]
    owner: app
    group: app
    mode: 0755
    acls: [u:web:rx]
    context: {name: system_u, type: httpd_sys_content_t, range: s0-s1:c0.c3}
    type: [file]
hooks:
  ApplicationStop:
    - location: scripts/stop.sh
      timeout: 30
      runas: root
  AfterInstall:
  ApplicationStart:
    - location: scripts/start.sh
",
        )
        .unwrap();
        assert_eq!(spec.files.len(), 2);
        assert_eq!(spec.file_exists_behavior, Some(FileExistsBehavior::Overwrite));
        let permission = &spec.permissions[0];
        assert_eq!(permission.mode.map(Mode::bits), Some(0o755));
        assert_eq!(permission.types, [ObjectType::File]);
        assert_eq!(spec.scripts("ApplicationStop")[0].timeout_secs, 30);
        assert_eq!(spec.scripts("ApplicationStart")[0].timeout_secs, DEFAULT_TIMEOUT_SECS);
        assert!(spec.scripts("AfterInstall").is_empty());
        assert_eq!(spec.hooks.len(), 2);
    }

    #[test]
    fn the_least_file() {
        assert_eq!(parse(HEAD).unwrap().files, []);
    }

    #[test]
    fn refusals() {
        for (text, why) in [
            ("", "is empty"),
            ("os: linux\n", "no version"),
            ("version: 0.0\n", "no os"),
            ("version: 0.1\nos: linux\n", "invalid version 0.1"),
            ("version: '0.0'\nos: linux\n", "without quotes"),
            ("version: 0.0\nos: windows\n", "\"windows\""),
            ("version: 0.0\nos: Linux\n", "\"Linux\""),
            ("Resources: []\nversion: 0.0\nos: linux\n", "unknown key \"Resources\""),
        ] {
            assert!(fails(text).contains(why), "{text}: {}", fails(text));
        }
        for (text, why) in [
            ("files: {a: b}\n", "files to be of sequence type"),
            ("files: [{source: a}]\n", "files[0] has no destination"),
            ("files: [{destination: a}]\n", "files[0] has no source"),
            ("files: [a]\n", "files[0] to be of mapping type"),
            ("file_exists_behavior: KEEP\n", "\"KEEP\""),
            ("hooks: {ApplicationStart: [{timeout: 3}]}\n", "has no location"),
            ("hooks: {ApplicationStart: [{location: ' '}]}\n", "has no location"),
            ("hooks: {ApplicationStart: [{location: a, timeout: 0}]}\n", "invalid timeout"),
            ("hooks: {ApplicationStart: [{location: a, timeout: 1m}]}\n", "invalid timeout"),
            ("hooks: {ApplicationStart: [{location: a, run-as: x}]}\n", "unknown key \"run-as\""),
            ("hooks: {ApplicationStart: {location: a}}\n", "sequence type"),
            ("permissions: [{owner: a}]\n", "has no object"),
            ("permissions: [{object: /a, mode: 888}]\n", "mode"),
            ("permissions: [{object: /a, mode: 07777}]\n", "mode"),
            ("permissions: [{object: /a, type: [link]}]\n", "neither file nor directory"),
            ("permissions: [{object: /a, acls: [rx]}]\n", "acls"),
            ("permissions: [{object: /a, context: {name: x}}]\n", "context"),
        ] {
            let error = fails(&format!("{HEAD}{text}"));
            assert!(error.contains(why), "{text}: {error}");
            assert!(error.contains("line 3"), "{text}: {error}");
        }
    }
}
