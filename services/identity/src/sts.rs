//! STS: who am I, roles assumed, sessions begun, refusals explained.

use api_identity::sts::*;
use auth::policy::Principal;
use service::{Cx, Error, Right, decode_authorization_message};
use shape::Empty;
use types::{Region, Scope};

use crate::documents::{MAX_SESSION, check_identity, size};
use crate::identity::{
    self, Claims, Kind, SOURCE_IDENTITY, TRANSITIVE_KEYS, is_session_token, issue, role_account,
    role_by_arn, trust_policy,
};
use crate::mfa::Proof;
use crate::model::{Role, Tag};
use crate::{errors, names};

/// How long a session lasts where the client does not say, in seconds.
const DEFAULT_ROLE_SECS: i32 = 3600;
/// The longest session of a role assumed by a role, in seconds.
const MAX_CHAINED_SECS: i32 = 3600;
/// A user's default of GetSessionToken, in seconds.
const DEFAULT_USER_SECS: i32 = 43_200;
/// The root's greatest of GetSessionToken, in seconds.
const MAX_ROOT_SECS: i32 = 3600;
/// Most managed session policies.
const MAX_POLICY_ARNS: usize = 10;

pub(crate) async fn get_caller_identity(
    cx: Cx,
    _: Empty,
) -> Result<GetCallerIdentityOutput, Error> {
    let caller = cx.caller();
    Ok(GetCallerIdentityOutput {
        user_id: Some(caller.user_id.clone()),
        account: Some(caller.account.to_string()),
        arn: Some(caller.arn.clone()),
    })
}

/// What AssumeRole needs: the role's trust policy decides, together with the caller's own where
/// it names only the account.
pub(crate) fn assume_rights(cx: &Cx, input: &AssumeRoleInput) -> Result<Vec<Right>, Error> {
    if matches!(cx.caller().principal, Principal::Root { .. }) {
        return Err(errors::ACCESS_DENIED.error("Roles may not be assumed by root accounts."));
    }
    let account = role_account(&input.role_arn)?;
    let scope = Scope::new(account.clone(), Region::global());
    let Some(role) = cx.read(|tx| role_by_arn(tx, &scope, &input.role_arn))? else {
        // Whether a role exists is nobody's business who may not assume it.
        return Err(errors::ACCESS_DENIED.error(format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {}",
            cx.caller().arn,
            input.role_arn
        )));
    };
    // Told before anything else: a right that MFA would give is not there without it.
    let proven = match Proof::given(input.serial_number.as_ref(), input.token_code.as_ref())? {
        Some(proof) => cx.read(|tx| proof.check(cx, tx)).map(|_| true)?,
        None => false,
    };
    let trust = trust_policy(&role, &account)?;
    let mut actions = vec!["sts:AssumeRole"];
    let inherited = inherited_tags(cx);
    if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) || !inherited.is_empty() {
        actions.push("sts:TagSession");
    }
    if input.source_identity.is_some() {
        actions.push("sts:SetSourceIdentity");
    }
    let right = |action: &str| {
        let right = Right::new(action, &input.role_arn).deciding_policy(trust.clone());
        let right = conditions(right, input, &role);
        if proven {
            right.with("aws:MultiFactorAuthPresent", "true").with("aws:MultiFactorAuthAge", "0")
        } else {
            right
        }
    };
    Ok(actions.into_iter().map(right).collect())
}

fn conditions(mut right: Right, input: &AssumeRoleInput, role: &Role) -> Right {
    right = right.with("sts:RoleSessionName", &input.role_session_name);
    if let Some(id) = &input.external_id {
        right = right.with("sts:ExternalId", id);
    }
    if let Some(identity) = &input.source_identity {
        right = right.with("sts:SourceIdentity", identity);
    }
    for tag in &role.tags {
        right = right
            .with(format!("aws:ResourceTag/{}", tag.key), &tag.value)
            .with(format!("iam:ResourceTag/{}", tag.key), &tag.value);
    }
    let tags = input.tags.as_deref().unwrap_or_default();
    if !tags.is_empty() {
        let keys = tags.iter().map(|tag| tag.key.clone()).collect();
        right = right.with_values("aws:TagKeys", keys);
        for tag in tags {
            right = right.with(format!("aws:RequestTag/{}", tag.key), &tag.value);
        }
    }
    match &input.transitive_tag_keys {
        Some(keys) if !keys.is_empty() => right.with_values("sts:TransitiveTagKeys", keys.clone()),
        _ => right,
    }
}

