//! Resource names, and the rights that operations need.
//!
//! After the [service authorization reference](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodepipeline.html):
//! a pipeline is `NAME`, a stage `NAME/STAGE`, an action `NAME/STAGE/ACTION`.

use api_developer::codepipeline::Tag;
use service::{Cx, Right};
use types::Arn;
use wire::Error;

use crate::errors;
use crate::model::Pipeline;

/// The ARN of a pipeline, or of what is below it.
pub fn of(cx: &Cx, resource: &str) -> String {
    cx.arn("codepipeline", resource)
}

/// A right on a pipeline or on what is below it, with the pipeline's tags as conditions.
pub fn right(cx: &Cx, operation: &str, pipeline: &str, below: &[&str]) -> Result<Right, Error> {
    let resource =
        std::iter::once(pipeline).chain(below.iter().copied()).collect::<Vec<_>>().join("/");
    let mut right = Right::new(format!("codepipeline:{operation}"), of(cx, &resource));
    let tags = cx.read(|tx| {
        let pipeline = tx.get::<Pipeline>(&cx.scope(), pipeline)?;
        Ok(pipeline.map(|pipeline| pipeline.value.tags).unwrap_or_default())
    })?;
    for tag in tags {
        right = right.with(format!("aws:ResourceTag/{}", tag.key), tag.value);
    }
    Ok(right)
}

/// The tags of a request as conditions.
pub fn with_request_tags<'a>(mut right: Right, tags: impl Iterator<Item = &'a Tag>) -> Right {
    let mut keys = Vec::new();
    for tag in tags {
        right = right.with(format!("aws:RequestTag/{}", tag.key), &tag.value);
        keys.push(tag.key.clone());
    }
    if keys.is_empty() { right } else { right.with_values("aws:TagKeys", keys) }
}

/// The name of the pipeline that an ARN names.
///
/// # Errors
/// `InvalidArnException` for what is not the ARN of a pipeline of this account and region.
pub fn pipeline_of(cx: &Cx, arn: &str) -> Result<String, Error> {
    let invalid = |why: &str| errors::INVALID_ARN.error(format!("Invalid ARN {arn}: {why}"));
    let parsed: Arn = arn.parse().map_err(|_| invalid("it is not a resource name"))?;
    if parsed.service != "codepipeline"
        || parsed.account != cx.account().as_str()
        || parsed.region != cx.region().as_str()
    {
        return Err(invalid("it is of another service, account or region"));
    }
    for (prefix, what) in [("webhook:", "webhooks"), ("actiontype:", "custom action types")] {
        if parsed.resource.starts_with(prefix) {
            return Err(invalid(&format!("{what} are not supported yet")));
        }
    }
    if parsed.resource.contains(['/', ':']) {
        return Err(invalid("it does not name a pipeline"));
    }
    Ok(parsed.resource)
}
