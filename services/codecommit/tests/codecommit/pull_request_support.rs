//! A repository with a branch to be merged, and people around it.

use serde_json::{Value, json};
use testkit::Keys;

use crate::support::{Work, Yard};

/// A repository `r` with `main` and `topic`, one commit ahead of it.
pub struct Reviewed {
    pub yard: Yard,
    pub work: Work,
    pub main: String,
    pub topic: String,
}

/// A policy that allows everything of CodeCommit.
pub fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"}]})
}

/// A rule that needs `needed` approvals by anybody.
pub fn needs(needed: u32) -> String {
    json!({"Version": "2018-11-08", "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": needed}]})
    .to_string()
}

/// A rule that needs an approval by one of `pool`.
pub fn needs_one_of(pool: &[&str]) -> String {
    json!({"Version": "2018-11-08", "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": 1, "ApprovalPoolMembers": pool}]})
    .to_string()
}

impl Reviewed {
    pub async fn start() -> Self {
        let yard = Yard::start().await;
        yard.repository("r").await;
        let work = yard.work("work", &yard.root_url("r")).await;
        let main = work.ok(&["rev-parse", "HEAD"]).await;
        work.ok(&["checkout", "-q", "-b", "topic"]).await;
        let topic = work.commit("topic.txt", "one\n").await;
        work.ok(&["push", "-q", "origin", "main", "topic"]).await;
        Self { yard, work, main, topic }
    }

    pub fn user(&self, name: &str) -> Keys {
        self.yard.yard.user(name, everything())
    }

    /// Root's pull request of `topic` into `main`.
    pub async fn open(&self) -> Value {
        self.open_from("topic").await
    }

    pub async fn open_from(&self, source: &str) -> Value {
        let target = json!({"repositoryName": "r", "sourceReference": source});
        let input = json!({"title": "Merge it", "targets": [target]});
        self.yard.ok("CreatePullRequest", input).await["pullRequest"].clone()
    }

    pub async fn get(&self, id: &str) -> Value {
        let input = json!({"pullRequestId": id});
        self.yard.ok("GetPullRequest", input).await["pullRequest"].clone()
    }

    pub async fn target(&self, id: &str) -> Value {
        self.get(id).await["pullRequestTargets"][0].clone()
    }

    pub async fn revision(&self, id: &str) -> String {
        self.get(id).await["revisionId"].as_str().unwrap().to_owned()
    }

    /// The types of the events in the history, oldest first.
    pub async fn history(&self, id: &str) -> Vec<String> {
        let page = self.yard.ok("DescribePullRequestEvents", json!({"pullRequestId": id})).await;
        let events = page["pullRequestEvents"].as_array().unwrap();
        let kind = |event: &Value| event["pullRequestEventType"].as_str().unwrap().to_owned();
        events.iter().map(kind).collect()
    }

    /// The names of the events on the bus with this detail type, oldest first.
    pub fn announced(&self, detail_type: &str) -> Vec<String> {
        let events = self.yard.events().into_iter();
        let of_type = events.filter(|event| event.detail_type == detail_type);
        of_type.map(|event| event.detail["event"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn rule(&self, id: &str, name: &str, content: &str) -> Value {
        let input = json!({"pullRequestId": id, "approvalRuleName": name,
                           "approvalRuleContent": content});
        self.yard.ok("CreatePullRequestApprovalRule", input).await["approvalRule"].clone()
    }

    /// Approves the current revision, or takes it back.
    pub async fn say(&self, keys: &Keys, id: &str, state: &str) -> (u16, Value) {
        let input = json!({"pullRequestId": id, "revisionId": self.revision(id).await,
                           "approvalState": state});
        self.yard.call_as(keys, "UpdatePullRequestApprovalState", input).await
    }

    pub async fn evaluate(&self, id: &str) -> Value {
        let input = json!({"pullRequestId": id, "revisionId": self.revision(id).await});
        self.yard.ok("EvaluatePullRequestApprovalRules", input).await["evaluation"].clone()
    }
}

/// The code of a refusal.
pub fn code(answer: &(u16, Value)) -> &str {
    answer.1["__type"].as_str().unwrap_or_default()
}
