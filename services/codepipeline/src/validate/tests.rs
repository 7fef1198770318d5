//! Structures that are refused, each a change of one that is not.

use serde_json::{Value, json};

use super::*;

const REGION: &str = "us-east-1";

fn good() -> Value {
    json!({
        "name": "p",
        "roleArn": "arn:aws:iam::123456789012:role/p",
        "artifactStore": {"type": "S3", "location": "bucket"},
        "stages": [
            {"name": "Source", "actions": [{
                "name": "Take",
                "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
                "configuration": {"RepositoryName": "r", "BranchName": "main"},
                "outputArtifacts": [{"name": "Sources"}],
                "namespace": "SourceVariables",
            }]},
            {"name": "Build", "actions": [{
                "name": "Compile",
                "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
                "configuration": {
                    "ProjectName": "b",
                    "EnvironmentVariables":
                        "[{\"name\":\"C\",\"value\":\"#{SourceVariables.CommitId}\"}]",
                },
                "inputArtifacts": [{"name": "Sources"}],
                "outputArtifacts": [{"name": "Built"}],
            }]},
            {"name": "Deploy", "actions": [
                {
                    "name": "Ask",
                    "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"},
                    "configuration": {"CustomData": "#{codepipeline.PipelineExecutionId}"},
                },
                {
                    "name": "Put",
                    "runOrder": 2,
                    "actionTypeId": {"category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1"},
                    "configuration": {"BucketName": "site", "Extract": "true"},
                    "inputArtifacts": [{"name": "Built"}],
                },
            ]},
        ],
    })
}

fn read(value: &Value) -> PipelineDeclaration {
    let mut declaration = PipelineDeclaration::default();
    shape::json::from_value(&mut declaration, value).unwrap();
    declaration
}

#[test]
fn a_good_structure_passes_and_is_filled_in() {
    let declaration = normalize(read(&good()), 3);
    check(&declaration, REGION).unwrap();
    let shown = shape::json::to_value(&declaration);
    assert_eq!(shown["version"], 3);
    assert_eq!(shown["pipelineType"], "V1");
    assert_eq!(shown["executionMode"], "SUPERSEDED");
    assert_eq!(shown["stages"][0]["actions"][0]["runOrder"], 1);
    assert_eq!(shown["stages"][0]["actions"][0]["inputArtifacts"], json!([]));
}

#[test]
fn artifact_stores_of_the_region_alone_pass() {
    let mut value = good();
    let store = value.as_object_mut().unwrap().remove("artifactStore").unwrap();
    value["artifactStores"] = json!({ REGION: store });
    let declaration = read(&value);
    check(&declaration, REGION).unwrap();
    assert_eq!(artifact_store(&declaration).unwrap().location, "bucket");
}

/// What is changed (a JSON pointer and a value; null takes it away), the code and a word of the
/// message.
type Case<'a> = (&'a str, Value, &'a str, &'a str);

