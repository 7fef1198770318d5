//! Parameter Store.

use std::time::Duration;

use api_security::ssm as api;
use serde_json::{Value, json};
use testkit::TestYard;

use crate::observer::{Timeless, timeless};
use crate::{Client, text, yard};

fn put(name: &str, value: &str, kind: &str) -> Value {
    json!({"Name": name, "Value": value, "Type": kind})
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|it| text(&it["Name"])).collect()
}

#[tokio::test]
async fn parameters_have_versions() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    let made = ssm.ok("PutParameter", put("/app/url", "one", "String")).await;
    assert_eq!(made, json!({"Version": 1, "Tier": "Standard"}));
    let again = put("/app/url", "two", "String");
    assert_eq!(ssm.code("PutParameter", again.clone()).await, "ParameterAlreadyExists");
    let mut over = again;
    over["Overwrite"] = json!(true);
    assert_eq!(ssm.ok("PutParameter", over.clone()).await["Version"], 2);
    over["Type"] = json!("StringList");
    assert_eq!(ssm.code("PutParameter", over).await, "HierarchyTypeMismatchException");

    let got = ssm.ok("GetParameter", json!({"Name": "/app/url"})).await;
    let parameter = &got["Parameter"];
    assert_eq!(text(&parameter["Value"]), "two");
    assert_eq!(text(&parameter["ARN"]), "arn:aws:ssm:us-east-1:123456789012:parameter/app/url");
    assert_eq!(
        (text(&parameter["Type"]), text(&parameter["DataType"])),
        ("String".into(), "text".into())
    );
    assert_eq!(parameter["Selector"], Value::Null);
    for (name, value) in [
        ("/app/url:1", "one"),
        ("/app/url:2", "two"),
        ("arn:aws:ssm:us-east-1:123456789012:parameter/app/url", "two"),
        ("arn:aws:ssm:us-east-1:123456789012:parameter/app/url:1", "one"),
    ] {
        let got = ssm.ok("GetParameter", json!({"Name": name})).await;
        assert_eq!(text(&got["Parameter"]["Value"]), value, "{name}");
        assert_eq!(text(&got["Parameter"]["Name"]), "/app/url", "{name}");
    }
    for (name, code) in [
        ("/app/nope", "ParameterNotFound"),
        ("/aws/service/ami-amazon-linux-latest/x", "ParameterNotFound"),
        ("arn:aws:ssm:eu-west-1:123456789012:parameter/app/url", "ParameterNotFound"),
        ("/app/url:3", "ParameterVersionNotFound"),
        ("/app/url:0", "ParameterVersionNotFound"),
        ("/app/url:label", "ParameterVersionNotFound"),
        ("/app/url:1:2", "ValidationException"),
        ("", "ValidationException"),
    ] {
        assert_eq!(ssm.code("GetParameter", json!({"Name": name})).await, code, "{name}");
    }
    yard.stop().await;
}

#[tokio::test]
async fn what_may_not_be_put() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    let with = |mut input: Value, name: &str, value: Value| {
        input[name] = value;
        input
    };
    let plain = put("p", "v", "String");
    for (input, code) in [
        (put("awsx", "v", "String"), "ValidationException"),
        (put("/aws/x", "v", "String"), "AccessDeniedException"),
        (put("a/b", "v", "String"), "ValidationException"),
        (put("p", "", "String"), "ValidationException"),
        (put("p", "v", "Text"), "ValidationException"),
        (json!({"Name": "p", "Value": "v"}), "ValidationException"),
        (put("p", &"x".repeat(4097), "String"), "ValidationException"),
        (with(plain.clone(), "KeyId", json!("alias/x")), "ValidationException"),
        (with(plain.clone(), "Policies", json!("[{}]")), "ValidationException"),
        (with(plain.clone(), "DataType", json!("aws:ec2:image")), "ValidationException"),
        (
            with(plain.clone(), "AllowedPattern", json!("^\\d+$")),
            "ParameterPatternMismatchException",
        ),
        (with(plain.clone(), "AllowedPattern", json!("(")), "InvalidAllowedPatternException"),
        (
            with(
                with(plain.clone(), "Overwrite", json!(true)),
                "Tags",
                json!([{"Key": "a", "Value": "b"}]),
            ),
            "ValidationException",
        ),
        (with(put("p", "v", "SecureString"), "KeyId", json!("alias/nope")), "InvalidKeyId"),
    ] {
        assert_eq!(ssm.code("PutParameter", input.clone()).await, code, "{input}");
    }
    assert_eq!(ssm.ok("DescribeParameters", json!({})).await["Parameters"], json!([]));
    let large = with(put("p", &"x".repeat(8192), "String"), "Tier", json!("Intelligent-Tiering"));
    assert_eq!(text(&ssm.ok("PutParameter", large).await["Tier"]), "Advanced");
    yard.stop().await;
}

