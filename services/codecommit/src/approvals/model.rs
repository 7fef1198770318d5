//! What the store keeps about approvals: revisions, templates and where those apply.

use api::{ApprovalRule, OriginApprovalRuleTemplate};
use api_developer::codecommit as api;
use auth::sigv4::sha256_hex;
use shape::{Shape, Timestamp};
use store::{Index, Query, ReadTx, Resource, StoreError, Stored, WriteTx};
use types::Scope;
use wire::Error;

use super::content::{Content, For};
use super::pool::Approver;
use crate::errors;
use crate::pull_requests::history::By;
use crate::pull_requests::model::PullRequest;

/// Rules on a pull request; AWS's quota.
pub(crate) const MAX_RULES: usize = 30;
/// Rules on a pull request that come of templates, and so templates that a repository can be
/// associated with; AWS's quota.
pub(crate) const MAX_FROM_TEMPLATES: usize = 25;
/// Templates of one account in one region; AWS's quota.
pub(crate) const MAX_TEMPLATES: usize = 1_000;
/// Entries on one page of the listings if the caller does not say, and at most.
pub(crate) const PAGE: usize = 100;

/// One state of a pull request's source: what was said of it.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Revision {
    pub pull_request_id: String,
    pub id: String,
    pub approvers: Vec<Approver>,
    /// Who set the rules aside.
    pub overrider: Option<String>,
}

fn revision_key(pull_request_id: &str, id: &str) -> String {
    format!("{pull_request_id} {id}")
}

impl Resource for Revision {
    const KIND: &'static str = "codecommit.pull-request-revision";

    fn key(&self) -> String {
        revision_key(&self.pull_request_id, &self.id)
    }
}

impl Revision {
    /// A revision that nobody has said anything of yet, with an id of its own.
    pub fn begin(pull_request_id: &str) -> Self {
        let id = types::random_bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { pull_request_id: pull_request_id.to_owned(), id, ..Self::default() }
    }

    /// A revision of the pull request, the current one or an earlier one.
    ///
    /// # Errors
    /// `InvalidRevisionIdException` where it has none with that id.
    pub fn load(
        tx: &ReadTx<'_>,
        pull_request: &Stored<PullRequest>,
        id: &str,
    ) -> Result<Stored<Self>, Error> {
        if id.is_empty() {
            return Err(errors::REVISION_ID_REQUIRED.error("A revision ID is required."));
        }
        tx.get(&pull_request.scope, &revision_key(&pull_request.id, id))?.ok_or_else(|| {
            errors::INVALID_REVISION_ID.error(format!(
                "{id} is not the ID of a revision of pull request {}.",
                pull_request.id
            ))
        })
    }

    /// [`Revision::load`], refusing earlier ones.
    pub fn load_current(
        tx: &ReadTx<'_>,
        pull_request: &Stored<PullRequest>,
        id: &str,
    ) -> Result<Stored<Self>, Error> {
        let found = Self::load(tx, pull_request, id)?;
        if found.id == pull_request.revision_id {
            return Ok(found);
        }
        Err(errors::REVISION_NOT_CURRENT.error(format!(
            "The revision {id} is not the current one: the source of pull request {} was updated \
             since. Get the pull request and look at it again.",
            pull_request.id
        )))
    }

    /// The revision that the pull request is at.
    pub fn current(
        tx: &ReadTx<'_>,
        pull_request: &Stored<PullRequest>,
    ) -> Result<Stored<Self>, Error> {
        Self::load(tx, pull_request, &pull_request.revision_id)
    }

    /// What becomes of the pull request's rules with what was said so far.
    pub fn evaluate(&self, pull_request: &PullRequest) -> Result<api::Evaluation, Error> {
        let (mut satisfied, mut missing) = (Vec::new(), Vec::new());
        for rule in &pull_request.rules {
            let text = rule.approval_rule_content.as_deref().unwrap_or_default();
            // Every rule was read before it was kept.
            let content = Content::parse(text, For::Template).map_err(Error::internal)?;
            let enough = content.is_satisfied_by(&self.approvers);
            let names = if enough { &mut satisfied } else { &mut missing };
            names.push(rule.approval_rule_name.clone().unwrap_or_default());
        }
        Ok(api::Evaluation {
            approved: Some(missing.is_empty()),
            overridden: Some(self.overrider.is_some()),
            approval_rules_satisfied: satisfied,
            approval_rules_not_satisfied: missing,
        })
    }

    /// Takes away all revisions of a pull request.
    pub fn delete_all(
        tx: &mut WriteTx<'_>,
        scope: &Scope,
        pull_request_id: &str,
    ) -> Result<(), StoreError> {
        let query = Query::first(PAGE).prefix(&format!("{pull_request_id} "));
        loop {
            let page = tx.list::<Self>(scope, &query)?;
            for found in &page.items {
                tx.delete::<Self>(scope, &found.key())?;
            }
            if page.next.is_none() {
                return Ok(());
            }
        }
    }
}

/// A rule in waiting: pull requests that are created in associated repositories get it.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Template {
    /// Never changes.
    pub id: String,
    pub name: String,
    pub description: Option<String>,
    pub content: String,
    pub created: Timestamp,
    pub modified: Timestamp,
    pub modified_by: String,
}

/// Finds a template however it is named now.
const BY_ID: &str = "by-id";

impl Resource for Template {
    const KIND: &'static str = "codecommit.approval-rule-template";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        vec![Index::new(BY_ID, self.id.as_str())]
    }
}

