//! AWS KMS: symmetric keys, their policies, aliases and rotation, and what is encrypted under
//! them.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/>

mod aliases;
mod ciphertext;
mod crypt;
mod errors;
mod find;
mod keyring;
mod keys;
mod lifecycle;
mod managed;
mod material;
mod model;
mod operations;
mod page;
mod policies;
mod rights;
mod rotation;
mod tags;

use service::Error;

pub use keyring::KmsKeyring;
pub use operations::service;

/// Grants are not here, so nobody can have a token of one.
fn refuse_grant_tokens(tokens: Option<&[String]>) -> Result<(), Error> {
    match tokens {
        None | Some([]) => Ok(()),
        Some(_) => Err(errors::INVALID_GRANT_TOKEN
            .error("Grants are not supported by Codeyard, so there is no such grant token.")),
    }
}