#[tokio::test]
async fn secure_strings_follow_their_key() {
    let yard = yard().await;
    let (ssm, kms) = (Client::ssm(&yard), Client::kms(&yard));
    let key = text(&kms.ok("CreateKey", json!({})).await["KeyMetadata"]["KeyId"]);
    for (name, tier, value) in
        [("standard", "Standard", "s3cret".to_owned()), ("advanced", "Advanced", "x".repeat(8000))]
    {
        let mut input = put(name, &value, "SecureString");
        input["KeyId"] = json!(key);
        input["Tier"] = json!(tier);
        ssm.ok("PutParameter", input).await;
        let clear = json!({"Name": name, "WithDecryption": true});
        let got = ssm.ok("GetParameter", clear.clone()).await;
        assert_eq!(text(&got["Parameter"]["Value"]), value);
        let sealed = ssm.ok("GetParameter", json!({"Name": name})).await;
        assert!(!text(&sealed["Parameter"]["Value"]).contains(&value));
        kms.ok("DisableKey", json!({"KeyId": key})).await;
        let (code, message) = ssm.fails("GetParameter", clear).await;
        assert_eq!(code, "InvalidKeyId");
        assert!(message.contains("is disabled"), "{message}");
        kms.ok("EnableKey", json!({"KeyId": key})).await;
    }
    // The caller needs the key as well as the parameter.
    let policy = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]});
    let eve = Client::ssm(&yard).with(&yard.user("eve", policy));
    eve.ok("GetParameter", json!({"Name": "standard"})).await;
    let (code, message) =
        eve.fails("GetParameter", json!({"Name": "standard", "WithDecryption": true})).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains("kms:Decrypt"), "{message}");
    // A value keeps its key when it is put again without one.
    let again = json!({"Name": "standard", "Value": "new", "Overwrite": true});
    ssm.ok("PutParameter", again).await;
    let described = ssm.ok("DescribeParameters", json!({})).await;
    assert_eq!(text(&described["Parameters"][1]["KeyId"]), key);
    yard.stop().await;
}

#[tokio::test]
async fn many_at_once() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    ssm.ok("PutParameter", put("a", "1", "String")).await;
    ssm.ok("PutParameter", put("b", "x,y", "StringList")).await;
    let got = ssm.ok("GetParameters", json!({"Names": ["b", "nope", "a", "a:9", "a b"]})).await;
    assert_eq!(names(&got["Parameters"]), ["b", "a"]);
    assert_eq!(got["InvalidParameters"], json!(["nope", "a:9", "a b"]));
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    assert_eq!(ssm.code("GetParameters", json!({"Names": many})).await, "ValidationException");
    let gone = ssm.ok("DeleteParameters", json!({"Names": ["a", "nope"]})).await;
    assert_eq!(gone, json!({"DeletedParameters": ["a"], "InvalidParameters": ["nope"]}));
    ssm.ok("DeleteParameter", json!({"Name": "b"})).await;
    assert_eq!(ssm.code("DeleteParameter", json!({"Name": "b"})).await, "ParameterNotFound");
    yard.stop().await;
}

