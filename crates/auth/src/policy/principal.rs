//! Who asks, and whom a policy names.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use std::borrow::Cow;

use serde_json::Value;

use super::context::Context;
use super::document::PolicyError;
use super::statement::{Effect, strings};

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The account itself.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// An IAM user, with long-term keys or a GetSessionToken session.
    User {
        /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`
        arn: String,
        /// `AIDA…`
        id: String,
    },
    /// A role session.
    Session {
        /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`
        arn: String,
        /// `arn:aws:iam::ACCOUNT:role/PATH/ROLE`
        role_arn: String,
        /// `AROA…:SESSION`
        id: String,
    },
    /// A GetFederationToken session.
    FederatedUser {
        /// `arn:aws:sts::ACCOUNT:federated-user/NAME`
        arn: String,
        /// The IAM user that asked for the session, or the account's root.
        user_arn: String,
        /// `ACCOUNT:NAME`
        id: String,
    },
    /// An identity of a SAML or OIDC provider, which has no credentials of AWS's yet.
    Federated {
        /// The provider's ARN or domain name.
        provider: String,
    },
    /// An AWS service acting for itself, such as `events.amazonaws.com`.
    Service {
        /// The service's domain name.
        name: String,
    },
    /// Nobody in particular.
    Anonymous,
}

impl Principal {
    /// The account it belongs to; services, providers and the anonymous have none.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Root { account } => Some(account),
            Self::User { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn, .. } => arn.split(':').nth(4),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// Its ARN, or the name by which messages call it.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Root { account } => Cow::Owned(format!("arn:aws:iam::{account}:root")),
            Self::User { arn, .. }
            | Self::Session { arn, .. }
            | Self::FederatedUser { arn, .. } => Cow::Borrowed(arn),
            Self::Federated { provider } => Cow::Borrowed(provider),
            Self::Service { name } => Cow::Borrowed(name),
            Self::Anonymous => Cow::Borrowed("anonymous"),
        }
    }

    /// Sets the global condition keys that follow from who it is: `aws:PrincipalArn`,
    /// `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:userid`, `aws:username`,
    /// `aws:PrincipalIsAWSService` and `aws:PrincipalServiceName`. Tags are the caller's.
    pub fn describe(&self, context: &mut Context) {
        if let Some(account) = self.account() {
            context.set("aws:PrincipalAccount", account);
        }
        let is_service = matches!(self, Self::Service { .. });
        context.set("aws:PrincipalIsAWSService", if is_service { "true" } else { "false" });
        let (kind, arn, id) = match self {
            Self::Root { account } => {
                ("Account", Some(self.name().into_owned()), Some(account.as_str()))
            }
            Self::User { arn, id } => {
                let name = arn.rsplit('/').next().unwrap_or_default();
                context.set("aws:username", name);
                ("User", Some(arn.clone()), Some(id.as_str()))
            }
            Self::Session { role_arn, id, .. } => {
                ("AssumedRole", Some(role_arn.clone()), Some(id.as_str()))
            }
            Self::FederatedUser { arn, id, .. } => {
                ("FederatedUser", Some(arn.clone()), Some(id.as_str()))
            }
            Self::Service { name } => {
                context.set("aws:PrincipalServiceName", name.as_str());
                return;
            }
            Self::Federated { .. } | Self::Anonymous => ("Anonymous", None, None),
        };
        context.set("aws:PrincipalType", kind);
        if let Some(arn) = arn {
            context.set("aws:PrincipalArn", arn);
        }
        if let Some(id) = id {
            context.set("aws:userid", id);
        }
    }
}

/// How closely a statement's principals name a caller, from not at all upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grant {
    None,
    /// By its account: the account's own policies decide further.
    Account,
    /// By its role, or by the user behind a federated session: what limits those, limits it.
    Role,
    /// By itself or as anyone: nothing but an explicit deny limits it.
    Itself,
}

#[derive(Clone, Debug)]
enum Entry {
    Anyone,
    AnyService,
    Account(Box<str>),
    /// A user, role or session; or a unique id.
    Name(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    /// S3's canonical user ids. Nobody signs in as one here, so it matches nobody.
    CanonicalUser,
}

/// A `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalElement {
    entries: Vec<Entry>,
    inverted: bool,
}

impl PrincipalElement {
    pub(crate) fn parse(value: &Value, inverted: bool) -> Result<Self, PolicyError> {
        let element = if inverted { "NotPrincipal" } else { "Principal" };
        let kinds = match value {
            Value::String(text) if text == "*" => {
                return Ok(Self { entries: vec![Entry::Anyone], inverted });
            }
            Value::Object(kinds) if !kinds.is_empty() => kinds,
            _ => {
                return Err(PolicyError::syntax(format!(
                    "{element} must be \"*\" or an object of principals"
                )));
            }
        };
        let mut entries = Vec::new();
        for (kind, names) in kinds {
            for name in strings(names, kind)? {
                let entry = Entry::parse(kind, name).ok_or_else(|| {
                    PolicyError::new(format!("Invalid principal in policy: \"{kind}\":\"{name}\""))
                })?;
                entries.push(entry);
            }
        }
        if entries.is_empty() {
            return Err(PolicyError::syntax(format!("{element} must not be empty")));
        }
        Ok(Self { entries, inverted })
    }

