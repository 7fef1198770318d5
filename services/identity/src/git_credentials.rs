//! Service-specific credentials: user name and password for git over HTTPS.

use api_identity::iam::*;
use service::{Cx, Error};
use shape::Empty;
use store::{Query, ReadTx, Stored};
use types::random_secret;

use crate::access_keys::settable;
use crate::entity::{change, load, scope};
use crate::listing::Page;
use crate::model::{self, BY_GIT_USER, GitCredential, shown_status};
use crate::{errors, names, users};

/// The one service that has such credentials here.
const CODECOMMIT: &str = "codecommit.amazonaws.com";
/// Most credentials of one user for one service.
const MAX_CREDENTIALS: usize = 2;
/// Letters and digits of a password.
const PASSWORD_LEN: usize = 44;

fn check_service(service: &str) -> Result<(), Error> {
    match service {
        CODECOMMIT => Ok(()),
        "cassandra.amazonaws.com" | "bedrock.amazonaws.com" => {
            Err(errors::NOT_IMPLEMENTED.error(format!(
                "Credentials for {service} are not supported by Codeyard: it has no such service."
            )))
        }
        _ => Err(errors::NOT_SUPPORTED_SERVICE.error(format!(
            "No such service {service} is supported for Service Specific Credentials"
        ))),
    }
}

fn hash(id: &str, password: &str) -> String {
    auth::sigv4::sha256_hex(format!("{id}:{password}").as_bytes())
}

/// As answers show a credential; the password only when it is new.
fn shown(
    user: &str,
    credential: &GitCredential,
    password: Option<String>,
) -> ServiceSpecificCredential {
    ServiceSpecificCredential {
        create_date: credential.created,
        expiration_date: None,
        service_name: credential.service.clone(),
        service_user_name: Some(credential.user_name.clone()),
        service_password: password,
        service_credential_alias: None,
        service_credential_secret: None,
        service_specific_credential_id: credential.id.clone(),
        user_name: user.to_owned(),
        status: shown_status(credential.active),
    }
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateServiceSpecificCredentialInput,
) -> Result<ServiceSpecificCredentialOutput, Error> {
    check_service(&input.service_name)?;
    if input.credential_age_days.is_some() {
        return Err(errors::NOT_IMPLEMENTED.error(
            "CredentialAgeDays is not supported by Codeyard: credentials for CodeCommit do not \
             expire.",
        ));
    }
    let id = names::unique_id("ACCA");
    let password = random_secret(PASSWORD_LEN);
    let credential = GitCredential {
        password_hash: hash(&id, &password),
        id,
        service: input.service_name,
        user_name: format!("{}-at-{}", input.user_name, cx.account()),
        active: true,
        created: names::whole_seconds(cx.now()),
    };
    let (scope, user_name) = (scope(&cx), input.user_name);
    let credential = crate::entity::write(&cx, move |tx| {
        let mut user = load::<model::User>(tx, &scope, &user_name)?;
        if user.git_credentials.len() >= MAX_CREDENTIALS {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "Cannot exceed quota for ServiceSpecificCredentialsPerUser: {MAX_CREDENTIALS}"
            )));
        }
        let mut credential = credential.clone();
        // The second credential of a user, or a name that a renamed user left behind.
        let mut number = 0;
        let wanted = credential.user_name.clone();
        while owner(tx, &credential.user_name)?.is_some() {
            number += 1;
            credential.user_name = wanted.replacen("-at-", &format!("+{number}-at-"), 1);
        }
        user.git_credentials.push(credential.clone());
        tx.update(&scope, &user)?;
        Ok((user.name.clone(), credential))
    })
    .await
    .map(|(user, made)| shown(&user, &made, Some(password)))?;
    Ok(ServiceSpecificCredentialOutput { service_specific_credential: Some(credential) })
}

/// Whose git user name it is.
fn owner(tx: &ReadTx<'_>, user_name: &str) -> Result<Option<Stored<model::User>>, Error> {
    let found = tx.find_anywhere::<model::User>(BY_GIT_USER, user_name, &Query::first(1))?;
    Ok(found.items.into_iter().next())
}

/// The user that an active credential with that password belongs to.
pub(crate) fn check(
    tx: &ReadTx<'_>,
    user_name: &str,
    password: &str,
) -> Result<Option<Stored<model::User>>, Error> {
    Ok(owner(tx, user_name)?.filter(|user| {
        user.git_credentials.iter().any(|credential| {
            credential.user_name == user_name
                && credential.active
                && credential.password_hash == hash(&credential.id, password)
        })
    }))
}

pub(crate) async fn list(
    cx: Cx,
    input: ListServiceSpecificCredentialsInput,
) -> Result<ListServiceSpecificCredentialsOutput, Error> {
    if input.all_users == Some(true) {
        return Err(errors::NOT_IMPLEMENTED
            .error("AllUsers is not supported by Codeyard: name the user with UserName."));
    }
    if let Some(service) = &input.service_name {
        check_service(service)?;
    }
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let listing = format!("ListServiceSpecificCredentials {user_name}");
    let page = Page::new(listing, input.marker.as_deref(), input.max_items)?;
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &user_name))?;
    let shown = |credential: &GitCredential| ServiceSpecificCredentialMetadata {
        user_name: user.name.clone(),
        status: shown_status(credential.active),
        service_user_name: Some(credential.user_name.clone()),
        service_credential_alias: None,
        create_date: credential.created,
        expiration_date: None,
        service_specific_credential_id: credential.id.clone(),
        service_name: credential.service.clone(),
    };
    let all = user.git_credentials.iter().map(shown).collect();
    let (service_specific_credentials, rest) =
        page.of(all, |credential| credential.service_specific_credential_id.clone());
    Ok(ListServiceSpecificCredentialsOutput {
        service_specific_credentials,
        marker: rest.marker,
        is_truncated: rest.is_truncated,
    })
}

/// The credential of that id.
fn find<'u>(user: &'u mut model::User, id: &str) -> Result<&'u mut GitCredential, Error> {
    user.git_credentials.iter_mut().find(|credential| credential.id == id).ok_or_else(|| {
        errors::NO_SUCH_ENTITY.error(format!("No such credential {id} exists for the user."))
    })
}

pub(crate) async fn update(
    cx: Cx,
    input: UpdateServiceSpecificCredentialInput,
) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let active = settable(input.status)?;
    change::<model::User>(&cx, &user_name, move |_, user| {
        find(user, &input.service_specific_credential_id)?.active = active;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn reset(
    cx: Cx,
    input: ServiceSpecificCredentialInput,
) -> Result<ServiceSpecificCredentialOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let password = random_secret(PASSWORD_LEN);
    let (scope, fresh) = (scope(&cx), password.clone());
    let (user, credential) = crate::entity::write(&cx, move |tx| {
        let mut user = load::<model::User>(tx, &scope, &user_name)?;
        let credential = find(&mut user.value, &input.service_specific_credential_id)?;
        credential.password_hash = hash(&credential.id, &fresh);
        let credential = credential.clone();
        tx.update(&scope, &user)?;
        Ok((user.name.clone(), credential))
    })
    .await?;
    Ok(ServiceSpecificCredentialOutput {
        service_specific_credential: Some(shown(&user, &credential, Some(password))),
    })
}

pub(crate) async fn delete(cx: Cx, input: ServiceSpecificCredentialInput) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    change::<model::User>(&cx, &user_name, move |_, user| {
        find(user, &input.service_specific_credential_id)?;
        user.git_credentials.retain(|it| it.id != input.service_specific_credential_id);
        Ok(())
    })
    .await?;
    Ok(Empty {})
}
