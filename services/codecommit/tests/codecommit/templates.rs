//! Approval rule templates, and the repositories that they apply to.

use serde_json::{Value, json};
use testkit::REGION;

use crate::pull_request_support::{Reviewed, code, needs};
use crate::support::Yard;

const TEMPLATES: &str = "CodeCommit Approval Rule Template Change";

fn only_for(references: &[&str]) -> String {
    json!({"Version": "2018-11-08", "DestinationReferences": references, "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": 1}]})
    .to_string()
}

async fn template(yard: &Yard, name: &str, content: &str) -> Value {
    let input = json!({"approvalRuleTemplateName": name, "approvalRuleTemplateContent": content});
    yard.ok("CreateApprovalRuleTemplate", input).await["approvalRuleTemplate"].clone()
}

async fn associate(yard: &Yard, template: &str, repository: &str) {
    let input = json!({"approvalRuleTemplateName": template, "repositoryName": repository});
    yard.ok("AssociateApprovalRuleTemplateWithRepository", input).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_kept() {
    let yard = Yard::start().await;
    let input = json!({"approvalRuleTemplateName": "main", "approvalRuleTemplateContent": needs(1),
                       "approvalRuleTemplateDescription": "d"});
    let made = yard.ok("CreateApprovalRuleTemplate", input.clone()).await;
    let made = &made["approvalRuleTemplate"];
    assert_eq!(made["approvalRuleTemplateDescription"], "d");
    assert_eq!(made["approvalRuleTemplateContent"], json!(needs(1)));
    assert_eq!(made["lastModifiedUser"], "arn:aws:iam::123456789012:root");
    let name = json!({"approvalRuleTemplateName": "main"});
    let got = yard.ok("GetApprovalRuleTemplate", name).await;
    assert_eq!(&got["approvalRuleTemplate"], made);
    for (refusal, member, value) in [
        (
            "ApprovalRuleTemplateNameAlreadyExistsException",
            "approvalRuleTemplateName",
            json!("main"),
        ),
        ("ApprovalRuleTemplateNameRequiredException", "approvalRuleTemplateName", json!(null)),
        ("InvalidApprovalRuleTemplateNameException", "approvalRuleTemplateName", json!("")),
        ("InvalidApprovalRuleTemplateNameException", "approvalRuleTemplateName", json!("a!")),
        ("InvalidApprovalRuleTemplateNameException", "approvalRuleTemplateName", json!("a.git")),
        (
            "InvalidApprovalRuleTemplateNameException",
            "approvalRuleTemplateName",
            json!("x".repeat(101)),
        ),
        (
            "ApprovalRuleTemplateContentRequiredException",
            "approvalRuleTemplateContent",
            json!(null),
        ),
        ("InvalidApprovalRuleTemplateContentException", "approvalRuleTemplateContent", json!("{}")),
        (
            "InvalidApprovalRuleTemplateContentException",
            "approvalRuleTemplateContent",
            json!(only_for(&["*main"])),
        ),
        (
            "InvalidApprovalRuleTemplateDescriptionException",
            "approvalRuleTemplateDescription",
            json!("x".repeat(1001)),
        ),
    ] {
        let mut input = input.clone();
        input["approvalRuleTemplateName"] = json!("other");
        input[member] = value;
        yard.refused(refusal, "CreateApprovalRuleTemplate", input).await;
    }
    let update = |operation: &str, member: &str, value: Value| {
        let mut input = json!({"approvalRuleTemplateName": "main"});
        input[member] = value;
        (format!("UpdateApprovalRuleTemplate{operation}"), input)
    };
    let (operation, mut input) = update("Content", "newRuleContent", json!(needs(2)));
    input["existingRuleContentSha256"] = made["ruleContentSha256"].clone();
    let updated = yard.ok(&operation, input.clone()).await;
    assert_eq!(updated["approvalRuleTemplate"]["approvalRuleTemplateContent"], json!(needs(2)));
    yard.refused("InvalidRuleContentSha256Exception", &operation, input).await;
    let (operation, input) = update("Description", "approvalRuleTemplateDescription", json!("e"));
    let updated = yard.ok(&operation, input).await;
    assert_eq!(updated["approvalRuleTemplate"]["approvalRuleTemplateDescription"], "e");
    let rename = |old: &str, new: &str| json!({"oldApprovalRuleTemplateName": old, "newApprovalRuleTemplateName": new});
    let renamed = yard.ok("UpdateApprovalRuleTemplateName", rename("main", "all")).await;
    let renamed = &renamed["approvalRuleTemplate"];
    assert_eq!(renamed["approvalRuleTemplateId"], made["approvalRuleTemplateId"]);
    for (refusal, input) in [
        ("ApprovalRuleTemplateNameAlreadyExistsException", rename("all", "all")),
        ("ApprovalRuleTemplateDoesNotExistException", rename("main", "new")),
        ("InvalidApprovalRuleTemplateNameException", rename("all", "a!")),
        ("ApprovalRuleTemplateNameRequiredException", json!({})),
    ] {
        yard.refused(refusal, "UpdateApprovalRuleTemplateName", input).await;
    }
    for (operation, member, value) in [
        ("Content", "newRuleContent", json!(needs(1))),
        ("Description", "approvalRuleTemplateDescription", json!("x")),
    ] {
        let (operation, input) = update(operation, member, value);
        yard.refused("ApprovalRuleTemplateDoesNotExistException", &operation, input).await;
    }
    let none = json!({"approvalRuleTemplateName": "none"});
    yard.refused(
        "ApprovalRuleTemplateDoesNotExistException",
        "GetApprovalRuleTemplate",
        none.clone(),
    )
    .await;
    assert_eq!(yard.ok("DeleteApprovalRuleTemplate", none).await, json!({}));
    let all = json!({"approvalRuleTemplateName": "all"});
    let deleted = yard.ok("DeleteApprovalRuleTemplate", all).await;
    assert_eq!(deleted["approvalRuleTemplateId"], made["approvalRuleTemplateId"]);
    let events: Vec<_> = yard.events().into_iter().map(|event| event.detail).collect();
    let names: Vec<_> = events.iter().map(|detail| detail["event"].as_str().unwrap()).collect();
    let updated = "approvalRuleTemplateUpdated";
    assert_eq!(
        names,
        ["approvalRuleTemplateCreated", updated, updated, updated, "approvalRuleTemplateDeleted"]
    );
    assert_eq!(events[0]["approvalRuleTemplateName"], "main");
    assert_eq!(events[0]["approvalRuleTemplateContentSha256"], made["ruleContentSha256"]);
    assert_eq!(events[0]["repositories"], json!({}));
    assert!(yard.events().iter().all(|event| event.detail_type == TEMPLATES));
    assert!(yard.events().iter().all(|event| event.resources.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_pull_requests_get_their_rules() {
    let it = Reviewed::start().await;
    let made = template(&it.yard, "everything", &needs(1)).await;
    template(&it.yard, "main only", &only_for(&["refs/heads/main"])).await;
    template(&it.yard, "releases", &only_for(&["release/*"])).await;
    template(&it.yard, "elsewhere", &needs(1)).await;
    for name in ["everything", "main only", "releases"] {
        associate(&it.yard, name, "r").await;
    }
    let opened = it.open().await;
    let rules = opened["approvalRules"].as_array().unwrap();
    let mut names: Vec<_> =
        rules.iter().map(|rule| rule["approvalRuleName"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["everything", "main only"]);
    let rule = rules.iter().find(|rule| rule["approvalRuleName"] == "everything").unwrap();
    assert_eq!(
        rule["originApprovalRuleTemplate"],
        json!({"approvalRuleTemplateId": made["approvalRuleTemplateId"],
               "approvalRuleTemplateName": "everything"})
    );
    assert_eq!(rule["ruleContentSha256"], made["ruleContentSha256"]);
    assert_eq!(
        it.history("1").await,
        [
            "PULL_REQUEST_CREATED",
            "PULL_REQUEST_APPROVAL_RULE_CREATED",
            "PULL_REQUEST_APPROVAL_RULE_CREATED"
        ]
    );
    let on = json!({"pullRequestId": "1", "approvalRuleName": "everything",
                    "newRuleContent": needs(2)});
    it.yard
        .refused(
            "CannotModifyApprovalRuleFromTemplateException",
            "UpdatePullRequestApprovalRuleContent",
            on.clone(),
        )
        .await;
    it.yard
        .refused(
            "CannotDeleteApprovalRuleFromTemplateException",
            "DeletePullRequestApprovalRule",
            on,
        )
        .await;
    // What becomes of the template changes nothing about the rule.
    let off = json!({"approvalRuleTemplateName": "everything", "repositoryName": "r"});
    it.yard.ok("DisassociateApprovalRuleTemplateFromRepository", off).await;
    it.yard
        .ok("DeleteApprovalRuleTemplate", json!({"approvalRuleTemplateName": "everything"}))
        .await;
    assert_eq!(it.get("1").await["approvalRules"], opened["approvalRules"]);
    assert_eq!(it.evaluate("1").await["approved"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_they_apply() {
    let yard = Yard::start().await;
    for name in ["a", "b", "c"] {
        yard.repository(name).await;
    }
    template(&yard, "t", &needs(1)).await;
    template(&yard, "u", &needs(1)).await;
    associate(&yard, "t", "a").await;
    associate(&yard, "t", "a").await;
    let event = yard.events().pop().unwrap();
    assert_eq!(event.detail["event"], "approvalRuleTemplateAssociatedWithRepository");
    let id = yard.ok("GetRepository", json!({"repositoryName": "a"})).await;
    assert_eq!(
        event.detail["repositories"],
        json!({"a": id["repositoryMetadata"]["repositoryId"]})
    );
    assert_eq!(event.resources.len(), 1);
    let before = yard.events().len();
    let many = |names: Value| json!({"approvalRuleTemplateName": "t", "repositoryNames": names});
    let (on, off) = (
        "BatchAssociateApprovalRuleTemplateWithRepositories",
        "BatchDisassociateApprovalRuleTemplateFromRepositories",
    );
    let done = yard.ok(on, many(json!(["a", "b", "c", "none", "a b"]))).await;
    assert_eq!(done["associatedRepositoryNames"], json!(["a", "b", "c"]));
    let errors = done["errors"].as_array().unwrap();
    assert_eq!(errors[0]["repositoryName"], "none");
    assert_eq!(errors[0]["errorCode"], "RepositoryDoesNotExistException");
    assert_eq!(errors[1]["errorCode"], "InvalidRepositoryNameException");
    assert_eq!(yard.events().len(), before + 1);
    let told = yard.events().pop().unwrap().detail;
    assert_eq!(told["event"], "batchAssociateApprovalRuleTemplateWithRepositories");
    assert_eq!(told["repositories"].as_object().unwrap().len(), 2);
    let repositories = async |more: Value| {
        let mut input = json!({"approvalRuleTemplateName": "t"});
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        yard.ok("ListRepositoriesForApprovalRuleTemplate", input).await
    };
    let page = repositories(json!({"maxResults": 2})).await;
    let rest = repositories(json!({"nextToken": page["nextToken"]})).await;
    let mut all: Vec<_> = [&page, &rest]
        .iter()
        .flat_map(|page| page["repositoryNames"].as_array().unwrap().clone())
        .collect();
    all.sort_by_key(ToString::to_string);
    assert_eq!(json!(all), json!(["a", "b", "c"]));
    associate(&yard, "u", "a").await;
    let of_a = async || {
        let input = json!({"repositoryName": "a"});
        let page = yard.ok("ListAssociatedApprovalRuleTemplatesForRepository", input).await;
        let mut names = page["approvalRuleTemplateNames"].as_array().unwrap().clone();
        names.sort_by_key(ToString::to_string);
        json!(names)
    };
    assert_eq!(of_a().await, json!(["t", "u"]));
    yard.ok(
        "UpdateApprovalRuleTemplateName",
        json!({"oldApprovalRuleTemplateName": "u",
        "newApprovalRuleTemplateName": "v"}),
    )
    .await;
    assert_eq!(of_a().await, json!(["t", "v"]));
    let t = json!({"approvalRuleTemplateName": "t"});
    yard.refused("ApprovalRuleTemplateInUseException", "DeleteApprovalRuleTemplate", t.clone())
        .await;
    let gone = yard.ok(off, many(json!(["a", "b", "none"]))).await;
    assert_eq!(gone["disassociatedRepositoryNames"], json!(["a", "b"]));
    assert_eq!(gone["errors"][0]["errorCode"], "RepositoryDoesNotExistException");
    let told = yard.events().pop().unwrap().detail;
    assert_eq!(told["event"], "batchDisassociateApprovalRuleTemplateFromRepositories");
    assert_eq!(of_a().await, json!(["v"]));
    // A deleted repository is in no template's way.
    yard.ok("DeleteRepository", json!({"repositoryName": "c"})).await;
    yard.ok("DeleteApprovalRuleTemplate", t.clone()).await;

    let one = |template: Value, repository: Value| json!({"approvalRuleTemplateName": template, "repositoryName": repository});
    for operation in [
        "AssociateApprovalRuleTemplateWithRepository",
        "DisassociateApprovalRuleTemplateFromRepository",
    ] {
        for (refusal, input) in [
            ("ApprovalRuleTemplateNameRequiredException", one(json!(null), json!("a"))),
            ("InvalidApprovalRuleTemplateNameException", one(json!("!"), json!("a"))),
            ("ApprovalRuleTemplateDoesNotExistException", one(json!("t"), json!("a"))),
            ("RepositoryNameRequiredException", one(json!("v"), json!(null))),
            ("InvalidRepositoryNameException", one(json!("v"), json!("a b"))),
            ("RepositoryDoesNotExistException", one(json!("v"), json!("none"))),
        ] {
            yard.refused(refusal, operation, input).await;
        }
    }
    for operation in [on, off] {
        let names: Vec<_> = (0..101).map(|at| format!("r{at}")).collect();
        for (refusal, input) in [
            ("ApprovalRuleTemplateNameRequiredException", json!({"repositoryNames": []})),
            ("ApprovalRuleTemplateDoesNotExistException", many(json!(["r"]))),
            ("RepositoryNamesRequiredException", many(json!([]))),
            ("RepositoryNamesRequiredException", t.clone()),
            ("MaximumRepositoryNamesExceededException", many(json!(names))),
        ] {
            yard.refused(refusal, operation, input).await;
        }
    }
    for (refusal, operation, input) in [
        ("InvalidMaxResultsException", "ListApprovalRuleTemplates", json!({"maxResults": 0})),
        (
            "InvalidContinuationTokenException",
            "ListApprovalRuleTemplates",
            json!({"nextToken": "x"}),
        ),
        (
            "ApprovalRuleTemplateDoesNotExistException",
            "ListRepositoriesForApprovalRuleTemplate",
            t.clone(),
        ),
        (
            "RepositoryDoesNotExistException",
            "ListAssociatedApprovalRuleTemplatesForRepository",
            json!({"repositoryName": "none"}),
        ),
    ] {
        yard.refused(refusal, operation, input).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_many_there_can_be() {
    let yard = Yard::start().await;
    yard.repository("r").await;
    for at in 0..26 {
        template(&yard, &format!("t{at:02}"), &needs(1)).await;
    }
    let page = yard.ok("ListApprovalRuleTemplates", json!({"maxResults": 20})).await;
    assert_eq!(page["approvalRuleTemplateNames"][19], "t19");
    let input = json!({"maxResults": 20, "nextToken": page["nextToken"]});
    let rest = yard.ok("ListApprovalRuleTemplates", input).await;
    assert_eq!(rest["approvalRuleTemplateNames"].as_array().unwrap().len(), 6);
    assert_eq!(rest["nextToken"], json!(null));
    for at in 0..25 {
        associate(&yard, &format!("t{at:02}"), "r").await;
    }
    let over = json!({"approvalRuleTemplateName": "t25", "repositoryName": "r"});
    let refusal = "MaximumRuleTemplatesAssociatedWithRepositoryException";
    yard.refused(refusal, "AssociateApprovalRuleTemplateWithRepository", over).await;
    let over = json!({"approvalRuleTemplateName": "t25", "repositoryNames": ["r"]});
    let done = yard.ok("BatchAssociateApprovalRuleTemplateWithRepositories", over).await;
    assert_eq!(done["errors"][0]["errorCode"], refusal);
}

/// Templates are no resources of IAM's.
#[tokio::test(flavor = "multi_thread")]
async fn who_may() {
    let yard = Yard::start().await;
    let allow = |resource: &str| {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "codecommit:*", "Resource": resource}]})
    };
    let (all, one) = ("*", "arn:aws:codecommit:us-east-1:123456789012:r");
    let list = async |name: &str, resource: &str| {
        let keys = yard.yard.user(name, allow(resource));
        yard.call_as(&keys, "ListApprovalRuleTemplates", json!({})).await
    };
    assert_eq!(list("ann", all).await.0, 200);
    assert_eq!(code(&list("bob", one).await), "AccessDeniedException");
}

/// Where a template applies is a matter of the repositories: policies name those.
#[tokio::test(flavor = "multi_thread")]
async fn associations_are_authorized_on_the_repository() {
    let yard = Yard::start().await;
    yard.repository("mine").await;
    yard.repository("other").await;
    template(&yard, "t", &needs(1)).await;
    let mine = format!("arn:aws:codecommit:{REGION}:123456789012:mine");
    let ann = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:*", "Resource": mine}]});
    let ann = yard.yard.user("ann", ann);
    let one = |name: &str| json!({"approvalRuleTemplateName": "t", "repositoryName": name});
    let many = |names: &[&str]| json!({"approvalRuleTemplateName": "t", "repositoryNames": names});
    for (operation, allowed, denied) in [
        ("AssociateApprovalRuleTemplateWithRepository", one("mine"), one("other")),
        ("ListAssociatedApprovalRuleTemplatesForRepository", one("mine"), one("other")),
        ("DisassociateApprovalRuleTemplateFromRepository", one("mine"), one("other")),
        (
            "BatchAssociateApprovalRuleTemplateWithRepositories",
            many(&["mine"]),
            many(&["mine", "other"]),
        ),
        (
            "BatchDisassociateApprovalRuleTemplateFromRepositories",
            many(&["mine"]),
            many(&["mine", "other"]),
        ),
    ] {
        let answer = yard.call_as(&ann, operation, allowed).await;
        assert_eq!(answer.0, 200, "{operation}: {}", answer.1);
        let answer = yard.call_as(&ann, operation, denied).await;
        assert_eq!(code(&answer), "AccessDeniedException", "{operation}");
    }
    // Templates themselves are no resources.
    let list = json!({"approvalRuleTemplateName": "t"});
    let answer = yard.call_as(&ann, "ListRepositoriesForApprovalRuleTemplate", list).await;
    assert_eq!(code(&answer), "AccessDeniedException");
    let missing = json!({"approvalRuleTemplateName": "t"});
    let code = "InvalidApprovalRuleTemplateDescriptionException";
    yard.refused(code, "UpdateApprovalRuleTemplateDescription", missing).await;
}
