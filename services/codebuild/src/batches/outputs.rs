//! Which output of a pipeline is which build's: the primary output of a build is that of its name,
//! its secondary output `x` that of the build's name, `_` and `x`.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-batch.html>

use api_developer::codebuild::*;

use super::model::Outputs;
use super::spec::Planned;
use crate::model::BuildRecord;
use crate::phases::Context;

/// Gives each task the outputs that are named after it. Does nothing where the outputs are not a
/// pipeline's, or all builds' together.
pub(super) fn hand_out(template: &BuildRecord, tasks: &mut [Planned]) -> Result<(), Context> {
    let source = template.build.source.as_ref().map(|source| source.kind);
    if source != Some(SourceType::Codepipeline) || template.artifacts.location.is_some() {
        return Ok(());
    }
    for planned in tasks.iter_mut() {
        planned.task.outputs = Some(Outputs::default());
    }
    for output in &template.secondary_artifacts {
        let name = output.artifact_identifier.clone().unwrap_or_default();
        // A build's own name goes before, and of names that fit the longest.
        let fits = |planned: &Planned| {
            let own = planned.task.identifier.as_str();
            let rest = name.strip_prefix(own)?;
            let fits = rest.is_empty() || (rest.len() > 1 && rest.starts_with('_'));
            fits.then_some(own.len())
        };
        let best = (0..tasks.len())
            .filter_map(|at| Some((fits(tasks.get(at)?)?, at)))
            .max_by_key(|(length, _)| *length);
        let Some((length, task)) = best.and_then(|(length, at)| Some((length, tasks.get_mut(at)?)))
        else {
            return Err(Context::new(
                "CLIENT_ERROR",
                format!(
                    "the output artifact {name} is that of no build of the batch: it must be named \
                     after one, as BUILD or BUILD_ARTIFACT"
                ),
            ));
        };
        let outputs = task.task.outputs.get_or_insert_default();
        let id = name.get(length..).and_then(|rest| rest.strip_prefix('_'));
        let target =
            ProjectArtifacts { artifact_identifier: id.map(str::to_owned), ..output.clone() };
        match id {
            None => outputs.primary = Some(target),
            Some(_) => outputs.secondary.push(target),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::model::Task;
    use super::*;

    fn template(outputs: &[&str]) -> BuildRecord {
        let output = |name: &&str| ProjectArtifacts {
            kind: ArtifactsType::Codepipeline,
            location: Some("bucket".to_owned()),
            name: Some((*name).to_owned()),
            artifact_identifier: Some((*name).to_owned()),
            ..ProjectArtifacts::default()
        };
        BuildRecord {
            build: Build {
                source: Some(ProjectSource {
                    kind: SourceType::Codepipeline,
                    ..ProjectSource::default()
                }),
                ..Build::default()
            },
            secondary_artifacts: outputs.iter().map(output).collect(),
            ..BuildRecord::default()
        }
    }

    fn tasks(names: &[&str]) -> Vec<Planned> {
        let planned = |name: &&str| Planned {
            task: Task { identifier: (*name).to_owned(), ..Task::default() },
            depends_on: Vec::new(),
            ignore_failure: false,
        };
        names.iter().map(planned).collect()
    }

    #[test]
    fn outputs_go_to_the_builds_that_they_are_named_after() {
        let mut planned = tasks(&["build1", "build1_two", "other"]);
        let outputs = ["build1", "build1_a", "build1_two", "build1_two_b"];
        hand_out(&template(&outputs), &mut planned).unwrap();
        let of = |at: usize| {
            let outputs = planned[at].task.outputs.clone().unwrap();
            let ids = outputs.secondary.iter().filter_map(|it| it.artifact_identifier.clone());
            (outputs.primary.and_then(|it| it.name), ids.collect::<Vec<_>>())
        };
        assert_eq!(of(0), (Some("build1".to_owned()), vec!["a".to_owned()]));
        assert_eq!(of(1), (Some("build1_two".to_owned()), vec!["b".to_owned()]));
        assert_eq!(of(2), (None, Vec::new()));
        for bad in ["build2", "build1_", "build1x"] {
            let why = hand_out(&template(&[bad]), &mut tasks(&["build1"])).unwrap_err();
            assert!(why.message.contains("of no build"), "{bad}");
        }
        // All builds' together, or no pipeline's: as the project has it.
        let mut whole = template(&[]);
        whole.artifacts.location = Some("bucket".to_owned());
        let mut planned = tasks(&["a"]);
        hand_out(&whole, &mut planned).unwrap();
        assert!(planned[0].task.outputs.is_none());
    }
}
