//! Roles.

use shape::Shape;

use super::{Role, Tag};

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateRoleInput {
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub path: Option<String>,
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 1, max = 131072)]
    pub assume_role_policy_document: String,
    #[shape(max = 1000)]
    pub description: Option<String>,
    #[shape(min = 3600, max = 43200)]
    pub max_session_duration: Option<i32>,
    #[shape(min = 20, max = 2048)]
    pub permissions_boundary: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateRoleOutput {
    pub role: Role,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RoleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetRoleOutput {
    pub role: Role,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RolePageInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateRoleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(max = 1000)]
    pub description: Option<String>,
    #[shape(min = 3600, max = 43200)]
    pub max_session_duration: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateRoleOutput {}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateRoleDescriptionInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, max = 1000)]
    pub description: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateRoleDescriptionOutput {
    pub role: Option<Role>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListRolesOutput {
    pub roles: Vec<Role>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateAssumeRolePolicyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagRoleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagRoleInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutRolePermissionsBoundaryInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 20, max = 2048)]
    pub permissions_boundary: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutRolePolicyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RolePolicyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetRolePolicyOutput {
    pub role_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RoleAttachmentInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAttachedRolePoliciesInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub role_name: String,
    #[shape(min = 1, max = 512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    pub path_prefix: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}
