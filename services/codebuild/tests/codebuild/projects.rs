//! Projects.

use serde_json::{Value, json};

use crate::harness::Yard;

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands: [\"true\"]\n";

async fn live_and_die() {
    let yard = Yard::start().await;
    let created = yard.ok("CreateProject", yard.project("one", SPEC)).await["project"].clone();
    assert_eq!(created["arn"], "arn:aws:codebuild:us-east-1:123456789012:project/one");
    assert_eq!(
        (&created["timeoutInMinutes"], &created["queuedTimeoutInMinutes"]),
        (&json!(60), &json!(480))
    );
    let (status, again) = yard.call("CreateProject", yard.project("one", SPEC)).await;
    assert_eq!(
        (status, again["__type"].as_str().unwrap()),
        (400, "ResourceAlreadyExistsException")
    );
    yard.create("two", SPEC).await;

    let updated = yard
        .ok("UpdateProject", json!({ "name": "one", "description": "d", "timeoutInMinutes": 5 }))
        .await["project"]
        .clone();
    assert_eq!((&updated["description"], &updated["timeoutInMinutes"]), (&json!("d"), &json!(5)));
    assert_eq!(updated["source"], created["source"]);

    let got =
        yard.ok("BatchGetProjects", json!({ "names": ["one", "none", created["arn"]] })).await;
    assert_eq!(got["projects"][0], updated);
    assert_eq!(got["projects"].as_array().unwrap().len(), 2);
    assert_eq!(got["projectsNotFound"], json!(["none"]));
    // Another account's ARN, or another region's, is not taken for one's own project of that name.
    let arn = created["arn"].as_str().unwrap();
    for foreign in
        [arn.replace("123456789012", "111111111111"), arn.replace("us-east-1", "eu-west-1")]
    {
        assert_ne!(foreign, arn);
        let (status, refused) = yard.call("StartBuild", json!({ "projectName": foreign })).await;
        let kind = refused["__type"].as_str().unwrap();
        // What nobody shares may not be touched; what is elsewhere is not here.
        assert!(["AccessDeniedException", "ResourceNotFoundException"].contains(&kind), "{kind}");
        assert_eq!(status, 400);
    }
    for (sort, order, names) in [
        ("NAME", "ASCENDING", ["one", "two"]),
        ("NAME", "DESCENDING", ["two", "one"]),
        ("CREATED_TIME", "ASCENDING", ["one", "two"]),
        ("LAST_MODIFIED_TIME", "ASCENDING", ["two", "one"]),
    ] {
        let listed = yard.ok("ListProjects", json!({ "sortBy": sort, "sortOrder": order })).await;
        assert_eq!(listed["projects"], json!(names), "{sort} {order}");
    }
    yard.ok("DeleteProject", json!({ "name": "one" })).await;
    yard.ok("DeleteProject", json!({ "name": "one" })).await;
    assert_eq!(yard.ok("ListProjects", json!({})).await["projects"], json!(["two"]));
    let (status, missing) = yard.call("StartBuild", json!({ "projectName": "one" })).await;
    assert_eq!((status, missing["__type"].as_str().unwrap()), (400, "ResourceNotFoundException"));
}

async fn what_is_not_supported_is_named() {
    let yard = Yard::start().await;
    let with = |pointer: &str, value: Value| {
        let mut project = yard.project("pp", SPEC);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        project.pointer_mut(parent).unwrap()[name] = value;
        project
    };
    for (project, named) in [
        (with("/environment/type", json!("WINDOWS_CONTAINER")), "WINDOWS_CONTAINER"),
        (with("/environment/computeType", json!("BUILD_LAMBDA_1GB")), "BUILD_LAMBDA_1GB"),
        (with("/vpcConfig", json!({ "vpcId": "v" })), "vpcConfig"),
        (with("/fileSystemLocations", json!([{}])), "fileSystemLocations"),
    ] {
        let (status, error) = yard.call("CreateProject", project).await;
        let message = error["message"].as_str().unwrap_or_default();
        assert!(status == 501 && message.contains(named), "{named}: {status} {error}");
    }
}

/// As AWS does, whose clients compare what they want with what there is.
async fn what_is_not_given_is_told() {
    let yard = Yard::start().await;
    let mut wanted = yard.project("pp", SPEC);
    wanted["environment"]["environmentVariables"] = json!([{ "name": "A", "value": "b" }]);
    wanted["artifacts"] = json!({ "type": "S3", "location": "bucket", "name": "out" });
    wanted["secondarySources"] = json!([{
        "type": "GITHUB", "location": "https://github.com/a/b", "sourceIdentifier": "two",
    }]);
    wanted["logsConfig"] = json!({ "s3Logs": { "status": "DISABLED" } });
    let made = yard.ok("CreateProject", wanted).await["project"].clone();
    let told = |place: &Value, expected: Value| {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&place[name], value, "{name} of {place}");
        }
    };
    let environment = json!({
        "privilegedMode": false, "imagePullCredentialsType": "CODEBUILD",
        "environmentVariables": [{ "name": "A", "value": "b", "type": "PLAINTEXT" }],
    });
    told(&made["environment"], environment.clone());
    told(
        &made["artifacts"],
        json!({ "namespaceType": "NONE", "packaging": "NONE", "encryptionDisabled": false }),
    );
    told(&made["source"], json!({ "insecureSsl": false, "reportBuildStatus": null }));
    told(&made["secondarySources"][0], json!({ "insecureSsl": false, "reportBuildStatus": false }));
    told(&made["logsConfig"]["s3Logs"], json!({ "encryptionDisabled": false }));

    // What an update replaces is completed again; a build tells the same, also of its overrides.
    let changes = json!({
        "name": "pp", "secondarySources": [],
        "artifacts": { "type": "NO_ARTIFACTS", "location": "bucket" },
    });
    let changed = yard.ok("UpdateProject", changes).await["project"].clone();
    assert_eq!(changed["artifacts"]["packaging"], Value::Null);
    let started = json!({
        "projectName": "pp",
        "environmentVariablesOverride": [{ "name": "C", "value": "d" }],
    });
    let build = yard.ok("StartBuild", started).await["build"].clone();
    assert_eq!(build["artifacts"]["location"], Value::Null, "nothing is put anywhere");
    assert_eq!(build["environment"]["environmentVariables"][1]["type"], "PLAINTEXT");
    assert_eq!(build["environment"]["privilegedMode"], false);
    assert_eq!(build["logs"]["s3Logs"]["encryptionDisabled"], false);
    // Of two values of one variable none is silently the wrong one.
    let twice = json!([{ "name": "C", "value": "d" }, { "name": "C", "value": "e" }]);
    let started = json!({ "projectName": "pp", "environmentVariablesOverride": twice });
    let (status, error) = yard.call("StartBuild", started).await;
    assert!(status == 400 && error["message"].as_str().unwrap().contains("C"), "{error}");
}

