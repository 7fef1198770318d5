//! CodeDeploy's tables: the public service, and the command service under its two names.

use api_developer::codedeploy::commands::{self as host, secure};
use api_developer::codedeploy::*;
use service::{Error, Protocol, Service, common, op};

use crate::arn::{right, with_request_tags};
use crate::{
    applications, arn, commands, configs, create, deployments, errors, events, groups, instances,
    reconcile, revisions, rights, tags, targets,
};

const GROUPS: &str = "EC2, Auto Scaling, ECS, blue/green, load balancers, alarms, triggers";

/// The public service, and the command service that agents call.
pub fn services() -> Vec<Service> {
    let public = Service::new("codedeploy", Protocol::Json11)
        .target("CodeDeploy_20141006")
        .reconciler(reconcile::deployments)
        .lacks(&[
            "DeleteGitHubAccountToken",
            "DeleteResourcesByExternalId",
            "ListGitHubAccountTokenNames",
            "PutLifecycleEventHookExecutionStatus",
            "SkipWaitTimeForInstanceTermination",
        ]);
    let public = target_rows(deployment_rows(group_rows(revision_rows(application_rows(
        config_rows(instance_rows(public)),
    )))));
    vec![tag_rows(public), command_service(), secure_command_service()]
}

/// Hosts need no policy for it, only their own credentials, as in AWS.
fn command_service() -> Service {
    Service::new("codedeploy-commands", Protocol::Json11)
        .target("CodeDeployCommandService_v20141006")
        .operation(op(host::PollHostCommand, commands::poll).always_allowed().data_event())
        .operation(
            op(host::GetDeploymentSpecification, commands::specification)
                .always_allowed()
                .data_event(),
        )
        .operation(
            op(host::PutHostCommandAcknowledgement, commands::acknowledge)
                .write()
                .always_allowed()
                .data_event(),
        )
        .operation(
            op(host::PutHostCommandComplete, commands::complete)
                .write()
                .always_allowed()
                .data_event(),
        )
        .lacks(&["PostHostCommandUpdate"])
}

/// The same, allowed or denied by policies.
fn secure_command_service() -> Service {
    Service::new("codedeploy-commands-secure", Protocol::Json11)
        .target("CodeDeployCommandService")
        .access_denied(common::ACCESS_DENIED_JSON)
        .operation(op(secure::PollHostCommand, commands::poll).data_event())
        .operation(op(secure::GetDeploymentSpecification, commands::specification).data_event())
        .operation(
            op(secure::PutHostCommandAcknowledgement, commands::acknowledge).write().data_event(),
        )
        .operation(op(secure::PutHostCommandComplete, commands::complete).write().data_event())
        .lacks(&["PostHostCommandUpdate"])
}

fn instance_rows(service: Service) -> Service {
    let on_names = |cx: &service::Cx, action: &str, names: &[String]| {
        Ok::<_, Error>(
            names.iter().map(|name| right(action, instances::resource(cx, name))).collect(),
        )
    };
    service
        .operation(
            op(RegisterOnPremisesInstance, instances::register)
                .write()
                .errors(errors::ALL)
                .on(|cx, input| instances::resource(cx, &input.instance_name)),
        )
        .operation(
            op(DeregisterOnPremisesInstance, instances::deregister)
                .write()
                .errors(errors::ALL)
                .on(|cx, input| instances::resource(cx, &input.instance_name)),
        )
        .operation(
            op(GetOnPremisesInstance, instances::get)
                .errors(errors::ALL)
                .on(|cx, input| instances::resource(cx, &input.instance_name)),
        )
        .operation(
            op(BatchGetOnPremisesInstances, instances::batch_get).errors(errors::ALL).rights(
                move |cx, input| on_names(cx, "BatchGetOnPremisesInstances", &input.instance_names),
            ),
        )
        .operation(
            op(ListOnPremisesInstances, instances::list).list().errors(errors::ALL).paginated(
                "nextToken",
                "",
                instances::PAGE,
            ),
        )
        .operation(
            op(AddTagsToOnPremisesInstances, instances::add_tags)
                .tagging()
                .errors(errors::ALL)
                .rights(move |cx, input| {
                    on_names(cx, "AddTagsToOnPremisesInstances", &input.instance_names)
                }),
        )
        .operation(
            op(RemoveTagsFromOnPremisesInstances, instances::remove_tags)
                .tagging()
                .errors(errors::ALL)
                .rights(move |cx, input| {
                    on_names(cx, "RemoveTagsFromOnPremisesInstances", &input.instance_names)
                }),
        )
}

