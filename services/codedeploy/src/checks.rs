//! What inputs must be: whatever is not supported is refused here, by its name.

use api_developer::codedeploy::{
    AlarmConfiguration, AutoRollbackConfiguration, BlueGreenDeploymentConfiguration, BundleType,
    ComputePlatform, DeploymentOption, DeploymentStyle, DeploymentType, EC2DeploymentOptions,
    EC2TagFilter, EC2TagSet, ECSService, LoadBalancerInfo, OnPremisesTagSet, RevisionLocation,
    RevisionLocationType, Tag, TagFilter, TagFilterType, TriggerConfig,
};
use wire::{Error, ErrorKind};

use crate::errors;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 256;
/// The most tags of a resource or of one call.
pub(crate) const MAX_TAGS: usize = 50;
/// The most filters of a group.
const MAX_FILTERS: usize = 10;
/// The most lists of a tag set.
const MAX_TAG_LISTS: usize = 3;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;

fn unsupported(kind: ErrorKind, what: &str) -> Error {
    kind.error(format!(
        "{what} is not supported by Codeyard: deployments go in place to on-premises instances."
    ))
}

fn refuse(is_set: bool, kind: ErrorKind, what: &str) -> Result<(), Error> {
    if is_set { Err(unsupported(kind, what)) } else { Ok(()) }
}

/// Members of deployment groups that belong to what is not supported.
pub(crate) struct Unsupported<'a> {
    pub ec2_tag_filters: &'a Option<Vec<EC2TagFilter>>,
    pub ec2_tag_set: &'a Option<EC2TagSet>,
    pub auto_scaling_groups: &'a Option<Vec<String>>,
    pub trigger_configurations: &'a Option<Vec<TriggerConfig>>,
    pub alarm_configuration: &'a Option<AlarmConfiguration>,
    pub deployment_style: &'a Option<DeploymentStyle>,
    pub blue_green: &'a Option<BlueGreenDeploymentConfiguration>,
    pub load_balancer_info: &'a Option<LoadBalancerInfo>,
    pub ecs_services: &'a Option<Vec<ECSService>>,
    pub ec2_deployment_options: &'a Option<EC2DeploymentOptions>,
    pub termination_hook_enabled: Option<bool>,
}

/// Takes the [`Unsupported`] members of an input.
macro_rules! unsupported_members {
    ($input:expr) => {
        crate::checks::Unsupported {
            ec2_tag_filters: &$input.ec2_tag_filters,
            ec2_tag_set: &$input.ec2_tag_set,
            auto_scaling_groups: &$input.auto_scaling_groups,
            trigger_configurations: &$input.trigger_configurations,
            alarm_configuration: &$input.alarm_configuration,
            deployment_style: &$input.deployment_style,
            blue_green: &$input.blue_green_deployment_configuration,
            load_balancer_info: &$input.load_balancer_info,
            ecs_services: &$input.ecs_services,
            ec2_deployment_options: &$input.ec2_deployment_options,
            termination_hook_enabled: $input.termination_hook_enabled,
        }
    };
}
pub(crate) use unsupported_members;

impl Unsupported<'_> {
    /// Refuses what is set. Empty lists and structures, which tools send for what they do not
    /// use, set nothing.
    pub(crate) fn check(&self) -> Result<(), Error> {
        refuse(some(self.ec2_tag_filters), errors::INVALID_EC2_TAG, "ec2TagFilters")?;
        let set = self.ec2_tag_set.as_ref().and_then(|set| set.ec2_tag_set_list.as_ref());
        refuse(
            set.is_some_and(|lists| !lists.is_empty()),
            errors::INVALID_EC2_TAG_COMBINATION,
            "ec2TagSet",
        )?;
        refuse(
            some(self.auto_scaling_groups),
            errors::INVALID_AUTO_SCALING_GROUP,
            "autoScalingGroups",
        )?;
        refuse(
            some(self.trigger_configurations),
            errors::INVALID_TRIGGER_CONFIG,
            "triggerConfigurations",
        )?;
        alarms(self.alarm_configuration, "alarmConfiguration")?;
        style(self.deployment_style)?;
        let blue_green = BlueGreenDeploymentConfiguration::default();
        refuse(
            self.blue_green.as_ref().is_some_and(|it| *it != blue_green),
            errors::INVALID_BLUE_GREEN,
            "blueGreenDeploymentConfiguration",
        )?;
        refuse(
            self.load_balancer_info.as_ref().is_some_and(|info| {
                some(&info.elb_info_list)
                    || some(&info.target_group_info_list)
                    || some(&info.target_group_pair_info_list)
            }),
            errors::INVALID_LOAD_BALANCER_INFO,
            "loadBalancerInfo",
        )?;
        refuse(some(self.ecs_services), errors::INVALID_ECS_SERVICE, "ecsServices")?;
        ec2_options(self.ec2_deployment_options)?;
        refuse(
            self.termination_hook_enabled == Some(true),
            errors::INVALID_INPUT,
            "terminationHookEnabled",
        )
    }
}

