//! Managed policies.

use shape::Shape;

use std::collections::BTreeMap;

use super::{Policy, PolicyGroup, PolicyRole, PolicyUser, PolicyVersion, Tag};

shape::string_enum! {
    /// Whose managed policies are listed.
    pub enum PolicyScopeType { All = "All", Aws = "AWS", Local = "Local" }
}
shape::string_enum! {
    /// What a managed policy is used for.
    pub enum PolicyUsageType {
        PermissionsPolicy = "PermissionsPolicy", PermissionsBoundary = "PermissionsBoundary",
    }
}
shape::string_enum! {
    /// What a managed policy is attached to.
    pub enum EntityType {
        User = "User", Role = "Role", Group = "Group", LocalManagedPolicy = "LocalManagedPolicy",
        AwsManagedPolicy = "AWSManagedPolicy",
    }
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetAccountSummaryOutput {
    pub summary_map: BTreeMap<String, i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreatePolicyInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
    #[shape(min = 1, max = 512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    pub path: Option<String>,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
    #[shape(max = 1000)]
    pub description: Option<String>,
    pub tags: Option<Vec<Tag>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyOutput {
    pub policy: Option<Policy>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyPageInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListPoliciesInput {
    pub scope: Option<PolicyScopeType>,
    pub only_attached: Option<bool>,
    #[shape(min = 1, max = 512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    pub path_prefix: Option<String>,
    pub policy_usage_filter: Option<PolicyUsageType>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListPoliciesOutput {
    pub policies: Vec<Policy>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreatePolicyVersionInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
    pub set_as_default: Option<bool>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyVersionInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    #[shape(required, pattern = r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?")]
    pub version_id: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PolicyVersionOutput {
    pub policy_version: Option<PolicyVersion>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListPolicyVersionsOutput {
    pub versions: Vec<PolicyVersion>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListEntitiesForPolicyInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    pub entity_filter: Option<EntityType>,
    #[shape(min = 1, max = 512, pattern = r"/[\x21-\x7F]*")]
    pub path_prefix: Option<String>,
    pub policy_usage_filter: Option<PolicyUsageType>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListEntitiesForPolicyOutput {
    pub policy_groups: Vec<PolicyGroup>,
    pub policy_users: Vec<PolicyUser>,
    pub policy_roles: Vec<PolicyRole>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct TagPolicyInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UntagPolicyInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}
