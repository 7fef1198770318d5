//! Users, their keys and credentials.

use shape::Shape;

use super::{
    AccessKey, AccessKeyLastUsed, AccessKeyMetadata, ServiceSpecificCredential,
    ServiceSpecificCredentialMetadata, StatusType, Tag, User,
};

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateUserInput {
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub path: Option<String>,
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(min = 20, max = 2048)]
    pub permissions_boundary: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateUserOutput {
    pub user: User,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetUserInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetUserOutput {
    pub user: User,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateUserInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub new_path: Option<String>,
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub new_user_name: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UserInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UserPageInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListUsersOutput {
    pub users: Vec<User>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagUserInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagUserInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutUserPermissionsBoundaryInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, min = 20, max = 2048)]
    pub permissions_boundary: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutUserPolicyInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UserPolicyInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetUserPolicyOutput {
    pub user_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UserAttachmentInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAttachedUserPoliciesInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(min = 1, max = 512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    pub path_prefix: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateAccessKeyInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateAccessKeyOutput {
    pub access_key: AccessKey,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateAccessKeyInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(required, min = 16, max = 128, pattern = r"\w+")]
    pub access_key_id: String,
    #[shape(required)]
    pub status: StatusType,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteAccessKeyInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(required, min = 16, max = 128, pattern = r"\w+")]
    pub access_key_id: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAccessKeysInput {
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAccessKeysOutput {
    pub access_key_metadata: Vec<AccessKeyMetadata>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetAccessKeyLastUsedInput {
    #[shape(required, min = 16, max = 128, pattern = r"\w+")]
    pub access_key_id: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetAccessKeyLastUsedOutput {
    pub user_name: Option<String>,
    pub access_key_last_used: Option<AccessKeyLastUsed>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateServiceSpecificCredentialInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required)]
    pub service_name: String,
    #[shape(min = 1, max = 36600)]
    pub credential_age_days: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ServiceSpecificCredentialOutput {
    pub service_specific_credential: Option<ServiceSpecificCredential>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListServiceSpecificCredentialsInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    pub service_name: Option<String>,
    pub all_users: Option<bool>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListServiceSpecificCredentialsOutput {
    pub service_specific_credentials: Vec<ServiceSpecificCredentialMetadata>,
    pub marker: Option<String>,
    pub is_truncated: bool,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateServiceSpecificCredentialInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(required, min = 20, max = 128, pattern = r"\w+")]
    pub service_specific_credential_id: String,
    #[shape(required)]
    pub status: StatusType,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ServiceSpecificCredentialInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(required, min = 20, max = 128, pattern = r"\w+")]
    pub service_specific_credential_id: String,
}