fn some<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

pub(crate) fn ec2_options(options: &Option<EC2DeploymentOptions>) -> Result<(), Error> {
    let is_set =
        options.as_ref().is_some_and(|it| some(&it.auto_scaling_group_processes_to_suspend));
    refuse(is_set, errors::INVALID_PROCESS_TO_SUSPEND, "ec2DeploymentOptions")
}

/// Alarms that are configured but off are none.
pub(crate) fn alarms(config: &Option<AlarmConfiguration>, what: &str) -> Result<(), Error> {
    let is_set = config.as_ref().is_some_and(|it| it.enabled == Some(true) || some(&it.alarms));
    refuse(is_set, errors::INVALID_ALARM_CONFIG, what)
}

fn style(style: &Option<DeploymentStyle>) -> Result<(), Error> {
    let Some(style) = style else { return Ok(()) };
    refuse(
        style.deployment_type == Some(DeploymentType::BlueGreen),
        errors::INVALID_DEPLOYMENT_STYLE,
        "deploymentStyle.deploymentType BLUE_GREEN",
    )?;
    refuse(
        // The first word is also what an empty structure has.
        style.deployment_option == Some(DeploymentOption::WithTrafficControl),
        errors::INVALID_DEPLOYMENT_STYLE,
        "deploymentStyle.deploymentOption WITH_TRAFFIC_CONTROL",
    )
}

pub(crate) fn compute_platform(platform: Option<ComputePlatform>) -> Result<(), Error> {
    match platform {
        None | Some(ComputePlatform::Server) => Ok(()),
        Some(other) => {
            Err(unsupported(errors::INVALID_COMPUTE_PLATFORM, &format!("The platform {other}")))
        }
    }
}

pub(crate) fn auto_rollback(config: &Option<AutoRollbackConfiguration>) -> Result<(), Error> {
    match config {
        Some(config) if config.enabled == Some(true) && !some(&config.events) => {
            Err(errors::INVALID_AUTO_ROLLBACK_CONFIG
                .error("Automatic rollback is enabled, but for no event."))
        }
        _ => Ok(()),
    }
}

pub(crate) fn description(text: &Option<String>) -> Result<(), Error> {
    match text {
        Some(text) if text.chars().count() > MAX_DESCRIPTION => Err(errors::DESCRIPTION_TOO_LONG
            .error(format!("The description has more than {MAX_DESCRIPTION} characters."))),
        _ => Ok(()),
    }
}

/// A revision in S3 that hosts can unpack.
pub(crate) fn revision(location: &RevisionLocation) -> Result<(), Error> {
    let bad = |why: &str| errors::INVALID_REVISION.error(why);
    match location.revision_type {
        Some(RevisionLocationType::S3) => {}
        Some(other) => {
            return Err(unsupported(
                errors::INVALID_REVISION,
                &format!("The revision type {other}"),
            ));
        }
        None => return Err(bad("The revision has no revisionType.")),
    }
    if location.git_hub_location.is_some()
        || location.string.is_some()
        || location.app_spec_content.is_some()
    {
        return Err(bad("A revision of type S3 can have an s3Location only."));
    }
    let s3 = location.s3_location.as_ref().ok_or_else(|| bad("The revision has no s3Location."))?;
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if !given(&s3.bucket) || !given(&s3.key) {
        return Err(bad("The revision's s3Location must name a bucket and a key."));
    }
    match s3.bundle_type {
        Some(BundleType::Zip | BundleType::Tar | BundleType::Tgz) => Ok(()),
        Some(other) => Err(bad(&format!(
            "The bundle type {other} is not for instances: it must be zip, tar or tgz."
        ))),
        None => Err(bad("The revision's s3Location has no bundleType.")),
    }
}

