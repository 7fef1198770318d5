//! The forms in which callers name keys: id, key ARN, alias, alias ARN.

use service::{Cx, Error};
use store::{ReadTx, Stored};
use types::{Arn, Scope};

use super::model::{Alias, Key, alias_arn, key_arn};
use super::{errors, managed};

/// What a caller named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A key id.
    Id(String),
    /// `alias/NAME`
    Alias(String),
}

/// Which forms an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forms {
    /// Ids and key ARNs: whatever changes a key takes only these.
    KeyOnly,
    /// Aliases and their ARNs too.
    AnyForm,
}

impl Named {
    /// Reads a name in this account and Region.
    ///
    /// # Errors
    /// `InvalidArnException` for other ARNs, `NotFoundException` for what is no key id, and for
    /// aliases where the operation takes none.
    pub fn parse(scope: &Scope, text: &str, forms: Forms) -> Result<Self, Error> {
        let invalid = || errors::NOT_FOUND.error(format!("Invalid keyId '{text}'"));
        let named = if text.starts_with("arn:") {
            Self::of_arn(scope, text)?
        } else if text.starts_with("alias/") {
            Self::Alias(text.to_owned())
        } else if is_key_id(text) {
            Self::Id(text.to_owned())
        } else {
            return Err(invalid());
        };
        match named {
            Self::Alias(_) if forms == Forms::KeyOnly => Err(invalid()),
            named => Ok(named),
        }
    }

    fn of_arn(scope: &Scope, text: &str) -> Result<Self, Error> {
        let invalid = || errors::INVALID_ARN.error(format!("Invalid arn {text}"));
        let arn: Arn = text.parse().map_err(|_| invalid())?;
        if arn.service != "kms" {
            return Err(invalid());
        }
        if arn.region != scope.region.as_str() {
            return Err(errors::NOT_FOUND.error(format!("Invalid arn {}", arn.region)));
        }
        if arn.account != scope.account.as_str() {
            return Err(errors::NOT_FOUND.error(format!("Key '{text}' does not exist")));
        }
        match arn.resource.split_once('/') {
            Some(("key", id)) if is_key_id(id) => Ok(Self::Id(id.to_owned())),
            Some(("alias", name)) if !name.is_empty() => Ok(Self::Alias(arn.resource)),
            _ => Err(invalid()),
        }
    }

    /// The key, if it is there.
    pub fn find(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<Option<Stored<Key>>, Error> {
        match self {
            Self::Id(id) => Ok(tx.get::<Key>(scope, id)?),
            Self::Alias(name) => match tx.get::<Alias>(scope, name)? {
                Some(alias) => Ok(tx.get::<Key>(scope, &alias.key_id)?),
                None => Ok(None),
            },
        }
    }

    /// The error for a key that is not there.
    pub fn not_found(&self, scope: &Scope) -> Error {
        errors::NOT_FOUND.error(match self {
            Self::Id(id) => format!("Key '{}' does not exist", key_arn(scope, id)),
            Self::Alias(name) => format!("Alias {} is not found.", alias_arn(scope, name)),
        })
    }
}

/// Key ids are UUIDs here.
fn is_key_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// The key that a caller named, in any form; AWS-managed keys are made at their first use.
///
/// # Errors
/// As [`Named::parse`]; `NotFoundException` where it is not there.
pub(crate) async fn load(cx: &Cx, name: &str, forms: Forms) -> Result<Stored<Key>, Error> {
    let scope = cx.scope();
    let named = Named::parse(&scope, name, forms)?;
    if let Some(key) = cx.read(|tx| named.find(tx, &scope))? {
        return Ok(key);
    }
    match &named {
        Named::Alias(alias) => match managed::ensure(cx, alias).await? {
            Some(key) => Ok(key),
            None => Err(named.not_found(&scope)),
        },
        Named::Id(_) => Err(named.not_found(&scope)),
    }
}

/// As [`load`], inside a transaction, by id or key ARN.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_in(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Key>, Error> {
    let named = Named::parse(scope, name, Forms::KeyOnly)?;
    named.find(tx, scope)?.ok_or_else(|| named.not_found(scope))
}

#[cfg(test)]
mod tests {
    use types::{Account, Region};

    use super::*;

    fn parse(text: &str, forms: Forms) -> Result<Named, String> {
        let account = Account::new("123456789012").unwrap();
        let scope = Scope::new(account, Region::new("us-east-1").unwrap());
        Named::parse(&scope, text, forms).map_err(|error| error.code.into_owned())
    }

    #[test]
    fn four_forms_name_a_key() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        for text in [id.to_owned(), format!("arn:aws:kms:us-east-1:123456789012:key/{id}")] {
            assert_eq!(parse(&text, Forms::KeyOnly), Ok(Named::Id(id.to_owned())));
        }
        for text in ["alias/a/b", "arn:aws:kms:us-east-1:123456789012:alias/a/b"] {
            assert_eq!(parse(text, Forms::AnyForm), Ok(Named::Alias("alias/a/b".to_owned())));
            assert_eq!(parse(text, Forms::KeyOnly), Err("NotFoundException".to_owned()));
        }
    }

    #[test]
    fn other_names_are_refused() {
        for (text, code) in [
            ("nope", "NotFoundException"),
            ("arn:aws:kms:us-east-1:123456789012:key/../x", "InvalidArnException"),
            ("arn:aws:kms:us-east-1:123456789012:grant/x", "InvalidArnException"),
            ("arn:aws:s3:us-east-1:123456789012:alias/x", "InvalidArnException"),
            ("arn:aws:kms", "InvalidArnException"),
            ("arn:aws:kms:eu-west-1:123456789012:alias/x", "NotFoundException"),
            ("arn:aws:kms:us-east-1:999999999999:alias/x", "NotFoundException"),
        ] {
            assert_eq!(parse(text, Forms::AnyForm), Err(code.to_owned()), "{text}");
        }
    }
}
