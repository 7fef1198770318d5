//! What projects and builds share.

use shape::Shape;

/// [ProjectSource](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectSource {
    #[shape(name = "type", required)]
    pub kind: SourceType,
    pub location: Option<String>,
    pub git_clone_depth: Option<i32>,
    pub git_submodules_config: Option<GitSubmodulesConfig>,
    pub buildspec: Option<String>,
    pub auth: Option<SourceAuth>,
    pub report_build_status: Option<bool>,
    pub build_status_config: Option<BuildStatusConfig>,
    pub insecure_ssl: Option<bool>,
    pub source_identifier: Option<String>,
}

shape::string_enum! {
    /// Source type.
    pub enum SourceType { Codecommit = "CODECOMMIT", Codepipeline = "CODEPIPELINE", Github = "GITHUB", Gitlab = "GITLAB", GitlabSelfManaged = "GITLAB_SELF_MANAGED", S3 = "S3", Bitbucket = "BITBUCKET", GithubEnterprise = "GITHUB_ENTERPRISE", NoSource = "NO_SOURCE" }
}

/// [GitSubmodulesConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GitSubmodulesConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GitSubmodulesConfig {
    #[shape(required)]
    pub fetch_submodules: bool,
}

/// [SourceAuth](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_SourceAuth.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct SourceAuth {
    #[shape(name = "type", required)]
    pub kind: SourceAuthType,
    pub resource: Option<String>,
}

shape::string_enum! {
    /// Source auth type.
    pub enum SourceAuthType { Oauth = "OAUTH", Codeconnections = "CODECONNECTIONS", SecretsManager = "SECRETS_MANAGER" }
}

/// [BuildStatusConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildStatusConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BuildStatusConfig {
    pub context: Option<String>,
    pub target_url: Option<String>,
}

/// [ProjectSourceVersion](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSourceVersion.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectSourceVersion {
    #[shape(required)]
    pub source_identifier: String,
    #[shape(required)]
    pub source_version: String,
}

/// [ProjectArtifacts](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectArtifacts.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectArtifacts {
    #[shape(name = "type", required)]
    pub kind: ArtifactsType,
    pub location: Option<String>,
    pub path: Option<String>,
    pub namespace_type: Option<ArtifactNamespace>,
    pub name: Option<String>,
    pub packaging: Option<ArtifactPackaging>,
    pub override_artifact_name: Option<bool>,
    pub encryption_disabled: Option<bool>,
    pub artifact_identifier: Option<String>,
    pub bucket_owner_access: Option<BucketOwnerAccess>,
}

shape::string_enum! {
    /// Artifacts type.
    pub enum ArtifactsType { Codepipeline = "CODEPIPELINE", S3 = "S3", NoArtifacts = "NO_ARTIFACTS" }
}

shape::string_enum! {
    /// Artifact namespace.
    pub enum ArtifactNamespace { None = "NONE", BuildId = "BUILD_ID" }
}

shape::string_enum! {
    /// Artifact packaging.
    pub enum ArtifactPackaging { None = "NONE", Zip = "ZIP" }
}

shape::string_enum! {
    /// Bucket owner access.
    pub enum BucketOwnerAccess { None = "NONE", ReadOnly = "READ_ONLY", Full = "FULL" }
}

/// [ProjectCache](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectCache.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectCache {
    #[shape(name = "type", required)]
    pub kind: CacheType,
    pub location: Option<String>,
    pub modes: Option<Vec<CacheMode>>,
    pub cache_namespace: Option<String>,
}

shape::string_enum! {
    /// Cache type.
    pub enum CacheType { NoCache = "NO_CACHE", S3 = "S3", Local = "LOCAL" }
}

shape::string_enum! {
    /// Cache mode.
    pub enum CacheMode { LocalDockerLayerCache = "LOCAL_DOCKER_LAYER_CACHE", LocalSourceCache = "LOCAL_SOURCE_CACHE", LocalCustomCache = "LOCAL_CUSTOM_CACHE" }
}

/// [ProjectEnvironment](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectEnvironment {
    #[shape(name = "type", required)]
    pub kind: EnvironmentType,
    #[shape(required, min = 1)]
    pub image: String,
    #[shape(required)]
    pub compute_type: ComputeType,
    pub compute_configuration: Option<ComputeConfiguration>,
    pub fleet: Option<ProjectFleet>,
    pub environment_variables: Option<Vec<EnvironmentVariable>>,
    pub privileged_mode: Option<bool>,
    pub certificate: Option<String>,
    pub registry_credential: Option<RegistryCredential>,
    pub image_pull_credentials_type: Option<ImagePullCredentialsType>,
    pub docker_server: Option<DockerServer>,
    pub host_kernel: Option<HostKernel>,
}

shape::string_enum! {
    /// Kernel of the machine below the container.
    pub enum HostKernel { Linux4 = "LINUX_KERNEL_4", Linux6 = "LINUX_KERNEL_6", LinuxLatest = "LINUX_KERNEL_LATEST" }
}

