//! STS's shapes, after the [API reference](https://docs.aws.amazon.com/STS/latest/APIReference/).

use shape::{Empty, Shape, Timestamp};

shape::operations! { "sts";
    GetCallerIdentity(Empty) -> GetCallerIdentityOutput;
    AssumeRole(AssumeRoleInput) -> AssumeRoleOutput;
    GetSessionToken(GetSessionTokenInput) -> GetSessionTokenOutput;
    DecodeAuthorizationMessage(DecodeAuthorizationMessageInput) -> DecodeAuthorizationMessageOutput;
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetCallerIdentityOutput {
    pub user_id: Option<String>,
    pub account: Option<String>,
    pub arn: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Credentials {
    pub access_key_id: String,
    #[shape(sensitive)]
    pub secret_access_key: String,
    #[shape(sensitive)]
    pub session_token: String,
    pub expiration: Timestamp,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyDescriptorType {
    #[shape(name = "arn")]
    pub arn: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required)]
    pub key: String,
    #[shape(required)]
    pub value: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ProvidedContext {
    #[shape(min = 20, max = 2048)]
    pub provider_arn: Option<String>,
    pub context_assertion: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AssumedRoleUser {
    pub assumed_role_id: String,
    pub arn: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AssumeRoleInput {
    #[shape(required, min = 20, max = 2048)]
    pub role_arn: String,
    #[shape(required, min = 2, max = 64, pattern = r"[\w+=,.@-]*")]
    pub role_session_name: String,
    pub policy_arns: Option<Vec<PolicyDescriptorType>>,
    pub policy: Option<String>,
    #[shape(min = 900, max = 43200)]
    pub duration_seconds: Option<i32>,
    pub tags: Option<Vec<Tag>>,
    pub transitive_tag_keys: Option<Vec<String>>,
    #[shape(min = 2, max = 1224, pattern = r"[\w+=,.@:/-]*")]
    pub external_id: Option<String>,
    #[shape(min = 9, max = 256, pattern = r"[\w+=/:,.@-]*")]
    pub serial_number: Option<String>,
    #[shape(sensitive, min = 6, max = 6, pattern = r"[\d]*")]
    pub token_code: Option<String>,
    #[shape(min = 2, max = 64, pattern = r"[\w+=,.@-]*")]
    pub source_identity: Option<String>,
    pub provided_contexts: Option<Vec<ProvidedContext>>,
    #[shape(min = 0, max = 4096)]
    pub minimum_session_token_size: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AssumeRoleOutput {
    pub credentials: Option<Credentials>,
    pub assumed_role_user: Option<AssumedRoleUser>,
    pub packed_policy_size: Option<i32>,
    pub source_identity: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetSessionTokenInput {
    #[shape(min = 900, max = 129600)]
    pub duration_seconds: Option<i32>,
    #[shape(min = 9, max = 256, pattern = r"[\w+=/:,.@-]*")]
    pub serial_number: Option<String>,
    #[shape(sensitive, min = 6, max = 6, pattern = r"[\d]*")]
    pub token_code: Option<String>,
    #[shape(min = 0, max = 4096)]
    pub minimum_session_token_size: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetSessionTokenOutput {
    pub credentials: Option<Credentials>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DecodeAuthorizationMessageInput {
    #[shape(required, min = 1, max = 10240)]
    pub encoded_message: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DecodeAuthorizationMessageOutput {
    pub decoded_message: Option<String>,
}