#[tokio::test]
async fn hierarchies_and_filters() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    for name in ["/app/a", "/app/b", "/app/db/user", "/app/db/word", "/apple", "bare"] {
        ssm.ok("PutParameter", put(name, "v", "String")).await;
    }
    let below = |path: &str, recursive: bool| json!({"Path": path, "Recursive": recursive});
    for (path, recursive, want) in [
        ("/app", false, vec!["/app/a", "/app/b"]),
        ("/app/", true, vec!["/app/a", "/app/b", "/app/db/user", "/app/db/word"]),
        ("/", false, vec!["/apple", "bare"]),
        ("/nope", true, vec![]),
    ] {
        let got = ssm.ok("GetParametersByPath", below(path, recursive)).await;
        assert_eq!(names(&got["Parameters"]), want, "{path} {recursive}");
    }
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = below("/app", true);
        input["MaxResults"] = json!(3);
        input["NextToken"] = token;
        let page = ssm.ok("GetParametersByPath", input).await;
        seen.extend(names(&page["Parameters"]));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 4);
    let mut bad = below("/app", true);
    bad["NextToken"] = json!("nope");
    assert_eq!(ssm.code("GetParametersByPath", bad).await, "InvalidNextToken");
    assert_eq!(ssm.code("GetParametersByPath", below("app", true)).await, "ValidationException");
    let mut eleven = below("/app", true);
    eleven["MaxResults"] = json!(11);
    assert_eq!(ssm.code("GetParametersByPath", eleven).await, "ValidationException");

    let by = |key: &str, option: &str, value: &str| json!({"ParameterFilters": [{"Key": key, "Option": option, "Values": [value]}]});
    for (filter, want) in [
        (by("Name", "BeginsWith", "/app/db"), 2),
        (by("Name", "Contains", "app"), 5),
        (by("Path", "OneLevel", "/app"), 2),
        (by("Path", "Recursive", "/app"), 4),
        (by("Type", "Equals", "SecureString"), 0),
        (json!({"Filters": [{"Key": "Name", "Values": ["/app/"]}]}), 4),
    ] {
        let got = ssm.ok("DescribeParameters", filter.clone()).await;
        assert_eq!(got["Parameters"].as_array().unwrap().len(), want, "{filter}");
    }
    assert_eq!(ssm.code("DescribeParameters", by("Nope", "Equals", "x")).await, "InvalidFilterKey");
    let both = json!({"Filters": [{"Key": "Name", "Values": ["a"]}],
                      "ParameterFilters": [{"Key": "Name", "Values": ["a"]}]});
    assert_eq!(ssm.code("DescribeParameters", both).await, "ValidationException");
    yard.stop().await;
}

