//! What the shell expands in a buildspec's reports, behind the words of its artifacts.

use formats::buildspec::{Buildspec, Report};

use super::super::artifacts;

/// The words that the shell is to expand, in the order in which [`expanded`] takes them back.
pub(in crate::run) fn words(spec: &Buildspec) -> Vec<String> {
    let mut words = Vec::new();
    for_each(&mut spec.reports.clone(), |word| words.push(word.clone()));
    words
}

/// The reports with what the shell made of the words; none where it did not get so far.
pub(super) fn expanded(spec: &Buildspec, values: Option<&[String]>) -> Option<Vec<Report>> {
    let mut reports = spec.reports.clone();
    let mut values = values.unwrap_or_default().iter().skip(artifacts::words(spec).len());
    let mut complete = true;
    for_each(&mut reports, |word| match values.next() {
        Some(value) => word.clone_from(value),
        None => complete = false,
    });
    complete.then_some(reports)
}

/// Only words in which there is something to expand.
fn for_each(reports: &mut [Report], with: impl FnMut(&mut String)) {
    let words = reports.iter_mut().flat_map(|report| {
        [&mut report.group].into_iter().chain(&mut report.base_directory).chain(&mut report.files)
    });
    words.filter(|word| word.contains(['$', '`'])).for_each(with);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_behind_those_of_the_artifacts() {
        let spec = formats::buildspec::parse(
            "version: 0.2\nphases:\n  build:\n    commands: [a]\nreports:\n  $GROUP:\n    files: [a.xml, $X/b.xml]\n  plain:\n    files: ['**/*']\n    base-directory: $DIR\nartifacts:\n  files: [x]\n  name: n\n",
        )
        .unwrap();
        assert_eq!(words(&spec), ["$GROUP", "$X/b.xml", "$DIR"]);
        let values: Vec<String> = ["n", "g", "x/b.xml", "out"].map(str::to_owned).into();
        let reports = expanded(&spec, Some(&values)).unwrap();
        assert_eq!(reports[0].group, "g");
        assert_eq!(reports[0].files, ["a.xml", "x/b.xml"]);
        assert_eq!(reports[1].base_directory.as_deref(), Some("out"));
        assert!(expanded(&spec, Some(&values[..3])).is_none());
    }
}