fn refused(cases: &[Case<'_>]) {
    for (pointer, new, code, word) in cases {
        let mut value = good();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = value.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
        match (parent, new) {
            (Value::Object(parent), Value::Null) => {
                parent.remove(member).unwrap();
            }
            (Value::Object(parent), new) => {
                parent.insert(member.to_owned(), new.clone());
            }
            (Value::Array(parent), new) => {
                let at: usize = member.parse().unwrap();
                if new.is_null() {
                    parent.remove(at);
                } else if at < parent.len() {
                    parent[at] = new.clone();
                } else {
                    parent.push(new.clone());
                }
            }
            _ => panic!("{pointer}"),
        }
        let error = check(&read(&value), REGION).expect_err(pointer);
        assert_eq!(error.code, *code, "{pointer} {new}: {error}");
        assert!(error.message.contains(word), "{pointer} {new}: {error}");
    }
}

#[test]
fn structures_are_refused() {
    let source = good()["stages"][0]["actions"][0].clone();
    let store = json!({"type": "S3", "location": "bucket"});
    const STRUCTURE: &str = "InvalidStructureException";
    const STAGE: &str = "InvalidStageDeclarationException";
    refused(&[
        ("/artifactStore", Value::Null, STRUCTURE, "artifactStore"),
        ("/artifactStores", json!({ REGION: store }), STRUCTURE, "Only one"),
        ("/executionMode", json!("QUEUED"), STRUCTURE, "QUEUED"),
        ("/variables", json!([{"name": "v"}]), STRUCTURE, "variables"),
        (
            "/triggers",
            json!([{"providerType": "CodeStarSourceConnection",
                    "gitConfiguration": {"sourceActionName": "Take"}}]),
            STRUCTURE,
            "triggers",
        ),
        ("/stages", json!([good()["stages"][0]]), STRUCTURE, "only 1 stage(s)"),
        ("/stages/1/name", json!("Source"), STAGE, "unique"),
        ("/stages/1/actions", json!([]), STAGE, "at least one"),
        ("/stages/0", good()["stages"][1].clone(), STAGE, "only source actions"),
        ("/stages/1/actions/1", source, STAGE, "Only the first stage"),
        ("/stages/1/onFailure", json!({"result": "ROLLBACK"}), STAGE, "onFailure"),
        ("/stages/1/beforeEntry", json!({"conditions": [{}]}), STAGE, "beforeEntry"),
        (
            "/stages/1/blockers",
            json!([{"name": "b", "type": "Schedule"}]),
            "InvalidBlockerDeclarationException",
            "blockers",
        ),
        (
            "/stages/1/actions",
            Value::Array(vec![good()["stages"][1]["actions"][0].clone(); 51]),
            "LimitExceededException",
            "50",
        ),
    ]);
}

#[test]
fn actions_are_refused() {
    const ACTION: &str = "InvalidActionDeclarationException";
    let build = "/stages/1/actions/0";
    let at = |member: &str| format!("{build}/{member}");
    let provider = |category: &str, owner: &str, provider: &str| json!({"category": category, "owner": owner, "provider": provider, "version": "1"});
    refused(&[
        (&at("configuration/ProjectName"), Value::Null, ACTION, "missing required configuration"),
        (&at("configuration/Colour"), json!("red"), ACTION, "unknown configuration 'Colour'"),
        (&at("configuration/CombineArtifacts"), json!("true"), ACTION, "BatchEnabled"),
        (&at("configuration/BatchEnabled"), json!("maybe"), ACTION, "one of true, false"),
        (&at("configuration/PrimarySource"), json!("Other"), ACTION, "input artifacts"),
        (&at("configuration/EnvironmentVariables"), json!("x"), ACTION, "not JSON"),
        (&at("configuration/ProjectName"), json!(""), "ValidationException", "1 to 1000"),
        (&at("actionTypeId"), provider("Invoke", "AWS", "Lambda"), ACTION, "not supported yet"),
        (&at("actionTypeId"), provider("Build", "Custom", "Mine"), ACTION, "custom action types"),
        (&at("actionTypeId"), provider("Build", "AWS", "CodeBild"), ACTION, "US_EAST_1"),
        (&at("region"), json!("eu-west-1"), ACTION, "cross-region"),
        (&at("commands"), json!(["ls"]), ACTION, "commands"),
        (&at("outputArtifacts/0/files"), json!(["a"]), ACTION, "files"),
        (&at("timeoutInMinutes"), json!(10), ACTION, "timeoutInMinutes"),
        (&at("inputArtifacts"), json!([]), ACTION, "0 input artifacts"),
        (&at("inputArtifacts/0/name"), json!("Built"), ACTION, "not declared as Output"),
        (&at("inputArtifacts/0/name"), json!("Nowhere"), ACTION, "not declared as Output"),
        (&at("outputArtifacts/0/name"), json!("Sources"), ACTION, "more than once"),
        (&at("inputArtifacts/1"), json!({"name": "Sources"}), ACTION, "PrimarySource"),
        ("/stages/2/actions/1/name", json!("Ask"), ACTION, "unique"),
        ("/stages/2/actions/1/configuration/Extract", json!("false"), ACTION, "ObjectKey"),
        ("/stages/2/actions/1/configuration/CannedACL", json!("x"), ACTION, "public-read"),
        (
            "/stages/2/actions/0/configuration/NotificationArn",
            json!("arn:aws:sns:us-east-1:123456789012:t"),
            ACTION,
            "SNS",
        ),
        (
            "/stages/0/actions/0/configuration/OutputArtifactFormat",
            json!("CODEBUILD_CLONE_REF"),
            ACTION,
            "full clones",
        ),
    ]);
}

#[test]
fn variables_are_refused() {
    const ACTION: &str = "InvalidActionDeclarationException";
    let project = "/stages/1/actions/0/configuration/ProjectName";
    let namespace = "/stages/1/actions/0/namespace";
    refused(&[
        (project, json!("#{Nowhere.X}"), ACTION, "does not exist"),
        (project, json!("#{CommitId}"), ACTION, "not in that format"),
        (project, json!("#{codepipeline.Name}"), ACTION, "codepipeline"),
        (project, json!("#{variables.v}"), ACTION, "does not declare"),
        (namespace, json!("SourceVariables"), ACTION, "more than once"),
        (namespace, json!("codepipeline"), ACTION, "reserved"),
        (namespace, json!("Sources"), ACTION, "name of an artifact"),
    ]);
    let mut value = good();
    value["stages"][2]["actions"][0]["namespace"] = json!("Asked");
    value["stages"][1]["actions"][0]["configuration"]["ProjectName"] = json!("#{Asked.X}");
    let error = check(&read(&value), REGION).unwrap_err();
    assert!(error.message.contains("preceding"), "{error}");
}
