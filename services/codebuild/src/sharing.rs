//! Resource policies: what other accounts, and users by name, may see of a project or a report
//! group.
//!
//! <https://docs.aws.amazon.com/codebuild/latest/userguide/project-sharing.html>

use std::collections::BTreeSet;
use std::sync::Arc;

use api_developer::codebuild::*;
use auth::policy::{Attached, Policy, PolicyKind};
use service::{Cx, Right};
use shape::{Empty, Shape, Timestamp};
use store::{Index, Query, Resource, WriteTx};
use types::{Account, Arn, PageToken, Region, Scope};
use wire::Error;

use crate::errors::{self, invalid};
use crate::listing;
use crate::model::ProjectRecord;
use crate::reports::model::GroupRecord;

/// Longest policy, in characters; that of IAM's resource policies.
const MAX_POLICY: usize = 20_480;
/// What is shared, by its kind.
const BY_KIND: &str = "by-kind";
/// What may be shared of a project, and of a report group.
const PROJECT_ACTIONS: [&str; 3] = ["BatchGetProjects", "BatchGetBuilds", "ListBuildsForProject"];
const REPORT_ACTIONS: [&str; 5] = [
    "BatchGetReportGroups",
    "BatchGetReports",
    "ListReportsForReportGroup",
    "DescribeTestCases",
    "DescribeCodeCoverages",
];

/// A resource's policy.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct PolicyRecord {
    pub arn: String,
    pub policy: String,
    pub modified: Timestamp,
}

impl Resource for PolicyRecord {
    const KIND: &'static str = "codebuild.resource-policy";

    fn key(&self) -> String {
        self.arn.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let kind = self.arn.parse::<Arn>().ok().and_then(|arn| Kind::of(&arn));
        kind.map(|kind| Index::global(BY_KIND, kind.word())).into_iter().collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Project,
    ReportGroup,
}

impl Kind {
    fn of(arn: &Arn) -> Option<Self> {
        if arn.service != "codebuild" {
            return None;
        }
        let is = |word| arn.resource_of_type(word).is_some_and(|name| !name.is_empty());
        match (is("project"), is("report-group")) {
            (true, _) => Some(Self::Project),
            (_, true) => Some(Self::ReportGroup),
            _ => None,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::ReportGroup => "report-group",
        }
    }

    const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Project => &PROJECT_ACTIONS,
            Self::ReportGroup => &REPORT_ACTIONS,
        }
    }
}

/// The scope of an ARN, if it is one of CodeBuild's.
pub(crate) fn scope_of(arn: &str) -> Option<Scope> {
    let arn: Arn = arn.parse().ok()?;
    let parts = (Account::new(&arn.account).ok()?, Region::new(&arn.region).ok()?);
    (arn.service == "codebuild").then(|| Scope::new(parts.0, parts.1))
}

/// The right on a resource with the policy that it has.
pub(crate) fn with_policy(cx: &Cx, right: Right) -> Result<Right, Error> {
    let Some(scope) = scope_of(&right.resource) else { return Ok(right) };
    let found = cx.read(|tx| Ok(tx.get::<PolicyRecord>(&scope, &right.resource)?))?;
    match found {
        None => Ok(right),
        Some(record) => Ok(right.policy(Some(attached(&record)?))),
    }
}

/// A resource that goes takes its policy along.
pub(crate) fn forget(tx: &mut WriteTx<'_>, scope: &Scope, arn: &str) -> Result<(), Error> {
    tx.delete::<PolicyRecord>(scope, arn)?;
    Ok(())
}

fn attached(record: &PolicyRecord) -> Result<Attached, Error> {
    let policy = Policy::parse(PolicyKind::Resource, &record.policy).map_err(Error::internal)?;
    Ok(Attached { source: record.arn.as_str().into(), policy: Arc::new(policy) })
}

