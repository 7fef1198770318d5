//! Secrets are listed.

use api_security::secretsmanager::{
    Filter, FilterNameStringType, ListSecretsInput, ListSecretsOutput, SecretListEntry, SortByType,
    SortOrderType,
};
use service::{Cx, Error};
use store::{Query, Stored};
use types::PageToken;

use super::model::Secret;
use super::{errors, page_size, secrets};

/// Secrets that are read at once.
const BATCH: usize = 500;

/// All secrets that pass, in the order of their names.
fn matching(cx: &Cx, filters: &[Filter], with_deleted: bool) -> Result<Vec<Secret>, Error> {
    let filters = filters.iter().map(Condition::parse).collect::<Result<Vec<_>, _>>()?;
    let scope = cx.scope();
    cx.read(|tx| {
        let mut passing = Vec::new();
        let mut after = None;
        loop {
            let found = tx.list::<Secret>(&scope, &Query::first(BATCH).after(after))?;
            let secrets = found.items.into_iter().map(Stored::into_inner);
            passing.extend(secrets.filter(|secret| {
                (with_deleted || secret.deleted.is_none())
                    && filters.iter().all(|filter| filter.holds(secret))
            }));
            after = found.next;
            if after.is_none() {
                return Ok(passing);
            }
        }
    })
}

/// A page of the names of the secrets that pass, and the token of the next.
pub(crate) fn matching_names(
    cx: &Cx,
    filters: &[Filter],
    limit: usize,
    token: Option<&str>,
) -> Result<(Vec<String>, Option<String>), Error> {
    let names = matching(cx, filters, false)?.into_iter().map(|secret| secret.name).collect();
    page("BatchGetSecretValue", names, limit, token, |name: &String| name.clone())
}