/// The instances of a group: by filters or by a tag set, not by both.
pub(crate) fn instance_filters(
    filters: &[TagFilter],
    set: Option<&OnPremisesTagSet>,
) -> Result<(), Error> {
    let lists = set.and_then(|set| set.on_premises_tag_set_list.as_deref()).unwrap_or_default();
    if !filters.is_empty() && !lists.is_empty() {
        return Err(errors::INVALID_ON_PREMISES_TAG_COMBINATION
            .error("onPremisesInstanceTagFilters and onPremisesTagSet cannot be used together."));
    }
    if lists.len() > MAX_TAG_LISTS {
        return Err(errors::TAG_SET_LIST_LIMIT_EXCEEDED
            .error(format!("onPremisesTagSet has more than {MAX_TAG_LISTS} lists.")));
    }
    for filters in lists.iter().map(Vec::as_slice).chain([filters]) {
        if filters.len() > MAX_FILTERS {
            return Err(errors::INVALID_TAG
                .error(format!("There are more than {MAX_FILTERS} tag filters.")));
        }
        tag_filters(filters, errors::INVALID_TAG)?;
    }
    Ok(())
}

/// Each filter has what its type needs.
pub(crate) fn tag_filters(filters: &[TagFilter], kind: ErrorKind) -> Result<(), Error> {
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let fits = |filter: &TagFilter| match filter.kind {
        Some(TagFilterType::KeyOnly) => given(&filter.key),
        Some(TagFilterType::ValueOnly) => given(&filter.value),
        Some(TagFilterType::KeyAndValue) => given(&filter.key) && filter.value.is_some(),
        None => false,
    };
    match filters.iter().all(fits) {
        true => Ok(()),
        false => Err(kind.error(
            "A tag filter needs a Type (KEY_ONLY, VALUE_ONLY or KEY_AND_VALUE) and what that type \
             compares.",
        )),
    }
}

/// Tags to be put on something.
pub(crate) fn tags(tags: &[Tag], kind: ErrorKind) -> Result<(), Error> {
    if tags.len() > MAX_TAGS {
        return Err(kind.error(format!("There are more than {MAX_TAGS} tags.")));
    }
    for tag in tags {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref().unwrap_or_default();
        if key.is_empty() || key.chars().count() > MAX_TAG_KEY {
            return Err(kind.error(format!("A tag's key must have 1 to {MAX_TAG_KEY} characters.")));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(kind.error(format!("The key {key} is not allowed: aws: is reserved.")));
        }
        if value.chars().count() > MAX_TAG_VALUE {
            return Err(kind.error(format!(
                "The value of the tag {key} has more than {MAX_TAG_VALUE} characters."
            )));
        }
    }
    Ok(())
}

/// Puts tags among others: one value for each key.
pub(crate) fn merge_tags(tags: &mut Vec<Tag>, more: &[Tag]) {
    for tag in more {
        let tag = Tag { value: Some(tag.value.clone().unwrap_or_default()), ..tag.clone() };
        match tags.iter_mut().find(|known| known.key == tag.key) {
            Some(known) => *known = tag,
            None => tags.push(tag),
        }
    }
}

/// A batch of names or ids that is neither empty nor too long.
pub(crate) fn batch<T>(
    items: &[T],
    limit: usize,
    empty: ErrorKind,
    what: &str,
) -> Result<(), Error> {
    if items.is_empty() {
        return Err(empty.error(format!("{what} is empty.")));
    }
    if items.len() > limit {
        return Err(
            errors::BATCH_LIMIT_EXCEEDED.error(format!("{what} has more than {limit} entries."))
        );
    }
    Ok(())
}