/// [PutResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_PutResourcePolicy.html)
pub(crate) async fn put_resource_policy(
    cx: Cx,
    input: PutResourcePolicyInput,
) -> Result<PutResourcePolicyOutput, Error> {
    let kind = own(&cx, &input.resource_arn)?;
    check(&input.policy, kind)?;
    let record =
        PolicyRecord { arn: input.resource_arn.clone(), policy: input.policy, modified: cx.now() };
    let scope = cx.scope();
    cx.write(move |tx| {
        match kind {
            Kind::Project => {
                let name = record.arn.rsplit_once(":project/").map_or("", |(_, name)| name);
                ProjectRecord::load(tx, &scope, name)?;
            }
            Kind::ReportGroup => {
                let name = record.arn.rsplit_once(":report-group/").map_or("", |(_, name)| name);
                if !tx.exists::<GroupRecord>(&scope, name)? {
                    let message = format!("Report group cannot be found: {}", record.arn);
                    return Err(errors::NOT_FOUND.error(message));
                }
            }
        }
        tx.put(&scope, &record)?;
        Ok(())
    })
    .await?;
    Ok(PutResourcePolicyOutput { resource_arn: Some(input.resource_arn) })
}

fn check(text: &str, kind: Kind) -> Result<(), Error> {
    let wrong = |why: &dyn std::fmt::Display| invalid(format!("Invalid resource policy: {why}"));
    if text.len() > MAX_POLICY {
        return Err(wrong(&format_args!("it has more than {MAX_POLICY} characters")));
    }
    Policy::parse(PolicyKind::Resource, text).map_err(|error| wrong(&error))?;
    // A consumer may look, not touch: what else a policy allows would be promised in vain.
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| wrong(&error))?;
    let known: BTreeSet<String> =
        kind.actions().iter().map(|action| format!("codebuild:{action}").to_lowercase()).collect();
    for action in actions(&value) {
        if !known.contains(&action.to_lowercase()) {
            return Err(wrong(&format_args!(
                "{action} can't be shared; {} can",
                kind.actions().join(", ")
            )));
        }
    }
    Ok(())
}

