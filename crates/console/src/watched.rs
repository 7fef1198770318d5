//! Which events are told to whom: to those who may read the resource that they are about. One that
//! is not in this table is told to nobody.

use service::Right;
use store::Event;

/// That something changed, and who may know of it.
pub(crate) struct Change {
    pub arn: String,
    /// The service whose resource it is.
    pub service: &'static str,
    /// What reading it takes.
    pub right: Right,
}

/// By source of events: the service, the action that reads the resource, and the ARN that this
/// action is on, made from the ARN that the event names.
type Row = (&'static str, &'static str, &'static str, fn(&str) -> String);

const ROWS: &[Row] = &[
    ("aws.codebuild", "codebuild", "codebuild:BatchGetBuilds", project_of_build),
    ("aws.codecommit", "codecommit", "codecommit:GetRepository", str::to_owned),
    // Events of instances name the instance first; reading a deployment is a right on its group.
    ("aws.codedeploy", "codedeploy", "codedeploy:GetDeployment", str::to_owned),
    ("aws.codepipeline", "codepipeline", "codepipeline:GetPipelineState", str::to_owned),
    ("aws.kms", "kms", "kms:DescribeKey", str::to_owned),
    // Who may list parameters knows their names and when they change, if not their values.
    ("aws.ssm", "ssm", "ssm:DescribeParameters", everything_beside),
];

/// The change that an event tells of.
pub(crate) fn change(event: &Event) -> Option<Change> {
    let is_group = |arn: &&String| arn.contains(":deploymentgroup:");
    let arn = event.resources.iter().find(is_group).or(event.resources.first())?;
    let (_, service, action, on) = ROWS.iter().find(|(source, ..)| *source == event.source)?;
    Some(Change { arn: arn.clone(), service, right: Right::new(*action, on(arn)) })
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
        assert_eq!((told.arn.as_str(), told.right.resource.as_str()), (group, group));
        let parameter = "arn:aws:ssm:us-east-1:1:parameter/a/b";
        assert_eq!(everything_beside(parameter), "arn:aws:ssm:us-east-1:1:*");
        let unknown = Event {
            source: "com.example".to_owned(),
            resources: vec!["arn:aws:kms:us-east-1:1:key/k".to_owned()],
            ..Event::default()
        };
        assert!(change(&unknown).is_none());
    }
}
