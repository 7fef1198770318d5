//! The yard is killed after every journalled step of the quickstart's pipeline; each execution must
//! end exactly once, and the deployed application must keep serving meanwhile.

use std::time::Duration;

use crate::harness::{Data, Yard, get};
use crate::quickstart::{Clone, Quickstart, ended, executions, executions_if_up, root};

/// More steps than the pipeline has; the test ends at the first push that kills nothing.
const MOST_STEPS: usize = 200;

#[test]
fn every_execution_ends_exactly_once() {
    let data = Data::new();
    let first = Quickstart::start(&data);
    let urls = first.urls.clone();
    first.stop();
    let clone = {
        let _yard = Yard::up(&data, &[], &[]);
        Clone::new(&data)
    };
    let mut last = "Hello from Codeyard".to_owned();
    for step in 1..MOST_STEPS {
        let kill = step.to_string();
        let mut yard = Yard::up(&data, &[], &[("CODEYARD_KILL_AFTER_STEP", &kill)]);
        clone.git(&["remote", "set-url", "origin", &format!("{}/v1/repos/quickstart", yard.url)]);
        let greeting = format!("Version {step}.");
        let commit = clone.change("app.py", &last, &greeting);
        last = greeting;
        let root_user = root(&data);
        // It dies after that step, unless the pipeline has fewer.
        let killed = loop {
            if yard.died(Duration::from_millis(200)).is_some() {
                break true;
            }
            let found = executions_if_up(&root_user, &commit);
            if found.iter().any(|it| it["status"] == "Succeeded") {
                break false;
            }
        };
        assert!(get(&urls[0]).is_some() || get(&urls[1]).is_some(), "step {step}: nobody serves");
        drop(yard);
        let _yard = Yard::up(&data, &[], &[]);
        let root_user = root(&data);
        let outcome = ended(&root_user, &commit);
        let all = executions(&root_user, &commit);
        assert_eq!(all.len(), 1, "step {step}: started more than once: {all:?}");
        exactly_one_of_each(&root_user, &all[0], step);
        if outcome["status"] == "Succeeded" {
            for url in &urls {
                let page = get(url).unwrap().1;
                assert!(page.contains(&commit), "step {step}: {url} serves {page}");
            }
        } else {
            let why = outcome["statusSummary"].as_str().unwrap_or_default();
            panic!("step {step}: it ended {} because {why}", outcome["status"]);
        }
        if !killed {
            assert!(step > 5, "the pipeline has more steps than {step}");
            return;
        }
    }
    panic!("more than {MOST_STEPS} steps?");
}

/// One build and one deployment, each ended.
fn exactly_one_of_each(root: &crate::harness::User, execution: &serde_json::Value, step: usize) {
    let id = execution["pipelineExecutionId"].as_str().unwrap();
    let filter = format!("pipelineExecutionId={id}");
    let listed = root.aws(&[
        "codepipeline",
        "list-action-executions",
        "--pipeline-name",
        "quickstart",
        "--filter",
        &filter,
    ]);
    let actions = listed["actionExecutionDetails"].as_array().unwrap();
    assert_eq!(actions.len(), 3, "step {step}: {listed}");
    assert!(actions.iter().all(|it| it["status"] != "InProgress"), "step {step}: {listed}");
    let builds =
        root.aws(&["codebuild", "list-builds-for-project", "--project-name", "quickstart"]);
    let ids: Vec<&str> =
        builds["ids"].as_array().unwrap().iter().filter_map(|it| it.as_str()).collect();
    // One for the first push, one for every step so far.
    assert_eq!(ids.len(), step + 1, "step {step}: {ids:?}");
}
