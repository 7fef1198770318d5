//! Targets: one instance in one deployment.

use api_developer::codedeploy::{
    DeploymentTarget, DeploymentTargetType, Diagnostics, InstanceStatus, InstanceSummary,
    InstanceTarget, LifecycleEvent, LifecycleEventStatus, TargetStatus,
};
use shape::{Shape, Timestamp};
use store::{Index, Resource};

/// The lifecycle events of an in-place deployment without a load balancer, in order.
const EVENTS: [&str; 7] = [
    "ApplicationStop",
    "DownloadBundle",
    "BeforeInstall",
    "Install",
    "AfterInstall",
    "ApplicationStart",
    "ValidateService",
];

shape::string_enum! {
    /// How far a command has come.
    pub(crate) enum CommandState {
        Pending = "Pending", Sent = "Sent", Running = "Running",
    }
}

/// What an agent is to do now.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Command {
    pub id: String,
    pub event: String,
    pub state: CommandState,
    pub sent: Option<Timestamp>,
    /// When it is given up: before its acknowledgement because nobody takes it, after it because
    /// nobody reports.
    pub deadline: Timestamp,
}

/// One instance in one deployment.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Target {
    pub deployment_id: String,
    pub instance_name: String,
    pub instance_arn: String,
    /// The ARN under which its agent calls.
    pub host_arn: String,
    /// Its turn; those that failed last time come first.
    pub turn: i32,
    /// It was healthy, as far as the group knew, when the deployment began.
    pub was_healthy: bool,
    pub status: TargetStatus,
    pub last_updated: Timestamp,
    pub events: Vec<LifecycleEvent>,
    pub command: Option<Command>,
}

impl Resource for Target {
    const KIND: &'static str = "codedeploy.target";

    fn key(&self) -> String {
        Self::key_of(&self.deployment_id, &self.instance_name)
    }

    fn indexes(&self) -> Vec<Index> {
        match &self.command {
            Some(command) if command.state != CommandState::Running => {
                vec![Index::new("command", &self.host_arn)]
            }
            _ => Vec::new(),
        }
    }
}

impl Target {
    pub(crate) fn key_of(deployment_id: &str, instance_name: &str) -> String {
        format!("{deployment_id}/{instance_name}")
    }

    pub(crate) fn new_events() -> Vec<LifecycleEvent> {
        EVENTS
            .iter()
            .map(|name| LifecycleEvent {
                lifecycle_event_name: Some((*name).to_owned()),
                status: Some(LifecycleEventStatus::Pending),
                ..LifecycleEvent::default()
            })
            .collect()
    }

    pub(crate) fn event_mut(&mut self, name: &str) -> Option<&mut LifecycleEvent> {
        self.events.iter_mut().find(|event| event.lifecycle_event_name.as_deref() == Some(name))
    }

    /// The event that comes next: the first that is not over.
    pub(crate) fn next_event(&self) -> Option<&LifecycleEvent> {
        self.events.iter().find(|event| event.status == Some(LifecycleEventStatus::Pending))
    }

    /// Ends the current command's event.
    pub(crate) fn end_event(
        &mut self,
        now: Timestamp,
        status: LifecycleEventStatus,
        diagnostics: Diagnostics,
    ) {
        let Some(command) = self.command.take() else { return };
        self.last_updated = now;
        if let Some(event) = self.event_mut(&command.event) {
            event.status = Some(status);
            event.start_time = event.start_time.or(Some(now));
            event.end_time = Some(now);
            event.diagnostics = Some(diagnostics);
        }
    }

    /// Ends the whole target; what has not happened is skipped.
    pub(crate) fn end(&mut self, now: Timestamp, status: TargetStatus) {
        self.status = status;
        self.last_updated = now;
        self.command = None;
        for event in &mut self.events {
            if matches!(
                event.status,
                Some(LifecycleEventStatus::Pending | LifecycleEventStatus::InProgress)
            ) {
                event.status = Some(LifecycleEventStatus::Skipped);
            }
        }
    }

    pub(crate) fn info(&self) -> DeploymentTarget {
        DeploymentTarget {
            deployment_target_type: Some(DeploymentTargetType::InstanceTarget),
            instance_target: Some(InstanceTarget {
                deployment_id: Some(self.deployment_id.clone()),
                target_id: Some(self.instance_name.clone()),
                target_arn: Some(self.instance_arn.clone()),
                status: Some(self.status),
                last_updated_at: Some(self.last_updated),
                lifecycle_events: Some(self.events.clone()),
                instance_label: None,
            }),
            ..DeploymentTarget::default()
        }
    }

    /// As the older operations show it.
    pub(crate) fn summary(&self) -> InstanceSummary {
        InstanceSummary {
            deployment_id: Some(self.deployment_id.clone()),
            instance_id: Some(self.instance_arn.clone()),
            status: InstanceStatus::parse(self.status.as_str()),
            last_updated_at: Some(self.last_updated),
            lifecycle_events: Some(self.events.clone()),
            instance_type: None,
        }
    }
}