#[tokio::test]
async fn history_and_labels() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    let over =
        |value: &str| json!({"Name": "p", "Value": value, "Type": "String", "Overwrite": true});
    for value in ["1", "2", "3"] {
        ssm.ok("PutParameter", over(value)).await;
    }
    let label = json!({"Name": "p", "ParameterVersion": 2, "Labels": ["prod", "1st", "aws-x"]});
    let labelled = ssm.ok("LabelParameterVersion", label).await;
    assert_eq!(labelled, json!({"InvalidLabels": ["1st", "aws-x"], "ParameterVersion": 2}));
    let got = ssm.ok("GetParameter", json!({"Name": "p:prod"})).await;
    assert_eq!(
        (&got["Parameter"]["Version"], &got["Parameter"]["Selector"]),
        (&json!(2), &json!(":prod"))
    );
    let filter = json!({"Path": "/", "ParameterFilters": [{"Key": "Label", "Values": ["prod"]}]});
    let by_label = ssm.ok("GetParametersByPath", filter).await;
    assert_eq!(text(&by_label["Parameters"][0]["Value"]), "2");

    let page = ssm.ok("GetParameterHistory", json!({"Name": "p", "MaxResults": 2})).await;
    let versions: Vec<_> =
        page["Parameters"].as_array().unwrap().iter().map(|it| it["Version"].clone()).collect();
    assert_eq!(versions, [json!(1), json!(2)]);
    assert_eq!(page["Parameters"][1]["Labels"], json!(["prod"]));
    let rest = json!({"Name": "p", "NextToken": page["NextToken"]});
    let rest = ssm.ok("GetParameterHistory", rest).await;
    assert_eq!(text(&rest["Parameters"][0]["Value"]), "3");
    assert_eq!(rest["NextToken"], Value::Null);
    let selected = json!({"Name": "p:2"});
    assert_eq!(ssm.code("GetParameterHistory", selected).await, "ValidationException");

    ssm.ok("LabelParameterVersion", json!({"Name": "p", "Labels": ["prod"]})).await;
    assert_eq!(ssm.ok("GetParameter", json!({"Name": "p:prod"})).await["Parameter"]["Version"], 3);
    let unlabel = json!({"Name": "p", "ParameterVersion": 3, "Labels": ["prod", "x"]});
    let unlabelled = ssm.ok("UnlabelParameterVersion", unlabel).await;
    assert_eq!(unlabelled, json!({"RemovedLabels": ["prod"], "InvalidLabels": ["x"]}));
    let eleven: Vec<String> = (0..10).map(|n| format!("l{n}")).collect();
    ssm.ok("LabelParameterVersion", json!({"Name": "p", "Labels": eleven})).await;
    let one_more = json!({"Name": "p", "Labels": ["more"]});
    assert_eq!(
        ssm.code("LabelParameterVersion", one_more).await,
        "ParameterVersionLabelLimitExceeded"
    );
    let missing = json!({"Name": "p", "ParameterVersion": 9, "Labels": ["x"]});
    assert_eq!(ssm.code("LabelParameterVersion", missing).await, "ParameterVersionNotFound");
    yard.stop().await;
}

#[tokio::test]
async fn the_oldest_version_goes_unless_it_is_labelled() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    let over = |value: i32| json!({"Name": "p", "Value": value.to_string(), "Type": "String", "Overwrite": true});
    for value in 1..=100 {
        ssm.ok("PutParameter", over(value)).await;
    }
    ssm.ok("LabelParameterVersion", json!({"Name": "p", "ParameterVersion": 1, "Labels": ["x"]}))
        .await;
    assert_eq!(ssm.code("PutParameter", over(101)).await, "ParameterMaxVersionLimitExceeded");
    ssm.ok("LabelParameterVersion", json!({"Name": "p", "ParameterVersion": 9, "Labels": ["x"]}))
        .await;
    assert_eq!(ssm.ok("PutParameter", over(101)).await["Version"], 101);
    assert_eq!(ssm.code("GetParameter", json!({"Name": "p:1"})).await, "ParameterVersionNotFound");
    assert_eq!(ssm.ok("GetParameter", json!({"Name": "p:2"})).await["Parameter"]["Version"], 2);
    ssm.ok("DeleteParameter", json!({"Name": "p"})).await;
    assert_eq!(ssm.ok("PutParameter", over(1)).await["Version"], 1);
    assert_eq!(ssm.code("GetParameter", json!({"Name": "p:2"})).await, "ParameterVersionNotFound");
    yard.stop().await;
}

