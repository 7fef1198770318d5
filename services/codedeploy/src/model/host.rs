//! On-premises instances, and what a group knows about each.

use api_developer::codedeploy::{InstanceInfo, RevisionLocation, Tag, TagFilter, TagFilterType};
use shape::{Shape, Timestamp};
use store::{Index, Resource};

/// An on-premises instance. One that was deregistered stays on record.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Instance {
    pub instance_name: String,
    pub iam_user_arn: Option<String>,
    pub iam_session_arn: Option<String>,
    pub instance_arn: String,
    pub register_time: Timestamp,
    pub deregister_time: Option<Timestamp>,
    pub tags: Vec<Tag>,
}

impl Resource for Instance {
    const KIND: &'static str = "codedeploy.instance";

    fn key(&self) -> String {
        self.instance_name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        self.host_arn()
            .filter(|_| self.is_registered())
            .map(|arn| Index::new("host", arn))
            .into_iter()
            .collect()
    }
}

impl Instance {
    pub(crate) fn is_registered(&self) -> bool {
        self.deregister_time.is_none()
    }

    /// The ARN under which its agent calls.
    pub(crate) fn host_arn(&self) -> Option<&str> {
        self.iam_user_arn.as_deref().or(self.iam_session_arn.as_deref())
    }

    pub(crate) fn matches(&self, filter: &TagFilter) -> bool {
        self.tags.iter().any(|tag| {
            let key = tag.key == filter.key;
            let value = tag.value.as_deref().unwrap_or_default()
                == filter.value.as_deref().unwrap_or_default();
            match filter.kind {
                Some(TagFilterType::KeyOnly) => key,
                Some(TagFilterType::ValueOnly) => value,
                Some(TagFilterType::KeyAndValue) | None => key && value,
            }
        })
    }

    pub(crate) fn info(&self) -> InstanceInfo {
        InstanceInfo {
            instance_name: Some(self.instance_name.clone()),
            iam_session_arn: self.iam_session_arn.clone(),
            iam_user_arn: self.iam_user_arn.clone(),
            instance_arn: Some(self.instance_arn.clone()),
            register_time: Some(self.register_time),
            deregister_time: self.deregister_time,
            tags: Some(self.tags.clone()),
        }
    }
}

/// How the last deployment of a group to an instance ended.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct HostState {
    pub group_id: String,
    pub instance_name: String,
    pub healthy: bool,
    /// What is on it, where that is known.
    pub revision: Option<RevisionLocation>,
    pub deployment_id: String,
}

impl Resource for HostState {
    const KIND: &'static str = "codedeploy.host-state";

    fn key(&self) -> String {
        Self::key_of(&self.group_id, &self.instance_name)
    }
}

impl HostState {
    pub(crate) fn key_of(group_id: &str, instance_name: &str) -> String {
        format!("{group_id}/{instance_name}")
    }
}