shape::string_enum! {
    /// Environment type.
    pub enum EnvironmentType { WindowsContainer = "WINDOWS_CONTAINER", LinuxContainer = "LINUX_CONTAINER", LinuxGpuContainer = "LINUX_GPU_CONTAINER", ArmContainer = "ARM_CONTAINER", WindowsServer2019Container = "WINDOWS_SERVER_2019_CONTAINER", WindowsServer2022Container = "WINDOWS_SERVER_2022_CONTAINER", LinuxLambdaContainer = "LINUX_LAMBDA_CONTAINER", ArmLambdaContainer = "ARM_LAMBDA_CONTAINER", LinuxEc2 = "LINUX_EC2", ArmEc2 = "ARM_EC2", WindowsEc2 = "WINDOWS_EC2", MacArm = "MAC_ARM" }
}

shape::string_enum! {
    /// Compute type.
    pub enum ComputeType { BuildGeneral1Small = "BUILD_GENERAL1_SMALL", BuildGeneral1Medium = "BUILD_GENERAL1_MEDIUM", BuildGeneral1Large = "BUILD_GENERAL1_LARGE", BuildGeneral1Xlarge = "BUILD_GENERAL1_XLARGE", BuildGeneral12xlarge = "BUILD_GENERAL1_2XLARGE", BuildLambda1gb = "BUILD_LAMBDA_1GB", BuildLambda2gb = "BUILD_LAMBDA_2GB", BuildLambda4gb = "BUILD_LAMBDA_4GB", BuildLambda8gb = "BUILD_LAMBDA_8GB", BuildLambda10gb = "BUILD_LAMBDA_10GB", AttributeBasedCompute = "ATTRIBUTE_BASED_COMPUTE", CustomInstanceType = "CUSTOM_INSTANCE_TYPE" }
}

/// [ComputeConfiguration](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ComputeConfiguration.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ComputeConfiguration {
    pub v_cpu: Option<i64>,
    pub memory: Option<i64>,
    pub disk: Option<i64>,
    pub machine_type: Option<MachineType>,
    #[shape(min = 1)]
    pub instance_type: Option<String>,
}

shape::string_enum! {
    /// Machine type.
    pub enum MachineType { General = "GENERAL", Nvme = "NVME" }
}

/// [ProjectFleet](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectFleet.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectFleet {
    pub fleet_arn: Option<String>,
}

/// [EnvironmentVariable](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EnvironmentVariable {
    #[shape(required, min = 1)]
    pub name: String,
    #[shape(required)]
    pub value: String,
    #[shape(name = "type")]
    pub kind: Option<EnvironmentVariableType>,
}

shape::string_enum! {
    /// Environment variable type.
    pub enum EnvironmentVariableType { Plaintext = "PLAINTEXT", ParameterStore = "PARAMETER_STORE", SecretsManager = "SECRETS_MANAGER" }
}

/// [RegistryCredential](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RegistryCredential.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct RegistryCredential {
    #[shape(required, min = 1)]
    pub credential: String,
    #[shape(required)]
    pub credential_provider: CredentialProviderType,
}

shape::string_enum! {
    /// Credential provider type.
    pub enum CredentialProviderType { SecretsManager = "SECRETS_MANAGER" }
}

shape::string_enum! {
    /// Image pull credentials type.
    pub enum ImagePullCredentialsType { Codebuild = "CODEBUILD", ServiceRole = "SERVICE_ROLE" }
}

/// [DockerServer](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DockerServer.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DockerServer {
    #[shape(required)]
    pub compute_type: ComputeType,
    #[shape(max = 5)]
    pub security_group_ids: Option<Vec<String>>,
    pub status: Option<DockerServerStatus>,
}

/// [DockerServerStatus](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DockerServerStatus.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DockerServerStatus {
    pub status: Option<String>,
    pub message: Option<String>,
}

/// [VpcConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct VpcConfig {
    #[shape(min = 1)]
    pub vpc_id: Option<String>,
    #[shape(max = 16)]
    pub subnets: Option<Vec<String>>,
    #[shape(max = 5)]
    pub security_group_ids: Option<Vec<String>>,
}

/// [LogsConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct LogsConfig {
    pub cloud_watch_logs: Option<CloudWatchLogsConfig>,
    pub s3_logs: Option<S3LogsConfig>,
}

/// [CloudWatchLogsConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CloudWatchLogsConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct CloudWatchLogsConfig {
    #[shape(required)]
    pub status: LogsConfigStatusType,
    pub group_name: Option<String>,
    pub stream_name: Option<String>,
}

shape::string_enum! {
    /// Logs config status type.
    pub enum LogsConfigStatusType { Enabled = "ENABLED", Disabled = "DISABLED" }
}

/// [S3LogsConfig](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3LogsConfig.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct S3LogsConfig {
    #[shape(required)]
    pub status: LogsConfigStatusType,
    pub location: Option<String>,
    pub encryption_disabled: Option<bool>,
    pub bucket_owner_access: Option<BucketOwnerAccess>,
}

/// [ProjectFileSystemLocation](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectFileSystemLocation.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ProjectFileSystemLocation {
    #[shape(name = "type")]
    pub kind: Option<FileSystemType>,
    pub location: Option<String>,
    pub mount_point: Option<String>,
    pub identifier: Option<String>,
    pub mount_options: Option<String>,
}

shape::string_enum! {
    /// File system type.
    pub enum FileSystemType { Efs = "EFS" }
}

shape::string_enum! {
    /// Sort order type.
    pub enum SortOrderType { Ascending = "ASCENDING", Descending = "DESCENDING" }
}
