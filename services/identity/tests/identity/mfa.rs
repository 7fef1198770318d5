//! MFA: devices, their codes, and the sessions that they open.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use types::ManualClock;

use crate::*;

const STEP: i64 = 30;
/// The second factor is asked for.
const LIST_WITH_MFA: &str = r#"[
    {"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
     "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},
                  "NumericLessThan":{"aws:MultiFactorAuthAge":"600"}}},
    {"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]"#;

/// An authenticator application's device.
pub struct Device {
    serial: String,
    seed: Vec<u8>,
}

impl Device {
    pub async fn make(iam: &Iam, name: &str) -> Self {
        let made = iam.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", name)]).await.ok();
        let base64 = base64::engine::general_purpose::STANDARD;
        let png = base64.decode(made.get("QRCodePNG")).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        let text = base64.decode(made.get("Base32StringSeed")).unwrap();
        Self { serial: made.get("SerialNumber").to_owned(), seed: from_base32(&text) }
    }

    /// As an authenticator application shows it `steps` from now.
    pub fn code(&self, clock: &ManualClock, steps: i64) -> String {
        let step = types::Clock::now(clock).secs() / STEP + steps;
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&self.seed).unwrap();
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    pub async fn codes(
        &self,
        iam: &Iam,
        action: &str,
        user: &str,
        pair: (String, String),
    ) -> Answer {
        let parameters = [
            ("UserName", user),
            ("SerialNumber", self.serial.as_str()),
            ("AuthenticationCode1", pair.0.as_str()),
            ("AuthenticationCode2", pair.1.as_str()),
        ];
        iam.iam(action, &parameters).await
    }

    async fn session(&self, iam: &Iam, keys: &Keys, code: &str) -> Answer {
        let proof = [("SerialNumber", self.serial.as_str()), ("TokenCode", code)];
        iam.call(keys, "sts", "GetSessionToken", &proof).await
    }
}

fn from_base32(text: &[u8]) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        _ => letter - b'2' + 26,
    };
    text.chunks(8)
        .flat_map(|eight| {
            let bits =
                eight.iter().fold(0, |bits: u64, letter| bits << 5 | u64::from(value(*letter)));
            bits.to_be_bytes()[3..].to_vec()
        })
        .collect()
}

