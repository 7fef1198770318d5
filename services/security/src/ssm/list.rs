//! Parameters are listed, by path and by what they are.

use api_security::ssm::{
    DescribeParametersInput, DescribeParametersOutput, GetParametersByPathInput,
    GetParametersByPathOutput, ParameterMetadata,
};
use service::{Cx, Error};
use store::{Query, ReadTx};
use types::{PageToken, Scope};

use super::filters::{Filters, Listing, is_below};
use super::model::{self, Parameter, Version};
use super::{errors, get, names, page_size};

/// Parameters that are read at once while looking for those to show.
const BATCH: usize = 200;

/// One page of the parameters whose names begin with `prefix` and that `admit` lets through, and
/// the name behind which the next page begins.
fn page(
    tx: &ReadTx<'_>,
    scope: &Scope,
    prefix: &str,
    mut after: Option<String>,
    limit: usize,
    admit: impl Fn(&Parameter) -> bool,
) -> Result<(Vec<Parameter>, Option<String>), Error> {
    let mut shown: Vec<Parameter> = Vec::new();
    loop {
        let query = Query::first(BATCH).prefix(prefix).after(after);
        let found = tx.list::<Parameter>(scope, &query)?;
        for parameter in found.items.into_iter().map(store::Stored::into_inner) {
            if !admit(&parameter) {
                continue;
            }
            if shown.len() == limit {
                let next = shown.last().map(|last| last.name.clone());
                return Ok((shown, next));
            }
            shown.push(parameter);
        }
        match found.next {
            Some(next) => after = Some(next),
            None => return Ok((shown, None)),
        }
    }
}

fn start(listing: &str, token: Option<&str>) -> Result<Option<String>, Error> {
    let decode = |token| PageToken::decode(listing, token).map_err(|_| super::invalid_token());
    token.map(decode).transpose()
}

/// [GetParametersByPath](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html)
pub(crate) async fn get_parameters_by_path(
    cx: Cx,
    input: GetParametersByPathInput,
) -> Result<GetParametersByPathOutput, Error> {
    let path = names::path(&input.path)?;
    let recursive = input.recursive == Some(true);
    let filters =
        Filters::parse(Listing::ByPath, input.parameter_filters.as_deref().unwrap_or_default())?;
    let listing = format!("GetParametersByPath {path} {recursive}");
    let after = start(&listing, input.next_token.as_deref())?;
    let limit = page_size(input.max_results, 10);
    let scope = cx.scope();
    // Names without a slash are on the first level, so the root is looked through whole.
    let prefix = if path == "/" { "" } else { path.as_str() };
    let (found, next) = cx.read(|tx| {
        let admit = |parameter: &Parameter| {
            is_below(&path, &parameter.name, recursive) && filters.admit(parameter)
        };
        let (page, next) = page(tx, &scope, prefix, after, limit, admit)?;
        let found = page
            .into_iter()
            .map(|parameter| chosen(tx, &scope, &filters, parameter))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((found, next))
    })?;
    let decrypt = input.with_decryption == Some(true);
    let mut parameters = Vec::with_capacity(found.len());
    for (name, version, selector) in found {
        parameters.push(get::shown(&cx, &name, &version, selector, decrypt).await?);
    }
    let next_token = next.map(|next| PageToken::encode(&listing, &next));
    Ok(GetParametersByPathOutput { parameters, next_token })
}

/// The version to show: the one that has the label that was asked for, or the current one.
fn chosen(
    tx: &ReadTx<'_>,
    scope: &Scope,
    filters: &Filters,
    parameter: Parameter,
) -> Result<(String, Version, Option<String>), Error> {
    let labelled = filters.label(&parameter).map(|label| {
        (format!(":{label}"), parameter.labels.get(label).copied().unwrap_or_default())
    });
    if let Some((selector, number)) = labelled
        && let Some(version) = get::version(tx, scope, &parameter, number)?
    {
        return Ok((parameter.name, version, Some(selector)));
    }
    Ok((parameter.name, parameter.current, None))
}

/// [DescribeParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html)
pub(crate) async fn describe_parameters(
    cx: Cx,
    input: DescribeParametersInput,
) -> Result<DescribeParametersOutput, Error> {
    if input.shared == Some(true) {
        return Err(errors::VALIDATION.error("Shared is not supported by Codeyard."));
    }
    let newer = input.parameter_filters.as_deref().unwrap_or_default();
    let older = input.filters.as_deref().unwrap_or_default();
    if !newer.is_empty() && !older.is_empty() {
        return Err(errors::VALIDATION
            .error("You can use either Filters or ParameterFilters in a single request."));
    }
    let filters = match older {
        [] => Filters::parse(Listing::Describe, newer)?,
        older => Filters::parse_older(older),
    };
    let listing = "DescribeParameters";
    let after = start(listing, input.next_token.as_deref())?;
    let limit = page_size(input.max_results, 50);
    let scope = cx.scope();
    let (found, next) =
        cx.read(|tx| page(tx, &scope, "", after, limit, |parameter| filters.admit(parameter)))?;
    Ok(DescribeParametersOutput {
        parameters: found.into_iter().map(|parameter| metadata(&scope, parameter)).collect(),
        next_token: next.map(|next| PageToken::encode(listing, &next)),
    })
}

fn metadata(scope: &Scope, parameter: Parameter) -> ParameterMetadata {
    let version = parameter.current;
    ParameterMetadata {
        arn: model::arn(scope, &parameter.name),
        name: parameter.name,
        kind: version.kind,
        key_id: version.key_id,
        last_modified_date: version.modified,
        last_modified_user: version.user,
        description: version.description,
        allowed_pattern: version.allowed_pattern,
        version: version.number,
        tier: version.tier,
        policies: Vec::new(),
        data_type: version.data_type,
    }
}