async fn names_of_logs_that_cannot_be_are_refused() {
    let yard = Yard::start().await;
    for (logs, named) in [
        (json!({ "groupName": "a group" }), "a group"),
        (json!({ "groupName": "g".repeat(513) }), "log group"),
        (json!({ "streamName": "a:b" }), "a:b"),
        (json!({ "streamName": "s".repeat(476) }), "log stream"),
    ] {
        let mut project = yard.project("pp", SPEC);
        project["logsConfig"] = json!({ "cloudWatchLogs": logs });
        project["logsConfig"]["cloudWatchLogs"]["status"] = json!("ENABLED");
        let (status, error) = yard.call("CreateProject", project).await;
        let message = error["message"].as_str().unwrap_or_default();
        assert!(status == 400 && message.contains(named), "{named}: {status} {error}");
    }
}

async fn empty_values_take_settings_away() {
    let yard = Yard::start().await;
    let mut project = yard.project("pp", SPEC);
    project["description"] = json!("d");
    project["sourceVersion"] = json!("main");
    project["encryptionKey"] = json!("alias/mine");
    project["tags"] = json!([{ "key": "k", "value": "v" }]);
    project["buildBatchConfig"] = json!({ "timeoutInMins": 10 });
    let made = yard.ok("CreateProject", project).await["project"].clone();
    assert_eq!(made["encryptionKey"], "arn:aws:kms:us-east-1:123456789012:alias/mine");
    assert_eq!(made["buildBatchConfig"]["timeoutInMins"], 10);
    assert_eq!(made["projectVisibility"], "PRIVATE");
    let changes = json!({
        "name": made["arn"], "description": "", "sourceVersion": "", "tags": [],
        "buildBatchConfig": {}, "vpcConfig": {},
    });
    let changed = yard.ok("UpdateProject", changes).await["project"].clone();
    for name in ["description", "sourceVersion", "buildBatchConfig", "vpcConfig"] {
        assert_eq!(changed[name], Value::Null, "{name}");
    }
    assert_eq!(changed["tags"], json!([]));
    assert_eq!(changed["encryptionKey"], made["encryptionKey"]);
    let (status, refused) =
        yard.call("UpdateProject", json!({ "name": "pp", "autoRetryLimit": 11 })).await;
    assert_eq!((status, refused["__type"].as_str().unwrap()), (400, "InvalidInputException"));
}

