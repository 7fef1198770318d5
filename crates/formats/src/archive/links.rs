//! Symbolic links that must stay inside a folder.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The most links that one path may lead through, as in the kernel.
const MAX_HOPS: usize = 40;

/// Follows `target` from the folder of `link` through all of `links` (paths relative to the root),
/// without touching the disk. Gives the path below the root, or why it leaves it.
pub(super) fn resolve(
    link: &Path,
    target: &Path,
    links: &BTreeMap<PathBuf, PathBuf>,
) -> Result<PathBuf, String> {
    let mut at = link.parent().map(Path::to_owned).unwrap_or_default();
    // What is still to be walked, the next name last.
    let mut ahead: Vec<PathBuf> = Vec::new();
    push(&mut ahead, target)?;
    let mut hops = 0;
    while let Some(name) = ahead.pop() {
        if name == Path::new("..") {
            if !at.pop() {
                return Err("is a link that leads out of the archive".to_owned());
            }
            continue;
        }
        at.push(&name);
        if let Some(next) = links.get(&at) {
            hops += 1;
            if hops > MAX_HOPS {
                return Err("is a link that leads in a circle".to_owned());
            }
            at.pop();
            push(&mut ahead, next)?;
        }
    }
    Ok(at)
}

fn push(ahead: &mut Vec<PathBuf>, target: &Path) -> Result<(), String> {
    for component in target.components().rev() {
        match component {
            Component::Normal(name) => ahead.push(PathBuf::from(name)),
            Component::ParentDir => ahead.push(PathBuf::from("..")),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => {
                return Err("is a link with an absolute target".to_owned());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(pairs: &[(&str, &str)]) -> BTreeMap<PathBuf, PathBuf> {
        pairs.iter().map(|(from, to)| (PathBuf::from(from), PathBuf::from(to))).collect()
    }

    #[test]
    fn table() {
        let all = links(&[("dot", "."), ("a/up", ".."), ("loop", "loop2"), ("loop2", "loop")]);
        for (link, target, want) in [
            ("x", "y/z", Ok("y/z")),
            ("d/x", "../y", Ok("y")),
            ("d/x", "../../y", Err("out")),
            ("x", "/etc/passwd", Err("absolute")),
            ("x", "dot/y", Ok("y")),
            ("x", "dot/..", Err("out")),
            ("x", "a/up/b", Ok("b")),
            ("x", "a/up/../b", Err("out")),
            ("x", "loop", Err("circle")),
            ("x", "missing", Ok("missing")),
        ] {
            let got = resolve(Path::new(link), Path::new(target), &all);
            match (&got, want) {
                (Ok(got), Ok(want)) => assert_eq!(got, Path::new(want), "{link} {target}"),
                (Err(got), Err(want)) => assert!(got.contains(want), "{link} {target}: {got}"),
                _ => panic!("{link} {target}: {got:?}"),
            }
        }
    }
}