fn config_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateDeploymentConfig, configs::create)
                .write()
                .partial("Lambda, ECS and zonal configurations are refused")
                .errors(errors::ALL)
                .on(|cx, input| {
                    arn::of(&cx.scope(), "deploymentconfig", &input.deployment_config_name)
                }),
        )
        .operation(op(GetDeploymentConfig, configs::get).errors(errors::ALL).on(|cx, input| {
            arn::of(&cx.scope(), "deploymentconfig", &input.deployment_config_name)
        }))
        .operation(op(DeleteDeploymentConfig, configs::delete).write().errors(errors::ALL).on(
            |cx, input| arn::of(&cx.scope(), "deploymentconfig", &input.deployment_config_name),
        ))
        .operation(op(ListDeploymentConfigs, configs::list).list().errors(errors::ALL).paginated(
            "nextToken",
            "",
            configs::PAGE,
        ))
}

fn application_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateApplication, applications::create)
                .write()
                .partial("Lambda and ECS are refused")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let right =
                        rights::application(cx, "CreateApplication", &input.application_name);
                    Ok(vec![with_request_tags(right, input.tags.as_deref().unwrap_or_default())])
                }),
        )
        .operation(op(GetApplication, applications::get).errors(errors::ALL).rights(|cx, input| {
            Ok(vec![rights::application(cx, "GetApplication", &input.application_name)])
        }))
        .operation(op(BatchGetApplications, applications::batch_get).errors(errors::ALL).rights(
            |cx, input| {
                let names = input.application_names.iter();
                Ok(names.map(|it| rights::application(cx, "BatchGetApplications", it)).collect())
            },
        ))
        .operation(op(ListApplications, applications::list).list().errors(errors::ALL).paginated(
            "nextToken",
            "",
            applications::PAGE,
        ))
        .operation(op(UpdateApplication, applications::update).write().errors(errors::ALL).rights(
            |cx, input| {
                let names = [&input.application_name, &input.new_application_name];
                let names = names.into_iter().flatten();
                Ok(names.map(|it| rights::application(cx, "UpdateApplication", it)).collect())
            },
        ))
        .operation(op(DeleteApplication, applications::delete).write().errors(errors::ALL).rights(
            |cx, input| {
                Ok(vec![rights::application(cx, "DeleteApplication", &input.application_name)])
            },
        ))
}

fn revision_rows(service: Service) -> Service {
    service
        .operation(
            op(RegisterApplicationRevision, revisions::register)
                .write()
                .partial("revisions in S3 only")
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let name = &input.application_name;
                    Ok(vec![rights::application(cx, "RegisterApplicationRevision", name)])
                }),
        )
        .operation(op(GetApplicationRevision, revisions::get).errors(errors::ALL).rights(
            |cx, input| {
                let name = &input.application_name;
                Ok(vec![rights::application(cx, "GetApplicationRevision", name)])
            },
        ))
        .operation(
            op(BatchGetApplicationRevisions, revisions::batch_get).errors(errors::ALL).rights(
                |cx, input| {
                    let name = &input.application_name;
                    Ok(vec![rights::application(cx, "BatchGetApplicationRevisions", name)])
                },
            ),
        )
        .operation(
            op(ListApplicationRevisions, revisions::list)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "", revisions::PAGE)
                .rights(|cx, input| {
                    let name = &input.application_name;
                    Ok(vec![rights::application(cx, "ListApplicationRevisions", name)])
                }),
        )
}

fn group_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateDeploymentGroup, groups::create)
                .write()
                .partial(GROUPS)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let (application, group) =
                        (&input.application_name, &input.deployment_group_name);
                    let right = rights::group(cx, "CreateDeploymentGroup", application, group);
                    Ok(vec![with_request_tags(right, input.tags.as_deref().unwrap_or_default())])
                })
                .pass_role(crate::PRINCIPAL, |input| Some(&input.service_role_arn)),
        )
        .operation(
            op(UpdateDeploymentGroup, groups::update)
                .write()
                .partial(GROUPS)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let application = &input.application_name;
                    let current = Some(&input.current_deployment_group_name);
                    let names = current.into_iter().chain(&input.new_deployment_group_name);
                    Ok(names
                        .map(|name| rights::group(cx, "UpdateDeploymentGroup", application, name))
                        .collect())
                })
                .pass_role(crate::PRINCIPAL, |input| input.service_role_arn.as_deref()),
        )
        .operation(op(GetDeploymentGroup, groups::get).errors(errors::ALL).rights(|cx, input| {
            let (application, group) = (&input.application_name, &input.deployment_group_name);
            Ok(vec![rights::group(cx, "GetDeploymentGroup", application, group)])
        }))
        .operation(op(BatchGetDeploymentGroups, groups::batch_get).errors(errors::ALL).rights(
            |cx, input| {
                let (application, names) = (&input.application_name, &input.deployment_group_names);
                Ok(names
                    .iter()
                    .map(|name| rights::group(cx, "BatchGetDeploymentGroups", application, name))
                    .collect())
            },
        ))
        .operation(
            op(ListDeploymentGroups, groups::list)
                .list()
                .errors(errors::ALL)
                .paginated("nextToken", "", groups::PAGE)
                .rights(|cx, input| {
                    let name = &input.application_name;
                    Ok(vec![rights::application(cx, "ListDeploymentGroups", name)])
                }),
        )
        .operation(op(DeleteDeploymentGroup, groups::delete).write().errors(errors::ALL).rights(
            |cx, input| {
                let (application, group) = (&input.application_name, &input.deployment_group_name);
                Ok(vec![rights::group(cx, "DeleteDeploymentGroup", application, group)])
            },
        ))
}

