//! Shapes of AWS Systems Manager's Parameter Store, after the
//! [API reference](https://docs.aws.amazon.com/systems-manager/latest/APIReference/).

use shape::{Empty, Shape, Timestamp};

shape::operations! { "ssm";
    PutParameter(PutParameterInput) -> PutParameterOutput;
    GetParameter(GetParameterInput) -> GetParameterOutput;
    GetParameters(GetParametersInput) -> GetParametersOutput;
    GetParametersByPath(GetParametersByPathInput) -> GetParametersByPathOutput;
    DescribeParameters(DescribeParametersInput) -> DescribeParametersOutput;
    DeleteParameter(DeleteParameterInput) -> Empty;
    DeleteParameters(DeleteParametersInput) -> DeleteParametersOutput;
    GetParameterHistory(GetParameterHistoryInput) -> GetParameterHistoryOutput;
    LabelParameterVersion(LabelParameterVersionInput) -> LabelParameterVersionOutput;
    UnlabelParameterVersion(UnlabelParameterVersionInput) -> UnlabelParameterVersionOutput;
    AddTagsToResource(AddTagsToResourceInput) -> Empty;
    RemoveTagsFromResource(RemoveTagsFromResourceInput) -> Empty;
    ListTagsForResource(ListTagsForResourceInput) -> ListTagsForResourceOutput;
}

shape::string_enum! {
    /// What a parameter's value is.
    pub enum ParameterType {
        String = "String", StringList = "StringList", SecureString = "SecureString",
    }
}
shape::string_enum! {
    /// How large a parameter may be.
    pub enum ParameterTier {
        Standard = "Standard", Advanced = "Advanced", IntelligentTiering = "Intelligent-Tiering",
    }
}
shape::string_enum! {
    /// By what the older filters choose.
    pub enum ParametersFilterKey { Name = "Name", Type = "Type", KeyId = "KeyId" }
}
shape::string_enum! {
    /// What can have tags.
    pub enum ResourceTypeForTagging {
        Parameter = "Parameter", Document = "Document", ManagedInstance = "ManagedInstance",
        MaintenanceWindow = "MaintenanceWindow", PatchBaseline = "PatchBaseline",
        OpsItem = "OpsItem", OpsMetadata = "OpsMetadata", Automation = "Automation",
        Association = "Association", CloudConnector = "CloudConnector",
    }
}

/// A label on a resource.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
#[shape(case = "pascal")]
pub struct Tag {
    #[shape(required, min = 1, max = 128)]
    pub key: String,
    #[shape(required, max = 256)]
    pub value: String,
}

/// [PutParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutParameterInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
    #[shape(max = 1024)]
    pub description: Option<String>,
    #[shape(required, sensitive, min = 1)]
    pub value: String,
    #[shape(name = "Type")]
    pub kind: Option<ParameterType>,
    #[shape(min = 1, max = 256, pattern = "[a-zA-Z0-9:/_-]+")]
    pub key_id: Option<String>,
    pub overwrite: Option<bool>,
    #[shape(max = 1024)]
    pub allowed_pattern: Option<String>,
    #[shape(max = 1000)]
    pub tags: Option<Vec<Tag>>,
    pub tier: Option<ParameterTier>,
    #[shape(min = 1, max = 4096)]
    pub policies: Option<String>,
    #[shape(max = 128)]
    pub data_type: Option<String>,
}

/// What was put.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct PutParameterOutput {
    pub version: i64,
    pub tier: ParameterTier,
}

/// [GetParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParameterInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
    pub with_decryption: Option<bool>,
}

/// A parameter.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParameterOutput {
    pub parameter: Parameter,
}

/// A parameter with its value.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct Parameter {
    pub name: String,
    #[shape(name = "Type")]
    pub kind: ParameterType,
    #[shape(sensitive)]
    pub value: String,
    pub version: i64,
    pub selector: Option<String>,
    pub source_result: Option<String>,
    pub last_modified_date: Timestamp,
    #[shape(name = "ARN")]
    pub arn: String,
    pub data_type: String,
}

/// [GetParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParametersInput {
    #[shape(required, min = 1, max = 10)]
    pub names: Vec<String>,
    pub with_decryption: Option<bool>,
}

/// The parameters that were found, and the names that were not.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParametersOutput {
    pub parameters: Vec<Parameter>,
    pub invalid_parameters: Vec<String>,
}

/// [GetParametersByPath](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParametersByPathInput {
    #[shape(required, min = 1, max = 2048)]
    pub path: String,
    pub recursive: Option<bool>,
    pub parameter_filters: Option<Vec<ParameterStringFilter>>,
    pub with_decryption: Option<bool>,
    #[shape(min = 1, max = 10)]
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}