/// Tags that the calling session hands on.
fn inherited_tags(cx: &Cx) -> Vec<Tag> {
    let value = |wanted: &str| {
        let found = cx.caller().context.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
        found.and_then(|(_, values)| values.first().cloned())
    };
    let transitive = cx.caller().context.iter().find(|(key, _)| key == TRANSITIVE_KEYS);
    transitive
        .iter()
        .flat_map(|(_, keys)| keys)
        .filter_map(|key| {
            let value = value(&format!("aws:PrincipalTag/{key}"))?;
            Some(Tag { key: key.clone(), value })
        })
        .collect()
}

/// The source identity of the calling session, which no chaining can change.
fn inherited_source_identity(cx: &Cx) -> Option<String> {
    let found = cx.caller().context.iter().find(|(key, _)| key == SOURCE_IDENTITY);
    found.and_then(|(_, values)| values.first().cloned())
}

fn refuse_unsupported(input: &AssumeRoleInput) -> Result<(), Error> {
    let lacks = |what: &str| {
        Err(errors::NOT_IMPLEMENTED.error(format!("{what} is not supported by Codeyard.")))
    };
    if input.provided_contexts.as_ref().is_some_and(|contexts| !contexts.is_empty()) {
        return lacks("ProvidedContexts");
    }
    refuse_padding(input.minimum_session_token_size)?;
    Ok(())
}

/// Tokens have the size that they have.
fn refuse_padding(size: Option<i32>) -> Result<(), Error> {
    if size.is_some_and(|size| size > 0) {
        return Err(
            errors::NOT_IMPLEMENTED.error("MinimumSessionTokenSize is not supported by Codeyard.")
        );
    }
    Ok(())
}

