//! Writes docs/guide/codecommit-events.md from the events that the code makes, and checks that it
//! is what was written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api_developer::codecommit::{
    ApprovalRule, ApprovalState, ConflictDetailLevelTypeEnum as Level,
    ConflictResolutionStrategyTypeEnum as Strategy, MergeMetadata, MergeOptionTypeEnum,
    OverrideStatus,
};
use auth::policy::Principal;
use git::{Oid, RefUpdate};
use serde_json::json;
use service::{Caller, Grants};
use store::{Event, Stored};
use types::{Account, Region, Scope, Timestamp};

use super::comments::OnComment;
use super::templates::{Change, template_changed};
use super::{comments, pull_requests, reference_changed, unreferenced_merge_commit_created};
use crate::approvals::model::Template;
use crate::comments::{Kept, ReactionValue};
use crate::merges::Facts;
use crate::model::Repository;
use crate::pull_requests::history::{By, What};
use crate::pull_requests::model::{Found, PullRequest};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/guide/codecommit-events.md");

const HEAD: &str = "\
# CodeCommit's events

What CodeCommit announces on the default event bus, for EventBridge rules. The source is `aws.codecommit`, and the
events are committed in the transaction of the change they tell of. Names and fields are those of
[AWS's guide](https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html); the wording of
`notificationBody` is this yard's own. `displayName` and `emailAddress` are there where the caller's session has tags
of these names; `description`, `beforeCommitId` and `inReplyTo` where there is one. A test writes this page from the
code.
";

/// An event, and when it is announced.
struct Sample {
    event: Event,
    when: &'static str,
}

fn scope() -> Scope {
    let account = Account::new("123456789012").unwrap();
    Scope::new(account, Region::new("us-east-1").unwrap())
}

fn by() -> By {
    let arn = "arn:aws:iam::123456789012:user/ann".to_owned();
    let tag = |name: &str| (format!("aws:PrincipalTag/{name}"), vec!["Ann".to_owned()]);
    By {
        caller: Caller {
            account: scope().account,
            principal: Principal::User { arn: arn.clone(), id: "AIDA".to_owned() },
            arn,
            user_id: "AIDA".to_owned(),
            access_key_id: None,
            grants: Arc::new(Grants::default()),
            context: vec![tag("displayName"), tag("emailAddress")],
            expires: None,
        },
        now: Timestamp::from_millis(0),
    }
}

fn repository() -> Stored<Repository> {
    let value = Repository { name: "r".to_owned(), id: "id".to_owned(), ..Repository::default() };
    Stored { value, version: 1, scope: scope() }
}

fn references() -> Vec<Sample> {
    let (one, two) = (Some(Oid::from_bytes([1; 20])), Some(Oid::from_bytes([2; 20])));
    let sample = |old: Option<Oid>, new: Option<Oid>, when: &'static str| {
        let update = RefUpdate { name: "refs/heads/main".to_owned(), old, new };
        let by = by();
        Sample { event: reference_changed(&repository(), &update, &by.caller.arn, by.now), when }
    };
    let facts = Facts {
        option: MergeOptionTypeEnum::ThreeWayMerge,
        level: Level::default(),
        strategy: Strategy::default(),
        source: Oid::ZERO,
        destination: Oid::ZERO,
        base: Oid::ZERO,
    };
    let mut merged = sample(one, two, "a merge by the API moved it");
    merged.event.detail.as_object_mut().unwrap().extend(facts.detail());
    let (arn, now) = (by().caller.arn, by().now);
    let mut commit = facts.detail();
    commit.insert("commitId".to_owned(), json!(""));
    vec![
        sample(None, one, "a branch or tag was made"),
        sample(one, two, "it points elsewhere"),
        merged,
        sample(one, None, "it was deleted"),
        Sample {
            event: unreferenced_merge_commit_created(&repository(), commit, &arn, now),
            when: "a merge was tried by CreateUnreferencedMergeCommit",
        },
    ]
}

fn when(what: &What<'_>) -> &'static str {
    match what {
        What::Created => "a pull request was created",
        What::SourceUpdated => "its source was pushed to: a new revision",
        What::Closed => "it was closed unmerged, by a caller or as a branch was deleted",
        What::Merged(_) => "it was merged, by a call or by a pushed fast-forward, and so closed",
        What::RuleCreated(_) => "it got an approval rule, by a caller or from a template",
        What::RuleUpdated(_) => "the content of a rule was changed",
        What::RuleDeleted(_) => "a rule was deleted",
        What::RulesOverridden(_) => "its rules were set aside, or that was taken back",
        What::ApprovalChanged(_) => "a user approved it, or took that back",
    }
}

fn on_pull_requests() -> Vec<Sample> {
    let pull_request = PullRequest { description: Some("d".to_owned()), ..PullRequest::default() };
    let pull_request = Stored { value: pull_request, version: 1, scope: scope() };
    let found = Found { pull_request, repository: repository() };
    let rule = ApprovalRule::default();
    let merged = MergeMetadata {
        merge_option: Some(MergeOptionTypeEnum::default()),
        ..MergeMetadata::default()
    };
    let all = [
        What::Created,
        What::SourceUpdated,
        What::Closed,
        What::Merged(&merged),
        What::RuleCreated(&rule),
        What::RuleUpdated(&rule),
        What::RuleDeleted(&rule),
        What::RulesOverridden(OverrideStatus::Override),
        What::ApprovalChanged(ApprovalState::Approve),
    ];
    let sample = |what: What<'_>| Sample {
        event: pull_requests::happened(&found, &by(), &what),
        when: when(&what),
    };
    all.map(sample).into()
}

