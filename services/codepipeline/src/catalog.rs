//! The action types that there are, and the names of AWS's others.

use api_developer::codepipeline::{ActionCategory, ActionConfigurationPropertyType, ActionTypeId};

/// What actions of one type look like.
pub struct ActionKind {
    /// Which provider does the work.
    pub provider: Provider,
    /// What it does.
    pub category: ActionCategory,
    /// AWS's name of the provider.
    pub name: &'static str,
    /// In a sentence, for `GetActionType`.
    pub description: &'static str,
    /// Least and most input artifacts.
    pub inputs: (usize, usize),
    /// Least and most output artifacts.
    pub outputs: (usize, usize),
    /// What can be configured.
    pub properties: &'static [Property],
}

/// Who does an action's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Takes a branch of a repository.
    CodeCommit,
    /// Takes a branch of a repository at a connection's provider.
    Connection,
    /// Takes an object.
    S3Source,
    /// Builds or tests.
    CodeBuild,
    /// Deploys to hosts.
    CodeDeploy,
    /// Deploys to a bucket.
    S3Deploy,
    /// Waits for a person.
    ManualApproval,
}

/// One key of an action's configuration.
pub struct Property {
    /// The key.
    pub name: &'static str,
    /// Must be there.
    pub required: bool,
    /// What the value stands for.
    pub kind: ActionConfigurationPropertyType,
    /// The values that it may have; any if empty.
    pub values: &'static [&'static str],
    /// Values that AWS takes and this does not, with the reason. `None` in front: all of them.
    pub refused: Option<(Option<&'static str>, &'static str)>,
}

const fn text(name: &'static str) -> Property {
    Property {
        name,
        required: false,
        kind: ActionConfigurationPropertyType::String,
        values: &[],
        refused: None,
    }
}

const fn flag(name: &'static str) -> Property {
    Property {
        kind: ActionConfigurationPropertyType::Boolean,
        values: &["true", "false"],
        ..text(name)
    }
}

const fn required(property: Property) -> Property {
    Property { required: true, ..property }
}

const CANNED_ACLS: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];

const CODEBUILD: &[Property] = &[
    required(text("ProjectName")),
    text("PrimarySource"),
    flag("BatchEnabled"),
    flag("CombineArtifacts"),
    text("EnvironmentVariables"),
];

/// All action types.
pub const KINDS: &[ActionKind] = &[
    ActionKind {
        provider: Provider::CodeCommit,
        category: ActionCategory::Source,
        name: "CodeCommit",
        description: "Takes the newest commit of a branch of a CodeCommit repository.",
        inputs: (0, 0),
        outputs: (1, 1),
        properties: &[
            required(text("RepositoryName")),
            required(text("BranchName")),
            flag("PollForSourceChanges"),
            Property {
                values: &["CODE_ZIP", "CODEBUILD_CLONE_REF"],
                refused: Some((
                    Some("CODEBUILD_CLONE_REF"),
                    "full clones are not supported yet; use CODE_ZIP",
                )),
                ..text("OutputArtifactFormat")
            },
        ],
    },
    ActionKind {
        provider: Provider::Connection,
        category: ActionCategory::Source,
        name: "CodeStarSourceConnection",
        description: "Takes the newest commit of a branch of a repository at GitHub, GitLab or \
                      Bitbucket, by a connection.",
        inputs: (0, 0),
        outputs: (1, 1),
        properties: &[
            required(text("ConnectionArn")),
            required(text("FullRepositoryId")),
            required(text("BranchName")),
            Property {
                values: &["CODE_ZIP", "CODEBUILD_CLONE_REF"],
                refused: Some((
                    Some("CODEBUILD_CLONE_REF"),
                    "full clones are not supported yet; use CODE_ZIP",
                )),
                ..text("OutputArtifactFormat")
            },
            flag("DetectChanges"),
        ],
    },
    ActionKind {
        provider: Provider::S3Source,
        category: ActionCategory::Source,
        name: "S3",
        description: "Takes the newest version of an object in a versioned S3 bucket.",
        inputs: (0, 0),
        outputs: (1, 1),
        properties: &[
            required(text("S3Bucket")),
            required(text("S3ObjectKey")),
            flag("PollForSourceChanges"),
            flag("AllowOverrideForS3ObjectKey"),
        ],
    },
    ActionKind {
        provider: Provider::CodeBuild,
        category: ActionCategory::Build,
        name: "CodeBuild",
        description: "Runs a CodeBuild project.",
        inputs: (1, 5),
        outputs: (0, 5),
        properties: CODEBUILD,
    },
    ActionKind {
        provider: Provider::CodeBuild,
        category: ActionCategory::Test,
        name: "CodeBuild",
        description: "Runs a CodeBuild project as a test.",
        inputs: (1, 5),
        outputs: (0, 5),
        properties: CODEBUILD,
    },
    ActionKind {
        provider: Provider::CodeDeploy,
        category: ActionCategory::Deploy,
        name: "CodeDeploy",
        description: "Deploys a revision to a CodeDeploy deployment group.",
        inputs: (1, 1),
        outputs: (0, 0),
        properties: &[required(text("ApplicationName")), required(text("DeploymentGroupName"))],
    },
    ActionKind {
        provider: Provider::S3Deploy,
        category: ActionCategory::Deploy,
        name: "S3",
        description: "Puts an artifact or the files in it into an S3 bucket.",
        inputs: (1, 1),
        outputs: (0, 0),
        properties: &[
            required(text("BucketName")),
            required(flag("Extract")),
            text("ObjectKey"),
            text("KMSEncryptionKeyARN"),
            Property { values: CANNED_ACLS, ..text("CannedACL") },
            text("CacheControl"),
        ],
    },
    ActionKind {
        provider: Provider::ManualApproval,
        category: ActionCategory::Approval,
        name: "Manual",
        description: "Waits until a person approves or rejects.",
        inputs: (0, 0),
        outputs: (0, 0),
        properties: &[
            Property {
                refused: Some((None, "SNS is not supported yet")),
                ..text("NotificationArn")
            },
            text("CustomData"),
            text("ExternalEntityLink"),
        ],
    },
];

/// Providers of AWS that are not here: they are refused as what they are, not as misspelled.
const ELSEWHERE: &[&str] = &[
    "AlexaSkillsKit",
    "AppConfig",
    "BitBucket",
    "BlazeMeter",
    "CloudFormation",
    "CloudFormationStackInstances",
    "CloudFormationStackSet",
    "CodePipeline",
    "CodeDeployToECS",
    "Commands",
    "DeviceFarm",
    "EC2",
    "ECR",
    "ECRBuildAndPublish",
    "ECS",
    "EKS",
    "ElasticBeanstalk",
    "GitHub",
    "GhostInspector",
    "InspectorScan",
    "Jenkins",
    "Lambda",
    "OpsWorks",
    "Runscope",
    "ServiceCatalog",
    "Snyk",
    "StepFunctions",
    "TeamCity",
    "XebiaLabs",
];

/// The only version of every action type.
pub const VERSION: &str = "1";

/// The type of that id, if there is one.
pub fn find(id: &ActionTypeId) -> Option<&'static ActionKind> {
    KINDS.iter().find(|kind| {
        id.owner == api_developer::codepipeline::ActionOwner::Aws
            && kind.category == id.category
            && kind.name == id.provider
            && id.version == VERSION
    })
}

/// Whether AWS has a provider of that name.
pub fn is_known_elsewhere(provider: &str) -> bool {
    ELSEWHERE.contains(&provider)
}

impl ActionKind {
    /// The property of that name.
    pub fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}
