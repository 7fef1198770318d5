//! Signing in to the console: user name and password, or a one-time code, for the credentials of a
//! session. The console is a client like any other from then on: it signs what it sends, and
//! nothing that a browser sends by itself proves anything.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use api_identity::signin::CreateSignInCodeOutput;
use auth::policy::Principal;
use serde_json::{Value, json};
use service::{
    AuditRecord, Caller, Cx, Ending, Error, ErrorKind, Origin, RawRequest, RawResponse, Right,
    Trailers, Yard,
};
use shape::Empty;
use types::{Region, Scope, Timestamp};
use wire::Response;

use crate::entity::{self, load};
use crate::identity::{Claims, Issued, Kind, issue, user_of};
use crate::model::{self, Login};
use crate::passwords::{self, Throttle};
use crate::{errors, login_profiles, mfa, names};

/// The route. No bucket's name begins with `_`.
pub(crate) const PATH: &str = "/_signin";
/// How long a session of the console lasts, in seconds, as AWS's does.
const SESSION_SECS: i64 = 43_200;
/// How long a one-time code is good for, in seconds.
const CODE_SECS: i64 = 120;
/// Letters and digits of a one-time code.
const CODE_LEN: usize = 43;
/// Codes that wait to be used, at most.
const MAX_CODES: usize = 1000;
/// Longest request, in bytes.
const MAX_REQUEST: usize = 8 << 10;

const FAILED: ErrorKind = ErrorKind::new("AuthenticationFailure", 401);
const MFA_REQUIRED: ErrorKind = ErrorKind::new("MFARequired", 401);
const RESET_REQUIRED: ErrorKind = ErrorKind::new("PasswordResetRequired", 401);
const INVALID_REQUEST: ErrorKind = ErrorKind::new("InvalidRequest", 400);
const THROTTLED: ErrorKind = ErrorKind::new("TooManyAttempts", 429);

/// Codes that were made and not used, by their digests.
#[derive(Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Code>>);

struct Code {
    caller: Caller,
    expires: Timestamp,
}

impl Codes {
    fn keep(&self, now: Timestamp, code: &str, caller: Caller) -> Result<Timestamp, Error> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, code| code.expires > now);
        if all.len() >= MAX_CODES {
            return Err(errors::LIMIT_EXCEEDED
                .error(format!("{MAX_CODES} sign-in codes wait to be used already.")));
        }
        let expires = now.plus_secs(CODE_SECS);
        all.insert(digest(code), Code { caller, expires });
        Ok(expires)
    }

    /// Codes are found by their digests: how long that takes tells nothing about them.
    fn take(&self, now: Timestamp, code: &str) -> Option<Caller> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&digest(code)).filter(|code| code.expires > now).map(|code| code.caller)
    }
}

fn digest(code: &str) -> String {
    auth::sigv4::sha256_hex(code.as_bytes())
}

/// `CreateSignInCode`: whoever has long-term keys may take its rights into a browser.
pub(crate) async fn create_code(cx: Cx, _: Empty) -> Result<CreateSignInCodeOutput, Error> {
    let caller = cx.caller();
    let own = matches!(caller.principal, Principal::User { .. } | Principal::Root { .. });
    if caller.expires.is_some() || !own {
        return Err(errors::ACCESS_DENIED.error(
            "Sign-in codes are made with the long-term access key of a user or of root: a code \
             made by a session would outlive it.",
        ));
    }
    let code = types::random_secret(CODE_LEN);
    let codes = cx.yard().extension(Codes::default);
    let expiration = codes.keep(cx.now(), &code, caller.clone())?;
    Ok(CreateSignInCodeOutput { code, expiration })
}

/// What a browser sends.
struct Attempt {
    user_name: String,
    password: String,
    mfa_code: Option<String>,
    new_password: Option<String>,
}

/// Who signed in, and how surely.
struct Proven {
    caller: Caller,
    mfa: bool,
}

