//! Approval rules, approvals, overrides.

use serde_json::{Value, json};
use service::SessionRequest;
use testkit::Keys;

use crate::pull_request_support::{Reviewed, code, everything, needs, needs_one_of};

const PULL_REQUESTS: &str = "CodeCommit Pull Request State Change";

#[tokio::test(flavor = "multi_thread")]
async fn rules() {
    let it = Reviewed::start().await;
    it.open().await;
    let ann = it.user("ann");
    let input = json!({"pullRequestId": "1", "approvalRuleName": "one at least",
                       "approvalRuleContent": needs(1)});
    let (_, made) = it.yard.call_as(&ann, "CreatePullRequestApprovalRule", input.clone()).await;
    let rule = &made["approvalRule"];
    assert_eq!(rule["approvalRuleName"], "one at least");
    assert_eq!(rule["approvalRuleContent"], json!(needs(1)));
    assert_eq!(rule["lastModifiedUser"], "arn:aws:iam::123456789012:user/ann");
    assert_eq!(rule["originApprovalRuleTemplate"], json!(null));
    assert_eq!(it.get("1").await["approvalRules"], json!([rule]));
    it.yard
        .refused("ApprovalRuleNameAlreadyExistsException", "CreatePullRequestApprovalRule", input)
        .await;

    let update = |more: Value| {
        let mut input = json!({"pullRequestId": "1", "approvalRuleName": "one at least",
                               "newRuleContent": needs(2)});
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        input
    };
    let hash = json!({"existingRuleContentSha256": rule["ruleContentSha256"]});
    let updated = it.yard.ok("UpdatePullRequestApprovalRuleContent", update(hash.clone())).await;
    let updated = &updated["approvalRule"];
    assert_eq!(updated["approvalRuleId"], rule["approvalRuleId"]);
    assert_eq!(updated["approvalRuleContent"], json!(needs(2)));
    assert_ne!(updated["ruleContentSha256"], rule["ruleContentSha256"]);
    assert_eq!(updated["lastModifiedUser"], "arn:aws:iam::123456789012:root");
    for (refusal, more) in [
        ("InvalidRuleContentSha256Exception", hash),
        ("ApprovalRuleNameRequiredException", json!({"approvalRuleName": null})),
        ("InvalidApprovalRuleNameException", json!({"approvalRuleName": "a/b"})),
        ("ApprovalRuleDoesNotExistException", json!({"approvalRuleName": "none"})),
        ("ApprovalRuleContentRequiredException", json!({"newRuleContent": null})),
        ("InvalidApprovalRuleContentException", json!({"newRuleContent": "{}"})),
        ("PullRequestDoesNotExistException", json!({"pullRequestId": "2"})),
    ] {
        it.yard.refused(refusal, "UpdatePullRequestApprovalRuleContent", update(more)).await;
    }
    let delete = |name: &str| json!({"pullRequestId": "1", "approvalRuleName": name});
    let deleted = it.yard.ok("DeletePullRequestApprovalRule", delete("one at least")).await;
    assert_eq!(deleted, json!({"approvalRuleId": rule["approvalRuleId"]}));
    let again = it.yard.ok("DeletePullRequestApprovalRule", delete("one at least")).await;
    assert_eq!(again, json!({}));
    let page = it.yard.ok("DescribePullRequestEvents", json!({"pullRequestId": "1"})).await;
    let events = page["pullRequestEvents"].as_array().unwrap();
    for (event, kind) in events.iter().skip(1).zip(["CREATED", "UPDATED", "DELETED"]) {
        let kind = format!("PULL_REQUEST_APPROVAL_RULE_{kind}");
        assert_eq!(event["pullRequestEventType"], json!(kind));
        let about = &event["approvalRuleEventMetadata"];
        assert_eq!(about["approvalRuleName"], "one at least");
        assert_eq!(about["approvalRuleId"], rule["approvalRuleId"]);
    }
    assert_eq!(
        it.announced(PULL_REQUESTS)[1..],
        [
            "pullRequestApprovalRuleCreated",
            "pullRequestApprovalRuleUpdated",
            "pullRequestApprovalRuleDeleted"
        ]
    );
    let told = it.yard.events().pop().unwrap().detail;
    assert_eq!(told["approvalRuleName"], "one at least");
    assert_eq!(told["approvalRuleId"], rule["approvalRuleId"]);
    assert_eq!(told["approvalRuleContentSha256"], updated["ruleContentSha256"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_rule_is_refused() {
    let it = Reviewed::start().await;
    it.open().await;
    let good = json!({"pullRequestId": "1", "approvalRuleName": "n",
                      "approvalRuleContent": needs(1)});
    for (refusal, member, value) in [
        ("PullRequestIdRequiredException", "pullRequestId", json!(null)),
        ("InvalidPullRequestIdException", "pullRequestId", json!("x")),
        ("PullRequestDoesNotExistException", "pullRequestId", json!("2")),
        ("ApprovalRuleNameRequiredException", "approvalRuleName", json!(null)),
        ("InvalidApprovalRuleNameException", "approvalRuleName", json!("")),
        ("InvalidApprovalRuleNameException", "approvalRuleName", json!("x".repeat(101))),
        ("InvalidApprovalRuleNameException", "approvalRuleName", json!("a?")),
        ("InvalidApprovalRuleNameException", "approvalRuleName", json!("a.git")),
        ("ApprovalRuleContentRequiredException", "approvalRuleContent", json!(null)),
        ("InvalidApprovalRuleContentException", "approvalRuleContent", json!("")),
        ("InvalidApprovalRuleContentException", "approvalRuleContent", json!("x".repeat(3001))),
        ("InvalidApprovalRuleContentException", "approvalRuleContent", json!("no json")),
        (
            "InvalidApprovalRuleContentException",
            "approvalRuleContent",
            json!(needs_one_of(&["ann"])),
        ),
    ] {
        let mut input = good.clone();
        input[member] = value;
        it.yard.refused(refusal, "CreatePullRequestApprovalRule", input).await;
    }
    for at in 0..30 {
        it.rule("1", &format!("rule {at}"), &needs(1)).await;
    }
    it.yard
        .refused("NumberOfRulesExceededException", "CreatePullRequestApprovalRule", good.clone())
        .await;
    let close = json!({"pullRequestId": "1", "pullRequestStatus": "CLOSED"});
    it.yard.ok("UpdatePullRequestStatus", close).await;
    let rule = json!({"pullRequestId": "1", "approvalRuleName": "rule 1",
                      "newRuleContent": needs(1)});
    for (operation, input) in [
        ("CreatePullRequestApprovalRule", good),
        ("DeletePullRequestApprovalRule", rule.clone()),
        ("UpdatePullRequestApprovalRuleContent", rule),
    ] {
        it.yard.refused("PullRequestAlreadyClosedException", operation, input).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_are_of_a_revision() {
    let it = Reviewed::start().await;
    it.open().await;
    it.rule("1", "two", &needs(2)).await;
    it.rule("1", "ann", &needs_one_of(&["CodeCommitApprovers:123456789012:ann"])).await;
    let (ann, bob) = (it.user("ann"), it.user("bob"));
    let nobody = json!({"approved": false, "overridden": false, "approvalRulesSatisfied": [],
                        "approvalRulesNotSatisfied": ["two", "ann"]});
    assert_eq!(it.evaluate("1").await, nobody);
    assert_eq!(it.say(&ann, "1", "APPROVE").await, (200, json!({})));
    assert_eq!(it.say(&ann, "1", "APPROVE").await.0, 200, "again");
    assert_eq!(
        it.evaluate("1").await,
        json!({"approved": false, "overridden": false, "approvalRulesSatisfied": ["ann"],
               "approvalRulesNotSatisfied": ["two"]})
    );
    it.say(&bob, "1", "APPROVE").await;
    assert_eq!(it.evaluate("1").await["approved"], json!(true));
    let states = async |revision: &str| {
        let input = json!({"pullRequestId": "1", "revisionId": revision});
        it.yard.ok("GetPullRequestApprovalStates", input).await["approvals"].clone()
    };
    let first = it.revision("1").await;
    let both = json!([
        {"userArn": "arn:aws:iam::123456789012:user/ann", "approvalState": "APPROVE"},
        {"userArn": "arn:aws:iam::123456789012:user/bob", "approvalState": "APPROVE"}]);
    assert_eq!(states(&first).await, both);
    it.say(&ann, "1", "REVOKE").await;
    it.say(&ann, "1", "REVOKE").await;
    assert_eq!(it.evaluate("1").await["approvalRulesNotSatisfied"], json!(["two", "ann"]));
    it.say(&ann, "1", "APPROVE").await;

    // The author does not count.
    let answer = it.say(&it.yard.yard.root(), "1", "APPROVE").await;
    assert_eq!(code(&answer), "PullRequestCannotBeApprovedByAuthorException");

    let history = it.history("1").await;
    let changed = history.iter().filter(|kind| *kind == "PULL_REQUEST_APPROVAL_STATE_CHANGED");
    assert_eq!(changed.count(), 4, "what changes nothing is not told: {history:?}");
    let told = it.yard.events().pop().unwrap().detail;
    assert_eq!(told["event"], "pullRequestApprovalStateChanged");
    assert_eq!(told["approvalStatus"], "APPROVE");
    assert_eq!(told["callerUserArn"], "arn:aws:iam::123456789012:user/ann");

    // A push begins a new revision, which nobody has approved.
    it.work.commit("topic.txt", "two\n").await;
    it.work.ok(&["push", "-q", "origin", "topic"]).await;
    assert_eq!(it.evaluate("1").await, nobody);
    let second = it.revision("1").await;
    assert_eq!(states(&second).await, json!([]));
    assert_eq!(states(&first).await.as_array().unwrap().len(), 2);
    let with = |revision: Value, state: Value| json!({"pullRequestId": "1", "revisionId": revision, "approvalState": state});
    for (refusal, input) in [
        ("RevisionIdRequiredException", with(json!(null), json!("APPROVE"))),
        ("RevisionIdRequiredException", with(json!(""), json!("APPROVE"))),
        ("InvalidRevisionIdException", with(json!("x"), json!("APPROVE"))),
        ("RevisionNotCurrentException", with(json!(first), json!("APPROVE"))),
        ("ApprovalStateRequiredException", with(json!(second), json!(null))),
        ("InvalidApprovalStateException", with(json!(second), json!("LIKE"))),
    ] {
        it.yard.refused(refusal, "UpdatePullRequestApprovalState", input).await;
    }
    let evaluate = "EvaluatePullRequestApprovalRules";
    for (refusal, operation, revision) in [
        ("RevisionNotCurrentException", evaluate, json!(first)),
        ("InvalidRevisionIdException", evaluate, json!("x")),
        ("RevisionIdRequiredException", evaluate, json!(null)),
        ("InvalidRevisionIdException", "GetPullRequestApprovalStates", json!("x")),
        ("RevisionIdRequiredException", "GetPullRequestApprovalStates", json!(null)),
        ("InvalidRevisionIdException", "GetPullRequestOverrideState", json!("x")),
        ("RevisionIdRequiredException", "GetPullRequestOverrideState", json!(null)),
    ] {
        it.yard
            .refused(refusal, operation, json!({"pullRequestId": "1", "revisionId": revision}))
            .await;
    }
}

/// Keys of a session of the role.
fn session(it: &Reviewed, role_arn: &str, name: &str) -> Keys {
    let request = SessionRequest {
        role_arn: role_arn.to_owned(),
        service: "codebuild.amazonaws.com".to_owned(),
        session_name: name.to_owned(),
        ..SessionRequest::default()
    };
    let session = it.yard.yard.yard().assume_role(&request).unwrap();
    let mut keys = Keys::new(session.access_key_id, session.secret_access_key);
    keys.token = Some(session.session_token);
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_of_roles_approve() {
    let it = Reviewed::start().await;
    it.open().await;
    let role = it.yard.yard.role("Review", everything());
    for (name, member) in [
        ("short with role", "CodeCommitApprovers:123456789012:Review/Mary"),
        ("short with wildcard", "CodeCommitApprovers:123456789012:*Mary"),
        ("short alone", "CodeCommitApprovers:123456789012:Mary"),
        ("sessions", "arn:aws:sts::123456789012:assumed-role/Review/*"),
        ("role", role.as_str()),
        ("another account", "CodeCommitApprovers:210987654321:*"),
    ] {
        it.rule("1", name, &needs_one_of(&[member])).await;
    }
    let mary = session(&it, &role, "Mary");
    assert_eq!(it.say(&mary, "1", "APPROVE").await, (200, json!({})));
    let evaluation = it.evaluate("1").await;
    assert_eq!(
        evaluation["approvalRulesSatisfied"],
        json!(["short with role", "short with wildcard", "sessions", "role"])
    );
    assert_eq!(evaluation["approvalRulesNotSatisfied"], json!(["short alone", "another account"]));
    // Sessions of one role are different people.
    it.rule(
        "1",
        "two",
        &json!({"Version": "2018-11-08", "Statements": [{"Type": "Approvers",
        "NumberOfApprovalsNeeded": 2,
        "ApprovalPoolMembers": ["CodeCommitApprovers:123456789012:Review/*"]}]})
        .to_string(),
    )
    .await;
    assert_eq!(it.evaluate("1").await["approvalRulesNotSatisfied"][2], "two");
    it.say(&session(&it, &role, "Li"), "1", "APPROVE").await;
    assert_eq!(it.evaluate("1").await["approvalRulesSatisfied"][4], "two");
}

#[tokio::test(flavor = "multi_thread")]
async fn overrides() {
    let it = Reviewed::start().await;
    it.open().await;
    it.rule("1", "two", &needs(2)).await;
    let ann = it.user("ann");
    let revision = it.revision("1").await;
    let with = |status: &str| json!({"pullRequestId": "1", "revisionId": revision, "overrideStatus": status});
    let operation = "OverridePullRequestApprovalRules";
    let state = async || {
        let input = json!({"pullRequestId": "1", "revisionId": revision});
        it.yard.ok("GetPullRequestOverrideState", input).await
    };
    assert_eq!(state().await, json!({"overridden": false}));
    it.yard.ok(operation, with("REVOKE")).await;
    assert_eq!(it.yard.call_as(&ann, operation, with("OVERRIDE")).await, (200, json!({})));
    let by_ann = json!({"overridden": true, "overrider": "arn:aws:iam::123456789012:user/ann"});
    assert_eq!(state().await, by_ann);
    let evaluation = it.evaluate("1").await;
    assert_eq!(evaluation["overridden"], json!(true));
    assert_eq!(evaluation["approvalRulesNotSatisfied"], json!(["two"]));
    it.yard.refused("OverrideAlreadySetException", operation, with("OVERRIDE")).await;
    let told = it.yard.events().pop().unwrap().detail;
    assert_eq!(told["event"], "pullRequestApprovalRuleOverridden");
    assert_eq!(told["overrideStatus"], "OVERRIDE");
    it.yard.ok(operation, with("REVOKE")).await;
    assert_eq!(state().await, json!({"overridden": false}));
    assert_eq!(
        it.history("1").await[2..],
        ["PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN", "PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN"]
    );
    for (refusal, member, value) in [
        ("OverrideStatusRequiredException", "overrideStatus", json!(null)),
        ("InvalidOverrideStatusException", "overrideStatus", json!("MAYBE")),
        ("RevisionIdRequiredException", "revisionId", json!(null)),
        ("InvalidRevisionIdException", "revisionId", json!("x")),
        ("PullRequestDoesNotExistException", "pullRequestId", json!("2")),
    ] {
        let mut input = with("OVERRIDE");
        input[member] = value;
        it.yard.refused(refusal, operation, input).await;
    }
    // An override is of one revision.
    it.yard.ok(operation, with("OVERRIDE")).await;
    it.work.commit("topic.txt", "two\n").await;
    it.work.ok(&["push", "-q", "origin", "topic"]).await;
    it.yard.refused("RevisionNotCurrentException", operation, with("REVOKE")).await;
    assert_eq!(it.evaluate("1").await["overridden"], json!(false));
    let close = json!({"pullRequestId": "1", "pullRequestStatus": "CLOSED"});
    it.yard.ok("UpdatePullRequestStatus", close).await;
    let now = it.revision("1").await;
    let on_closed = json!({"pullRequestId": "1", "revisionId": now, "overrideStatus": "OVERRIDE",
                           "approvalState": "APPROVE"});
    for operation in [operation, "UpdatePullRequestApprovalState"] {
        it.yard.refused("PullRequestAlreadyClosedException", operation, on_closed.clone()).await;
    }
}
