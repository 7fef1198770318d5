//! Report groups: made, changed, shown, listed, deleted.

use api_developer::codebuild::*;
use service::Cx;
use shape::Empty;
use store::{Query, WakeKey};
use wire::Error;

use super::expiry;
use super::model::{self, BY_GROUP, GroupRecord, ReportRecord};
use crate::errors::{self, invalid};
use crate::listing::{self, Wanted};
use crate::model::BY_TIME;
use crate::validate;

/// Characters of a report group's name.
const NAME: std::ops::RangeInclusive<usize> = 2..=128;

/// Checks a report group's name. Names stand in ARNs, whose parts end at colons and slashes.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let fits =
        |(at, c): (usize, char)| c.is_ascii_alphanumeric() || (at > 0 && matches!(c, '-' | '_'));
    if NAME.contains(&name.len()) && name.chars().enumerate().all(fits) {
        return Ok(());
    }
    Err(invalid(format!(
        "Invalid report group name: {:?} must have {} to {} letters, digits, hyphens and \
         underscores, and begin with a letter or a digit",
        types::cut(name, 256),
        NAME.start(),
        NAME.end()
    )))
}

pub(crate) async fn create_report_group(
    cx: Cx,
    input: CreateReportGroupInput,
) -> Result<CreateReportGroupOutput, Error> {
    check_name(&input.name)?;
    let tags = input.tags.unwrap_or_default();
    validate::tags(&tags)?;
    let scope = cx.scope();
    let group = ReportGroup {
        arn: Some(model::group_arn(&scope, &input.name)),
        name: Some(input.name.clone()),
        kind: Some(input.kind),
        export_config: Some(export_config(&cx, input.export_config)?),
        created: Some(cx.now()),
        last_modified: Some(cx.now()),
        tags: Some(tags),
        status: Some(ReportGroupStatusType::Active),
    };
    let (record, answer) = (GroupRecord { name: input.name, group: group.clone() }, group);
    cx.write(move |tx| {
        if tx.exists::<GroupRecord>(&scope, &record.name)? {
            let message =
                format!("Report group already exists: {}", model::group_arn(&scope, &record.name));
            return Err(errors::ALREADY_EXISTS.error(message));
        }
        if tx.count::<GroupRecord>(&scope, model::MAX_GROUPS)? >= model::MAX_GROUPS {
            return Err(errors::LIMIT_EXCEEDED.error(format!(
                "The limit of {} report groups has been reached",
                model::MAX_GROUPS
            )));
        }
        tx.insert(&scope, &record)?;
        Ok(())
    })
    .await?;
    Ok(CreateReportGroupOutput { report_group: Some(answer) })
}

/// Checks where raw results go, and fills in what AWS fills in.
fn export_config(cx: &Cx, mut config: ReportExportConfig) -> Result<ReportExportConfig, Error> {
    let bad = |what: &str| Err(invalid(format!("Invalid export config: {what}")));
    let destination = match (config.export_config_type, &mut config.s3_destination) {
        (None, _) => return bad("exportConfigType is required"),
        (Some(ReportExportConfigType::NoExport), None) => return Ok(config),
        (Some(ReportExportConfigType::NoExport), Some(_)) => {
            return bad("s3Destination needs the exportConfigType S3");
        }
        (Some(ReportExportConfigType::S3), None) => return bad("s3Destination is required"),
        (Some(ReportExportConfigType::S3), Some(destination)) => destination,
    };
    let bucket = destination.bucket.as_deref().unwrap_or_default();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(fits) {
        return bad("bucket must be the name of a bucket");
    }
    let is_account = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    if destination.bucket_owner.as_ref().is_some_and(|owner| !is_account(owner)) {
        return bad("bucketOwner must be the 12 digits of an account");
    }
    if destination.path.as_ref().is_some_and(|path| path.len() > 512) {
        return bad("path must have at most 512 bytes");
    }
    destination.packaging.get_or_insert(ReportPackagingType::None);
    if !*destination.encryption_disabled.get_or_insert(false) {
        destination.encryption_key.get_or_insert_with(|| cx.arn("kms", "alias/aws/s3"));
    }
    Ok(config)
}

