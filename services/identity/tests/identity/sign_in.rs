//! Passwords, and signing in to the console with them or by a one-time code.

use serde_json::{Value, json};
use types::ManualClock;

use crate::mfa::{Device, start};
use crate::*;

const PASSWORD: &str = "Correct-horse-1";

async fn sign_in(iam: &Iam, body: &Value) -> (u16, Value) {
    let headers = [("content-type", "application/json"), ("user-agent", "browser")];
    let body = body.to_string().into_bytes();
    let answer = iam.yard.send(None, "", "POST", "/_signin", &headers, body).await;
    (answer.status, answer.json())
}

async fn with_password(iam: &Iam, name: &str, password: &str) -> (u16, Value) {
    sign_in(iam, &json!({"userName": name, "password": password})).await
}

#[track_caller]
fn refused(answer: (u16, Value), status: u16, code: &str) {
    assert_eq!((answer.0, &answer.1["code"]), (status, &json!(code)), "{}", answer.1);
    assert!(answer.1.get("secretAccessKey").is_none());
}

#[track_caller]
fn keys((status, body): &(u16, Value)) -> Keys {
    assert_eq!(*status, 200, "{body}");
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let keys = Keys::new(text("accessKeyId"), text("secretAccessKey"));
    Keys { token: Some(text("sessionToken")), ..keys }
}

