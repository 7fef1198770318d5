//! Events of approval rule templates.

use std::collections::BTreeMap;

use auth::sigv4::sha256_hex;
use serde_json::{Map, Value, json};
use store::{Event, Stored};
use types::{Arn, Scope};

use super::detail::{self, date};
use crate::approvals::model::Template;
use crate::model::Repository;
use crate::pull_requests::history::By;

/// The detail type of all changes of templates.
pub(crate) const APPROVAL_RULE_TEMPLATE_CHANGE: &str = "CodeCommit Approval Rule Template Change";

/// What happened to a template.
pub(crate) enum Change<'a> {
    Created,
    Updated,
    Deleted,
    /// It applies to one repository now, or no longer.
    One {
        repository: &'a Stored<Repository>,
        associated: bool,
    },
    /// It applies to many repositories now, or no longer: ids by names.
    Many {
        repositories: &'a BTreeMap<String, String>,
        associated: bool,
    },
}

impl Change<'_> {
    /// The name in the event's detail.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created => "approvalRuleTemplateCreated",
            Self::Updated => "approvalRuleTemplateUpdated",
            Self::Deleted => "approvalRuleTemplateDeleted",
            Self::One { associated: true, .. } => "approvalRuleTemplateAssociatedWithRepository",
            Self::One { associated: false, .. } => {
                "approvalRuleTemplateDisassociatedFromRepository"
            }
            Self::Many { associated: true, .. } => {
                "batchAssociateApprovalRuleTemplateWithRepositories"
            }
            Self::Many { associated: false, .. } => {
                "batchDisassociateApprovalRuleTemplateFromRepositories"
            }
        }
    }

    /// Ids by names of the repositories that it is about.
    fn repositories(&self) -> BTreeMap<String, String> {
        match self {
            Self::One { repository, .. } => {
                BTreeMap::from([(repository.name.clone(), repository.id.clone())])
            }
            Self::Many { repositories, .. } => (*repositories).clone(),
            Self::Created | Self::Updated | Self::Deleted => BTreeMap::new(),
        }
    }

    fn told(&self, template: &Template) -> String {
        let names: Vec<String> = self.repositories().into_keys().collect();
        let names = names.join(", ");
        match self {
            Self::Created => format!("created. Its ID is {}", template.id),
            Self::Deleted => format!("deleted. Its ID was {}", template.id),
            Self::Updated => format!(
                "updated. Its ID is {}, the SHA-256 hash of its content now {}",
                template.id,
                sha256_hex(template.content.as_bytes())
            ),
            Self::One { associated: true, .. } | Self::Many { associated: true, .. } => {
                format!("associated with the repositories [{names}]")
            }
            Self::One { .. } | Self::Many { .. } => {
                format!("disassociated from the repositories [{names}]")
            }
        }
    }
}

/// The event of a change; `template` is as it is afterwards.
pub(crate) fn template_changed(
    scope: &Scope,
    template: &Template,
    by: &By,
    change: &Change<'_>,
) -> Event {
    let repositories = change.repositories();
    let body = format!(
        "An approval rule template event occurred in the following AWS CodeCommit account: {}. \
         User: {}. The approval rule template {} was {}.",
        scope.account,
        by.caller.arn,
        template.name,
        change.told(template)
    );
    let mut detail = Map::new();
    for (name, value) in [
        ("approvalRuleTemplateContentSha256", sha256_hex(template.content.as_bytes())),
        ("approvalRuleTemplateId", template.id.clone()),
        ("approvalRuleTemplateName", template.name.clone()),
        ("creationDate", date(template.created)),
        ("event", change.name().to_owned()),
        ("lastModifiedDate", date(template.modified)),
        ("notificationBody", body),
    ] {
        detail.insert(name.to_owned(), Value::String(value));
    }
    detail.insert("repositories".to_owned(), json!(repositories));
    detail::caller(&mut detail, &by.caller);
    let (account, region) = (scope.account.as_str(), scope.region.as_str());
    let arn = |name: &String| Arn::new("codecommit", region, account, name.as_str()).to_string();
    detail::event(
        scope,
        APPROVAL_RULE_TEMPLATE_CHANGE,
        repositories.keys().map(arn).collect(),
        detail,
        by.now,
    )
}