/// How long the session lasts, in seconds.
fn duration(cx: &Cx, input: &AssumeRoleInput, role: &Role) -> Result<i32, Error> {
    let chained = matches!(cx.caller().principal, Principal::Session { .. });
    let secs = input.duration_seconds.unwrap_or(DEFAULT_ROLE_SECS);
    if chained && secs > MAX_CHAINED_SECS {
        return Err(errors::VALIDATION.error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining",
        ));
    }
    if secs > role.max_session_secs {
        return Err(errors::VALIDATION.error(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(secs)
}

/// The session policies, checked: inline documents and managed ones' ARNs.
fn session_policies(
    cx: &Cx,
    scope: &Scope,
    input: &AssumeRoleInput,
) -> Result<(Vec<String>, Vec<String>), Error> {
    let inline: Vec<String> = input.policy.iter().cloned().collect();
    for document in &inline {
        check_identity(document)?;
        let packed = size(document);
        if packed > MAX_SESSION {
            return Err(errors::PACKED_POLICY_TOO_LARGE.error(format!(
                "The session policy has {packed} characters, more than {MAX_SESSION}."
            )));
        }
    }
    let arns: Vec<String> = input
        .policy_arns
        .iter()
        .flatten()
        .filter_map(|descriptor| descriptor.arn.clone())
        .collect();
    if arns.len() > MAX_POLICY_ARNS {
        return Err(errors::VALIDATION.error(format!(
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: \
             Member must have length less than or equal to {MAX_POLICY_ARNS}"
        )));
    }
    for arn in &arns {
        let found = cx.read(|tx| identity::document_of(tx, scope, arn))?;
        if found.is_none() {
            return Err(errors::VALIDATION
                .error(format!("The managed session policy {arn} does not exist.")));
        }
    }
    Ok((inline, arns))
}

/// The tags of the new session, inherited ones first, and which of them go on.
fn session_tags(cx: &Cx, input: &AssumeRoleInput) -> Result<(Vec<Tag>, Vec<String>), Error> {
    let mut tags = inherited_tags(cx);
    let mut transitive: Vec<String> = tags.iter().map(|tag| tag.key.clone()).collect();
    for tag in input.tags.iter().flatten() {
        names::check_tag(&tag.key, &tag.value)?;
        if tags.iter().any(|other| other.key.eq_ignore_ascii_case(&tag.key)) {
            return Err(errors::VALIDATION.error(format!(
                "The tag {} is given twice, or handed on by the calling session and cannot be \
                 set again.",
                tag.key
            )));
        }
        tags.push(Tag { key: tag.key.clone(), value: tag.value.clone() });
    }
    if tags.len() > names::MAX_TAGS {
        return Err(errors::VALIDATION.error(format!(
            "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member \
             must have length less than or equal to {}",
            names::MAX_TAGS
        )));
    }
    for key in input.transitive_tag_keys.iter().flatten() {
        if !tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(key)) {
            return Err(errors::VALIDATION.error(format!(
                "The specified transitive tag key {key} must be included in the requested tags."
            )));
        }
        if !transitive.iter().any(|other| other.eq_ignore_ascii_case(key)) {
            transitive.push(key.clone());
        }
    }
    Ok((tags, transitive))
}

pub(crate) async fn assume_role(cx: Cx, input: AssumeRoleInput) -> Result<AssumeRoleOutput, Error> {
    refuse_unsupported(&input)?;
    let account = role_account(&input.role_arn)?;
    let scope = Scope::new(account.clone(), Region::global());
    let role = cx.read(|tx| role_by_arn(tx, &scope, &input.role_arn))?.ok_or_else(|| {
        errors::ACCESS_DENIED.error(format!("{} cannot be assumed any more.", input.role_arn))
    })?;
    let secs = duration(&cx, &input, &role)?;
    let (policies, policy_arns) = session_policies(&cx, &scope, &input)?;
    let (tags, transitive) = session_tags(&cx, &input)?;
    let inherited_identity = inherited_source_identity(&cx);
    if let (Some(old), Some(new)) = (&inherited_identity, &input.source_identity)
        && old != new
    {
        return Err(errors::ACCESS_DENIED
            .error("The source identity of a session cannot be changed by role chaining."));
    }
    if let Some(proof) = Proof::given(input.serial_number.as_ref(), input.token_code.as_ref())? {
        proof.spend(&cx).await?;
    }
    let packed: usize = policies.iter().map(|document| size(document)).sum();
    let narrowed = !policies.is_empty() || !policy_arns.is_empty();
    let claims = Claims {
        kind: Kind::Role,
        account: account.to_string(),
        name: role.name.clone(),
        entity_id: role.id.clone(),
        session_name: input.role_session_name.clone(),
        narrowed,
        policies,
        policy_arns,
        tags,
        transitive,
        source_identity: input.source_identity.or(inherited_identity),
        ..Claims::default()
    };
    let issued = issue(cx.yard(), claims, i64::from(secs))?;
    let claims = issued.claims;
    let percent = i32::try_from(packed.saturating_mul(100) / MAX_SESSION).unwrap_or(100);
    Ok(AssumeRoleOutput {
        source_identity: claims.source_identity.clone(),
        assumed_role_user: Some(AssumedRoleUser {
            assumed_role_id: format!("{}:{}", role.id, claims.session_name),
            arn: format!(
                "arn:aws:sts::{account}:assumed-role/{}/{}",
                role.name, claims.session_name
            ),
        }),
        packed_policy_size: narrowed.then_some(percent.max(1)),
        credentials: Some(credentials(claims, issued.token)),
    })
}

fn credentials(claims: Claims, session_token: String) -> Credentials {
    Credentials {
        access_key_id: claims.access_key_id,
        secret_access_key: claims.secret,
        session_token,
        expiration: claims.expires,
    }
}

pub(crate) async fn get_session_token(
    cx: Cx,
    input: GetSessionTokenInput,
) -> Result<GetSessionTokenOutput, Error> {
    refuse_padding(input.minimum_session_token_size)?;
    let caller = cx.caller();
    if caller.expires.is_some() {
        return Err(
            errors::ACCESS_DENIED.error("Cannot call GetSessionToken with session credentials")
        );
    }
    let (kind, name, secs) = match &caller.principal {
        Principal::User { arn, .. } => (
            Kind::User,
            names::name_of(arn).to_owned(),
            input.duration_seconds.unwrap_or(DEFAULT_USER_SECS),
        ),
        Principal::Root { .. } => (
            Kind::Root,
            String::new(),
            input.duration_seconds.unwrap_or(MAX_ROOT_SECS).min(MAX_ROOT_SECS),
        ),
        _ => {
            return Err(
                errors::ACCESS_DENIED.error("Cannot call GetSessionToken with session credentials")
            );
        }
    };
    let proof = Proof::given(input.serial_number.as_ref(), input.token_code.as_ref())?;
    let mfa = proof.is_some();
    if let Some(proof) = proof {
        proof.spend(&cx).await?;
    }
    let claims = Claims {
        kind,
        account: caller.account.to_string(),
        name,
        entity_id: caller.user_id.clone(),
        mfa,
        ..Claims::default()
    };
    let issued = issue(cx.yard(), claims, i64::from(secs))?;
    Ok(GetSessionTokenOutput { credentials: Some(credentials(issued.claims, issued.token)) })
}

pub(crate) async fn decode_message(
    cx: Cx,
    input: DecodeAuthorizationMessageInput,
) -> Result<DecodeAuthorizationMessageOutput, Error> {
    if is_session_token(cx.caller()) {
        return Err(errors::ACCESS_DENIED.error(
            "Cannot call DecodeAuthorizationMessage with the credentials of GetSessionToken: of \
             STS, they can call AssumeRole and GetCallerIdentity only.",
        ));
    }
    let decoded =
        decode_authorization_message(cx.yard(), &input.encoded_message).map_err(|_| {
            errors::INVALID_AUTHORIZATION_MESSAGE
                .error("Message is invalid: it was not made by this yard, or was altered.")
        })?;
    Ok(DecodeAuthorizationMessageOutput { decoded_message: Some(decoded) })
}