/// Answers a sign-in.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    let shown = Origin {
        endpoint: request.endpoint.clone(),
        source_ip: request.source_ip,
        user_agent: request.header("user-agent").unwrap_or_default().to_owned(),
        request_id: request.request_id.clone(),
        depth: 0,
        trailers: Trailers::default(),
        ending: Ending::default(),
    };
    let asked = read(request).await;
    let (user, result) = match asked {
        Err(error) => return refusal(&error, &shown),
        Ok(Asked::Code(code)) => {
            let taken = yard.extension(Codes::default).take(yard.clock().now(), &code);
            let proven = taken.map(|caller| Proven { caller, mfa: false });
            let unknown = "This sign-in link was used already, or is too old. Run `codeyard \
                           console` for a new one.";
            (None, proven.ok_or_else(|| FAILED.error(unknown)))
        }
        Ok(Asked::Password(attempt)) => {
            let name = attempt.user_name.clone();
            (Some(name), by_password(&yard, &shown, attempt).await)
        }
    };
    let result = result.and_then(|proven| Ok((session(&yard, &proven)?, proven)));
    match result {
        Ok((issued, proven)) => {
            audit(&yard, &shown, Some(&proven), user.as_deref(), None);
            let config = yard.config();
            let body = json!({
                "accessKeyId": issued.claims.access_key_id,
                "secretAccessKey": issued.claims.secret,
                "sessionToken": issued.token,
                "expiration": issued.claims.expires.iso8601(),
                "account": proven.caller.account.as_str(),
                "region": config.region.as_str(),
                "arn": proven.caller.arn,
            });
            answer(200, &body)
        }
        Err(error) => {
            audit(&yard, &shown, None, user.as_deref(), Some(&error));
            refusal(&error, &shown)
        }
    }
}

enum Asked {
    Code(String),
    Password(Attempt),
}

/// Reads a request. Other sites' pages cannot send JSON here: browsers would ask first.
async fn read(request: RawRequest) -> Result<Asked, Error> {
    let invalid = |what: &str| INVALID_REQUEST.error(what);
    if request.method != "POST" || request.path != PATH {
        return Err(ErrorKind::new("MethodNotAllowed", 405)
            .error(format!("Sign-in is POST {PATH} with JSON.")));
    }
    let kind = request.header("content-type").unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return Err(invalid("The content type must be application/json."));
    }
    let body = request.body.collect(MAX_REQUEST).await;
    let body = body.map_err(|error| invalid(&error.message))?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| invalid("This is no JSON."))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    if let Some(code) = text("code") {
        return Ok(Asked::Code(code));
    }
    match (text("userName"), text("password")) {
        (Some(user_name), Some(password)) => Ok(Asked::Password(Attempt {
            user_name,
            password,
            mfa_code: text("mfaCode").filter(|code| !code.is_empty()),
            new_password: text("newPassword").filter(|password| !password.is_empty()),
        })),
        _ => Err(invalid("userName and password, or code, must be given.")),
    }
}

/// Proves a user's password, and the code of an MFA device where it has one.
async fn by_password(yard: &Yard, origin: &Origin, attempt: Attempt) -> Result<Proven, Error> {
    let failed = || FAILED.error("The user name or the password is wrong.");
    let address = origin.source_ip.to_string();
    let throttle: Arc<Throttle> = yard.extension(Throttle::default);
    let now = yard.clock().now();
    throttle.attempt(now, &attempt.user_name, &address).map_err(|secs| {
        THROTTLED.error(format!("Too many attempts have failed. Try again in {secs} seconds."))
    })?;
    let scope = Scope::new(yard.config().account.clone(), Region::global());
    let user = yard.read(|tx| Ok(load::<model::User>(tx, &scope, &attempt.user_name).ok()))?;
    let login = user.as_ref().and_then(|user| user.login.clone());
    let kept = login.as_ref().map(|login| login.hash.as_str());
    let right = passwords::is(kept, attempt.password).await?;
    let (Some(user), Some(login), true) = (user, login, right) else { return Err(failed()) };
    let caller = user_of(yard, &user)?;
    let cx = Cx::new(yard.clone(), caller.clone(), Region::global(), origin.clone());
    let has_device = yard.read(|tx| mfa::has_any(tx, &scope, &user.name))?;
    if has_device {
        let code = attempt.mfa_code.ok_or_else(|| {
            MFA_REQUIRED.error("Give the code that your MFA device shows as well.")
        })?;
        if !mfa::spend_of_any(&cx, &user.name, code).await? {
            return Err(FAILED.error(
                "The code of the MFA device is wrong. A code counts once: wait for the next one.",
            ));
        }
    }
    // Whoever must set a new password has proven who it is, but has not signed in.
    if login.reset_required {
        let new = attempt.new_password.ok_or_else(|| {
            RESET_REQUIRED.error("The password must be replaced by a new one at this sign-in.")
        })?;
        cx.authorize("iam", &Right::new("iam:ChangePassword", caller.arn.clone()))?;
        login_profiles::replace(&cx, &user.name, login.hash.clone(), new).await?;
    }
    throttle.succeeded(&attempt.user_name, &address);
    note_use(&cx, &user.name).await?;
    Ok(Proven { caller, mfa: has_device })
}

