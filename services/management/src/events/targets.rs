//! Targets: what a rule's events go to.

use api_management::events::*;
use service::Cx;
use types::{Arn, PageToken, Scope};
use wire::Error;

use super::arn::check_bus;
use super::errors::{self, bad_token, invalid, no_rule, unsupported};
use super::model::Rule;
use super::transform;

/// AWS's quota for a rule.
const MAX_TARGETS: usize = 5;
const PAGE: usize = 100;

/// What a target is, by its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A CodePipeline pipeline is started.
    Pipeline(String),
    /// A CodeBuild project is built.
    Project(String),
    /// The event is put into a log group.
    LogGroup(String),
}

impl Destination {
    /// The destination behind an ARN of this account and region.
    pub fn of(scope: &Scope, text: &str) -> Result<Self, Error> {
        let arn: Arn = text.parse().map_err(|_| {
            invalid(format!(
                "Parameter {text} is not valid. Reason: Provided Arn is not in correct format."
            ))
        })?;
        if arn.account != scope.account.as_str() || arn.region != scope.region.as_str() {
            return Err(unsupported(&format!("The target {text} in another account or region")));
        }
        match arn.service.as_str() {
            "codepipeline" if !arn.resource.contains('/') => Ok(Self::Pipeline(arn.resource)),
            "codebuild" => match arn.resource_of_type("project") {
                Some(project) => Ok(Self::Project(project.to_owned())),
                None => Err(unsupported(&format!("The target {text}"))),
            },
            "logs" => match arn.resource.strip_prefix("log-group:") {
                Some(group) => {
                    Ok(Self::LogGroup(group.strip_suffix(":*").unwrap_or(group).to_owned()))
                }
                None => Err(unsupported(&format!("The target {text}"))),
            },
            _ => Err(invalid(format!(
                "The target {text} is not supported by Codeyard: a target is a pipeline of \
                 CodePipeline, a project of CodeBuild or a log group."
            ))),
        }
    }
}

fn check(scope: &Scope, target: &Target) -> Result<(), Error> {
    let unsupported_member = [
        ("KinesisParameters", target.kinesis_parameters.is_some()),
        ("RunCommandParameters", target.run_command_parameters.is_some()),
        ("EcsParameters", target.ecs_parameters.is_some()),
        ("BatchParameters", target.batch_parameters.is_some()),
        ("SqsParameters", target.sqs_parameters.is_some()),
        ("HttpParameters", target.http_parameters.is_some()),
        ("RedshiftDataParameters", target.redshift_data_parameters.is_some()),
        ("SageMakerPipelineParameters", target.sage_maker_pipeline_parameters.is_some()),
        ("DeadLetterConfig", target.dead_letter_config.is_some()),
        ("AppSyncParameters", target.app_sync_parameters.is_some()),
    ];
    if let Some((name, _)) = unsupported_member.iter().find(|(_, set)| *set) {
        return Err(unsupported(name));
    }
    transform::check(target).map_err(|why| invalid(format!("{why} for target {}.", target.id)))?;
    match Destination::of(scope, &target.arn)? {
        Destination::LogGroup(_) if target.role_arn.is_some() => Err(invalid(format!(
            "RoleArn is not supported for target {}: a resource policy of the log group grants.",
            target.arn
        ))),
        Destination::Pipeline(_) | Destination::Project(_) if target.role_arn.is_none() => {
            Err(invalid(format!("RoleArn is required for target {}.", target.arn)))
        }
        _ => Ok(()),
    }
}

pub(super) async fn put_targets(cx: Cx, input: PutTargetsInput) -> Result<PutTargetsOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    for target in &input.targets {
        check(&scope, target)?;
    }
    cx.write(move |tx| {
        let mut rule = tx.get::<Rule>(&scope, &input.rule)?.ok_or_else(|| no_rule(&input.rule))?;
        for target in &input.targets {
            match rule.targets.iter_mut().find(|known| known.id == target.id) {
                Some(known) => known.clone_from(target),
                None => rule.targets.push(target.clone()),
            }
        }
        if rule.targets.len() > MAX_TARGETS {
            return Err(
                errors::LIMIT_EXCEEDED.error(format!("A rule can have {MAX_TARGETS} targets."))
            );
        }
        tx.update(&scope, &rule)?;
        Ok(PutTargetsOutput { failed_entry_count: Some(0), failed_entries: Vec::new() })
    })
    .await
}

pub(super) async fn remove_targets(
    cx: Cx,
    input: RemoveTargetsInput,
) -> Result<RemoveTargetsOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    cx.write(move |tx| {
        let mut rule = tx.get::<Rule>(&scope, &input.rule)?.ok_or_else(|| no_rule(&input.rule))?;
        rule.targets.retain(|target| !input.ids.contains(&target.id));
        tx.update(&scope, &rule)?;
        Ok(RemoveTargetsOutput { failed_entry_count: Some(0), failed_entries: Vec::new() })
    })
    .await
}

pub(super) async fn list_targets_by_rule(
    cx: Cx,
    input: ListTargetsByRuleInput,
) -> Result<ListTargetsByRuleOutput, Error> {
    let scope = cx.scope();
    check_bus(&scope, input.event_bus_name.as_deref())?;
    let listing = format!("ListTargetsByRule:{}", input.rule);
    let after = input.next_token.map(|token| PageToken::decode(&listing, &token));
    let after = after.transpose().map_err(|_| bad_token())?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE);
    let rule = cx.read(|tx| Ok(tx.get::<Rule>(&scope, &input.rule)?))?;
    let mut targets = rule.ok_or_else(|| no_rule(&input.rule))?.into_inner().targets;
    targets.sort_by(|a, b| a.id.cmp(&b.id));
    targets.retain(|target| after.as_ref().is_none_or(|after| target.id > *after));
    let more = targets.len() > limit;
    targets.truncate(limit);
    let last = targets.last().filter(|_| more).map(|target| target.id.as_str());
    let next_token = last.map(|last| PageToken::encode(&listing, last));
    Ok(ListTargetsByRuleOutput { targets, next_token })
}
