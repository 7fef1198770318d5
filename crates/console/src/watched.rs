//! Which events are told to whom: to those who may read the resource that they are about. One that
//! is not in this table is told to nobody.

use serde_json::{Value, json};
use service::{Cx, Right};
use store::Event;

/// That something changed, and who may know of it.
pub(crate) struct Change {
    pub arn: String,
    row: &'static Row,
}

/// What reading a resource takes, by the source of its events.
struct Row {
    source: &'static str,
    service: &'static str,
    /// The action that reads it.
    action: &'static str,
    /// An operation that is on the same resource, and its input for the ARN that the event names:
    /// they tell the conditions and the policy of that resource.
    operation: &'static str,
    input: fn(&str) -> Value,
    /// The ARN that the action is on, which is all that decides once the resource is gone.
    on: fn(&str) -> String,
}

const ROWS: &[Row] = &[
    Row {
        source: "aws.codebuild",
        service: "codebuild",
        action: "codebuild:BatchGetBuilds",
        operation: "BatchGetProjects",
        input: |arn| json!({ "names": [last(&project_of_build(arn), '/')] }),
        on: project_of_build,
    },
    Row {
        source: "aws.codecommit",
        service: "codecommit",
        action: "codecommit:GetRepository",
        operation: "GetRepository",
        input: |arn| json!({ "repositoryName": last(arn, ':') }),
        on: str::to_owned,
    },
    // Events of instances name the instance first; reading a deployment is a right on its group.
    Row {
        source: "aws.codedeploy",
        service: "codedeploy",
        action: "codedeploy:GetDeployment",
        operation: "GetDeploymentGroup",
        input: |arn| {
            let (application, group) = last(arn, ':').split_once('/').unwrap_or_default();
            json!({ "applicationName": application, "deploymentGroupName": group })
        },
        on: str::to_owned,
    },
    Row {
        source: "aws.codepipeline",
        service: "codepipeline",
        action: "codepipeline:GetPipelineState",
        operation: "GetPipelineState",
        input: |arn| json!({ "name": last(arn, ':') }),
        on: str::to_owned,
    },
    Row {
        source: "aws.ecr",
        service: "ecr",
        action: "ecr:DescribeImages",
        operation: "DescribeImages",
        input: |arn| {
            let (_, name) = arn.split_once(":repository/").unwrap_or_default();
            json!({ "repositoryName": name })
        },
        on: str::to_owned,
    },
    Row {
        source: "aws.kms",
        service: "kms",
        action: "kms:DescribeKey",
        operation: "DescribeKey",
        input: |arn| json!({ "KeyId": arn }),
        on: str::to_owned,
    },
    // Who may list parameters knows their names and when they change, if not their values.
    Row {
        source: "aws.ssm",
        service: "ssm",
        action: "ssm:DescribeParameters",
        operation: "DescribeParameters",
        input: |_| json!({}),
        on: everything_beside,
    },
];

/// The change that an event tells of.
pub(crate) fn change(event: &Event) -> Option<Change> {
    let row = ROWS.iter().find(|row| row.source == event.source)?;
    let is_group = |arn: &&String| arn.contains(":deploymentgroup:");
    let named = event.resources.iter().find(is_group).or(event.resources.first()).cloned();
    let arn = named.or_else(|| repository_of(event))?;
    Some(Change { arn, row })
}

/// ECR's events name no resources, as in AWS, but a repository.
fn repository_of(event: &Event) -> Option<String> {
    let name = event.detail.get("repository-name")?.as_str()?;
    let arn = format!("arn:aws:ecr:{}:{}:repository/{name}", event.region, event.account);
    (event.source == "aws.ecr").then_some(arn)
}

impl Change {
    /// What the decision on it depends on, for one caller.
    pub(crate) fn subject(&self) -> String {
        format!("{} {}", self.row.action, (self.row.on)(&self.arn))
    }

    /// Whether the caller may read what has changed.
    pub(crate) fn may_be_told(&self, cx: &Cx) -> bool {
        let Row { service, action, operation, input, on, .. } = self.row;
        let rights = cx.rights_of(service, operation, &input(&self.arn));
        let rights = rights.unwrap_or_else(|_| vec![Right::new(*action, on(&self.arn))]);
        let may = |mut right: Right| {
            right.action = (*action).to_owned();
            cx.authorize(service, &right).is_ok()
        };
        rights.into_iter().all(may)
    }
}

/// What stands behind the last separator.
fn last(arn: &str, separator: char) -> &str {
    arn.rsplit(separator).next().unwrap_or_default()
}

/// Rights on builds and batches are rights on their project.
fn project_of_build(arn: &str) -> String {
    for kind in [":build/", ":build-batch/"] {
        if let Some((front, id)) = arn.split_once(kind) {
            let project = id.split(':').next().unwrap_or_default();
            return format!("{front}:project/{project}");
        }
    }
    arn.to_owned()
}

/// All that the service has in the account and region of an ARN: rights to list are on that.
fn everything_beside(arn: &str) -> String {
    let front: Vec<&str> = arn.splitn(6, ':').take(5).collect();
    format!("{}:*", front.join(":"))
}

/// A server-sent event.
pub(crate) fn message(arn: &str, event: &Event) -> Vec<u8> {
    let data = serde_json::json!({
        "arn": arn, "detailType": event.detail_type, "time": event.time.iso8601(),
    });
    format!("event: change\ndata: {data}\n\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_to_those_who_may_read_what_they_are_of() {
        let front = "arn:aws:codebuild:us-east-1:1:";
        assert_eq!(project_of_build(&format!("{front}build/p:1-2")), format!("{front}project/p"));
        let batch = format!("{front}build-batch/p:1-2");
        assert_eq!(project_of_build(&batch), format!("{front}project/p"));
        let group = "arn:aws:codedeploy:us-east-1:1:deploymentgroup:a/g";
        let instance = Event {
            source: "aws.codedeploy".to_owned(),
            resources: vec!["arn:aws:codedeploy:us-east-1:1:instance/i".into(), group.into()],
            ..Event::default()
        };
        let told = change(&instance).unwrap();
        assert_eq!(told.arn, group);
        assert_eq!(told.subject(), format!("codedeploy:GetDeployment {group}"));
        let parameter = "arn:aws:ssm:us-east-1:1:parameter/a/b";
        assert_eq!(everything_beside(parameter), "arn:aws:ssm:us-east-1:1:*");
        let image = Event {
            source: "aws.ecr".to_owned(),
            account: "1".to_owned(),
            region: "us-east-1".to_owned(),
            detail: json!({ "repository-name": "team/app" }),
            ..Event::default()
        };
        let told = change(&image).unwrap();
        let repository = "arn:aws:ecr:us-east-1:1:repository/team/app";
        assert_eq!(told.subject(), format!("ecr:DescribeImages {repository}"));
        assert_eq!((told.row.input)(&told.arn), json!({ "repositoryName": "team/app" }));
        assert!(change(&Event { detail: json!({}), ..image.clone() }).is_none());
        let other = Event { source: "aws.kms".to_owned(), ..image };
        assert!(change(&other).is_none(), "a repository is ECR's");
        let unknown = Event {
            source: "com.example".to_owned(),
            resources: vec!["arn:aws:kms:us-east-1:1:key/k".to_owned()],
            ..Event::default()
        };
        assert!(change(&unknown).is_none());
    }
}
