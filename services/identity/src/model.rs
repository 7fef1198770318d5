//! What IAM keeps. All of it belongs to no region: the scope is the account's global one.

use std::collections::BTreeMap;

use api_identity::iam;
use shape::{Bytes, Shape, Timestamp};
use store::{Index, Resource};

/// Names users by their access keys, whatever the account.
pub(crate) const BY_ACCESS_KEY: &str = "access-key";
/// Names users by the user name of their git credentials, whatever the account.
pub(crate) const BY_GIT_USER: &str = "git-user";
/// Names users by their SSH public keys, whatever the account.
pub(crate) const BY_SSH_KEY: &str = "ssh-key";
/// Names MFA devices by their user.
pub(crate) const BY_MFA_USER: &str = "user";
/// Names users, groups and roles by the managed policies attached to them.
pub(crate) const BY_POLICY: &str = "policy";
/// Names users and roles by their permissions boundary.
pub(crate) const BY_BOUNDARY: &str = "boundary";
/// Names users by their groups.
pub(crate) const BY_GROUP: &str = "group";

/// A tag.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The policies of a user, group or role.
#[derive(Shape, Default, Clone)]
pub(crate) struct Policies {
    /// Inline documents by name.
    pub(crate) inline: BTreeMap<String, String>,
    /// ARNs of managed policies, in the order in which they were attached.
    pub(crate) attached: Vec<String>,
}

/// A long-term access key.
#[derive(Shape, Default, Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    /// Under the yard's key, bound to the id.
    #[shape(sensitive)]
    pub(crate) sealed_secret: Bytes,
    pub(crate) active: bool,
    pub(crate) created: Timestamp,
}

/// A user name and password for one service.
#[derive(Shape, Default, Clone)]
pub(crate) struct GitCredential {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) user_name: String,
    /// SHA-256 of id and password: the password has 44 random letters, no dictionary has it.
    #[shape(sensitive)]
    pub(crate) password_hash: String,
    pub(crate) active: bool,
    pub(crate) created: Timestamp,
}

/// A public key for git over SSH.
#[derive(Shape, Default, Clone)]
pub(crate) struct SshKey {
    pub(crate) id: String,
    /// As SSH sends it.
    pub(crate) blob: Bytes,
    pub(crate) active: bool,
    pub(crate) uploaded: Timestamp,
}

/// A virtual MFA device.
#[derive(Shape, Default, Clone)]
pub(crate) struct MfaDevice {
    pub(crate) name: String,
    pub(crate) path: String,
    /// Under the yard's key, bound to the serial number.
    #[shape(sensitive)]
    pub(crate) sealed_seed: Bytes,
    /// Name of the user for whom it is enabled.
    pub(crate) user: Option<String>,
    pub(crate) enabled: Option<Timestamp>,
    /// How many steps its clock is ahead of ours.
    pub(crate) drift: i64,
    /// The step of the last code that was used.
    pub(crate) last_step: i64,
    pub(crate) tags: Vec<Tag>,
}

/// The password by which a user signs in to the console.
#[derive(Shape, Default, Clone)]
pub(crate) struct Login {
    /// See [`crate::passwords`].
    #[shape(sensitive)]
    pub(crate) hash: String,
    pub(crate) created: Timestamp,
    /// The next sign-in must replace it.
    pub(crate) reset_required: bool,
    pub(crate) last_used: Option<Timestamp>,
}

/// A user with everything that is only its own.
#[derive(Shape, Default, Clone)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) policies: Policies,
    /// Names of its groups.
    pub(crate) groups: Vec<String>,
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) git_credentials: Vec<GitCredential>,
    pub(crate) ssh_keys: Vec<SshKey>,
    pub(crate) login: Option<Login>,
}

/// A group.
#[derive(Shape, Default, Clone)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) policies: Policies,
}

/// A role.
#[derive(Shape, Default, Clone)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) boundary: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) policies: Policies,
    pub(crate) trust_policy: String,
    pub(crate) description: Option<String>,
    pub(crate) max_session_secs: i32,
}

/// One version of a managed policy.
#[derive(Shape, Default, Clone)]
pub(crate) struct Version {
    pub(crate) number: i64,
    pub(crate) document: String,
    pub(crate) created: Timestamp,
}

