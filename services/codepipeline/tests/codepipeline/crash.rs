//! What is begun and not known to be done: answers that get lost, yards that die.

use std::time::Duration;

use api_developer::codebuild::BuildStatusType::Succeeded;
use api_developer::codedeploy::DeploymentStatus;
use serde_json::json;
use service::{Yard, YardBuilder};
use types::ManualClock;

use crate::support::{Bench, build, deploy, source, stage};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_started_is_not_started_again_when_the_answer_gets_lost() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    bench.world.state().lost_answers = 2;
    let id = bench
        .create(json!([source(), stage("Build", json!([build("Compile", Some("Built"))])),]))
        .await;
    bench.comes_to(&id, "Succeeded").await;
    assert_eq!(bench.world.state().started.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_are_found_again() {
    let bench = Bench::new().await;
    bench.world.state().prompt = true;
    bench.world.state().lost_answers = 1;
    let id = bench
        .create(json!([source(), stage("Deploy", json!([deploy("Hosts", "SourceArtifact")]))]))
        .await;
    bench.comes_to(&id, "Succeeded").await;
    assert_eq!(bench.world.state().created.len(), 1);
    let action = bench.action(&id, "Hosts").await;
    let found = &action["output"]["executionResult"]["externalExecutionId"];
    assert_eq!(found, "d-000000000");
    let description = bench.world.state().created[0].description.clone().unwrap();
    assert!(description.ends_with(action["actionExecutionId"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_are_found_again_when_their_token_is_forgotten() {
    let clock = ManualClock::new(types::system_clock().now());
    let bench = Bench::with_clock(clock.clone()).await;
    {
        let mut state = bench.world.state();
        state.lost_answers = 1;
        state.forgets_tokens = true;
    }
    bench.create(json!([source(), stage("Build", json!([build("Compile", Some("Built"))]))])).await;
    bench.builds(1).await;
    // The second attempt comes after the pause, which the standing clock keeps open.
    tokio::time::sleep(Duration::from_millis(100)).await;
    clock.advance_millis(10 * 60 * 1000);
    bench.action_waits(1, 0).await;
    assert_eq!(bench.world.builds().len(), 1);
}

/// Another yard on the same store, as after a restart.
async fn restarted(yard: &Yard) -> Yard {
    yard.stop(Duration::ZERO).await;
    YardBuilder {
        config: yard.config().clone(),
        registry: yard.registry().clone(),
        store: yard.store().clone(),
        blobs: yard.blobs().clone(),
        clock: yard.clock().clone(),
        identity: yard.identity().clone(),
        audit: yard.audit().clone(),
    }
    .start()
    .await
    .expect("the yard starts again")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_yard_goes_on() {
    let bench = Bench::new().await;
    let id = bench
        .create(json!([
            source(),
            stage("Build", json!([build("Compile", Some("Built"))])),
            stage("Deploy", json!([deploy("Hosts", "Built")])),
        ]))
        .await;
    let builds = bench.builds(1).await;
    bench.action_waits(1, 0).await;
    let second = restarted(bench.yard.yard()).await;
    bench.world.end_build(&second, &builds[0], Succeeded).await;
    bench.action_waits(2, 0).await;
    // It ends while nobody is there to see.
    second.stop(Duration::ZERO).await;
    let end = bench.world.end_deployment(&second, "d-000000000", DeploymentStatus::Succeeded);
    end.await;
    let _third = restarted(&second).await;
    bench.comes_to(&id, "Succeeded").await;
    let state = bench.world.state();
    assert_eq!((state.started.len(), state.created.len()), (1, 1));
}
