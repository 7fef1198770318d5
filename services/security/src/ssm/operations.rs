//! Parameter Store's table.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>

use api_security::ssm::{
    AddTagsToResource, DeleteParameter, DeleteParameters, DescribeParameters, GetParameter,
    GetParameterHistory, GetParameters, GetParametersByPath, LabelParameterVersion,
    ListTagsForResource, PutParameter, RemoveTagsFromResource, UnlabelParameterVersion,
};
use service::{ErrorKind, Protocol, Right, Service, op};

use super::lacks::LACKS;
use super::names::Reference;
use super::{delete, errors, get, history, list, model, put, tags};

const EVENT: &[&str] = &["Parameter Store Change"];

/// AWS Systems Manager.
pub fn service() -> Service {
    let service = Service::new("ssm", Protocol::Json11).target("AmazonSSM");
    tagging(versions(parameters(service))).lacks(LACKS)
}

fn parameters(service: Service) -> Service {
    service
        .operation(
            op(PutParameter, put::put_parameter)
                .write()
                .partial("no parameter policies; data type text only")
                .errors(PUT_ERRORS)
                .events(EVENT)
                .rights(put::rights),
        )
        // These two check the caller's right once they have read the parameter, to read it once.
        .operation(
            op(GetParameter, get::get_parameter)
                .partial("no public parameters below /aws/service")
                .errors(&[
                    errors::INVALID_KEY_ID,
                    errors::PARAMETER_NOT_FOUND,
                    errors::VERSION_NOT_FOUND,
                ])
                .rights(|_, _| Ok(Vec::new())),
        )
        .operation(
            op(GetParameters, get::get_parameters)
                .partial("no public parameters below /aws/service")
                .errors(&[errors::INVALID_KEY_ID])
                .rights(|_, _| Ok(Vec::new())),
        )
        .operation(
            op(GetParametersByPath, list::get_parameters_by_path)
                .partial("no public parameters below /aws/service")
                .errors(LIST_ERRORS)
                .paginated("NextToken", "MaxResults", 10)
                .rights(|cx, i| {
                    // IAM sees the path as it was given, a slash at its end included.
                    let right =
                        Right::new("ssm:GetParametersByPath", model::arn(&cx.scope(), &i.path));
                    Ok(vec![right.with("ssm:Recursive", (i.recursive == Some(true)).to_string())])
                }),
        )
        .operation(
            op(DescribeParameters, list::describe_parameters)
                .list()
                .partial("no shared parameters")
                .errors(LIST_ERRORS)
                .paginated("NextToken", "MaxResults", 50)
                .on(|cx, _| cx.arn("ssm", "*")),
        )
        .operation(
            op(DeleteParameter, delete::delete_parameter)
                .write()
                .errors(&[errors::PARAMETER_NOT_FOUND])
                .events(EVENT)
                .rights(|cx, i| Ok(vec![tags::right_on(cx, "ssm:DeleteParameter", &i.name)?])),
        )
        .operation(op(DeleteParameters, delete::delete_parameters).write().events(EVENT).rights(
            |cx, i| {
                let right = |name| tags::right_on(cx, "ssm:DeleteParameters", name);
                i.names.iter().map(|name| right(name)).collect()
            },
        ))
}

fn versions(service: Service) -> Service {
    service
        .operation(
            op(GetParameterHistory, history::get_parameter_history)
                .errors(&[
                    errors::INVALID_KEY_ID,
                    errors::INVALID_NEXT_TOKEN,
                    errors::PARAMETER_NOT_FOUND,
                ])
                .paginated("NextToken", "MaxResults", 50)
                .rights(|cx, i| {
                    let reference = Reference::parse(&cx.scope(), &i.name)?;
                    Ok(vec![tags::right_on(cx, "ssm:GetParameterHistory", reference.name())?])
                }),
        )
        .operation(
            op(LabelParameterVersion, history::label_parameter_version)
                .write()
                .errors(LABEL_ERRORS)
                .events(EVENT)
                .rights(|cx, i| {
                    Ok(vec![tags::right_on(cx, "ssm:LabelParameterVersion", &i.name)?])
                }),
        )
        .operation(
            op(UnlabelParameterVersion, history::unlabel_parameter_version)
                .write()
                .errors(LABEL_ERRORS)
                .rights(|cx, i| {
                    Ok(vec![tags::right_on(cx, "ssm:UnlabelParameterVersion", &i.name)?])
                }),
        )
}

fn tagging(service: Service) -> Service {
    service
        .operation(
            op(AddTagsToResource, tags::add_tags_to_resource)
                .tagging()
                .partial("parameters only")
                .errors(TAG_ERRORS)
                .rights(|cx, i| {
                    let right = tags::right_on(cx, "ssm:AddTagsToResource", &i.resource_id)?;
                    Ok(vec![tags::describe_new(right, &i.tags)])
                }),
        )
        .operation(
            op(RemoveTagsFromResource, tags::remove_tags_from_resource)
                .tagging()
                .partial("parameters only")
                .errors(TAG_ERRORS)
                .rights(|cx, i| {
                    let right = tags::right_on(cx, "ssm:RemoveTagsFromResource", &i.resource_id)?;
                    Ok(vec![right.with_values("aws:TagKeys", i.tag_keys.clone())])
                }),
        )
        .operation(
            op(ListTagsForResource, tags::list_tags_for_resource)
                .partial("parameters only")
                .errors(TAG_ERRORS)
                .rights(|cx, i| {
                    Ok(vec![tags::right_on(cx, "ssm:ListTagsForResource", &i.resource_id)?])
                }),
        )
}

const PUT_ERRORS: &[ErrorKind] = &[
    errors::HIERARCHY_LEVEL_LIMIT,
    errors::HIERARCHY_TYPE_MISMATCH,
    errors::INVALID_ALLOWED_PATTERN,
    errors::INVALID_KEY_ID,
    errors::MAX_VERSION_LIMIT,
    errors::PARAMETER_ALREADY_EXISTS,
    errors::PATTERN_MISMATCH,
    errors::TOO_MANY_UPDATES,
];
const LIST_ERRORS: &[ErrorKind] = &[
    errors::INVALID_FILTER_KEY,
    errors::INVALID_FILTER_OPTION,
    errors::INVALID_FILTER_VALUE,
    errors::INVALID_KEY_ID,
    errors::INVALID_NEXT_TOKEN,
];
const LABEL_ERRORS: &[ErrorKind] =
    &[errors::LABEL_LIMIT, errors::PARAMETER_NOT_FOUND, errors::VERSION_NOT_FOUND];
const TAG_ERRORS: &[ErrorKind] =
    &[errors::INVALID_RESOURCE_ID, errors::INVALID_RESOURCE_TYPE, errors::TOO_MANY_TAGS];