/// One page of a sorted list; tokens name the last item of the page before.
fn page<T>(
    listing: &str,
    items: Vec<T>,
    limit: usize,
    token: Option<&str>,
    name: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Error> {
    let after = match token {
        Some(token) => Some(PageToken::decode(listing, token).map_err(|_| super::invalid_token())?),
        None => None,
    };
    let start = match &after {
        // A secret that is gone since leaves no trace of where the listing was.
        Some(after) => {
            let at = items.iter().position(|item| name(item) == *after);
            at.ok_or_else(super::invalid_token)? + 1
        }
        None => 0,
    };
    let more = items.len() > start.saturating_add(limit);
    let shown: Vec<T> = items.into_iter().skip(start).take(limit).collect();
    let last = shown.last().filter(|_| more);
    let next = last.map(|last| PageToken::encode(listing, &name(last)));
    Ok((shown, next))
}

/// [ListSecrets](https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html)
pub(crate) async fn list_secrets(
    cx: Cx,
    input: ListSecretsInput,
) -> Result<ListSecretsOutput, Error> {
    let filters = input.filters.unwrap_or_default();
    let mut secrets = matching(&cx, &filters, input.include_planned_deletion == Some(true))?;
    let by = input.sort_by.unwrap_or_default();
    match by {
        SortByType::Name => {}
        SortByType::CreatedDate => secrets.sort_by_key(|secret| secret.created),
        SortByType::LastAccessedDate => secrets.sort_by_key(|secret| secret.accessed),
        SortByType::LastChangedDate => secrets.sort_by_key(|secret| secret.changed),
    }
    let order = input.sort_order.unwrap_or_default();
    if order == SortOrderType::Desc {
        secrets.reverse();
    }
    let listing = format!("ListSecrets {by} {order}");
    let limit = page_size(input.max_results, 100);
    let token = input.next_token.as_deref();
    let (shown, next_token) = page(&listing, secrets, limit, token, |it| it.name.clone())?;
    let scope = cx.scope();
    let entry = |secret: Secret| SecretListEntry {
        arn: secret.arn(&scope),
        tags: secrets::shown_tags(&secret),
        secret_versions_to_stages: secrets::stages(&secret),
        name: secret.name,
        description: secret.description,
        kms_key_id: secret.kms_key_id,
        last_changed_date: Some(secret.changed),
        last_accessed_date: secret.accessed,
        deleted_date: secret.deleted,
        created_date: secret.created,
        ..SecretListEntry::default()
    };
    Ok(ListSecretsOutput { secret_list: shown.into_iter().map(entry).collect(), next_token })
}

/// A filter: a secret passes if any value fits, or with `!` if the value does not.
struct Condition {
    key: FilterNameStringType,
    values: Vec<String>,
}

impl Condition {
    fn parse(filter: &Filter) -> Result<Self, Error> {
        let missing = || errors::INVALID_PARAMETER.error("A filter needs a Key and Values.");
        let key = filter.key.ok_or_else(missing)?;
        let values = filter.values.clone().filter(|values| !values.is_empty());
        Ok(Self { key, values: values.ok_or_else(missing)? })
    }

    fn holds(&self, secret: &Secret) -> bool {
        self.values.iter().any(|value| match value.strip_prefix('!') {
            Some(value) => !self.fits(secret, value),
            None => self.fits(secret, value),
        })
    }

    /// Names and tags fit by their beginning, in their case; descriptions and `all` by the
    /// beginnings of their words, in any case.
    fn fits(&self, secret: &Secret, value: &str) -> bool {
        let description = secret.description.as_deref().unwrap_or_default();
        let mut tags = secret.tags.iter();
        match self.key {
            FilterNameStringType::Name => secret.name.starts_with(value),
            FilterNameStringType::Description => words_begin(description, value),
            FilterNameStringType::TagKey => tags.any(|tag| tag.key.starts_with(value)),
            FilterNameStringType::TagValue => tags.any(|tag| tag.value.starts_with(value)),
            // There is neither replication nor a service that owns secrets.
            FilterNameStringType::PrimaryRegion | FilterNameStringType::OwningService => false,
            FilterNameStringType::All => {
                words_begin(&secret.name, value)
                    || words_begin(description, value)
                    || tags
                        .any(|tag| words_begin(&tag.key, value) || words_begin(&tag.value, value))
            }
        }
    }
}

/// Whether every word of `wanted` is the beginning of a word of `text`.
fn words_begin(text: &str, wanted: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        parts.map(str::to_lowercase).collect()
    };
    let (text, wanted) = (words(text), words(wanted));
    wanted.iter().all(|wanted| text.iter().any(|word| word.starts_with(wanted)))
}

#[cfg(test)]
mod tests {
    use super::super::model::Tag;
    use super::*;

    fn holds(key: FilterNameStringType, values: &[&str]) -> bool {
        let secret = Secret {
            name: "prod/db/Main".to_owned(),
            description: Some("The main database".to_owned()),
            tags: vec![Tag { key: "team".to_owned(), value: "Blue".to_owned() }],
            ..Secret::default()
        };
        let values = Some(values.iter().map(|value| (*value).to_owned()).collect());
        Condition::parse(&Filter { key: Some(key), values }).unwrap().holds(&secret)
    }

    #[test]
    fn filters() {
        use FilterNameStringType::{All, Description, Name, OwningService, TagKey, TagValue};
        for (key, values, want) in [
            (Name, &["prod/"][..], true),
            (Name, &["Prod/"], false),
            (Name, &["db"], false),
            (Name, &["x", "prod"], true),
            (Name, &["!prod"], false),
            (Name, &["!test"], true),
            (Description, &["DATA main"], true),
            (Description, &["atabase"], false),
            (TagKey, &["te"], true),
            (TagValue, &["blue"], false),
            (TagValue, &["Bl"], true),
            (All, &["blue"], true),
            (All, &["db"], true),
            (OwningService, &["x"], false),
        ] {
            assert_eq!(holds(key, values), want, "{key} {values:?}");
        }
        assert!(Condition::parse(&Filter::default()).is_err());
    }
}