fn deployment_rows(service: Service) -> Service {
    service
        .operation(
            op(CreateDeployment, create::create)
                .write()
                .partial("in place, from S3; targetInstances and alarms are refused")
                .errors(errors::ALL)
                .events(events::ALL)
                .rights(|cx, input| {
                    let group = input.deployment_group_name.as_deref().unwrap_or("*");
                    Ok(vec![rights::group(cx, "CreateDeployment", &input.application_name, group)])
                }),
        )
        .operation(op(GetDeployment, deployments::get).errors(errors::ALL).rights(|cx, input| {
            Ok(vec![rights::deployment(cx, "GetDeployment", &input.deployment_id)?])
        }))
        .operation(op(BatchGetDeployments, deployments::batch_get).errors(errors::ALL).rights(
            |cx, input| {
                let ids = input.deployment_ids.iter();
                ids.map(|id| rights::deployment(cx, "BatchGetDeployments", id)).collect()
            },
        ))
        .operation(
            op(ListDeployments, deployments::list)
                .list()
                .partial("externalId is refused")
                .errors(errors::ALL)
                .paginated("nextToken", "", deployments::PAGE)
                .rights(|cx, input| {
                    Ok(vec![match (&input.application_name, &input.deployment_group_name) {
                        (Some(application), Some(group)) => {
                            rights::group(cx, "ListDeployments", application, group)
                        }
                        _ => right("ListDeployments", "*".to_owned()),
                    }])
                }),
        )
        .operation(
            op(StopDeployment, deployments::stop).write().errors(errors::ALL).events(events::ALL),
        )
        .operation(
            op(ContinueDeployment, deployments::continue_deployment)
                .write()
                .partial("for blue/green deployments, which are refused")
                .errors(errors::ALL),
        )
}

fn target_rows(service: Service) -> Service {
    service
        .operation(op(GetDeploymentTarget, targets::get_target).errors(errors::ALL))
        .operation(op(BatchGetDeploymentTargets, targets::batch_get_targets).errors(errors::ALL))
        .operation(
            op(ListDeploymentTargets, targets::list_targets).list().errors(errors::ALL).paginated(
                "nextToken",
                "",
                targets::PAGE,
            ),
        )
        .operation(op(GetDeploymentInstance, targets::get_instance).errors(errors::ALL).rights(
            |cx, input| {
                Ok(vec![rights::deployment(cx, "GetDeploymentInstance", &input.deployment_id)?])
            },
        ))
        .operation(
            op(BatchGetDeploymentInstances, targets::batch_get_instances)
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let id = &input.deployment_id;
                    Ok(vec![rights::deployment(cx, "BatchGetDeploymentInstances", id)?])
                }),
        )
        .operation(
            op(ListDeploymentInstances, targets::list_instances)
                .list()
                .partial("instanceTypeFilter is refused")
                .errors(errors::ALL)
                .paginated("nextToken", "", targets::PAGE)
                .rights(|cx, input| {
                    let id = &input.deployment_id;
                    Ok(vec![rights::deployment(cx, "ListDeploymentInstances", id)?])
                }),
        )
}

fn tag_rows(service: Service) -> Service {
    service
        .operation(op(ListTagsForResource, tags::list).list().errors(errors::ALL).rights(
            |cx, input| Ok(vec![rights::tagged(cx, "ListTagsForResource", &input.resource_arn)?]),
        ))
        .operation(op(TagResource, tags::tag).tagging().errors(errors::ALL).rights(|cx, input| {
            let right = rights::tagged(cx, "TagResource", &input.resource_arn)?;
            Ok(vec![with_request_tags(right, &input.tags)])
        }))
        .operation(op(UntagResource, tags::untag).tagging().errors(errors::ALL).rights(
            |cx, input| {
                let right = rights::tagged(cx, "UntagResource", &input.resource_arn)?;
                Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
            },
        ))
}