    /// How closely the element takes in a principal.
    pub(crate) fn grant_to(&self, principal: &Principal, effect: Effect) -> Grant {
        if !self.inverted {
            let grants = self.entries.iter().map(|entry| entry.grant_to(principal));
            return grants.max().unwrap_or(Grant::None);
        }
        let excepted = match effect {
            Effect::Allow => {
                self.entries.iter().any(|entry| entry.grant_to(principal) > Grant::None)
            }
            // To be excepted from a denial, a caller must be listed with everything above it:
            // a session with its role and account, a user with its account.
            Effect::Deny => self.lists_all_of(principal),
        };
        if excepted { Grant::None } else { Grant::Itself }
    }

    fn lists_all_of(&self, principal: &Principal) -> bool {
        let listed = |grant: Grant| {
            self.entries
                .iter()
                .any(|entry| matches!(entry, Entry::Anyone) || entry.grant_to(principal) == grant)
        };
        match principal {
            Principal::User { .. } => listed(Grant::Itself) && listed(Grant::Account),
            Principal::Session { .. } | Principal::FederatedUser { .. } => {
                listed(Grant::Itself) && listed(Grant::Role) && listed(Grant::Account)
            }
            Principal::Root { .. }
            | Principal::Federated { .. }
            | Principal::Service { .. }
            | Principal::Anonymous => listed(Grant::Itself),
        }
    }

    pub(crate) fn aws_names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Account(name) | Entry::Name(name) => Some(name.as_ref()),
            _ => None,
        })
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

impl Entry {
    fn parse(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "AWS" => Self::parse_aws(name),
            "Service" if name == "*" => Some(Self::AnyService),
            "Service" => {
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
                let known = name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
                (plain && known).then(|| Self::Service(name.into()))
            }
            "Federated" => {
                (!name.is_empty() && !name.contains('*')).then(|| Self::Federated(name.into()))
            }
            "CanonicalUser" => (name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()))
                .then_some(Self::CanonicalUser),
            _ => None,
        }
    }

    fn parse_aws(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Anyone);
        }
        if is_account(name) {
            return Some(Self::Account(name.into()));
        }
        let unique = ["AIDA", "AROA", "AGPA", "ASIA", "AKIA"].iter().any(|p| name.starts_with(p));
        if unique && name.len() >= 16 && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Some(Self::Name(name.into()));
        }
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        let ["arn", "aws" | "aws-cn" | "aws-us-gov", service, "", account, resource] = parts[..]
        else {
            return None;
        };
        if !is_account(account) || name.contains(['*', '?']) {
            return None;
        }
        if service == "iam" && resource == "root" {
            return Some(Self::Account(account.into()));
        }
        let (kind, rest) = resource.split_once('/')?;
        let known = match service {
            "iam" => matches!(kind, "user" | "role"),
            "sts" => matches!(kind, "assumed-role" | "federated-user"),
            _ => false,
        };
        (known && !rest.is_empty()).then(|| Self::Name(name.into()))
    }

    fn grant_to(&self, principal: &Principal) -> Grant {
        let when = |holds: bool, grant: Grant| if holds { grant } else { Grant::None };
        match self {
            Self::Anyone => Grant::Itself,
            Self::AnyService => when(matches!(principal, Principal::Service { .. }), Grant::Itself),
            Self::Account(account) => {
                let is_root = matches!(principal, Principal::Root { .. });
                let grant = if is_root { Grant::Itself } else { Grant::Account };
                when(principal.account() == Some(account), grant)
            }
            Self::Name(name) => match principal {
                Principal::User { arn, id } => when(**name == *arn || **name == *id, Grant::Itself),
                Principal::Session { arn, role_arn, id } => {
                    let role_id = id.split(':').next().unwrap_or_default();
                    let role = when(**name == *role_arn || **name == *role_id, Grant::Role);
                    when(**name == *arn, Grant::Itself).max(role)
                }
                Principal::FederatedUser { arn, user_arn, .. } => {
                    let user = when(**name == *user_arn, Grant::Role);
                    when(**name == *arn, Grant::Itself).max(user)
                }
                _ => Grant::None,
            },
            Self::Service(service) => match principal {
                Principal::Service { name } => when(**service == *name, Grant::Itself),
                _ => Grant::None,
            },
            Self::Federated(wanted) => match principal {
                Principal::Federated { provider } => when(**wanted == *provider, Grant::Itself),
                _ => Grant::None,
            },
            Self::CanonicalUser => Grant::None,
        }
    }
}
