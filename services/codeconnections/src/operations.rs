//! The table, which both doors have, and the rows of Codeyard's own.

use std::future::Future;

use api_developer::codeconnections::*;
use service::{Cx, Error, ErrorKind, Op, Operation, Protocol, Right, Service, op};
use shape::Call;

use crate::arn::{right, with_request_tags};
use crate::door::Door;
use crate::{connections, errors, handshake, hosts, repositories, tags, uses};

/// Git sync, which is CloudFormation's.
const SYNC: &[&str] = &[
    "CreateRepositoryLink",
    "CreateSyncConfiguration",
    "DeleteRepositoryLink",
    "DeleteSyncConfiguration",
    "GetRepositoryLink",
    "GetRepositorySyncStatus",
    "GetResourceSyncStatus",
    "GetSyncBlockerSummary",
    "GetSyncConfiguration",
    "ListRepositoryLinks",
    "ListRepositorySyncDefinitions",
    "ListSyncConfigurations",
    "UpdateRepositoryLink",
    "UpdateSyncBlocker",
    "UpdateSyncConfiguration",
];

const CREATES: &[ErrorKind] = &[errors::LIMIT_EXCEEDED, errors::NOT_FOUND, errors::UNAVAILABLE];
const FINDS: &[ErrorKind] = &[errors::NOT_FOUND];
const TAGS: &[ErrorKind] = &[errors::NOT_FOUND, errors::LIMIT_EXCEEDED];
const REMOVES: &[ErrorKind] = &[errors::NOT_FOUND, errors::UNAVAILABLE];

/// The service at both doors.
pub fn services() -> Vec<Service> {
    vec![at(Door::CodeConnections).on_start(repositories::tidy), at(Door::CodeStarConnections)]
}

/// A row at a door.
struct Row<C: Call>(Door, Op<C>);

fn row<C, F, Fut>(door: Door, call: C, handler: F) -> Row<C>
where
    C: Call,
    F: Fn(Cx, C::Input, Door) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<C::Output, Error>> + Send + 'static,
{
    let handler = move |cx: Cx, input: C::Input| {
        let answer = handler(cx, input, door);
        async move { answer.await.map_err(|error| door.spelled(error)) }
    };
    Row(door, op(call, handler).action(&format!("{}:{}", door.name(), C::NAME)))
}

impl<C: Call> Row<C> {
    /// On what the input names by its ARN.
    fn on(self, arn: impl Fn(&C::Input) -> &str + Send + Sync + 'static) -> Self {
        Self(self.0, self.1.rights(move |cx, input| Ok(vec![right(cx, arn(input), C::NAME)])))
    }

    fn with(self, more: impl FnOnce(Op<C>) -> Op<C>) -> Self {
        Self(self.0, more(self.1))
    }
}

impl<C: Call> From<Row<C>> for Operation {
    fn from(row: Row<C>) -> Self {
        let mut operation: Self = row.1.into();
        operation.service = row.0.name();
        operation
    }
}

fn at(door: Door) -> Service {
    let service = Service::new(door.name(), Protocol::Json10).target(door.target()).lacks(SYNC);
    tags_rows(host_rows(connection_rows(service, door), door), door)
}

/// A condition key of the door's.
fn keyed(door: Door, right: Right, key: &str, value: Option<ProviderType>) -> Right {
    match value {
        Some(value) => right.with(format!("{}:{key}", door.name()), value.as_str()),
        None => right,
    }
}

fn connection_rows(service: Service, door: Door) -> Service {
    service
        .operation(row(door, CreateConnection, connections::create_connection).with(|op| {
            op.write().errors(CREATES).partial("AzureDevOps").rights(move |cx, input| {
                let right = Right::new(format!("{}:CreateConnection", door.name()), "*");
                let kind = connections::asked_provider(cx, input);
                let right = keyed(door, right, "ProviderType", kind);
                Ok(vec![with_request_tags(right, input.tags.as_deref().unwrap_or_default())])
            })
        }))
        .operation(
            row(door, GetConnection, |cx, input, _| connections::get_connection(cx, input))
                .on(|input| &input.connection_arn)
                .with(|op| op.errors(REMOVES)),
        )
        .operation(
            row(door, ListConnections, |cx, input, _| connections::list_connections(cx, input))
                .with(|op| {
                    op.list()
                        .errors(FINDS)
                        .paginated("NextToken", "MaxResults", connections::PAGE)
                        .rights(move |_, input: &ListConnectionsInput| {
                            let right = Right::new(format!("{}:ListConnections", door.name()), "*");
                            let kind = input.provider_type_filter;
                            Ok(vec![keyed(door, right, "ProviderTypeFilter", kind)])
                        })
                }),
        )
        .operation(
            row(door, DeleteConnection, |cx, input, _| connections::delete_connection(cx, input))
                .on(|input| &input.connection_arn)
                .with(|op| op.write().errors(FINDS)),
        )
}