fn on_templates() -> Vec<Sample> {
    let (one, ids) = (repository(), BTreeMap::from([("r".to_owned(), "id".to_owned())]));
    let mut changes = vec![
        (Change::Created, "a template was created"),
        (Change::Updated, "its content, description or name was changed"),
        (Change::Deleted, "it was deleted"),
    ];
    for associated in [true, false] {
        let when = match associated {
            true => ("it applies to a repository now", "it applies to several more now"),
            false => ("it no longer applies to one", "it no longer applies to several"),
        };
        changes.push((Change::One { repository: &one, associated }, when.0));
        changes.push((Change::Many { repositories: &ids, associated }, when.1));
    }
    let sample = |(change, when): (Change<'_>, &'static str)| Sample {
        event: template_changed(&scope(), &Template::default(), &by(), &change),
        when,
    };
    changes.into_iter().map(sample).collect()
}

fn on_comments() -> Vec<Sample> {
    let mut samples = Vec::new();
    for pull_request in [None, Some("1".to_owned())] {
        for updated in [false, true] {
            let kept = Kept {
                pull_request: pull_request.clone(),
                before_commit: Some(String::new()),
                in_reply_to: Some(String::new()),
                ..Kept::default()
            };
            let (repository, by) = (repository(), by());
            let comment =
                OnComment { comment: &kept, repository: &repository, caller: &by.caller, updated };
            let when = match updated {
                false => "somebody commented or replied",
                true => "a comment's content was changed",
            };
            samples.push(Sample { event: comment.event(by.now), when });
        }
    }
    for (updated, when) in [(false, "a user reacted"), (true, "a user changed a reaction")] {
        let (repository, by) = (repository(), by());
        let reaction = ReactionValue::parse(":thumbsup:");
        let event = comments::reaction(&repository, "id", reaction, updated, &by.caller, by.now);
        samples.push(Sample { event, when });
    }
    samples
}

fn fields(event: &Event) -> BTreeSet<String> {
    event.detail.as_object().unwrap().keys().cloned().collect()
}

fn listed(fields: impl Iterator<Item = String>) -> String {
    fields.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn page(samples: &[Sample]) -> String {
    let mut detail_types: Vec<&str> = Vec::new();
    for sample in samples {
        if !detail_types.contains(&sample.event.detail_type.as_str()) {
            detail_types.push(&sample.event.detail_type);
        }
    }
    let mut page = HEAD.to_owned();
    for detail_type in detail_types {
        let these: Vec<_> =
            samples.iter().filter(|sample| sample.event.detail_type == detail_type).collect();
        let mut common = fields(&these[0].event);
        for sample in &these {
            common.retain(|name| fields(&sample.event).contains(name));
        }
        page.push_str(&format!("\n## {detail_type}\n\n"));
        page.push_str(&format!("In all of them: {}.\n\n", listed(common.iter().cloned())));
        page.push_str("| event | when | and also |\n|---|---|---|\n");
        for sample in these {
            let name = sample.event.detail["event"].as_str().unwrap();
            let more = listed(fields(&sample.event).into_iter().filter(|it| !common.contains(it)));
            page.push_str(&format!("| `{name}` | {} | {more} |\n", sample.when));
        }
    }
    page
}

#[test]
fn the_guide_lists_what_is_announced() {
    let all = [references(), on_pull_requests(), on_templates(), on_comments()];
    let samples: Vec<Sample> = all.into_iter().flatten().collect();
    let listed: BTreeSet<&str> = samples.iter().map(|it| it.event.detail_type.as_str()).collect();
    let service = crate::service();
    let declared = service.operations.iter().flat_map(|row| row.events).copied();
    assert_eq!(listed, declared.collect(), "the page and the table's rows name the same");
    let written = page(&samples);
    if std::env::var_os("CODEYARD_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &written).unwrap();
    }
    let kept = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        kept == written,
        "docs/guide/codecommit-events.md is out of date: run this test with CODEYARD_WRITE_DOCS=1"
    );
}
