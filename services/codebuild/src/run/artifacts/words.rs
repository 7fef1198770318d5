//! What the shell expands in a buildspec's artifacts, when the commands have ended.

use formats::buildspec::{ArtifactFiles, Artifacts, Buildspec};

/// The words in the buildspec that the shell is to expand, in the order in which [`expanded`] takes
/// them back.
pub(in crate::run) fn words(spec: &Buildspec) -> Vec<String> {
    let Some(mut artifacts) = spec.artifacts.clone() else { return Vec::new() };
    let mut words = Vec::new();
    for_each(&mut artifacts, |word| words.push(word.clone()));
    words
}

/// The artifacts with what the shell made of the words; none where it did not get so far.
pub(super) fn expanded(artifacts: &Artifacts, values: Option<&[String]>) -> Option<Artifacts> {
    let mut artifacts = artifacts.clone();
    let mut values = values.unwrap_or_default().iter();
    let mut complete = true;
    for_each(&mut artifacts, |word| match values.next() {
        Some(value) => word.clone_from(value),
        None => complete = false,
    });
    complete.then_some(artifacts)
}

/// Names always, since dates are what they are for; paths only where there is something to expand.
fn for_each(artifacts: &mut Artifacts, mut with: impl FnMut(&mut String)) {
    let secondary = artifacts.secondary.iter_mut().map(|(_, files)| files);
    for files in [&mut artifacts.primary].into_iter().chain(secondary) {
        let ArtifactFiles { files, name, base_directory, exclude_paths, s3_prefix, .. } = files;
        let paths = files.iter_mut().chain(base_directory).chain(exclude_paths).chain(s3_prefix);
        let dynamic = paths.filter(|path| path.contains(['$', '`']));
        name.iter_mut().chain(dynamic).for_each(&mut with);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_out_and_come_back_in_order() {
        let spec = formats::buildspec::parse(
            "version: 0.2\nphases:\n  build:\n    commands: [a]\nartifacts:\n  files: [plain, $X/a]\n  name: n\n  base-directory: $DIR\n  secondary-artifacts:\n    two:\n      files: ['**/*']\n      name: two-$(date)\n",
        )
        .unwrap();
        assert_eq!(words(&spec), ["n", "$X/a", "$DIR", "two-$(date)"]);
        let values: Vec<String> = ["N", "x/a", "dir", "two-1"].map(str::to_owned).into();
        let artifacts = expanded(spec.artifacts.as_ref().unwrap(), Some(&values)).unwrap();
        assert_eq!(artifacts.primary.files, ["plain", "x/a"]);
        assert_eq!(artifacts.primary.base_directory.as_deref(), Some("dir"));
        assert_eq!(artifacts.secondary[0].1.name.as_deref(), Some("two-1"));
        assert!(expanded(spec.artifacts.as_ref().unwrap(), Some(&values[..3])).is_none());
        assert!(expanded(spec.artifacts.as_ref().unwrap(), None).is_none());
    }
}
