//! Hosts: where GitHub Enterprise Server or GitLab is installed.

use api_developer::codeconnections::*;
use forge::{is_loopback, take_apart};
use service::Cx;
use shape::Empty;
use store::{Query, ReadTx, Stored};
use types::{IdAlphabet, random_id};
use wire::Error;

use crate::arn::{Kind, Named};
use crate::connections::{check_provider, page};
use crate::door::Door;
use crate::model::{ConnectionRecord, HostRecord, PENDING, is_installed};
use crate::{errors, tags};

/// Most hosts of an account in a region; AWS's quota.
const MAX_HOSTS: usize = 50;
/// Connections that a host may have: all of a scope.
const MAX_CONNECTIONS: usize = 250;

fn load(tx: &ReadTx<'_>, named: &Named, arn: &str) -> Result<Stored<HostRecord>, Error> {
    let found = tx.get::<HostRecord>(&named.scope, &named.id)?;
    let found = found.filter(|stored| stored.arn(&named.scope) == arn);
    found.ok_or_else(|| errors::not_found(arn))
}

fn here(cx: &Cx, arn: &str) -> Result<Named, Error> {
    Named::here(cx, arn, Kind::Host).ok_or_else(|| errors::not_found(arn))
}

/// `https://HOST[:PORT]` of what was given.
fn origin(given: &str) -> Result<String, Error> {
    let wrong = || {
        errors::invalid(format!(
            "The provider endpoint {given} is not valid: it must be https://HOST or \
             https://HOST:PORT (http:// on this machine only)"
        ))
    };
    let bare = given.trim_end_matches('/');
    if bare.contains('@') {
        return Err(wrong());
    }
    // Whatever a repository's URL there would be.
    let probe = format!("{bare}/o/r");
    let (origin, host, path) = take_apart(&probe).ok_or_else(wrong)?;
    match path == "o/r" && (origin.starts_with("https://") || is_loopback(host)) {
        true => Ok(origin),
        false => Err(wrong()),
    }
}

