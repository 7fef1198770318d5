//! The policy simulator.

use std::collections::BTreeMap;

use shape::{Empty, Shape};

shape::string_enum! {
    /// How a context value is written.
    pub enum ContextKeyTypeEnum {
        String = "string", StringList = "stringList", Numeric = "numeric",
        NumericList = "numericList", Boolean = "boolean", BooleanList = "booleanList", Ip = "ip",
        IpList = "ipList", Binary = "binary", BinaryList = "binaryList", Date = "date",
        DateList = "dateList",
    }
}
shape::string_enum! {
    /// What the simulated request comes to.
    pub enum PolicyEvaluationDecisionType {
        Allowed = "allowed", ExplicitDeny = "explicitDeny", ImplicitDeny = "implicitDeny",
    }
}
shape::string_enum! {
    /// Where a matched statement is from.
    pub enum PolicySourceType {
        User = "user", Group = "group", Role = "role", AwsManaged = "aws-managed",
        UserManaged = "user-managed", Resource = "resource", None = "none",
    }
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ContextEntry {
    pub context_key_name: Option<String>,
    pub context_key_values: Option<Vec<String>>,
    pub context_key_type: Option<ContextKeyTypeEnum>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SimulatePrincipalPolicyInput {
    #[shape(required, min = 20, max = 2048)]
    pub policy_source_arn: String,
    pub policy_input_list: Option<Vec<String>>,
    pub permissions_boundary_policy_input_list: Option<Vec<String>>,
    #[shape(required)]
    pub action_names: Vec<String>,
    pub resource_arns: Option<Vec<String>>,
    #[shape(min = 1, max = 131072)]
    pub resource_policy: Option<String>,
    pub resource_owner: Option<String>,
    pub caller_arn: Option<String>,
    pub context_entries: Option<Vec<ContextEntry>>,
    pub resource_handling_option: Option<String>,
    /// Refused whole.
    pub policy_exclusion_list: Option<Vec<Empty>>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SimulateCustomPolicyInput {
    #[shape(required)]
    pub policy_input_list: Vec<String>,
    pub permissions_boundary_policy_input_list: Option<Vec<String>>,
    #[shape(required)]
    pub action_names: Vec<String>,
    pub resource_arns: Option<Vec<String>>,
    #[shape(min = 1, max = 131072)]
    pub resource_policy: Option<String>,
    pub resource_owner: Option<String>,
    pub caller_arn: Option<String>,
    pub context_entries: Option<Vec<ContextEntry>>,
    pub resource_handling_option: Option<String>,
    /// Refused whole.
    pub ordered_organization_policy_input_list: Option<Vec<Empty>>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Position {
    pub line: i32,
    pub column: i32,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Statement {
    pub source_policy_id: Option<String>,
    pub source_policy_type: Option<PolicySourceType>,
    pub start_position: Option<Position>,
    pub end_position: Option<Position>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PermissionsBoundaryDecisionDetail {
    pub allowed_by_permissions_boundary: bool,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct OrganizationsDecisionDetail {
    pub allowed_by_organizations: bool,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ResourceSpecificResult {
    pub eval_resource_name: String,
    pub eval_resource_decision: PolicyEvaluationDecisionType,
    pub matched_statements: Option<Vec<Statement>>,
    pub missing_context_values: Option<Vec<String>>,
    pub eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>>,
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct EvaluationResult {
    pub eval_action_name: String,
    pub eval_resource_name: Option<String>,
    pub eval_decision: PolicyEvaluationDecisionType,
    pub matched_statements: Option<Vec<Statement>>,
    pub missing_context_values: Option<Vec<String>>,
    pub eval_decision_details: Option<BTreeMap<String, PolicyEvaluationDecisionType>>,
    pub organizations_decision_detail: Option<OrganizationsDecisionDetail>,
    pub permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail>,
    pub resource_specific_results: Option<Vec<ResourceSpecificResult>>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SimulatePolicyOutput {
    pub evaluation_results: Vec<EvaluationResult>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}