fn host_rows(service: Service, door: Door) -> Service {
    service
        .operation(row(door, CreateHost, hosts::create_host).with(|op| {
            op.write().errors(CREATES_HOST).partial("VpcConfiguration").rights(move |_, input| {
                let right = Right::new(format!("{}:CreateHost", door.name()), "*");
                let mut right = keyed(door, right, "ProviderType", Some(input.provider_type));
                if let Some(vpc) = &input.vpc_configuration {
                    right = right.with(format!("{}:VpcId", door.name()), vpc.vpc_id.clone());
                }
                Ok(vec![with_request_tags(right, input.tags.as_deref().unwrap_or_default())])
            })
        }))
        .operation(
            row(door, GetHost, |cx, input, _| hosts::get_host(cx, input))
                .on(|input| &input.host_arn)
                .with(|op| op.errors(REMOVES)),
        )
        .operation(
            row(door, ListHosts, |cx, input, _| hosts::list_hosts(cx, input))
                .with(|op| op.list().paginated("NextToken", "MaxResults", connections::PAGE)),
        )
        .operation(
            row(door, UpdateHost, |cx, input, _| hosts::update_host(cx, input))
                .on(|input| &input.host_arn)
                .with(|op| op.write().errors(REMOVES).partial("VpcConfiguration")),
        )
        .operation(
            row(door, DeleteHost, |cx, input, _| hosts::delete_host(cx, input))
                .on(|input| &input.host_arn)
                .with(|op| op.write().errors(REMOVES)),
        )
}

const CREATES_HOST: &[ErrorKind] = &[errors::LIMIT_EXCEEDED];

fn tags_rows(service: Service, door: Door) -> Service {
    service
        .operation(row(door, TagResource, |cx, input, _| tags::tag_resource(cx, input)).with(
            |op| {
                op.tagging().errors(TAGS).rights(|cx, input| {
                    let right = right(cx, &input.resource_arn, "TagResource");
                    Ok(vec![with_request_tags(right, &input.tags)])
                })
            },
        ))
        .operation(row(door, UntagResource, |cx, input, _| tags::untag_resource(cx, input)).with(
            |op| {
                op.tagging().errors(FINDS).rights(|cx, input| {
                    let right = right(cx, &input.resource_arn, "UntagResource");
                    Ok(vec![right.with_values("aws:TagKeys", input.tag_keys.clone())])
                })
            },
        ))
        .operation(
            row(door, ListTagsForResource, |cx, input, _| tags::list_tags_for_resource(cx, input))
                .on(|input| &input.resource_arn)
                .with(|op| op.list().errors(FINDS)),
        )
}

/// Adds to the service of Codeyard's own operations those about connections.
pub fn own_operations(service: Service) -> Service {
    service
        .operation(
            op(AuthorizeConnection, handshake::authorize_connection)
                .action("codeconnections:UpdateConnectionInstallation")
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| {
                    Ok(vec![right(cx, &input.connection_arn, "UpdateConnectionInstallation")])
                }),
        )
        .operation(
            op(GetConnectionToken, uses::get_connection_token)
                .action("codeconnections:GetConnectionToken")
                .partial("for services of the yard only")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(uses::token_rights(cx, input))),
        )
        .operation(
            op(GetConnectionBranch, repositories::get_connection_branch)
                .action("codeconnections:UseConnection")
                .partial("for services of the yard only")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![uses::use_right(cx, input, "GetBranch")])),
        )
        .operation(
            op(GetConnectionArchive, repositories::get_connection_archive)
                .action("codeconnections:UseConnection")
                .partial("for services of the yard only")
                .errors(errors::ALL)
                .rights(|cx, input| Ok(vec![uses::use_right(cx, input, "StartUploadArchiveToS3")])),
        )
}
