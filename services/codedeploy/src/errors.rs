//! CodeDeploy's error set.

wire::errors! {
    APPLICATION_ALREADY_EXISTS = "ApplicationAlreadyExistsException", 400;
    APPLICATION_DOES_NOT_EXIST = "ApplicationDoesNotExistException", 400;
    APPLICATION_NAME_REQUIRED = "ApplicationNameRequiredException", 400;
    ARN_NOT_SUPPORTED = "ArnNotSupportedException", 400;
    BATCH_LIMIT_EXCEEDED = "BatchLimitExceededException", 400;
    DEPLOYMENT_ALREADY_COMPLETED = "DeploymentAlreadyCompletedException", 400;
    DEPLOYMENT_CONFIG_ALREADY_EXISTS = "DeploymentConfigAlreadyExistsException", 400;
    DEPLOYMENT_CONFIG_DOES_NOT_EXIST = "DeploymentConfigDoesNotExistException", 400;
    DEPLOYMENT_CONFIG_IN_USE = "DeploymentConfigInUseException", 400;
    DEPLOYMENT_DOES_NOT_EXIST = "DeploymentDoesNotExistException", 400;
    DEPLOYMENT_GROUP_ALREADY_EXISTS = "DeploymentGroupAlreadyExistsException", 400;
    DEPLOYMENT_GROUP_DOES_NOT_EXIST = "DeploymentGroupDoesNotExistException", 400;
    DEPLOYMENT_GROUP_NAME_REQUIRED = "DeploymentGroupNameRequiredException", 400;
    DEPLOYMENT_LIMIT_EXCEEDED = "DeploymentLimitExceededException", 400;
    DEPLOYMENT_TARGET_DOES_NOT_EXIST = "DeploymentTargetDoesNotExistException", 400;
    DESCRIPTION_TOO_LONG = "DescriptionTooLongException", 400;
    IAM_ARN_REQUIRED = "IamArnRequiredException", 400;
    IAM_SESSION_ARN_ALREADY_REGISTERED = "IamSessionArnAlreadyRegisteredException", 400;
    IAM_USER_ARN_ALREADY_REGISTERED = "IamUserArnAlreadyRegisteredException", 400;
    INSTANCE_DOES_NOT_EXIST = "InstanceDoesNotExistException", 400;
    INSTANCE_LIMIT_EXCEEDED = "InstanceLimitExceededException", 400;
    INSTANCE_NAME_ALREADY_REGISTERED = "InstanceNameAlreadyRegisteredException", 400;
    INSTANCE_NAME_REQUIRED = "InstanceNameRequiredException", 400;
    INSTANCE_NOT_REGISTERED = "InstanceNotRegisteredException", 400;
    INVALID_ALARM_CONFIG = "InvalidAlarmConfigException", 400;
    INVALID_ARN = "InvalidArnException", 400;
    INVALID_AUTO_ROLLBACK_CONFIG = "InvalidAutoRollbackConfigException", 400;
    INVALID_AUTO_SCALING_GROUP = "InvalidAutoScalingGroupException", 400;
    INVALID_BLUE_GREEN = "InvalidBlueGreenDeploymentConfigurationException", 400;
    INVALID_BUCKET_NAME_FILTER = "InvalidBucketNameFilterException", 400;
    INVALID_COMPUTE_PLATFORM = "InvalidComputePlatformException", 400;
    INVALID_DEPLOYMENT_CONFIG_NAME = "InvalidDeploymentConfigNameException", 400;
    INVALID_DEPLOYMENT_STYLE = "InvalidDeploymentStyleException", 400;
    INVALID_EC2_TAG = "InvalidEC2TagException", 400;
    INVALID_EC2_TAG_COMBINATION = "InvalidEC2TagCombinationException", 400;
    INVALID_ECS_SERVICE = "InvalidECSServiceException", 400;
    INVALID_EXTERNAL_ID = "InvalidExternalIdException", 400;
    INVALID_IAM_SESSION_ARN = "InvalidIamSessionArnException", 400;
    INVALID_IAM_USER_ARN = "InvalidIamUserArnException", 400;
    INVALID_INPUT = "InvalidInputException", 400;
    INVALID_INSTANCE_NAME = "InvalidInstanceNameException", 400;
    INVALID_INSTANCE_STATUS = "InvalidInstanceStatusException", 400;
    INVALID_INSTANCE_TYPE = "InvalidInstanceTypeException", 400;
    INVALID_KEY_PREFIX_FILTER = "InvalidKeyPrefixFilterException", 400;
    INVALID_LOAD_BALANCER_INFO = "InvalidLoadBalancerInfoException", 400;
    INVALID_MINIMUM_HEALTHY_HOST_VALUE = "InvalidMinimumHealthyHostValueException", 400;
    INVALID_NEXT_TOKEN = "InvalidNextTokenException", 400;
    INVALID_ON_PREMISES_TAG_COMBINATION = "InvalidOnPremisesTagCombinationException", 400;
    INVALID_OPERATION = "InvalidOperationException", 400;
    INVALID_PROCESS_TO_SUSPEND = "InvalidAutoScalingGroupProcessToSuspendException", 400;
    INVALID_REVISION = "InvalidRevisionException", 400;
    INVALID_ROLE = "InvalidRoleException", 400;
    INVALID_TAG = "InvalidTagException", 400;
    INVALID_TAG_FILTER = "InvalidTagFilterException", 400;
    INVALID_TAGS_TO_ADD = "InvalidTagsToAddException", 400;
    INVALID_TARGET_FILTER_NAME = "InvalidTargetFilterNameException", 400;
    INVALID_TARGET_INSTANCES = "InvalidTargetInstancesException", 400;
    INVALID_TIME_RANGE = "InvalidTimeRangeException", 400;
    INVALID_TRAFFIC_ROUTING = "InvalidTrafficRoutingConfigurationException", 400;
    INVALID_TRIGGER_CONFIG = "InvalidTriggerConfigException", 400;
    INVALID_UPDATE_OUTDATED = "InvalidUpdateOutdatedInstancesOnlyValueException", 400;
    INVALID_ZONAL_CONFIG = "InvalidZonalDeploymentConfigurationException", 400;
    MULTIPLE_IAM_ARNS = "MultipleIamArnsProvidedException", 400;
    REVISION_DOES_NOT_EXIST = "RevisionDoesNotExistException", 400;
    REVISION_REQUIRED = "RevisionRequiredException", 400;
    TAG_LIMIT_EXCEEDED = "TagLimitExceededException", 400;
    TAG_REQUIRED = "TagRequiredException", 400;
    TAG_SET_LIST_LIMIT_EXCEEDED = "TagSetListLimitExceededException", 400;
    UNSUPPORTED_ACTION = "UnsupportedActionForDeploymentTypeException", 400;
}

/// The command service's own error set.
pub(crate) mod host {
    wire::errors! {
        CLIENT = "ClientException", 400;
    }
}