async fn profile(iam: &Iam, user: &str, more: &[(&str, &str)]) -> Answer {
    let named = [("UserName", user), ("Password", PASSWORD)];
    iam.iam("CreateLoginProfile", &[&named, more].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn login_profiles_live_as_in_aws() {
    let iam = Iam::start().await;
    let ann = [("UserName", "ann")];
    iam.iam("CreateUser", &ann).await.ok();
    iam.iam("GetLoginProfile", &ann).await.fails(404, "NoSuchEntity", "ann");
    for weak in ["Short-1", "lowercaseonly", "alllower123"] {
        let weak = [("UserName", "ann"), ("Password", weak)];
        let refused = iam.iam("CreateLoginProfile", &weak).await;
        refused.fails(400, "PasswordPolicyViolation", "Password should");
    }
    iam.iam("CreateLoginProfile", &ann).await.fails(400, "ValidationError", "Password");
    let made = profile(&iam, "ann", &[]).await.ok();
    assert_eq!((made.get("UserName"), made.get("PasswordResetRequired")), ("ann", "false"));
    profile(&iam, "ann", &[]).await.fails(409, "EntityAlreadyExists", "ann");
    profile(&iam, "eve", &[]).await.fails(404, "NoSuchEntity", "eve");
    iam.iam("DeleteUser", &ann).await.fails(409, "DeleteConflict", "login profile");
    let reset = [("UserName", "ann"), ("PasswordResetRequired", "true")];
    iam.iam("UpdateLoginProfile", &reset).await.ok();
    let shown = iam.iam("GetLoginProfile", &ann).await.ok();
    assert_eq!(shown.get("PasswordResetRequired"), "true");
    iam.iam("DeleteLoginProfile", &ann).await.ok();
    iam.iam("DeleteLoginProfile", &ann).await.fails(404, "NoSuchEntity", "ann");
    iam.iam("DeleteUser", &ann).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_a_session_that_may_what_the_user_may() {
    let iam = Iam::start().await;
    let own = iam.user("ann", LIST).await;
    refused(with_password(&iam, "ann", PASSWORD).await, 401, "AuthenticationFailure");
    profile(&iam, "ann", &[]).await.ok();
    refused(with_password(&iam, "ann", "Correct-horse-2").await, 401, "AuthenticationFailure");
    refused(with_password(&iam, "bob", PASSWORD).await, 401, "AuthenticationFailure");

    let signed_in = with_password(&iam, "ann", PASSWORD).await;
    assert_eq!(signed_in.1["arn"], format!("arn:aws:iam::{ACCOUNT}:user/ann"));
    let session = keys(&signed_in);
    assert!(iam.may_list(&session).await, "IAM takes a session of the console");
    let refused_ = iam.call(&session, "iam", "CreateUser", &[("UserName", "x")]).await;
    refused_.fails(403, "AccessDenied", "iam:CreateUser");
    let used = iam.call(&iam.root(), "iam", "GetUser", &[("UserName", "ann")]).await.ok();
    assert_eq!(used.all("PasswordLastUsed").len(), 1);
    // A session cannot outlive itself.
    let (status, _) = code(&iam, &session).await;
    assert_eq!(status, 400, "a session makes no codes");
    let (status, _) = code(&iam, &own).await;
    assert_eq!(status, 400, "no policy lets ann make codes");

    // What is taken from the user is taken from the session.
    let inline = [("UserName", "ann"), ("PolicyName", "own")];
    iam.iam("DeleteUserPolicy", &inline).await.ok();
    assert!(!iam.may_list(&session).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sign_in_is_refused() {
    let iam = Iam::start().await;
    refused(sign_in(&iam, &json!({"userName": "ann"})).await, 400, "InvalidRequest");
    refused(sign_in(&iam, &json!([])).await, 400, "InvalidRequest");
    let send = |method: &'static str, kind: &'static str| {
        let headers = [("content-type", kind)];
        let body = br#"{"code":"x"}"#.to_vec();
        let iam = &iam;
        async move { iam.yard.send(None, "", method, "/_signin", &headers, body).await.status }
    };
    // What a page of another site can send without being asked for leave.
    for simple in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        assert_eq!(send("POST", simple).await, 400);
    }
    assert_eq!(send("PUT", "application/json").await, 405);
    let long = json!({"userName": "a".repeat(10_000), "password": "b"});
    refused(sign_in(&iam, &long).await, 400, "InvalidRequest");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_stopped() {
    let iam = Iam::start().await;
    iam.user("ann", LIST).await;
    profile(&iam, "ann", &[]).await.ok();
    for _ in 0..10 {
        refused(with_password(&iam, "ann", "guess").await, 401, "AuthenticationFailure");
    }
    refused(with_password(&iam, "ann", PASSWORD).await, 429, "TooManyAttempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_asked_for_where_there_is_one() {
    let (iam, clock) = start().await;
    iam.user("ann", LIST).await;
    profile(&iam, "ann", &[]).await.ok();
    let device = Device::make(&iam, "phone").await;
    let pair = (device.code(&clock, -1), device.code(&clock, 0));
    device.codes(&iam, "EnableMFADevice", "ann", pair).await.ok();
    refused(with_password(&iam, "ann", PASSWORD).await, 401, "MFARequired");
    let with_code =
        |code: String| json!({"userName": "ann", "password": PASSWORD, "mfaCode": code});
    refused(sign_in(&iam, &with_code("000000".into())).await, 401, "AuthenticationFailure");
    let fresh = device.code(&clock, 1);
    let session = keys(&sign_in(&iam, &with_code(fresh.clone())).await);
    assert!(iam.may_list(&session).await);
    refused(sign_in(&iam, &with_code(fresh)).await, 401, "AuthenticationFailure");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_replaced_by_who_knows_it() {
    let iam = Iam::start().await;
    let statement = r#"{"Effect":"Allow","Action":"iam:ChangePassword","Resource":"*"}"#;
    let ann = iam.user("ann", statement).await;
    let bob = iam.user("bob", LIST).await;
    for user in ["ann", "bob"] {
        profile(&iam, user, &[("PasswordResetRequired", "true")]).await.ok();
    }
    refused(with_password(&iam, "ann", PASSWORD).await, 401, "PasswordResetRequired");
    let to =
        |user: &str, new: &str| json!({"userName": user, "password": PASSWORD, "newPassword": new});
    refused(sign_in(&iam, &to("ann", PASSWORD)).await, 400, "PasswordPolicyViolation");
    refused(sign_in(&iam, &to("bob", "Battery-2-staple")).await, 403, "AccessDenied");
    keys(&sign_in(&iam, &to("ann", "Battery-2-staple")).await);
    keys(&with_password(&iam, "ann", "Battery-2-staple").await);
    refused(with_password(&iam, "ann", PASSWORD).await, 401, "AuthenticationFailure");

    let change =
        |old: &'static str, new: &'static str| [("OldPassword", old), ("NewPassword", new)];
    let wrong = iam.call(&ann, "iam", "ChangePassword", &change("Wrong-old-1", PASSWORD)).await;
    wrong.fails(403, "AccessDenied", "old password");
    let changed = change("Battery-2-staple", PASSWORD);
    iam.call(&ann, "iam", "ChangePassword", &changed).await.ok();
    let denied = iam.call(&bob, "iam", "ChangePassword", &change(PASSWORD, "Battery-2")).await;
    denied.fails(403, "AccessDenied", "iam:ChangePassword");
    let root = iam.iam("ChangePassword", &change(PASSWORD, "Battery-2")).await;
    root.fails(400, "InvalidUserType", "IAM Users");
}

async fn code(iam: &Iam, keys: &Keys) -> (u16, Value) {
    let target = "CodeyardSignIn_20261121.CreateSignInCode";
    iam.yard.json_as(keys, "codeyard-signin", target, json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_signs_in_once_and_soon() {
    let clock = ManualClock::new(types::system_clock().now());
    let iam = Iam::start_at(clock.clone()).await;
    let (status, made) = code(&iam, &iam.root()).await;
    assert_eq!(status, 200, "{made}");
    let body = json!({"code": made["code"]});
    let session = keys(&sign_in(&iam, &body).await);
    let who = iam.call(&session, "sts", "GetCallerIdentity", &[]).await.ok();
    assert_eq!(who.get("Arn"), format!("arn:aws:iam::{ACCOUNT}:root"));
    assert!(iam.may_list(&session).await);
    refused(sign_in(&iam, &body).await, 401, "AuthenticationFailure");
    refused(sign_in(&iam, &json!({"code": "x"})).await, 401, "AuthenticationFailure");

    let (_, made) = code(&iam, &iam.root()).await;
    clock.advance_millis(121_000);
    let late = json!({"code": made["code"]});
    refused(sign_in(&iam, &late).await, 401, "AuthenticationFailure");
    clock.advance_millis(43_200_000);
    let over = iam.call(&session, "sts", "GetCallerIdentity", &[]).await;
    over.fails(403, "ExpiredToken", "expired");
}