#[tokio::test]
async fn tags_and_narrow_policies() {
    let yard = yard().await;
    let ssm = Client::ssm(&yard);
    let mut tagged = put("/blue/p", "v", "String");
    tagged["Tags"] = json!([{"Key": "team", "Value": "blue"}]);
    ssm.ok("PutParameter", tagged).await;
    ssm.ok("PutParameter", put("/red/p", "v", "String")).await;
    let on = |id: &str| json!({"ResourceType": "Parameter", "ResourceId": id});
    let mut add = on("/red/p");
    add["Tags"] = json!([{"Key": "team", "Value": "red"}, {"Key": "x", "Value": ""}]);
    ssm.ok("AddTagsToResource", add).await;
    let mut remove = on("/red/p");
    remove["TagKeys"] = json!(["x"]);
    ssm.ok("RemoveTagsFromResource", remove).await;
    let listed = ssm.ok("ListTagsForResource", on("/red/p")).await;
    assert_eq!(listed["TagList"], json!([{"Key": "team", "Value": "red"}]));
    assert_eq!(ssm.code("ListTagsForResource", on("/nope")).await, "InvalidResourceId");
    let document = json!({"ResourceType": "Document", "ResourceId": "d"});
    assert_eq!(ssm.code("ListTagsForResource", document).await, "InvalidResourceType");

    let statement = |action: Value, resource: &str| json!({"Effect": "Allow", "Action": action, "Resource": resource});
    let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/blue/*";
    let mut by_tag = statement(json!("ssm:GetParameter"), "*");
    by_tag["Condition"] = json!({"StringEquals": {"aws:ResourceTag/team": "red"}});
    let policy = json!({"Version": "2012-10-17", "Statement": [
        statement(json!(["ssm:GetParameters", "ssm:PutParameter"]), arn), by_tag]});
    let eve = Client::ssm(&yard).with(&yard.user("eve", policy));
    eve.ok("GetParameters", json!({"Names": ["/blue/p"]})).await;
    eve.ok("GetParameter", json!({"Name": "/red/p"})).await;
    for (operation, input) in [
        ("GetParameters", json!({"Names": ["/blue/p", "/red/p"]})),
        ("GetParameter", json!({"Name": "/blue/p"})),
        ("GetParameter", json!({"Name": "/nope"})),
        ("GetParametersByPath", json!({"Path": "/blue"})),
        ("PutParameter", put("/red/q", "v", "String")),
        (
            "PutParameter",
            json!({"Name": "/blue/q", "Value": "v", "Type": "String",
                                "Tags": [{"Key": "a", "Value": "b"}]}),
        ),
        ("DeleteParameter", json!({"Name": "/blue/p"})),
    ] {
        let code = eve.code(operation, input.clone()).await;
        assert_eq!(code, "AccessDeniedException", "{operation} {input}");
    }
    eve.ok("PutParameter", put("/blue/q", "v", "String")).await;
    yard.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_told() {
    let Timeless { yard, cx, observer, .. } = timeless().await;
    let put = api::PutParameterInput {
        name: "/p".to_owned(),
        value: "v".to_owned(),
        kind: Some(api::ParameterType::String),
        description: Some("d".to_owned()),
        ..Default::default()
    };
    cx.call(api::PutParameter, put.clone()).await.unwrap();
    let again = api::PutParameterInput { overwrite: Some(true), ..put };
    cx.call(api::PutParameter, again).await.unwrap();
    let label = api::LabelParameterVersionInput {
        name: "/p".to_owned(),
        labels: vec!["live".to_owned()],
        ..Default::default()
    };
    cx.call(api::LabelParameterVersion, label).await.unwrap();
    let delete = api::DeleteParameterInput { name: "/p".to_owned() };
    cx.call(api::DeleteParameter, delete.clone()).await.unwrap();
    assert!(cx.call(api::DeleteParameter, delete).await.is_err());
    let told = TestYard::until(Duration::from_secs(10), || async {
        let told = observer.told();
        (told.len() >= 4).then_some(told)
    })
    .await;
    let operations: Vec<_> = told.iter().map(|event| text(&event.detail["operation"])).collect();
    assert_eq!(operations, ["Create", "Update", "LabelParameterVersion", "Delete"]);
    for event in &told {
        let kind = (event.source.as_str(), event.detail_type.as_str());
        assert_eq!(kind, ("aws.ssm", "Parameter Store Change"));
        assert_eq!(event.resources, ["arn:aws:ssm:us-east-1:123456789012:parameter/p"]);
        assert_eq!(text(&event.detail["name"]), "/p");
        assert_eq!(text(&event.detail["description"]), "d");
    }
    yard.stop().await;
}