fn no_vpc(given: Option<&VpcConfiguration>) -> Result<(), Error> {
    match given {
        None => Ok(()),
        Some(_) => Err(errors::unsupported(
            "VpcConfiguration is not supported: there are no VPCs, hosts are reached from this machine",
        )),
    }
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateHost.html>
pub(crate) async fn create_host(
    cx: Cx,
    input: CreateHostInput,
    door: Door,
) -> Result<CreateHostOutput, Error> {
    check_provider(input.provider_type)?;
    if !is_installed(input.provider_type) {
        return Err(errors::invalid(format!(
            "Hosts are for GitHubEnterpriseServer and GitLabSelfManaged, not for {}",
            input.provider_type
        )));
    }
    no_vpc(input.vpc_configuration.as_ref())?;
    let tags = tags::checked(input.tags.unwrap_or_default())?;
    let plain: String = input
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' })
        .collect();
    let record = HostRecord {
        id: format!("{plain}-{}", random_id(IdAlphabet::Hex, 8)),
        service: door.name().to_owned(),
        name: input.name,
        provider_type: input.provider_type,
        endpoint: origin(&input.provider_endpoint)?,
        status: PENDING.to_owned(),
        tags: tags.clone(),
    };
    let scope = cx.scope();
    let arn = record.arn(&scope);
    cx.write(move |tx| {
        if tx.count::<HostRecord>(&scope, MAX_HOSTS)? >= MAX_HOSTS {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("The account has {MAX_HOSTS} hosts, which is the limit")));
        }
        tx.insert(&scope, &record)?;
        Ok(())
    })
    .await?;
    cx.touch(arn.as_str());
    let tags = Some(tags).filter(|tags| !tags.is_empty());
    Ok(CreateHostOutput { host_arn: Some(arn), tags })
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetHost.html>
pub(crate) async fn get_host(cx: Cx, input: HostInput) -> Result<GetHostOutput, Error> {
    let named = here(&cx, &input.host_arn)?;
    let stored = cx.read(|tx| load(tx, &named, &input.host_arn))?;
    let host = stored.into_inner();
    Ok(GetHostOutput {
        name: Some(host.name),
        status: Some(host.status),
        provider_type: Some(host.provider_type),
        provider_endpoint: Some(host.endpoint),
        vpc_configuration: None,
    })
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_ListHosts.html>
pub(crate) async fn list_hosts(cx: Cx, input: ListHostsInput) -> Result<ListHostsOutput, Error> {
    let scope = cx.scope();
    let found = cx.read(|tx| Ok(tx.list::<HostRecord>(&scope, &Query::first(MAX_HOSTS))?))?;
    let all = found.items.into_iter().map(Stored::into_inner).collect();
    let token = input.next_token.as_deref();
    let (shown, next_token) = page("ListHosts", all, input.max_results, token, |it| &it.id)?;
    let hosts = shown.iter().map(|it: &HostRecord| it.show(&scope)).collect();
    Ok(ListHostsOutput { hosts: Some(hosts), next_token })
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_UpdateHost.html>
///
/// With another endpoint the host and its connections are PENDING again and their tokens are gone:
/// what was given for one host goes to no other.
pub(crate) async fn update_host(cx: Cx, input: UpdateHostInput) -> Result<Empty, Error> {
    no_vpc(input.vpc_configuration.as_ref())?;
    let Some(endpoint) = input.provider_endpoint.as_deref() else {
        return Err(errors::invalid("ProviderEndpoint must be given"));
    };
    let endpoint = origin(endpoint)?;
    let named = here(&cx, &input.host_arn)?;
    cx.write(move |tx| {
        let scope = &named.scope;
        let mut host = load(tx, &named, &input.host_arn)?;
        if host.endpoint == endpoint {
            return Ok(Empty {});
        }
        host.endpoint.clone_from(&endpoint);
        host.status = PENDING.to_owned();
        tx.update(scope, &host)?;
        let query = Query::first(MAX_CONNECTIONS);
        for mut connection in
            tx.by_index::<ConnectionRecord>(scope, "host", &host.id, &query)?.items
        {
            connection.forget();
            tx.update(scope, &connection)?;
        }
        Ok(Empty {})
    })
    .await
}

/// <https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_DeleteHost.html>
pub(crate) async fn delete_host(cx: Cx, input: HostInput) -> Result<Empty, Error> {
    let named = here(&cx, &input.host_arn)?;
    cx.write(move |tx| {
        let host = load(tx, &named, &input.host_arn)?;
        if tx.count_by_index::<ConnectionRecord>(&named.scope, "host", &host.id, 1)? > 0 {
            return Err(errors::UNAVAILABLE
                .error(format!("The host {} has connections: delete them first", input.host_arn)));
        }
        tx.delete::<HostRecord>(&named.scope, &host.id)?;
        Ok(Empty {})
    })
    .await
}

/// The host of a connection; none where its provider is in the cloud.
pub(crate) fn of_connection(
    tx: &ReadTx<'_>,
    named: &Named,
    connection: &ConnectionRecord,
) -> Result<Option<Stored<HostRecord>>, Error> {
    let Some(id) = &connection.host else { return Ok(None) };
    let found = tx.get::<HostRecord>(&named.scope, id)?;
    match found {
        Some(host) => Ok(Some(host)),
        None => Err(errors::UNAVAILABLE.error("The host of the connection is gone")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        for (given, expected) in [
            ("https://g.example", "https://g.example"),
            ("https://g.example:8443/", "https://g.example:8443"),
            ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ] {
            assert_eq!(origin(given).unwrap(), expected);
        }
        for bad in [
            "g.example",
            "http://g.example",
            "https://u:p@g.example",
            "https://me@g.example",
            "https://g.example/git",
            "https://g.example:99999",
            "https://",
            "ftp://127.0.0.1",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