/// A page of parameters.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParametersByPathOutput {
    pub parameters: Vec<Parameter>,
    pub next_token: Option<String>,
}

/// What parameters must have to be listed.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ParameterStringFilter {
    #[shape(required, min = 1, max = 132)]
    pub key: String,
    #[shape(min = 1, max = 10)]
    pub option: Option<String>,
    #[shape(min = 1, max = 50)]
    pub values: Option<Vec<String>>,
}

/// What parameters must have to be listed, in the older form.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ParametersFilter {
    #[shape(required)]
    pub key: ParametersFilterKey,
    #[shape(required, min = 1, max = 50)]
    pub values: Vec<String>,
}

/// [DescribeParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DescribeParametersInput {
    pub filters: Option<Vec<ParametersFilter>>,
    pub parameter_filters: Option<Vec<ParameterStringFilter>>,
    #[shape(min = 1, max = 50)]
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
    pub shared: Option<bool>,
}

/// A page of parameters without their values.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DescribeParametersOutput {
    pub parameters: Vec<ParameterMetadata>,
    pub next_token: Option<String>,
}

/// A parameter without its value.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ParameterMetadata {
    pub name: String,
    #[shape(name = "ARN")]
    pub arn: String,
    #[shape(name = "Type")]
    pub kind: ParameterType,
    pub key_id: Option<String>,
    pub last_modified_date: Timestamp,
    pub last_modified_user: String,
    pub description: Option<String>,
    pub allowed_pattern: Option<String>,
    pub version: i64,
    pub tier: ParameterTier,
    pub policies: Vec<ParameterInlinePolicy>,
    pub data_type: String,
}

/// A parameter policy.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ParameterInlinePolicy {
    pub policy_text: Option<String>,
    pub policy_type: Option<String>,
    pub policy_status: Option<String>,
}

/// [DeleteParameter](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteParameterInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
}

/// [DeleteParameters](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameters.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteParametersInput {
    #[shape(required, min = 1, max = 10)]
    pub names: Vec<String>,
}

/// The parameters that were there, and the names that were not.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteParametersOutput {
    pub deleted_parameters: Vec<String>,
    pub invalid_parameters: Vec<String>,
}

/// [GetParameterHistory](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameterHistory.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParameterHistoryInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
    pub with_decryption: Option<bool>,
    #[shape(min = 1, max = 50)]
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}

/// A page of versions.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetParameterHistoryOutput {
    pub parameters: Vec<ParameterHistory>,
    pub next_token: Option<String>,
}

/// One version of a parameter.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ParameterHistory {
    pub name: String,
    #[shape(name = "Type")]
    pub kind: ParameterType,
    pub key_id: Option<String>,
    pub last_modified_date: Timestamp,
    pub last_modified_user: String,
    pub description: Option<String>,
    #[shape(sensitive)]
    pub value: String,
    pub allowed_pattern: Option<String>,
    pub version: i64,
    pub labels: Vec<String>,
    pub tier: ParameterTier,
    pub policies: Vec<ParameterInlinePolicy>,
    pub data_type: String,
}

/// [LabelParameterVersion](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_LabelParameterVersion.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LabelParameterVersionInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
    pub parameter_version: Option<i64>,
    #[shape(required, min = 1, max = 10)]
    pub labels: Vec<String>,
}

/// The labels that may not be.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct LabelParameterVersionOutput {
    pub invalid_labels: Vec<String>,
    pub parameter_version: i64,
}

/// [UnlabelParameterVersion](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UnlabelParameterVersion.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UnlabelParameterVersionInput {
    #[shape(required, min = 1, max = 2048)]
    pub name: String,
    #[shape(required)]
    pub parameter_version: i64,
    #[shape(required, min = 1, max = 10)]
    pub labels: Vec<String>,
}

/// The labels that were on the version, and those that were not.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UnlabelParameterVersionOutput {
    pub removed_labels: Vec<String>,
    pub invalid_labels: Vec<String>,
}

/// [AddTagsToResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct AddTagsToResourceInput {
    #[shape(required)]
    pub resource_type: ResourceTypeForTagging,
    #[shape(required)]
    pub resource_id: String,
    #[shape(required, max = 1000)]
    pub tags: Vec<Tag>,
}

/// [RemoveTagsFromResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RemoveTagsFromResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct RemoveTagsFromResourceInput {
    #[shape(required)]
    pub resource_type: ResourceTypeForTagging,
    #[shape(required)]
    pub resource_id: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceInput {
    #[shape(required)]
    pub resource_type: ResourceTypeForTagging,
    #[shape(required)]
    pub resource_id: String,
}

/// A resource's tags.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceOutput {
    pub tag_list: Vec<Tag>,
}
