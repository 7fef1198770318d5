//! What EventBridge keeps.

use std::collections::BTreeMap;

use api_management::events::{RuleState, Target};
use serde_json::{Value, json};
use shape::{Shape, Timestamp};
use store::{Event, Index, Resource};

/// A rule with its targets.
#[derive(Shape, Default, Clone)]
pub(super) struct Rule {
    #[shape(required)]
    pub name: String,
    #[shape(required)]
    pub pattern: String,
    pub state: RuleState,
    pub description: Option<String>,
    pub created_by: String,
    pub tags: Option<BTreeMap<String, String>>,
    pub targets: Vec<Target>,
}

/// The index by which rules are found from a target's ARN.
pub(super) const BY_TARGET: &str = "target";

impl Resource for Rule {
    const KIND: &'static str = "events.rule";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let mut arns: Vec<_> = self.targets.iter().map(|target| target.arn.as_str()).collect();
        arns.sort_unstable();
        arns.dedup();
        arns.into_iter().map(|arn| Index::new(BY_TARGET, arn)).collect()
    }
}

shape::string_enum! {
    /// How far a delivery is.
    pub(super) enum DeliveryState { Pending = "PENDING", Delivered = "DELIVERED", Failed = "FAILED" }
}

/// An event on its way to a target.
#[derive(Shape, Default, Clone)]
pub(super) struct Delivery {
    #[shape(required)]
    pub event_id: String,
    #[shape(required)]
    pub rule: String,
    /// As it was when the event came.
    #[shape(required)]
    pub target: Target,
    pub event: Value,
    #[shape(required)]
    pub created: Timestamp,
    pub state: DeliveryState,
    /// Attempts that failed.
    pub attempts: i32,
    /// Why the last attempt failed.
    pub reason: Option<String>,
}

impl Delivery {
    pub fn key_of(event: &str, rule: &str, target: &str) -> String {
        format!("{event}/{rule}/{target}")
    }
}

impl Resource for Delivery {
    const KIND: &'static str = "events.delivery";

    fn key(&self) -> String {
        Self::key_of(&self.event_id, &self.rule, &self.target.id)
    }
}

/// An event as patterns and targets see it.
pub(super) fn document(event: &Event) -> Value {
    json!({
        "version": "0",
        "id": event.id,
        "detail-type": event.detail_type,
        "source": event.source,
        "account": event.account,
        "time": Timestamp::from_secs(event.time.secs()).iso8601(),
        "region": event.region,
        "resources": event.resources,
        "detail": event.detail,
    })
}