async fn a_deleted_projects_builds_stay() {
    let yard = Yard::start().await;
    let build = yard.run(SPEC).await;
    yard.ok("InvalidateProjectCache", json!({ "projectName": "pp" })).await;
    yard.ok("DeleteProject", json!({ "name": "pp" })).await;
    assert_eq!(yard.build(build["id"].as_str().unwrap()).await, build);
    assert_eq!(yard.ok("ListBuilds", json!({})).await["ids"], json!([build["id"]]));
    for operation in ["InvalidateProjectCache", "ListBuildsForProject"] {
        let (status, missing) = yard.call(operation, json!({ "projectName": "pp" })).await;
        assert_eq!(
            (status, missing["__type"].as_str().unwrap()),
            (400, "ResourceNotFoundException"),
            "{operation}"
        );
    }
}

async fn nonsense_is_refused() {
    let yard = Yard::start().await;
    let with = |pointer: &str, value: Value| {
        let mut project = yard.project("pp", SPEC);
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        project.pointer_mut(parent).unwrap()[name] = value;
        project
    };
    let variable = |name: &str| json!([{ "name": name, "value": "v" }]);
    for project in [
        with("/name", json!("a b")),
        with("/source/type", json!("NOPE")),
        with("/source", json!({ "type": "NO_SOURCE" })),
        with("/source", json!({ "type": "CODECOMMIT", "location": "repo" })),
        with("/source", json!({ "type": "S3", "location": "bucket" })),
        with("/artifacts", json!({ "type": "CODEPIPELINE" })),
        with("/artifacts", json!({ "type": "S3" })),
        with("/serviceRole", json!("role")),
        with("/timeoutInMinutes", json!(1)),
        with("/environment/environmentVariables", variable("A B")),
        with("/environment/environmentVariables", variable("CODEBUILD_X")),
    ] {
        let (status, error) = yard.call("CreateProject", project.clone()).await;
        assert_eq!(
            (status, error["__type"].as_str().unwrap()),
            (400, "InvalidInputException"),
            "{project}"
        );
    }
    assert_eq!(yard.ok("ListProjects", json!({})).await["projects"], json!([]));
}

async fn policies_name_projects() {
    let yard = Yard::start().await;
    yard.create("mine", SPEC).await;
    yard.create("theirs", SPEC).await;
    let narrow = yard.yard.user("eve", json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:CreateProject"],
            "Resource": "arn:aws:codebuild:us-east-1:123456789012:project/mi*",
        }],
    }));
    let call = |operation: &'static str, input: Value| {
        let target = format!("CodeBuild_20161006.{operation}");
        let (yard, narrow) = (&yard.yard, &narrow);
        async move { yard.json_as(narrow, "codebuild", &target, input).await }
    };
    assert_eq!(call("StartBuild", json!({ "projectName": "mine" })).await.0, 200);
    let (status, denied) = call("StartBuild", json!({ "projectName": "theirs" })).await;
    assert_eq!((status, denied["__type"].as_str().unwrap()), (400, "AccessDeniedException"));
    assert_eq!(call("BatchGetBuilds", json!({ "ids": ["theirs:x"] })).await.0, 400);
    // A project's batches act in a role of their own, which is handed over too.
    let passer = yard.yard.user(
        "pat",
        json!({
            "Version": "2012-10-17",
            "Statement": [
                { "Effect": "Allow", "Action": "codebuild:*", "Resource": "*" },
                { "Effect": "Allow", "Action": "iam:PassRole", "Resource": yard.role },
            ],
        }),
    );
    let mut project = yard.project("with-batches", SPEC);
    project["buildBatchConfig"] = json!({ "serviceRole": "arn:aws:iam::123456789012:role/other" });
    let target = "CodeBuild_20161006.CreateProject";
    let (status, denied) = yard.yard.json_as(&passer, "codebuild", target, project).await;
    assert!(
        status == 400 && denied["message"].as_str().unwrap().contains("role/other"),
        "{denied}"
    );
    // Making a project hands over a role.
    let (status, denied) = call("CreateProject", yard.project("mine-too", SPEC)).await;
    assert!(
        status == 400 && denied["message"].as_str().unwrap().contains("iam:PassRole"),
        "{denied}"
    );
}

async fn curated_images_are_those_that_are_accepted() {
    let yard = Yard::start().await;
    let listed = yard.ok("ListCuratedEnvironmentImages", json!({})).await;
    for platform in listed["platforms"].as_array().unwrap() {
        for image in platform["languages"][0]["images"].as_array().unwrap() {
            let mut project = yard.project("pp", SPEC);
            project["environment"]["image"] = image["name"].clone();
            yard.ok("CreateProject", project).await;
            yard.ok("DeleteProject", json!({ "name": "pp" })).await;
        }
    }
}

crate::tests![
    live_and_die,
    what_is_not_supported_is_named,
    what_is_not_given_is_told,
    names_of_logs_that_cannot_be_are_refused,
    empty_values_take_settings_away,
    a_deleted_projects_builds_stay,
    nonsense_is_refused,
    policies_name_projects,
    curated_images_are_those_that_are_accepted,
];