/// Notes when a password was used last.
async fn note_use(cx: &Cx, user_name: &str) -> Result<(), Error> {
    let (scope, name, now) = (entity::scope(cx), user_name.to_owned(), cx.now());
    cx.write(move |tx| {
        let mut user = load::<model::User>(tx, &scope, &name)?;
        if let Some(login) = user.login.take() {
            user.login = Some(Login { last_used: Some(names::whole_seconds(now)), ..login });
            tx.update(&scope, &user)?;
        }
        Ok(())
    })
    .await
}

fn session(yard: &Yard, proven: &Proven) -> Result<Issued, Error> {
    let caller = &proven.caller;
    let (kind, name) = match &caller.principal {
        Principal::Root { .. } => (Kind::Root, String::new()),
        _ => (Kind::User, names::name_of(&caller.arn).to_owned()),
    };
    let claims = Claims {
        kind,
        name,
        account: caller.account.to_string(),
        entity_id: caller.user_id.clone(),
        mfa: proven.mfa,
        console: true,
        ..Claims::default()
    };
    issue(yard, claims, SESSION_SECS)
}

/// CloudTrail's ConsoleLogin:
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html>.
/// The name that was tried in vain may be a password, typed in the wrong place.
fn audit(
    yard: &Yard,
    origin: &Origin,
    proven: Option<&Proven>,
    user: Option<&str>,
    error: Option<&Error>,
) {
    let config = yard.config();
    let caller = proven.map(|proven| &proven.caller);
    let known = || {
        let scope = Scope::new(config.account.clone(), Region::global());
        let name = user?;
        yard.read(|tx| Ok(load::<model::User>(tx, &scope, name)?.name.clone())).ok()
    };
    let name = match caller {
        Some(caller) => caller.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
        None => known().unwrap_or_else(|| "HIDDEN_DUE_TO_SECURITY_REASONS".to_owned()),
    };
    yard.audit().record(AuditRecord {
        event_id: types::uuid(),
        request_id: origin.request_id.clone(),
        time: yard.clock().now(),
        account: config.account.clone(),
        region: config.region.clone(),
        event_source: "signin.amazonaws.com".to_owned(),
        event_name: "ConsoleLogin".to_owned(),
        read_only: false,
        caller_arn: caller.map(|caller| caller.arn.clone()).unwrap_or_default(),
        user_name: name,
        principal_id: caller.map(|caller| caller.user_id.clone()).unwrap_or_default(),
        access_key_id: None,
        source_ip: origin.source_ip.to_string(),
        user_agent: origin.user_agent.clone(),
        request_parameters: json!({
            "MFAUsed": if proven.is_some_and(|it| it.mfa) { "Yes" } else { "No" },
            "oneTimeCode": user.is_none(),
        }),
        error: error.map(|error| (error.code.to_string(), error.message.clone())),
        resources: Vec::new(),
    });
}

fn refusal(error: &Error, origin: &Origin) -> Response {
    let body = json!({
        "code": error.code, "message": error.message, "requestId": origin.request_id,
    });
    answer(error.status, &body)
}

fn answer(status: u16, body: &Value) -> Response {
    let mut response = Response::new(status);
    for (name, value) in [("content-type", "application/json"), ("cache-control", "no-store")] {
        response.headers.push((name.to_owned(), value.to_owned()));
    }
    response.body = body.to_string().into_bytes().into();
    response
}
