//! Who may do what: callers of the API, and pipelines as their roles.

use serde_json::{Value, json};

use crate::support::{Bench, approval, build, refusal, source, stage};

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": resource},
    ]})
}

const ARN: &str = "arn:aws:codepipeline:us-east-1:123456789012:p";

#[tokio::test(flavor = "multi_thread")]
async fn handing_over_a_role_needs_pass_role() {
    let bench = Bench::new().await;
    let input = json!({"pipeline":
        bench.pipeline(json!([source(), stage("Ask", json!([approval("Ask")]))]))});
    let eve = bench.yard.user("eve", allow(&["codepipeline:*"], "*"));
    let (status, body) = bench.call_as(&eve, "CreatePipeline", input.clone()).await;
    let (code, message) = refusal(&body);
    assert_eq!((status, code.as_str()), (400, "AccessDeniedException"), "{body}");
    assert!(message.contains("iam:PassRole"), "{message}");
    let both = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codepipeline:CreatePipeline", "Resource": ARN},
        {"Effect": "Allow", "Action": "iam:PassRole", "Resource": bench.role,
         "Condition": {"StringEquals": {"iam:PassedToService": "codepipeline.amazonaws.com"}}},
    ]});
    let adam = bench.yard.user("adam", both);
    let (status, body) = bench.call_as(&adam, "CreatePipeline", input).await;
    assert_eq!(status, 200, "{body}");
    let (status, _) = bench.call_as(&adam, "GetPipeline", json!({"name": "p"})).await;
    assert_eq!(status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_are_rights_on_one_action() {
    let bench = Bench::new().await;
    bench.create(json!([source(), stage("Ask", json!([approval("Ask")]))])).await;
    let token = bench.action_waits(1, 0).await["token"].clone();
    let input = json!({
        "pipelineName": "p", "stageName": "Ask", "actionName": "Ask", "token": token,
        "result": {"summary": "", "status": "Approved"},
    });
    let put = &["codepipeline:PutApprovalResult"];
    let eve = bench.yard.user("eve", allow(put, &format!("{ARN}/Ask/Other")));
    let (status, body) = bench.call_as(&eve, "PutApprovalResult", input.clone()).await;
    assert_eq!((status, refusal(&body).0.as_str()), (400, "AccessDeniedException"));
    let adam = bench.yard.user("adam", allow(put, &format!("{ARN}/Ask/Ask")));
    let (status, body) = bench.call_as(&adam, "PutApprovalResult", input).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_conditions() {
    let bench = Bench::new().await;
    let input = json!({
        "pipeline": bench.pipeline(json!([source(), stage("Ask", json!([approval("Ask")]))])),
        "tags": [{"key": "team", "value": "red"}],
    });
    bench.ok("CreatePipeline", input).await;
    let of_team = |team: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codepipeline:GetPipeline", "Resource": "*",
             "Condition": {"StringEquals": {"aws:ResourceTag/team": team}}},
        ]})
    };
    for (team, want) in [("red", 200), ("blue", 400)] {
        let user = bench.yard.user(team, of_team(team));
        let (status, body) = bench.call_as(&user, "GetPipeline", json!({"name": "p"})).await;
        assert_eq!(status, want, "{body}");
    }
}

/// What comes of a pipeline whose role lacks one right.
async fn without(right: &str) -> (String, String, String) {
    let bench = Bench::new().await;
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": right, "Resource": "*"},
    ]});
    bench.yard.role("pipeline", policy);
    let id = bench.create(json!([source(), stage("Build", json!([build("Compile", None)]))])).await;
    bench.comes_to(&id, "Failed").await;
    let failed = bench.actions(&id).await.remove(0);
    let error = &failed["output"]["executionResult"]["errorDetails"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&failed["actionName"]), text(&error["code"]), text(&error["message"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelines_act_as_their_roles() {
    for (right, action) in [
        ("codecommit:GetBranch", "Take"),
        ("codecommit:UploadArchive", "Take"),
        ("s3:PutObject", "Take"),
        ("codebuild:StartBuild", "Compile"),
        ("codebuild:BatchGetBuilds", "Compile"),
    ] {
        let (failed, code, message) = without(right).await;
        assert_eq!((failed.as_str(), code.as_str()), (action, "PermissionError"), "{message}");
        assert!(message.contains(right), "{right}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_gone_fails_the_action() {
    let bench = Bench::new().await;
    let mut compile = build("Compile", None);
    compile["roleArn"] = json!("arn:aws:iam::123456789012:role/nobody");
    let id = bench.create(json!([source(), stage("Build", json!([compile]))])).await;
    bench.comes_to(&id, "Failed").await;
    let failed = bench.action(&id, "Compile").await;
    let error = &failed["output"]["executionResult"]["errorDetails"];
    assert!(error["message"].as_str().unwrap().contains("nobody"), "{error}");
    assert!(bench.world.builds().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_have_roles_of_their_own() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    let builder = bench
        .yard
        .role("builder", allow(&["codebuild:StartBuild", "codebuild:BatchGetBuilds"], "*"));
    let mut compile = build("Compile", None);
    compile["roleArn"] = json!(builder);
    let stages = json!([source(), stage("Build", json!([compile]))]);
    let mut policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["codecommit:*", "s3:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": builder},
    ]});
    bench.yard.role("pipeline", policy.clone());
    let id = bench.create(stages).await;
    bench.comes_to(&id, "Failed").await;
    let failed = bench.action(&id, "Compile").await;
    let error = &failed["output"]["executionResult"]["errorDetails"];
    assert_eq!(error["code"], "PermissionError", "{error}");
    assert_eq!(failed["input"]["roleArn"], builder);

    policy["Statement"][1]["Effect"] = json!("Allow");
    bench.yard.role("pipeline", policy);
    let retry = json!({"pipelineName": "p", "stageName": "Build", "pipelineExecutionId": id,
                       "retryMode": "FAILED_ACTIONS"});
    bench.ok("RetryStageExecution", retry).await;
    bench.comes_to(&id, "Succeeded").await;
}