/// The actions that statements name.
fn actions(policy: &serde_json::Value) -> Vec<String> {
    let many = |value: &serde_json::Value| match value {
        serde_json::Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let statements = policy.get("Statement").map(many).unwrap_or_default();
    let named = statements.iter().flat_map(|it| [it.get("Action"), it.get("NotAction")]);
    let named = named.flatten().flat_map(many);
    named.filter_map(|action| action.as_str().map(str::to_owned)).collect()
}

/// The kind of a resource of the caller's.
fn own(cx: &Cx, arn: &str) -> Result<Kind, Error> {
    let parsed: Option<Arn> = arn.parse().ok();
    let kind = parsed.as_ref().and_then(Kind::of);
    let kind = kind.ok_or_else(|| {
        invalid(format!("Invalid resource ARN: {arn} is neither a project's nor a report group's"))
    })?;
    match scope_of(arn) == Some(cx.scope()) {
        true => Ok(kind),
        false => {
            Err(invalid(format!("Invalid resource ARN: {arn} is not of this account and region")))
        }
    }
}

/// [GetResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_GetResourcePolicy.html)
pub(crate) async fn get_resource_policy(
    cx: Cx,
    input: GetResourcePolicyInput,
) -> Result<GetResourcePolicyOutput, Error> {
    own(&cx, &input.resource_arn)?;
    let scope = cx.scope();
    let found = cx.read(|tx| Ok(tx.get::<PolicyRecord>(&scope, &input.resource_arn)?))?;
    let missing =
        || errors::NOT_FOUND.error(format!("{} has no resource policy", input.resource_arn));
    Ok(GetResourcePolicyOutput { policy: Some(found.ok_or_else(missing)?.into_inner().policy) })
}

/// [DeleteResourcePolicy](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DeleteResourcePolicy.html)
pub(crate) async fn delete_resource_policy(
    cx: Cx,
    input: DeleteResourcePolicyInput,
) -> Result<Empty, Error> {
    own(&cx, &input.resource_arn)?;
    let scope = cx.scope();
    cx.write(move |tx| {
        // Deleting what is not there is fine.
        tx.delete::<PolicyRecord>(&scope, &input.resource_arn)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

/// [ListSharedProjects](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedProjects.html)
pub(crate) async fn list_shared_projects(
    cx: Cx,
    input: ListSharedProjectsInput,
) -> Result<ListSharedProjectsOutput, Error> {
    let wanted = Wanted {
        kind: Kind::Project,
        sort: input.sort_by.unwrap_or(SharedResourceSortByType::Arn),
        order: input.sort_order.unwrap_or(SortOrderType::Ascending),
        most: input.max_results,
        token: input.next_token,
    };
    let (projects, next_token) = shared(&cx, &wanted)?;
    Ok(ListSharedProjectsOutput { projects: Some(projects), next_token })
}

/// [ListSharedReportGroups](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListSharedReportGroups.html)
pub(crate) async fn list_shared_report_groups(
    cx: Cx,
    input: ListSharedReportGroupsInput,
) -> Result<ListSharedReportGroupsOutput, Error> {
    let wanted = Wanted {
        kind: Kind::ReportGroup,
        sort: input.sort_by.unwrap_or(SharedResourceSortByType::Arn),
        order: input.sort_order.unwrap_or(SortOrderType::Ascending),
        most: input.max_results,
        token: input.next_token,
    };
    let (report_groups, next_token) = shared(&cx, &wanted)?;
    Ok(ListSharedReportGroupsOutput { report_groups: Some(report_groups), next_token })
}

struct Wanted {
    kind: Kind,
    sort: SharedResourceSortByType,
    order: SortOrderType,
    most: Option<i32>,
    token: Option<String>,
}

/// What other accounts share with the caller, in its region.
fn shared(cx: &Cx, wanted: &Wanted) -> Result<(Vec<String>, Option<String>), Error> {
    let mut found: Vec<(Timestamp, String)> = Vec::new();
    let mut after = None;
    loop {
        let query = Query::first(1_000).after(after);
        let page = cx.read(|tx| {
            Ok(tx.find_anywhere::<PolicyRecord>(BY_KIND, wanted.kind.word(), &query)?)
        })?;
        for record in &page.items {
            let is_others = record.scope.account != *cx.account();
            if is_others && record.scope.region == *cx.region() && may_see(cx, record, wanted.kind)?
            {
                found.push((record.modified, record.arn.clone()));
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    match wanted.sort {
        SharedResourceSortByType::Arn => found.sort_by(|a, b| a.1.cmp(&b.1)),
        SharedResourceSortByType::ModifiedTime => found.sort(),
    }
    if wanted.order == SortOrderType::Descending {
        found.reverse();
    }
    let name = format!("ListShared/{}/{}/{}", wanted.kind.word(), wanted.sort, wanted.order);
    let after = wanted.token.as_deref().map(|token| PageToken::decode(&name, token)).transpose();
    let after = after.map_err(|_| invalid("Invalid next token provided"))?;
    let begin = after.and_then(|last| found.iter().position(|(_, arn)| *arn == last));
    let mut arns: Vec<String> =
        found.into_iter().skip(begin.map_or(0, |at| at + 1)).map(|(_, arn)| arn).collect();
    let most = wanted.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(listing::PAGE);
    let more = arns.len() > most;
    arns.truncate(most);
    let next = arns.last().filter(|_| more).map(|last| PageToken::encode(&name, last));
    Ok((arns, next))
}

fn may_see(cx: &Cx, record: &PolicyRecord, kind: Kind) -> Result<bool, Error> {
    let policy = attached(record)?;
    Ok(kind.actions().iter().any(|action| {
        let right = Right::new(format!("codebuild:{action}"), record.arn.as_str());
        cx.authorize("codebuild", &right.policy(Some(policy.clone()))).is_ok()
    }))
}
