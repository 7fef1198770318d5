//! SigV4 and IAM policy evaluation.