impl Template {
    /// The template of that name, or AWS's error.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, name: &str) -> Result<Stored<Self>, Error> {
        check_name(name, errors::INVALID_APPROVAL_RULE_TEMPLATE_NAME)?;
        tx.get(scope, name)?.ok_or_else(|| {
            errors::APPROVAL_RULE_TEMPLATE_DOES_NOT_EXIST
                .error(format!("The approval rule template {name} does not exist."))
        })
    }

    /// The template of an association.
    pub fn by_id(
        tx: &ReadTx<'_>,
        scope: &Scope,
        id: &str,
    ) -> Result<Option<Stored<Self>>, StoreError> {
        let found = tx.by_index::<Self>(scope, BY_ID, id, &Query::first(1))?;
        Ok(found.items.into_iter().next())
    }

    /// The rule that a new pull request gets of it.
    pub fn rule(&self, by: &By) -> ApprovalRule {
        let origin = OriginApprovalRuleTemplate {
            approval_rule_template_id: Some(self.id.clone()),
            approval_rule_template_name: Some(self.name.clone()),
        };
        ApprovalRule {
            origin_approval_rule_template: Some(origin),
            ..new_rule(self.name.clone(), self.content.clone(), by)
        }
    }

    /// Where the template is in use.
    pub fn is_associated(&self, tx: &ReadTx<'_>, scope: &Scope) -> Result<bool, StoreError> {
        let query = Query::first(1);
        let found = tx.by_index::<Association>(scope, OF_TEMPLATE, &self.id, &query)?;
        Ok(!found.items.is_empty())
    }

    /// As the API shows it.
    pub fn shown(&self) -> api::ApprovalRuleTemplate {
        api::ApprovalRuleTemplate {
            approval_rule_template_id: Some(self.id.clone()),
            approval_rule_template_name: Some(self.name.clone()),
            approval_rule_template_description: self.description.clone(),
            approval_rule_template_content: Some(self.content.clone()),
            rule_content_sha256: Some(sha256_hex(self.content.as_bytes())),
            last_modified_date: Some(self.modified),
            creation_date: Some(self.created),
            last_modified_user: Some(self.modified_by.clone()),
        }
    }
}

/// A template applies to the pull requests of a repository.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Association {
    pub template_id: String,
    pub repository_id: String,
}

/// Finds where a template applies.
pub(crate) const OF_TEMPLATE: &str = "of-template";
/// Finds what applies to a repository.
pub(crate) const OF_REPOSITORY: &str = "of-repository";

impl Resource for Association {
    const KIND: &'static str = "codecommit.approval-rule-association";

    fn key(&self) -> String {
        format!("{} {}", self.template_id, self.repository_id)
    }

    fn indexes(&self) -> Vec<Index> {
        vec![
            Index::new(OF_TEMPLATE, self.template_id.as_str()),
            Index::new(OF_REPOSITORY, self.repository_id.as_str()),
        ]
    }
}

impl Association {
    /// The templates that apply to a repository: all, as there are few.
    pub fn templates(
        tx: &ReadTx<'_>,
        scope: &Scope,
        repository_id: &str,
    ) -> Result<Vec<Stored<Template>>, StoreError> {
        let query = Query::first(MAX_FROM_TEMPLATES);
        let found = tx.by_index::<Self>(scope, OF_REPOSITORY, repository_id, &query)?;
        let templates = found.items.iter().map(|it| Template::by_id(tx, scope, &it.template_id));
        Ok(templates.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Takes a deleted repository out of all templates.
    pub fn delete_all(
        tx: &mut WriteTx<'_>,
        scope: &Scope,
        repository_id: &str,
    ) -> Result<(), StoreError> {
        let query = Query::first(MAX_FROM_TEMPLATES);
        let found = tx.by_index::<Self>(scope, OF_REPOSITORY, repository_id, &query)?;
        for association in found.items {
            tx.delete::<Self>(scope, &association.key())?;
        }
        Ok(())
    }
}

/// A rule that somebody makes now.
pub(crate) fn new_rule(name: String, content: String, by: &By) -> ApprovalRule {
    ApprovalRule {
        approval_rule_id: Some(types::uuid()),
        approval_rule_name: Some(name),
        rule_content_sha256: Some(sha256_hex(content.as_bytes())),
        approval_rule_content: Some(content),
        last_modified_date: Some(by.now),
        creation_date: Some(by.now),
        last_modified_user: Some(by.caller.arn.clone()),
        origin_approval_rule_template: None,
    }
}

/// Refuses names of rules and templates that AWS refuses; `kind` is for both.
pub(crate) fn check_name(name: &str, kind: wire::ErrorKind) -> Result<(), Error> {
    let allowed = |c: char| c.is_alphanumeric() || " ._-".contains(c);
    if name.chars().all(allowed) && !name.ends_with(".git") {
        return Ok(());
    }
    Err(kind.error(format!(
        "The name {name:?} is not valid: names have letters, numbers, periods, spaces, \
         underscores and dashes, and do not end in .git."
    )))
}

/// Refuses to replace content that is not what the caller takes it for.
pub(crate) fn check_existing(content: &str, expected: Option<&str>) -> Result<(), Error> {
    let Some(expected) = expected else { return Ok(()) };
    let hash = sha256_hex(content.as_bytes());
    if hash.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(errors::INVALID_RULE_CONTENT_SHA256.error(format!(
        "The SHA-256 hash of the existing content is {hash}, not {expected}: the content was \
         changed since it was read."
    )))
}