pub(crate) async fn update_report_group(
    cx: Cx,
    input: UpdateReportGroupInput,
) -> Result<UpdateReportGroupOutput, Error> {
    if let Some(tags) = &input.tags {
        validate::tags(tags)?;
    }
    let config = input.export_config.map(|config| export_config(&cx, config)).transpose()?;
    let (scope, now, tags, arn) = (cx.scope(), cx.now(), input.tags, input.arn);
    let group = cx
        .write(move |tx| {
            let mut record = GroupRecord::load(tx, &scope, &arn)?;
            if record.is_deleting() {
                return Err(invalid(format!("Report group is being deleted: {arn}")));
            }
            let group = &mut record.group;
            // A member that is given replaces the old one whole; one that isn't stays.
            if config.is_some() {
                group.export_config.clone_from(&config);
            }
            if tags.is_some() {
                group.tags.clone_from(&tags);
            }
            group.last_modified = Some(now);
            tx.update(&scope, &record)?;
            Ok(record.into_inner().group)
        })
        .await?;
    Ok(UpdateReportGroupOutput { report_group: Some(group) })
}

/// Deletes an empty group at once; one with reports, where that is wanted, in the background.
pub(crate) async fn delete_report_group(
    cx: Cx,
    input: DeleteReportGroupInput,
) -> Result<Empty, Error> {
    let (scope, now) = (cx.scope(), cx.now());
    // Deleting what is not there is fine.
    let Some(name) = model::group_name(&scope, &input.arn)?.map(str::to_owned) else {
        return Ok(Empty {});
    };
    let delete_reports = input.delete_reports == Some(true);
    cx.write(move |tx| {
        let Some(mut record) = tx.get::<GroupRecord>(&scope, &name)? else { return Ok(()) };
        let first = tx.by_index::<ReportRecord>(&scope, BY_GROUP, &name, &Query::first(1))?;
        if first.items.is_empty() {
            tx.delete::<GroupRecord>(&scope, &name)?;
            return Ok(());
        }
        if !delete_reports {
            return Err(invalid(format!(
                "Report group has reports: {}. Delete them first, or set deleteReports.",
                model::group_arn(&scope, &name)
            )));
        }
        record.group.status = Some(ReportGroupStatusType::Deleting);
        tx.update(&scope, &record)?;
        tx.wake(&WakeKey::new(expiry::GROUPS, &scope, name.as_str()), now)?;
        Ok(())
    })
    .await?;
    Ok(Empty {})
}

pub(crate) async fn batch_get_report_groups(
    cx: Cx,
    input: BatchGetReportGroupsInput,
) -> Result<BatchGetReportGroupsOutput, Error> {
    let (mut groups, mut missing) = (Vec::new(), Vec::new());
    let scope = cx.scope();
    cx.read(|tx| {
        for arn in &input.report_group_arns {
            let found = match model::group_name(&scope, arn)? {
                Some(name) => tx.get::<GroupRecord>(&scope, name)?,
                None => None,
            };
            match found {
                Some(found) => groups.push(found.into_inner().group),
                None => missing.push(arn.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetReportGroupsOutput {
        report_groups: Some(groups),
        report_groups_not_found: Some(missing),
    })
}

pub(crate) async fn list_report_groups(
    cx: Cx,
    input: ListReportGroupsInput,
) -> Result<ListReportGroupsOutput, Error> {
    let sort = input.sort_by.unwrap_or(ReportGroupSortByType::Name);
    let order = input.sort_order.unwrap_or(SortOrderType::Ascending);
    let wanted = Wanted {
        name: format!("ListReportGroups/{sort}/{order}"),
        index: match sort {
            ReportGroupSortByType::Name => None,
            ReportGroupSortByType::CreatedTime => Some((BY_TIME, "created")),
            ReportGroupSortByType::LastModifiedTime => Some((BY_TIME, "modified")),
        },
        order,
        token: input.next_token.as_deref(),
        limit: listing::limit(input.max_results),
    };
    let scope = cx.scope();
    let (names, next_token) = cx.read(|tx| listing::page::<GroupRecord>(tx, &scope, &wanted))?;
    let arns = names.iter().map(|name| model::group_arn(&scope, name)).collect();
    Ok(ListReportGroupsOutput { report_groups: Some(arns), next_token })
}
