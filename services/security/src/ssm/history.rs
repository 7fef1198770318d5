//! Earlier versions, and labels on versions.

use api_security::ssm::{
    GetParameterHistoryInput, GetParameterHistoryOutput, LabelParameterVersionInput,
    LabelParameterVersionOutput, ParameterHistory, UnlabelParameterVersionInput,
    UnlabelParameterVersionOutput,
};
use service::{Cx, Error};
use store::Query;
use types::PageToken;

use super::events::{self, Change};
use super::get::{self, not_found};
use super::model::{self, Parameter, PastVersion, Version, past_prefix};
use super::names::Reference;
use super::{errors, page_size, value};

/// Most labels of a version, and most letters of a label.
const MAX_LABELS: usize = 10;
const MAX_LABEL: usize = 100;

/// [GetParameterHistory](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html)
pub(crate) async fn get_parameter_history(
    cx: Cx,
    input: GetParameterHistoryInput,
) -> Result<GetParameterHistoryOutput, Error> {
    let scope = cx.scope();
    let reference = Reference::parse(&scope, &input.name)?;
    if reference.suffix.is_some() {
        return Err(
            errors::VALIDATION.error("A history is of all versions: leave the version out.")
        );
    }
    let (parameter, past) = cx.read(|tx| {
        let found = reference.find(tx, &scope)?.ok_or_else(|| not_found(&input.name))?;
        let query = Query::first(1000).prefix(&past_prefix(&found.parameter.name));
        Ok((found.parameter, tx.list::<PastVersion>(&scope, &query)?.items))
    })?;
    let listing = format!("GetParameterHistory {}", parameter.name);
    let after = match &input.next_token {
        Some(token) => decode_number(&listing, token)?,
        None => 0,
    };
    let limit = page_size(input.max_results, 50);
    let past = past.iter().map(|past| &past.content);
    let newer = past.chain([&parameter.current]).filter(|version| version.number > after);
    let mut page: Vec<&Version> = newer.take(limit + 1).collect();
    let more = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| more).map(|last| last.number.to_string());
    let mut parameters = Vec::with_capacity(page.len());
    let arn = model::arn(&scope, &parameter.name);
    for version in page {
        let decrypt = input.with_decryption == Some(true);
        let shown = value::show(&cx, &arn, version, decrypt).await?;
        parameters.push(entry(&parameter, version, shown));
    }
    let next_token = next.map(|next| PageToken::encode(&listing, &next));
    Ok(GetParameterHistoryOutput { parameters, next_token })
}

fn decode_number(listing: &str, token: &str) -> Result<i64, Error> {
    let number = PageToken::decode(listing, token).ok().and_then(|number| number.parse().ok());
    number.ok_or_else(super::invalid_token)
}

fn entry(parameter: &Parameter, version: &Version, value: String) -> ParameterHistory {
    ParameterHistory {
        name: parameter.name.clone(),
        kind: version.kind,
        key_id: version.key_id.clone(),
        last_modified_date: version.modified,
        last_modified_user: version.user.clone(),
        description: version.description.clone(),
        value,
        allowed_pattern: version.allowed_pattern.clone(),
        version: version.number,
        labels: parameter.labels_of(version.number),
        tier: version.tier,
        policies: Vec::new(),
        data_type: version.data_type.clone(),
    }
}

/// [LabelParameterVersion](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html)
pub(crate) async fn label_parameter_version(
    cx: Cx,
    input: LabelParameterVersionInput,
) -> Result<LabelParameterVersionOutput, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    let (labels, invalid_labels): (Vec<_>, Vec<_>) =
        input.labels.into_iter().partition(|label| is_label(label));
    cx.write(move |tx| {
        let parameter = tx.get::<Parameter>(&scope, &input.name)?;
        let mut parameter = parameter.ok_or_else(|| not_found(&input.name))?;
        let number = input.parameter_version.unwrap_or(parameter.current.number);
        if get::version(tx, &scope, &parameter, number)?.is_none() {
            return Err(no_version(&input.name, number));
        }
        for label in &labels {
            parameter.labels.insert(label.clone(), number);
        }
        if parameter.labels_of(number).len() > MAX_LABELS {
            return Err(errors::LABEL_LIMIT.error(format!(
                "A parameter version can have maximum {MAX_LABELS} labels. Move one or more \
                 labels to another version and try again."
            )));
        }
        if !labels.is_empty() {
            tx.update(&scope, &parameter)?;
            events::emit(tx, &scope, &parameter, Change::Label, now)?;
        }
        let invalid_labels = invalid_labels.clone();
        Ok(LabelParameterVersionOutput { invalid_labels, parameter_version: number })
    })
    .await
}

/// [UnlabelParameterVersion](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UnlabelParameterVersion.html)
pub(crate) async fn unlabel_parameter_version(
    cx: Cx,
    input: UnlabelParameterVersionInput,
) -> Result<UnlabelParameterVersionOutput, Error> {
    let scope = cx.scope();
    cx.write(move |tx| {
        let parameter = tx.get::<Parameter>(&scope, &input.name)?;
        let mut parameter = parameter.ok_or_else(|| not_found(&input.name))?;
        let number = input.parameter_version;
        if get::version(tx, &scope, &parameter, number)?.is_none() {
            return Err(no_version(&input.name, number));
        }
        let (removed_labels, invalid_labels): (Vec<_>, Vec<_>) = input
            .labels
            .iter()
            .cloned()
            .partition(|label| parameter.labels.get(label) == Some(&number));
        for label in &removed_labels {
            parameter.labels.remove(label);
        }
        tx.update(&scope, &parameter)?;
        Ok(UnlabelParameterVersionOutput { removed_labels, invalid_labels })
    })
    .await
}

fn no_version(name: &str, number: i64) -> Error {
    errors::VERSION_NOT_FOUND.error(format!(
        "Systems Manager could not find version {number} of {name}. Verify the version and try \
         again."
    ))
}

/// Labels have letters, digits and `._-`, and begin neither with a digit nor with `aws` or `ssm`.
fn is_label(text: &str) -> bool {
    let start = text.get(..3).unwrap_or_default().to_ascii_lowercase();
    (1..=MAX_LABEL).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && start != "aws"
        && start != "ssm"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        for good in ["prod", "a", "My_label-1.0"] {
            assert!(is_label(good), "{good}");
        }
        for bad in ["", "1st", "aws-x", "SSMx", "a b", "ä", &"a".repeat(101)] {
            assert!(!is_label(bad), "{bad}");
        }
    }
}
