//! Report groups and reports as the store keeps them.

use api_developer::codebuild::{Report, ReportGroup, ReportGroupStatusType, ReportStatusType};
use service::{Cx, Right};
use sha2::{Digest as _, Sha256};
use shape::{Shape, Timestamp};
use store::{Index, Key, ReadTx, Resource, Stored};
use types::{Arn, Scope};
use wire::Error;

use crate::errors;
use crate::model::{BY_TIME, EVERY};
use crate::sharing;

/// Report groups of one account in one region; AWS's quota.
pub(crate) const MAX_GROUPS: usize = 1_000;
/// How long a report is there.
pub(crate) const DAYS: i64 = 30;
/// Reports of a group, by its name, sorted by time.
pub(crate) const BY_GROUP: &str = "by-group";
/// Reports by status, sorted by time.
pub(crate) const BY_STATUS: &str = "by-status";
/// Reports of a group by status (`NAME STATUS`), sorted by time.
pub(crate) const BY_GROUP_STATUS: &str = "by-group-status";

/// A report group.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct GroupRecord {
    pub name: String,
    pub group: ReportGroup,
}

impl Resource for GroupRecord {
    const KIND: &'static str = "codebuild.report-group";

    fn key(&self) -> String {
        self.name.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let time = |at: Option<Timestamp>| Key::new().time(at.unwrap_or_default());
        vec![
            Index::new(BY_TIME, "created").sorted_by(time(self.group.created)),
            Index::new(BY_TIME, "modified").sorted_by(time(self.group.last_modified)),
        ]
    }
}

impl GroupRecord {
    /// The group of an ARN.
    pub fn load(tx: &ReadTx<'_>, scope: &Scope, arn: &str) -> Result<Stored<Self>, Error> {
        let missing = || {
            errors::NOT_FOUND
                .error(format!("Report group cannot be found: {}", types::cut(arn, 256)))
        };
        let name = group_name(scope, arn)?.ok_or_else(missing)?;
        tx.get(scope, name)?.ok_or_else(missing)
    }

    /// It and its reports are being deleted.
    pub fn is_deleting(&self) -> bool {
        self.group.status == Some(ReportGroupStatusType::Deleting)
    }
}

/// A report.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct ReportRecord {
    /// `GROUP:UUID`
    pub id: String,
    pub report: Report,
    /// What the build was of: the resolved version of its primary source.
    pub source_version: Option<String>,
    /// The build's project.
    pub project: String,
    /// Test cases that passed in the end, after attempts that failed.
    pub flaky_cases: i64,
    /// Of a fan-out's build: the group of the report that it is merged into.
    pub merges_into: Option<String>,
}

impl Resource for ReportRecord {
    const KIND: &'static str = "codebuild.report";

    fn key(&self) -> String {
        self.id.clone()
    }

    fn indexes(&self) -> Vec<Index> {
        let created = || Key::new().time(self.report.created.unwrap_or_default());
        let status = self.report.status.unwrap_or(ReportStatusType::Generating);
        let group = self.group();
        vec![
            Index::new(BY_TIME, EVERY).sorted_by(created()),
            Index::new(BY_GROUP, group).sorted_by(created()),
            Index::new(BY_STATUS, status.as_str()).sorted_by(created()),
            Index::new(BY_GROUP_STATUS, format!("{group} {status}")).sorted_by(created()),
        ]
    }
}

impl ReportRecord {
    /// The name of its group.
    pub fn group(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(group, _)| group)
    }

    /// What its rows are kept under.
    pub fn uuid(&self) -> &str {
        self.id.rsplit_once(':').map_or("", |(_, uuid)| uuid)
    }

    /// Its time is over: it is there for nobody, swept or not.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.report.expired.is_some_and(|expired| expired <= now)
    }

    /// The report of an ARN, unless it has expired. What is wrong with the ARN is an error.
    pub fn find(
        tx: &ReadTx<'_>,
        scope: &Scope,
        arn: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let Some(id) = report_id(scope, arn)? else { return Ok(None) };
        let found = tx.get::<Self>(scope, id)?.map(Stored::into_inner);
        Ok(found.filter(|record| !record.is_expired(now)))
    }
}

/// The uuid of a report that is made from these: the same whenever it is made again.
pub(crate) fn uuid(parts: &[&str]) -> String {
    let mut digest = Sha256::new_with_prefix("report");
    for part in parts {
        digest.update([0]);
        digest.update(part);
    }
    let digits = hex::encode(digest.finalize());
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// A report group's ARN.
pub(crate) fn group_arn(scope: &Scope, name: &str) -> String {
    arn(scope, &format!("report-group/{name}"))
}

/// A report's ARN.
pub(crate) fn report_arn(scope: &Scope, id: &str) -> String {
    arn(scope, &format!("report/{id}"))
}

fn arn(scope: &Scope, resource: &str) -> String {
    Arn::new("codebuild", scope.region.as_str(), scope.account.as_str(), resource).to_string()
}

/// The name in a report group's ARN; none if it is another account's or region's.
pub(crate) fn group_name<'a>(scope: &Scope, arn: &'a str) -> Result<Option<&'a str>, Error> {
    if !is_arn_of(arn, "report-group/") {
        return Err(errors::invalid(format!("Invalid report group ARN: {}", types::cut(arn, 256))));
    }
    Ok(arn.strip_prefix(&group_arn(scope, "")))
}

/// The id in a report's ARN; none if it is another account's or region's.
pub(crate) fn report_id<'a>(scope: &Scope, arn: &'a str) -> Result<Option<&'a str>, Error> {
    if !is_arn_of(arn, "report/") {
        return Err(errors::invalid(format!("Invalid report ARN: {}", types::cut(arn, 256))));
    }
    Ok(arn.strip_prefix(&report_arn(scope, "")))
}

fn is_arn_of(arn: &str, kind: &str) -> bool {
    let parsed: Option<Arn> = arn.parse().ok();
    parsed.is_some_and(|arn| arn.service == "codebuild" && arn.resource.starts_with(kind))
}

/// A right on a report group, with its tags as condition keys.
pub(crate) fn right(cx: &Cx, action: &str, arn: &str) -> Result<Right, Error> {
    let scope = cx.scope();
    let mut right = Right::new(format!("codebuild:{action}"), arn);
    let Some(name) = group_name(&scope, arn)? else { return Ok(right) };
    let found = cx.read(|tx| Ok(tx.get::<GroupRecord>(&scope, name)?))?;
    for tag in found.iter().flat_map(|found| found.group.tags.iter().flatten()) {
        if let (Some(key), Some(value)) = (&tag.key, &tag.value) {
            right = right.with(format!("aws:ResourceTag/{key}"), value.clone());
        }
    }
    sharing::with_policy(cx, right)
}

/// A right on the group of a report.
pub(crate) fn right_of_report(cx: &Cx, action: &str, arn: &str) -> Result<Right, Error> {
    // Checked for what it is; another account's is told by its right alone.
    report_id(&cx.scope(), arn)?;
    let group = arn.replacen(":report/", ":report-group/", 1);
    let group = group.rsplit_once(':').map_or(group.as_str(), |(group, _)| group);
    right(cx, action, group)
}

#[cfg(test)]
mod tests {
    #[test]
    fn uuids_are_the_same_again() {
        let uuid = super::uuid(&["b", "0"]);
        assert_eq!(uuid, super::uuid(&["b", "0"]));
        assert_ne!(uuid, super::uuid(&["b", "1"]));
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
