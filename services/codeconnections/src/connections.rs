//! Connections: made, shown, listed, deleted. They are made PENDING; [`crate::handshake`] makes
//! them AVAILABLE.

use api_developer::codeconnections::*;
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx, Stored};
use types::{PageToken, Scope};
use wire::Error;

use crate::arn::{Kind, Named};
use crate::door::Door;
use crate::model::{ConnectionRecord, HostRecord, is_installed, provider};
use crate::{errors, tags};

/// Most connections of an account in a region; AWS's quota.
const MAX_CONNECTIONS: usize = 250;
/// In a page, if the request does not tell.
pub(crate) const PAGE: usize = 100;

/// A connection by its ARN.
///
/// # Errors
/// `ResourceNotFoundException` where there is none of that very ARN.
pub(crate) fn load(
    tx: &ReadTx<'_>,
    named: &Named,
    arn: &str,
) -> Result<Stored<ConnectionRecord>, Error> {
    let found = tx.get::<ConnectionRecord>(&named.scope, &named.id)?;
    let found = found.filter(|stored| stored.arn(&named.scope) == arn);
    found.ok_or_else(|| errors::not_found(arn))
}

/// A connection of the caller's region.
fn here(cx: &Cx, arn: &str) -> Result<Named, Error> {
    Named::here(cx, arn, Kind::Connection).ok_or_else(|| errors::not_found(arn))
}

/// The provider type of a connection that is asked for, which its host may tell.
pub(crate) fn asked_provider(cx: &Cx, input: &CreateConnectionInput) -> Option<ProviderType> {
    let of_host = |arn: &str| {
        let named = Named::here(cx, arn, Kind::Host)?;
        let found = cx.read(|tx| Ok(tx.get::<HostRecord>(&named.scope, &named.id)?));
        found.ok().flatten().map(|host| host.provider_type)
    };
    input.provider_type.or_else(|| of_host(input.host_arn.as_deref()?))
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html>
pub(crate) async fn create_connection(
    cx: Cx,
    input: CreateConnectionInput,
    door: Door,
) -> Result<CreateConnectionOutput, Error> {
    let tags = tags::checked(input.tags.unwrap_or_default())?;
    let host = match &input.host_arn {
        Some(arn) => {
            let named = Named::here(&cx, arn, Kind::Host).ok_or_else(|| errors::not_found(arn))?;
            Some((arn.clone(), named.id))
        }
        None => None,
    };
    if let Some(kind) = input.provider_type {
        check_provider(kind)?;
        if is_installed(kind) && host.is_none() {
            return Err(errors::invalid(format!(
                "A connection to {kind} needs the HostArn of where it is installed"
            )));
        }
    }
    if host.is_none() && input.provider_type.is_none() {
        return Err(errors::invalid("Either ProviderType or HostArn must be given"));
    }
    let record = ConnectionRecord {
        id: types::uuid(),
        service: door.name().to_owned(),
        name: input.connection_name,
        provider_type: input.provider_type.unwrap_or_default(),
        host: host.as_ref().map(|(_, id)| id.clone()),
        host_arn: host.as_ref().map(|(arn, _)| arn.clone()),
        status: ConnectionStatus::Pending,
        created: cx.now(),
        tags: tags.clone(),
        ..ConnectionRecord::default()
    };
    let (scope, asked) = (cx.scope(), input.provider_type);
    let arn = record.arn(&scope);
    cx.write(move |tx| {
        let mut record = record.clone();
        if let Some((arn, id)) = &host {
            let found = tx.get::<HostRecord>(&scope, id)?.filter(|it| it.arn(&scope) == *arn);
            let found = found.ok_or_else(|| errors::not_found(arn))?;
            if asked.is_some_and(|asked| asked != found.provider_type) {
                return Err(errors::invalid(format!(
                    "The host {arn} is of the provider type {}",
                    found.provider_type
                )));
            }
            record.provider_type = found.provider_type;
        }
        if tx.count_by_index::<ConnectionRecord>(&scope, "name", &record.name, 1)? > 0 {
            return Err(errors::invalid(format!(
                "There is a connection named '{}' already: names are unique in an account",
                record.name
            )));
        }
        if tx.count::<ConnectionRecord>(&scope, MAX_CONNECTIONS)? >= MAX_CONNECTIONS {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "The account has {MAX_CONNECTIONS} connections, which is the limit"
            )));
        }
        tx.insert(&scope, &record)?;
        Ok(())
    })
    .await?;
    cx.touch(arn.as_str());
    let tags = Some(tags).filter(|tags| !tags.is_empty());
    Ok(CreateConnectionOutput { connection_arn: arn, tags })
}

