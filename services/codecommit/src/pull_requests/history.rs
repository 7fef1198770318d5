//! What happened to a pull request, told twice: in its own history (DescribePullRequestEvents) and
//! on the event bus.

use api::{
    ApprovalRule, ApprovalRuleEventMetadata, ApprovalRuleOverriddenEventMetadata, ApprovalState,
    ApprovalStateChangedEventMetadata, MergeMetadata, OverrideStatus,
    PullRequestCreatedEventMetadata, PullRequestEvent, PullRequestEventType as Type,
    PullRequestMergedStateChangedEventMetadata, PullRequestSourceReferenceUpdatedEventMetadata,
    PullRequestStatusChangedEventMetadata,
};
use api_developer::codecommit as api;
use service::{Caller, Cx};
use shape::{Shape, Timestamp};
use store::{Index, Key, Query, ReadTx, Resource, StoreError, WriteTx};
use types::Scope;

use super::model::{self, Found};
use crate::events;

/// Who does something, and when.
#[derive(Clone)]
pub(crate) struct By {
    pub caller: Caller,
    pub now: Timestamp,
}

impl By {
    /// The caller, now.
    pub fn of(cx: &Cx) -> Self {
        Self { caller: cx.caller().clone(), now: cx.now() }
    }
}

/// What happened.
#[derive(Clone, Copy)]
pub(crate) enum What<'a> {
    Created,
    /// A new revision began.
    SourceUpdated,
    /// It was closed, not merged.
    Closed,
    Merged(&'a MergeMetadata),
    RuleCreated(&'a ApprovalRule),
    RuleUpdated(&'a ApprovalRule),
    RuleDeleted(&'a ApprovalRule),
    RulesOverridden(OverrideStatus),
    ApprovalChanged(ApprovalState),
}

impl What<'_> {
    /// The entries that the history gets. A merge also closes.
    fn entries(&self, found: &Found) -> Vec<PullRequestEvent> {
        let (pull_request, repository) = (&found.pull_request, &found.repository);
        let name = || Some(repository.name.clone());
        let mut entry = PullRequestEvent::default();
        entry.pull_request_event_type = Some(match self {
            Self::Created => {
                entry.pull_request_created_event_metadata = Some(PullRequestCreatedEventMetadata {
                    repository_name: name(),
                    source_commit_id: Some(pull_request.source_commit.clone()),
                    destination_commit_id: Some(pull_request.destination_commit.clone()),
                    merge_base: pull_request.merge_base.clone(),
                });
                Type::PullRequestCreated
            }
            Self::SourceUpdated => {
                entry.pull_request_source_reference_updated_event_metadata =
                    Some(PullRequestSourceReferenceUpdatedEventMetadata {
                        repository_name: name(),
                        before_commit_id: Some(pull_request.destination_commit.clone()),
                        after_commit_id: Some(pull_request.source_commit.clone()),
                        merge_base: pull_request.merge_base.clone(),
                    });
                Type::PullRequestSourceReferenceUpdated
            }
            Self::Closed => {
                entry.pull_request_status_changed_event_metadata = Some(closed());
                Type::PullRequestStatusChanged
            }
            Self::Merged(merged) => {
                entry.pull_request_merged_state_changed_event_metadata =
                    Some(PullRequestMergedStateChangedEventMetadata {
                        repository_name: name(),
                        destination_reference: Some(pull_request.destination_reference.clone()),
                        merge_metadata: Some((*merged).clone()),
                    });
                Type::PullRequestMergeStateChanged
            }
            Self::RuleCreated(rule) => {
                entry.approval_rule_event_metadata = Some(about(rule));
                Type::PullRequestApprovalRuleCreated
            }
            Self::RuleUpdated(rule) => {
                entry.approval_rule_event_metadata = Some(about(rule));
                Type::PullRequestApprovalRuleUpdated
            }
            Self::RuleDeleted(rule) => {
                entry.approval_rule_event_metadata = Some(about(rule));
                Type::PullRequestApprovalRuleDeleted
            }
            Self::RulesOverridden(status) => {
                entry.approval_rule_overridden_event_metadata =
                    Some(ApprovalRuleOverriddenEventMetadata {
                        revision_id: Some(pull_request.revision_id.clone()),
                        override_status: Some(*status),
                    });
                Type::PullRequestApprovalRuleOverridden
            }
            Self::ApprovalChanged(state) => {
                entry.approval_state_changed_event_metadata =
                    Some(ApprovalStateChangedEventMetadata {
                        revision_id: Some(pull_request.revision_id.clone()),
                        approval_status: Some(*state),
                    });
                Type::PullRequestApprovalStateChanged
            }
        });
        let mut entries = vec![entry];
        if let Self::Merged(_) = self {
            entries.push(PullRequestEvent {
                pull_request_event_type: Some(Type::PullRequestStatusChanged),
                pull_request_status_changed_event_metadata: Some(closed()),
                ..PullRequestEvent::default()
            });
        }
        entries
    }
}

fn closed() -> PullRequestStatusChangedEventMetadata {
    let pull_request_status = Some(api::PullRequestStatusEnum::Closed);
    PullRequestStatusChangedEventMetadata { pull_request_status }
}

fn about(rule: &ApprovalRule) -> ApprovalRuleEventMetadata {
    ApprovalRuleEventMetadata {
        approval_rule_name: rule.approval_rule_name.clone(),
        approval_rule_id: rule.approval_rule_id.clone(),
        approval_rule_content: rule.approval_rule_content.clone(),
    }
}

impl Found {
    /// Tells what happened, after it has been done to the pull request and before that is
    /// [saved](Found::save).
    pub fn happened(
        &mut self,
        tx: &mut WriteTx<'_>,
        by: &By,
        what: What<'_>,
    ) -> Result<(), StoreError> {
        self.pull_request.active = by.now;
        match what {
            What::Created => model::count(tx, &self.repository.id, true)?,
            What::Closed | What::Merged(_) => model::count(tx, &self.repository.id, false)?,
            _ => {}
        }
        for entry in what.entries(self) {
            self.pull_request.events += 1;
            let entry = Entry {
                number: self.pull_request.events,
                event: PullRequestEvent {
                    pull_request_id: Some(self.pull_request.id.clone()),
                    event_date: Some(by.now),
                    actor_arn: Some(by.caller.arn.clone()),
                    ..entry
                },
            };
            tx.insert(&self.pull_request.scope, &entry)?;
        }
        tx.emit(events::pull_requests::happened(self, by, &what))
    }

    /// Keeps the changed pull request.
    pub fn save(&self, tx: &mut WriteTx<'_>) -> Result<(), StoreError> {
        tx.update(&self.pull_request.scope, &self.pull_request).map(|_| ())
    }
}

/// Finds the entries of a pull request, by type, by actor, by both or by neither.
const OF_PULL_REQUEST: &str = "of-pull-request";

/// One entry of a pull request's history.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Entry {
    /// Counts from 1 within the pull request.
    pub number: i64,
    pub event: PullRequestEvent,
}

fn value(pull_request_id: &str, kind: Option<Type>, actor_arn: Option<&str>) -> String {
    let kind = kind.map_or("", Type::as_str);
    format!("{pull_request_id} {kind} {}", actor_arn.unwrap_or_default())
}

impl Entry {
    fn pull_request_id(&self) -> &str {
        self.event.pull_request_id.as_deref().unwrap_or_default()
    }

    /// A page of a pull request's history, oldest first.
    pub fn list(
        tx: &ReadTx<'_>,
        scope: &Scope,
        pull_request_id: &str,
        kind: Option<Type>,
        actor_arn: Option<&str>,
        query: &Query,
    ) -> Result<store::Listing<Self>, StoreError> {
        tx.by_index(scope, OF_PULL_REQUEST, &value(pull_request_id, kind, actor_arn), query)
    }

    /// Takes away the whole history of a pull request.
    pub fn delete_all(
        tx: &mut WriteTx<'_>,
        scope: &Scope,
        pull_request_id: &str,
    ) -> Result<(), StoreError> {
        loop {
            let query = Query::first(super::PAGE);
            let page = Self::list(tx, scope, pull_request_id, None, None, &query)?;
            for found in &page.items {
                tx.delete::<Self>(scope, &found.key())?;
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

impl Resource for Entry {
    const KIND: &'static str = "codecommit.pull-request-event";

    fn key(&self) -> String {
        format!("{} {}", self.pull_request_id(), self.number)
    }

    fn indexes(&self) -> Vec<Index> {
        let mut indexes = Vec::new();
        for kind in [None, self.event.pull_request_event_type] {
            for actor in [None, self.event.actor_arn.as_deref()] {
                let value = value(self.pull_request_id(), kind, actor);
                let order = Key::new().signed(self.number);
                indexes.push(Index::new(OF_PULL_REQUEST, value).sorted_by(order));
            }
        }
        indexes
    }
}
