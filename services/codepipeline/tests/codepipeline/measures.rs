//! GetDeliveryMeasures over what pipelines really did.

use api_developer::codedeploy::DeploymentStatus::{Failed, Succeeded};
use serde_json::{Value, json};
use testkit::Keys;

use crate::support::{Bench, deploy, source, stage};

async fn measure(bench: &Bench, keys: &Keys, input: Value) -> (u16, Value) {
    let target = "Codeyard_20261121.GetDeliveryMeasures";
    bench.yard.json_as(keys, "codeyard", target, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_delivery_that_is_retried_is_restored() {
    let bench = Bench::new().await;
    let root = bench.yard.root();
    let stages = json!([source(), stage("Deploy", json!([deploy("Hosts", "SourceArtifact")]))]);
    let id = bench.create(stages).await;
    bench.action_waits(1, 0).await;
    let (_, body) = measure(&bench, &root, json!({})).await;
    assert_eq!(body["active"][0]["pipelineExecutionId"], *id, "{body:#}");
    assert_eq!(body["active"][0]["stageName"], "Deploy");
    assert_eq!((&body["total"]["succeeded"], &body["total"]["failed"]), (&json!(0), &json!(0)));

    let yard = bench.yard.yard();
    bench.world.end_deployment(yard, "d-000000000", Failed).await;
    bench.comes_to(&id, "Failed").await;
    let (_, body) = measure(&bench, &root, json!({"days": 7})).await;
    assert_eq!(body["total"]["failed"], 1, "{body:#}");
    assert_eq!(body["total"]["unrestored"], 1);
    assert_eq!(body["failed"][0]["actionName"], "Hosts");
    assert!(body["failed"][0]["message"].as_str().is_some_and(|it| !it.is_empty()), "{body:#}");
    assert_eq!(body["byDay"].as_array().unwrap().len(), 8);

    let retry = json!({"pipelineName": "p", "stageName": "Deploy", "pipelineExecutionId": id,
                       "retryMode": "FAILED_ACTIONS"});
    bench.ok("RetryStageExecution", retry).await;
    bench.action_waits(1, 0).await;
    bench.world.end_deployment(yard, "d-000000001", Succeeded).await;
    bench.comes_to(&id, "Succeeded").await;
    let (_, body) = measure(&bench, &root, json!({})).await;
    let total = &body["total"];
    assert_eq!((&total["succeeded"], &total["failed"]), (&json!(0), &json!(1)), "{body:#}");
    assert_eq!(total["unrestored"], 0);
    assert!(total["timeToRestoreSeconds"].is_i64());
    assert!(total["leadTimeSeconds"].is_i64());
    assert_eq!(body["pipelines"][0]["pipelineName"], "p");
    assert_eq!(body["failed"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelines_that_one_may_not_see_are_not_measured() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    let stages = json!([source(), stage("Deploy", json!([deploy("Hosts", "SourceArtifact")]))]);
    let id = bench.create(stages).await;
    bench.comes_to(&id, "Succeeded").await;
    let allow = |actions: &[&str]| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": "*"},
        ]})
    };
    let both = ["codepipeline:ListPipelines", "codepipeline:ListPipelineExecutions"];
    let ann = bench.yard.user("ann", allow(&both));
    let rod = bench.yard.user("rod", allow(&both[..1]));
    let eve = bench.yard.user("eve", allow(&both[1..]));
    let (status, body) = measure(&bench, &ann, json!({})).await;
    assert_eq!((status, &body["total"]["succeeded"]), (200, &json!(1)), "{body:#}");
    let (status, body) = measure(&bench, &rod, json!({})).await;
    assert_eq!((status, &body["pipelinesDenied"]), (200, &json!(1)), "{body:#}");
    assert_eq!((&body["total"]["succeeded"], &body["pipelines"]), (&json!(0), &json!([])));
    let (status, body) = measure(&bench, &eve, json!({})).await;
    assert_eq!(status, 400, "{body:#}");
    let (status, _) = measure(&bench, &ann, json!({"days": 91})).await;
    assert_eq!(status, 400);
}
