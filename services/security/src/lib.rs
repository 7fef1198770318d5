//! KMS, SSM parameters, Secrets Manager.
