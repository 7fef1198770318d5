//! Login profiles: the passwords by which users sign in to the console.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html>

use api_identity::iam::*;
use auth::policy::Principal;
use service::{Cx, Error};
use shape::Empty;

use crate::entity::{self, change, load, scope};
use crate::model::{self, Login};
use crate::passwords::{self, Throttle};
use crate::{errors, names, users};

fn missing(user: &str) -> Error {
    errors::NO_SUCH_ENTITY.error(format!("Login Profile for User {user} cannot be found."))
}

fn shown(user: &model::User) -> Result<LoginProfile, Error> {
    let login = user.login.as_ref().ok_or_else(|| missing(&user.name))?;
    Ok(LoginProfile {
        user_name: user.name.clone(),
        create_date: login.created,
        password_reset_required: login.reset_required,
    })
}

pub(crate) async fn create(
    cx: Cx,
    input: CreateLoginProfileInput,
) -> Result<LoginProfileOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let password = input.password.ok_or_else(|| {
        errors::VALIDATION.error(
            "Password must be given: only accounts of an organization can have one made for \
             their root, which Codeyard does not have.",
        )
    })?;
    passwords::check(cx.yard(), &password)?;
    let login = Login {
        hash: passwords::hash(password).await?,
        created: names::whole_seconds(cx.now()),
        reset_required: input.password_reset_required.unwrap_or_default(),
        last_used: None,
    };
    let scope = scope(&cx);
    let login_profile = entity::write(&cx, move |tx| {
        let mut user = load::<model::User>(tx, &scope, &user_name)?;
        if user.login.is_some() {
            return Err(errors::ALREADY_EXISTS
                .error(format!("Login Profile for User {user_name} already exists.")));
        }
        user.login = Some(login.clone());
        tx.update(&scope, &user)?;
        shown(&user)
    })
    .await?;
    Ok(LoginProfileOutput { login_profile })
}

pub(crate) async fn get(cx: Cx, input: LoginProfileInput) -> Result<LoginProfileOutput, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &user_name))?;
    Ok(LoginProfileOutput { login_profile: shown(&user)? })
}

pub(crate) async fn update(cx: Cx, input: UpdateLoginProfileInput) -> Result<Empty, Error> {
    let hash = match input.password {
        None => None,
        Some(password) => {
            passwords::check(cx.yard(), &password)?;
            Some(passwords::hash(password).await?)
        }
    };
    change::<model::User>(&cx, &input.user_name, move |_, user| {
        let name = user.name.clone();
        let login = user.login.as_mut().ok_or_else(|| missing(&name))?;
        if let Some(hash) = &hash {
            login.hash.clone_from(hash);
        }
        if let Some(required) = input.password_reset_required {
            login.reset_required = required;
        }
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn delete(cx: Cx, input: LoginProfileInput) -> Result<Empty, Error> {
    let user_name = users::named_or_self(&cx, input.user_name)?;
    change::<model::User>(&cx, &user_name, |_, user| match user.login.take() {
        Some(_) => Ok(()),
        None => Err(missing(&user.name)),
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn change_password(cx: Cx, input: ChangePasswordInput) -> Result<Empty, Error> {
    let Principal::User { arn, .. } = &cx.caller().principal else {
        return Err(errors::INVALID_USER_TYPE.error("Only IAM Users can change their own password"));
    };
    let user_name = names::name_of(arn).to_owned();
    let address = cx.origin().source_ip.to_string();
    // Who has a user's keys is not to find out its password with them.
    let throttle = cx.yard().extension(Throttle::default);
    throttle.attempt(cx.now(), &user_name, &address).map_err(|secs| {
        errors::LIMIT_EXCEEDED.error(format!(
            "Too many wrong passwords were given for {user_name}. Try again in {secs} seconds."
        ))
    })?;
    let user = cx.read(|tx| load::<model::User>(tx, &scope(&cx), &user_name))?;
    let login = user.login.as_ref().ok_or_else(|| missing(&user_name))?;
    if !passwords::is(Some(&login.hash), input.old_password).await? {
        return Err(errors::ACCESS_DENIED.error("The old password was incorrect."));
    }
    throttle.succeeded(&user_name, &address);
    replace(&cx, &user_name, login.hash.clone(), input.new_password).await?;
    Ok(Empty {})
}

/// Puts a new password in the place of the one that was proven, which must still be there.
pub(crate) async fn replace(
    cx: &Cx,
    user_name: &str,
    proven: String,
    password: String,
) -> Result<(), Error> {
    passwords::check(cx.yard(), &password)?;
    if passwords::is(Some(&proven), password.clone()).await? {
        return Err(errors::PASSWORD_POLICY_VIOLATION
            .error("The new password should differ from the current one"));
    }
    let hash = passwords::hash(password).await?;
    change::<model::User>(cx, user_name, move |_, user| {
        let name = user.name.clone();
        let login = user.login.as_mut().filter(|login| login.hash == proven);
        let login = login.ok_or_else(|| {
            errors::ENTITY_TEMPORARILY_UNMODIFIABLE
                .error(format!("The password of {name} has just been changed by somebody else."))
        })?;
        login.hash.clone_from(&hash);
        login.reset_required = false;
        Ok(())
    })
    .await
}