pub async fn start() -> (Iam, std::sync::Arc<ManualClock>) {
    let clock = ManualClock::new(types::system_clock().now());
    (Iam::start_at(clock.clone()).await, clock)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_lives_as_in_aws() {
    let (iam, clock) = start().await;
    let ann = [("UserName", "ann")];
    iam.iam("CreateUser", &ann).await.ok();
    iam.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    let device = Device::make(&iam, "phone").await;
    assert_eq!(device.serial, format!("arn:aws:iam::{ACCOUNT}:mfa/phone"));
    let again = iam.iam("CreateVirtualMFADevice", &[("VirtualMFADeviceName", "phone")]).await;
    again.fails(409, "EntityAlreadyExists", "MFADevice");
    let unassigned = [("AssignmentStatus", "Unassigned")];
    let listed = iam.iam("ListVirtualMFADevices", &unassigned).await.ok();
    assert_eq!(listed.get("SerialNumber"), device.serial);
    assert!(listed.all("Base32StringSeed").is_empty(), "the seed is told once");

    let pair = |from| (device.code(&clock, from), device.code(&clock, from + 1));
    let swapped = (device.code(&clock, 0), device.code(&clock, -1));
    let refused = device.codes(&iam, "EnableMFADevice", "ann", swapped).await;
    refused.fails(403, "InvalidAuthenticationCode", "not valid");
    let refused = device.codes(&iam, "EnableMFADevice", "ann", pair(100)).await;
    refused.fails(403, "InvalidAuthenticationCode", "not valid");
    device.codes(&iam, "EnableMFADevice", "eve", pair(-1)).await.fails(404, "NoSuchEntity", "eve");
    device.codes(&iam, "EnableMFADevice", "ann", pair(-1)).await.ok();
    let refused = device.codes(&iam, "EnableMFADevice", "bob", pair(0)).await;
    refused.fails(409, "EntityAlreadyExists", "already in use");
    let listed = iam.iam("ListMFADevices", &ann).await.ok();
    assert_eq!((listed.get("UserName"), listed.get("SerialNumber")), ("ann", &*device.serial));
    let listed = iam.iam("ListVirtualMFADevices", &[("AssignmentStatus", "Assigned")]).await.ok();
    assert_eq!(listed.get("UserName"), "ann");
    let summary = iam.iam("GetAccountSummary", &[]).await.ok();
    assert!(summary.text.contains("<key>MFADevicesInUse</key><value>1</value>"), "{summary:?}");

    // The clock of the device runs away and is caught.
    device.codes(&iam, "ResyncMFADevice", "ann", pair(9)).await.ok();
    let refused = device.codes(&iam, "ResyncMFADevice", "bob", pair(11)).await;
    refused.fails(404, "NoSuchEntity", "not associated");

    iam.iam("DeleteUser", &ann).await.fails(409, "DeleteConflict", "MFA devices");
    let named = [("UserName", "ann"), ("NewUserName", "anne")];
    iam.iam("UpdateUser", &named).await.ok();
    let serial = [("SerialNumber", device.serial.as_str())];
    iam.iam("DeleteVirtualMFADevice", &serial).await.fails(409, "DeleteConflict", "deactivate");
    let off = |user| [("UserName", user), ("SerialNumber", device.serial.as_str())];
    iam.iam("DeactivateMFADevice", &off("bob")).await.fails(404, "NoSuchEntity", "not associated");
    iam.iam("DeactivateMFADevice", &off("anne")).await.ok();
    let tag = [serial[0], ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    iam.iam("TagMFADevice", &tag).await.ok();
    assert_eq!(iam.iam("ListMFADeviceTags", &serial).await.ok().get("Value"), "blue");
    iam.iam("UntagMFADevice", &[serial[0], ("TagKeys.member.1", "team")]).await.ok();
    iam.iam("DeleteVirtualMFADevice", &serial).await.ok();
    iam.iam("DeleteVirtualMFADevice", &serial).await.fails(404, "NoSuchEntity", "phone");
    iam.iam("DeleteUser", &[("UserName", "anne")]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_what_policies_close_without_it() {
    let (iam, clock) = start().await;
    let ann = iam.user("ann", LIST_WITH_MFA).await;
    let bob = iam.user("bob", LIST_WITH_MFA).await;
    let device = Device::make(&iam, "phone").await;
    let pair = (device.code(&clock, -2), device.code(&clock, -1));
    device.codes(&iam, "EnableMFADevice", "ann", pair).await.ok();

    // Neither the key alone nor a session without a code is enough; IAM takes the latter not at
    // all.
    assert!(!iam.may_list(&ann).await);
    let plain = session(&iam.call(&ann, "sts", "GetSessionToken", &[]).await.ok());
    let refused = iam.call(&plain, "iam", "ListUsers", &[]).await;
    refused.fails(403, "InvalidClientTokenId", "security token");
    let refused = iam.call(&plain, "sts", "GetSessionToken", &[]).await;
    refused.fails(403, "AccessDenied", "session credentials");
    let refused =
        iam.call(&plain, "sts", "DecodeAuthorizationMessage", &[("EncodedMessage", "x")]).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    iam.call(&plain, "sts", "GetCallerIdentity", &[]).await.ok();

    let code = device.code(&clock, 0);
    let alone = iam.call(&ann, "sts", "GetSessionToken", &[("TokenCode", &code)]).await;
    alone.fails(403, "AccessDenied", "must provide both");
    device.session(&iam, &ann, "000000").await.fails(403, "AccessDenied", "invalid MFA one time");
    device.session(&iam, &bob, &code).await.fails(403, "AccessDenied", "associated with this user");
    device.session(&iam, &iam.root(), &code).await.fails(403, "AccessDenied", "this user");
    let keys = session(&device.session(&iam, &ann, &code).await.ok());
    assert!(iam.may_list(&keys).await);
    device.session(&iam, &ann, &code).await.fails(403, "AccessDenied", "counts once");

    // It grows old.
    clock.advance_millis(601_000);
    assert!(!iam.may_list(&keys).await);
    // A deactivated device opens nothing more.
    let off = [("UserName", "ann"), ("SerialNumber", device.serial.as_str())];
    iam.iam("DeactivateMFADevice", &off).await.ok();
    let code = device.code(&clock, 0);
    device.session(&iam, &ann, &code).await.fails(403, "AccessDenied", "associated with this user");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_can_ask_for_a_code() {
    let (iam, clock) = start().await;
    let ann = iam.user("ann", LIST_WITH_MFA).await;
    let device = Device::make(&iam, "phone").await;
    let pair = (device.code(&clock, -2), device.code(&clock, -1));
    device.codes(&iam, "EnableMFADevice", "ann", pair).await.ok();
    let trust = format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},"Action":"sts:AssumeRole",
            "Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}"#
    );
    let role = iam.role("careful", &trust).await;
    let list = policy(LIST);
    let inline = [("RoleName", "careful"), ("PolicyName", "own"), ("PolicyDocument", &*list)];
    iam.iam("PutRolePolicy", &inline).await.ok();
    let plain = [("RoleArn", &*role), ("RoleSessionName", "s1")];
    let refused = iam.call(&ann, "sts", "AssumeRole", &plain).await;
    refused.fails(403, "AccessDenied", "sts:AssumeRole");

    let code = device.code(&clock, 0);
    let proof = |code| {
        let mut all = plain.to_vec();
        all.extend([("SerialNumber", device.serial.as_str()), ("TokenCode", code)]);
        all
    };
    let refused = iam.call(&ann, "sts", "AssumeRole", &proof("123456")).await;
    refused.fails(403, "AccessDenied", "invalid MFA one time");
    let keys = session(&iam.call(&ann, "sts", "AssumeRole", &proof(&code)).await.ok());
    assert!(iam.may_list(&keys).await);
    let refused = iam.call(&ann, "sts", "AssumeRole", &proof(&code)).await;
    refused.fails(403, "AccessDenied", "counts once");

    // A session of the user's that began with a code is enough, too. The role's own session does
    // not say that there was one: AWS tells so where it warns of it.
    clock.advance_millis(60_000);
    let mine = session(&device.session(&iam, &ann, &device.code(&clock, 0)).await.ok());
    iam.call(&mine, "sts", "AssumeRole", &plain).await.ok();
    let asks = policy(
        r#"{"Effect":"Deny","Action":"iam:*","Resource":"*",
            "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}"#,
    );
    let more = [("RoleName", "careful"), ("PolicyName", "deny"), ("PolicyDocument", &*asks)];
    iam.iam("PutRolePolicy", &more).await.ok();
    assert!(!iam.may_list(&keys).await);
}