impl Version {
    pub(crate) fn id(&self) -> String {
        format!("v{}", self.number)
    }
}

/// A customer's managed policy.
#[derive(Shape, Default, Clone)]
pub(crate) struct ManagedPolicy {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) default_version: i64,
    pub(crate) last_version: i64,
    /// Oldest first.
    pub(crate) versions: Vec<Version>,
}

impl ManagedPolicy {
    /// The version that counts.
    pub(crate) fn default(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.number == self.default_version)
    }
}

/// How many of each an account has, kept so that no quota needs a count.
#[derive(Shape, Default, Clone)]
pub(crate) struct Totals {
    pub(crate) users: i32,
    pub(crate) groups: i32,
    pub(crate) roles: i32,
    pub(crate) policies: i32,
    pub(crate) mfa_devices: i32,
    pub(crate) mfa_devices_in_use: i32,
}

/// Names differ by more than case.
fn fold(name: &str) -> String {
    name.to_ascii_lowercase()
}

impl Resource for User {
    const KIND: &'static str = "iam.user";

    fn key(&self) -> String {
        fold(&self.name)
    }

    fn indexes(&self) -> Vec<Index> {
        let keys = self.access_keys.iter().map(|key| Index::global(BY_ACCESS_KEY, &key.id));
        let git = self
            .git_credentials
            .iter()
            .map(|credential| Index::global(BY_GIT_USER, &credential.user_name));
        let groups = self.groups.iter().map(|group| Index::new(BY_GROUP, fold(group)));
        let policies = self.policies.attached.iter().map(|arn| Index::new(BY_POLICY, arn));
        let boundary = self.boundary.iter().map(|arn| Index::new(BY_BOUNDARY, arn));
        let ssh = self.ssh_keys.iter().map(|key| Index::global(BY_SSH_KEY, &key.id));
        keys.chain(git).chain(ssh).chain(groups).chain(policies).chain(boundary).collect()
    }
}

impl Resource for Group {
    const KIND: &'static str = "iam.group";

    fn key(&self) -> String {
        fold(&self.name)
    }

    fn indexes(&self) -> Vec<Index> {
        self.policies.attached.iter().map(|arn| Index::new(BY_POLICY, arn)).collect()
    }
}

impl Resource for Role {
    const KIND: &'static str = "iam.role";

    fn key(&self) -> String {
        fold(&self.name)
    }

    fn indexes(&self) -> Vec<Index> {
        let policies = self.policies.attached.iter().map(|arn| Index::new(BY_POLICY, arn));
        let boundary = self.boundary.iter().map(|arn| Index::new(BY_BOUNDARY, arn));
        policies.chain(boundary).collect()
    }
}

impl Resource for ManagedPolicy {
    const KIND: &'static str = "iam.policy";

    fn key(&self) -> String {
        fold(&self.name)
    }
}

impl Resource for MfaDevice {
    const KIND: &'static str = "iam.mfa-device";

    fn key(&self) -> String {
        format!("{}{}", self.path, self.name)
    }

    fn indexes(&self) -> Vec<Index> {
        self.user.iter().map(|user| Index::new(BY_MFA_USER, fold(user))).collect()
    }
}

impl Resource for Totals {
    const KIND: &'static str = "iam.totals";

    fn key(&self) -> String {
        String::new()
    }
}

/// The key under which a name is kept.
pub(crate) fn key_of(name: &str) -> String {
    fold(name)
}

/// Tags as clients write them.
pub(crate) fn shown_tags(tags: &[Tag]) -> Vec<iam::Tag> {
    tags.iter().map(|tag| iam::Tag { key: tag.key.clone(), value: tag.value.clone() }).collect()
}

/// A boundary as answers show it.
pub(crate) fn shown_boundary(arn: Option<&String>) -> Option<iam::AttachedPermissionsBoundary> {
    arn.map(|arn| iam::AttachedPermissionsBoundary {
        permissions_boundary_type: Some("Policy".to_owned()),
        permissions_boundary_arn: Some(arn.clone()),
    })
}

/// Whether the status lets a credential be used.
pub(crate) const fn shown_status(active: bool) -> iam::StatusType {
    if active { iam::StatusType::Active } else { iam::StatusType::Inactive }
}