/// Whether connections to a provider type can be used here.
pub(crate) fn check_provider(kind: ProviderType) -> Result<(), Error> {
    match provider(kind) {
        Some(_) => Ok(()),
        None => Err(errors::unsupported(&format!("The provider type {kind} is not supported"))),
    }
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html>
pub(crate) async fn get_connection(
    cx: Cx,
    input: ConnectionInput,
) -> Result<GetConnectionOutput, Error> {
    let named = here(&cx, &input.connection_arn)?;
    let stored = cx.read(|tx| load(tx, &named, &input.connection_arn))?;
    Ok(GetConnectionOutput { connection: Some(stored.show(&named.scope)) })
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListConnections.html>
pub(crate) async fn list_connections(
    cx: Cx,
    input: ListConnectionsInput,
) -> Result<ListConnectionsOutput, Error> {
    let scope = cx.scope();
    if let Some(arn) = &input.host_arn_filter
        && Named::here(&cx, arn, Kind::Host).is_none()
    {
        return Err(errors::not_found(arn));
    }
    let all = all(&cx, &scope)?;
    let passes = |it: &ConnectionRecord| {
        input.provider_type_filter.is_none_or(|kind| kind == it.provider_type)
            && input.host_arn_filter.as_ref().is_none_or(|arn| it.host_arn.as_ref() == Some(arn))
    };
    let passing: Vec<_> = all.into_iter().filter(passes).collect();
    let listing = format!(
        "ListConnections {} {}",
        input.provider_type_filter.map(|it| it.to_string()).unwrap_or_default(),
        input.host_arn_filter.as_deref().unwrap_or_default(),
    );
    let token = input.next_token.as_deref();
    let (shown, next_token) = page(&listing, passing, input.max_results, token, |it| &it.id)?;
    let connections = shown.iter().map(|it| it.show(&scope)).collect();
    Ok(ListConnectionsOutput { connections: Some(connections), next_token })
}

/// All connections of a scope, in the order of their ids: there are at most [`MAX_CONNECTIONS`].
fn all(cx: &Cx, scope: &Scope) -> Result<Vec<ConnectionRecord>, Error> {
    let query = Query::first(MAX_CONNECTIONS);
    let found = cx.read(|tx| Ok(tx.list::<ConnectionRecord>(scope, &query)?))?;
    Ok(found.items.into_iter().map(Stored::into_inner).collect())
}

/// One page of what is in the order of its ids.
pub(crate) fn page<T>(
    listing: &str,
    all: Vec<T>,
    size: Option<i32>,
    token: Option<&str>,
    id: impl Fn(&T) -> &str,
) -> Result<(Vec<T>, Option<String>), Error> {
    let after = token
        .map(|token| PageToken::decode(listing, token))
        .transpose()
        .map_err(|_| errors::invalid("The NextToken is not one that this operation returned"))?;
    // Zero is within the model's bounds.
    let size = size.and_then(|it| usize::try_from(it).ok()).filter(|it| *it > 0).unwrap_or(PAGE);
    let mut rest = all.into_iter().filter(|it| after.as_deref().is_none_or(|after| id(it) > after));
    let shown: Vec<T> = rest.by_ref().take(size).collect();
    let more = rest.next().is_some();
    let next = shown.last().filter(|_| more).map(|last| PageToken::encode(listing, id(last)));
    Ok((shown, next))
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_DeleteConnection.html>
///
/// As in AWS, whatever uses it: pipelines and builds then fail where they get their source.
pub(crate) async fn delete_connection(cx: Cx, input: ConnectionInput) -> Result<Empty, Error> {
    let named = here(&cx, &input.connection_arn)?;
    cx.write(move |tx| {
        let stored = load(tx, &named, &input.connection_arn)?;
        tx.delete::<ConnectionRecord>(&named.scope, &stored.id)?;
        Ok(Empty {})
    })
    .await
}
