//! Groups.

use shape::Shape;

use super::{Group, User};

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateGroupInput {
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub path: Option<String>,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct CreateGroupOutput {
    pub group: Group,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GroupInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GroupPageInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetGroupOutput {
    pub group: Group,
    pub users: Vec<User>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateGroupInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(min = 1, max = 512, pattern = r"(/)|(/[\x21-\x7E]+/)")]
    pub new_path: Option<String>,
    #[shape(min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub new_group_name: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListGroupsOutput {
    pub groups: Vec<Group>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GroupMemberInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutGroupPolicyInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
    #[shape(required, min = 1, max = 131072)]
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GroupPolicyInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub policy_name: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetGroupPolicyOutput {
    pub group_name: String,
    pub policy_name: String,
    pub policy_document: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GroupAttachmentInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(required, min = 20, max = 2048)]
    pub policy_arn: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListAttachedGroupPoliciesInput {
    #[shape(required, min = 1, max = 128, pattern = r"[\w+=,.@-]+")]
    pub group_name: String,
    #[shape(min = 1, max = 512, pattern = r"((/[A-Za-z0-9\.,\+@=_-]+)*)/")]
    pub path_prefix: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}
