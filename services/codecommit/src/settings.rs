//! Settings of a repository that AWS has no operation for: tags of our own. Clients set them with
//! TagResource, and policies can say who may (`aws:TagKeys`).

use std::collections::BTreeMap;

use wire::Error;

use crate::errors;
use crate::model::Repository;

/// Tags that begin so are ours: one that is misspelt must not pass for a setting.
const OURS: &str = "codeyard:";

/// One setting.
pub(crate) struct Setting {
    pub tag: &'static str,
    /// What it can be; the first is what it is without the tag.
    pub values: [&'static str; 2],
}

/// Whether secrets are let in: [`crate::secret_scanning`].
pub(crate) const SECRET_SCANNING: Setting =
    Setting { tag: "codeyard:secret-scanning", values: ["off", "block"] };
/// Whether builds are told of at pull requests: [`crate::build_status`].
pub(crate) const BUILD_STATUS: Setting =
    Setting { tag: "codeyard:build-status", values: ["comment", "off"] };

const ALL: [Setting; 2] = [SECRET_SCANNING, BUILD_STATUS];

impl Setting {
    /// Whether a repository has it otherwise than it is without the tag.
    pub fn is_changed(&self, repository: &Repository) -> bool {
        let [usual, _] = self.values;
        repository.tags.get(self.tag).is_some_and(|value| value != usual)
    }
}

/// Refuses values that mean nothing, and settings that there are none of.
pub(crate) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    let ours = |key: &str| key.to_ascii_lowercase().starts_with(OURS);
    for (key, value) in tags.iter().filter(|(key, _)| ours(key)) {
        let Some(setting) = ALL.iter().find(|setting| setting.tag == key) else {
            let known = ALL.map(|setting| setting.tag).join(", ");
            return Err(errors::INVALID_TAGS_MAP
                .error(format!("{key} is no setting of a repository: there are {known}.")));
        };
        if !setting.values.contains(&value.as_str()) {
            let known = setting.values.join(" or ");
            return Err(errors::INVALID_TAGS_MAP.error(format!("{key} is {known}, not {value:?}.")));
        }
    }
    Ok(())
}
