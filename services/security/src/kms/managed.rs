//! AWS-managed keys: `alias/aws/SERVICE`, made when something first uses them.
//!
//! Their policy lets everyone in the account use them through their service, and nobody use them
//! otherwise or change them.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key>

use api_security::kms::KeyManagerType;
use serde_json::json;
use service::{Cx, Error};
use store::Stored;
use types::{Scope, Timestamp};

use super::model::{Alias, Key, Material, alias_arn};
use super::{lifecycle, material};

/// The services that have one here.
const SERVICES: &[&str] = &["codecommit", "s3", "secretsmanager", "ssm"];
/// Days between rotations; nobody can turn them off.
const ROTATION_DAYS: i32 = 365;

/// The prefix that callers may not use.
pub(crate) const RESERVED: &str = "alias/aws/";

/// The service whose key goes by this alias.
pub(crate) fn service_of(alias: &str) -> Option<&'static str> {
    let service = alias.strip_prefix(RESERVED)?;
    SERVICES.iter().copied().find(|known| *known == service)
}

/// The id of the key behind an alias: the same before and after the key is made, so that a
/// caller's rights on it can be told before.
pub(crate) fn key_id(scope: &Scope, alias: &str) -> String {
    let hash = auth::sigv4::sha256_hex(alias_arn(scope, alias).as_bytes());
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    // A version 8 UUID: its bits are the maker's own.
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// The policy of a service's key.
pub(crate) fn policy(scope: &Scope, service: &str) -> String {
    let (account, region) = (scope.account.as_str(), scope.region.as_str());
    json!({
        "Version": "2012-10-17",
        "Id": format!("auto-{service}-1"),
        "Statement": [
            {
                "Sid": format!("Allow use through {service} by whoever may use {service}"),
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*",
                    "kms:DescribeKey",
                ],
                "Resource": "*",
                "Condition": {"StringEquals": {
                    "kms:CallerAccount": account,
                    "kms:ViaService": format!("{service}.{region}.amazonaws.com"),
                }},
            },
            {
                "Sid": "Allow the account to see the key's metadata",
                "Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{account}:root")},
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*"],
                "Resource": "*",
            },
        ],
    })
    .to_string()
}

fn key(scope: &Scope, alias: &str, service: &str, material: Material, now: Timestamp) -> Key {
    Key {
        id: key_id(scope, alias),
        created: now,
        description: format!(
            "Default key that protects {service} data when no other key is defined"
        ),
        manager: KeyManagerType::Aws,
        policy: policy(scope, service),
        materials: vec![material],
        rotation_period_days: Some(ROTATION_DAYS),
        next_rotation: Some(lifecycle::days_after(now, ROTATION_DAYS)),
        ..Key::default()
    }
}

/// The AWS-managed key of that alias, made if it is not there; `None` where the alias is no
/// service's.
///
/// # Errors
/// Where the store fails.
pub(crate) async fn ensure(cx: &Cx, alias: &str) -> Result<Option<Stored<Key>>, Error> {
    let Some(service) = service_of(alias) else { return Ok(None) };
    let (scope, now) = (cx.scope(), cx.now());
    let material = material::create(cx.blobs(), &scope, &key_id(&scope, alias), now, None)?;
    let key = key(&scope, alias, service, material, now);
    let alias =
        Alias { name: alias.to_owned(), key_id: key.id.clone(), created: now, updated: now };
    cx.write(move |tx| {
        // Another caller may have made it in between.
        if !tx.exists::<Key>(&scope, &key.id)? {
            tx.insert(&scope, &key)?;
            tx.insert(&scope, &alias)?;
            lifecycle::wake(tx, &scope, &key)?;
        }
        Ok(tx.get::<Key>(&scope, &key.id)?)
    })
    .await
}
