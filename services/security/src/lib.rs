//! KMS, Systems Manager's Parameter Store, and Secrets Manager.
//!
//! They share a crate because they share key material's rules; they still speak to each other
//! through their public operations (law 2): a SecureString or a secret is encrypted by calling KMS
//! as whoever asked, so key policies, disabled keys and the audit trail apply as they would to the
//! caller's own call.
//!
//! Invariants:
//! - Key material leaves the store only sealed under the yard's master key, and leaves this crate
//!   never.
//! - Nothing is decrypted for a caller without `kms:Decrypt` on the key, granted by the key's own
//!   policy or by what it delegates to.
//! - A value is bound to its place: a parameter's or secret's ciphertext opens under no other ARN.

mod aead;
mod envelope;
pub mod kms;
mod policy;
pub mod secretsmanager;
pub mod ssm;

use service::Service;

pub use kms::KmsKeyring;

/// The services of this crate.
pub fn services() -> Vec<Service> {
    vec![kms::service(), ssm::service(), secretsmanager::service()]
}
