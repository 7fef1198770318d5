//! Who owns a resource: an account in a region.

use std::fmt;
use std::sync::Arc;

/// The region under which resources of global services (IAM, bucket names) are kept.
pub const GLOBAL: &str = "global";

/// A twelve-digit AWS account id.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account(Arc<str>);

/// A text that is no account id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountError(pub String);

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an account id: it must be twelve digits", self.0)
    }
}

impl std::error::Error for AccountError {}

impl Account {
    /// Takes twelve digits and nothing else.
    pub fn new(id: &str) -> Result<Self, AccountError> {
        if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(id.into()))
        } else {
            Err(AccountError(id.to_owned()))
        }
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A region name such as `us-east-1`. Any well-formed name is a region; none must be declared.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Arc<str>);

/// A text that is no region name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionError(pub String);

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a region name: it must be like us-east-1", self.0)
    }
}

impl std::error::Error for RegionError {}

impl Region {
    /// Takes lower-case letters, digits and inner hyphens, 2 to 32 characters.
    pub fn new(name: &str) -> Result<Self, RegionError> {
        let ok = (2..=32).contains(&name.len())
            && !name.starts_with('-')
            && !name.ends_with('-')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if ok { Ok(Self(name.into())) } else { Err(RegionError(name.to_owned())) }
    }

    /// The place of global services' resources.
    pub fn global() -> Self {
        Self(GLOBAL.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The account and region that own a resource. Its text form, `ACCOUNT/REGION`, leads every key
/// in the store, so that no operation can reach another owner's resources by a crafted name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Scope {
    /// The owner.
    pub account: Account,
    /// Where it lives; [`GLOBAL`] for global services.
    pub region: Region,
}

impl Scope {
    /// The scope of an account in a region.
    pub fn new(account: Account, region: Region) -> Self {
        Self { account, region }
    }

    /// The same account's global resources.
    pub fn global(&self) -> Self {
        Self { account: self.account.clone(), region: Region::global() }
    }

    /// Reads the text form back.
    pub fn parse(text: &str) -> Option<Self> {
        let (account, region) = text.split_once('/')?;
        Some(Self { account: Account::new(account).ok()?, region: Region::new(region).ok()? })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_twelve_digits() {
        assert!(Account::new("000000000000").is_ok());
        for bad in ["", "12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２"]
        {
            assert!(Account::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn regions_cannot_escape_their_key() {
        assert!(Region::new("eu-central-1").is_ok());
        for bad in ["", "-a", "a-", "us/east", "US-EAST-1", "../x", "a"] {
            assert!(Region::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn scope_text_round_trips() {
        let scope =
            Scope::new(Account::new("123456789012").unwrap(), Region::new("us-east-1").unwrap());
        assert_eq!(Scope::parse(&scope.to_string()), Some(scope));
    }
}
