//! `cache`: what is kept from build to build, and under which key.

use super::parse::globs;
use crate::section::Section;
use crate::yaml::{Error, Node, Position};

/// The most `fallback-keys`.
pub const MAX_FALLBACK_KEYS: usize = 5;

/// `cache`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Globs, relative to the source directory or absolute; at least one.
    pub paths: Vec<String>,
    /// `key`, which may hold shell expressions (`npm-$(codebuild-hash-files package-lock.json)`);
    /// compared whole.
    pub key: Option<String>,
    /// `fallback-keys`: tried one by one as prefixes, where nothing is under the key; at most
    /// [`MAX_FALLBACK_KEYS`]. Without a key they mean nothing.
    pub fallback_keys: Vec<String>,
    /// `action`
    pub action: CacheAction,
    /// Where the section starts.
    pub at: Position,
}

/// What is done with the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheAction {
    /// It is fetched before the build and kept after it.
    #[default]
    RestoreAndSave,
    /// `restore`: it is fetched only.
    Restore,
    /// `save`: it is kept only.
    Save,
}

impl CacheAction {
    /// Whether the cache is fetched before the build.
    pub fn restores(self) -> bool {
        self != Self::Save
    }

    /// Whether the cache is kept after the build.
    pub fn saves(self) -> bool {
        self != Self::Restore
    }
}

pub(super) fn cache(node: &Node) -> Result<Cache, Error> {
    let section = Section::new(node, "cache", &["paths", "key", "fallback-keys", "action"])?;
    let paths = globs(&section, "paths")?;
    if paths.is_empty() {
        return Err(Error::new(node.at, "cache has no paths"));
    }
    let at = |key: &str| section.get(key).map_or(node.at, |node| node.at);
    let action = match section.string("action")?.as_deref() {
        None => CacheAction::default(),
        Some("restore") => CacheAction::Restore,
        Some("save") => CacheAction::Save,
        Some(other) => {
            return Err(Error::new(
                at("action"),
                format!("cache.action must be restore or save: found {other:?}"),
            ));
        }
    };
    let fallback_keys = section.strings("fallback-keys")?;
    if fallback_keys.len() > MAX_FALLBACK_KEYS {
        return Err(Error::new(
            at("fallback-keys"),
            format!(
                "cache.fallback-keys has {} keys: at most {MAX_FALLBACK_KEYS} are allowed",
                fallback_keys.len()
            ),
        ));
    }
    Ok(Cache { paths, key: section.string("key")?, fallback_keys, action, at: node.at })
}
