//! GitFlow by pull requests with approvals, through stock git and the AWS CLI: features into
//! `develop`, a release and a hotfix into `main`, which nobody may push to.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Data, User, Yard, said};

const HELPER: &str =
    "credential.helper=!f() { aws codecommit credential-helper \"$@\" --ignore-host-check; }; f";

struct Flow {
    url: String,
    root: User,
    ann: User,
    bob: User,
    cleo: User,
    work: TempDir,
    yard: Yard,
    _data: Data,
}

fn try_git(user: &User, dir: &Path, arguments: &[&str]) -> Output {
    let mut command = user.command("git");
    command
        .current_dir(dir)
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@localhost", "-c", "credential.helper="])
        .args(["-c", HELPER, "-c", "credential.UseHttpPath=true"])
        .args(arguments);
    command.output().unwrap()
}

/// Everything but to push to main past a review.
fn developer() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "codecommit:*", "Resource": "*"},
        {"Effect": "Deny",
         "Action": ["codecommit:GitPush", "codecommit:DeleteBranch", "codecommit:PutFile",
                    "codecommit:MergeBranchesByFastForward", "codecommit:MergeBranchesBySquash",
                    "codecommit:MergeBranchesByThreeWay",
                    "codecommit:OverridePullRequestApprovalRules"],
         "Resource": "*",
         "Condition": {"StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
                       "Null": {"codecommit:References": "false"}}},
        {"Effect": "Deny", "Action": "codecommit:OverridePullRequestApprovalRules",
         "Resource": "*"}]})
}

/// Needs approvals by people of the team, into this branch.
fn rule(needed: u32, destination: &str, team: &[&str]) -> String {
    let member = |name: &&str| format!("CodeCommitApprovers:123456789012:{name}");
    let pool: Vec<String> = team.iter().map(member).collect();
    json!({"Version": "2018-11-08", "DestinationReferences": [destination], "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": needed, "ApprovalPoolMembers": pool}]})
    .to_string()
}

impl Flow {
    fn new() -> Self {
        let data = Data::new();
        let yard = Yard::up(&data, &["--account-id", "123456789012"], &[]);
        let root = yard.root();
        let user = |name: &str| yard.user(name, &developer());
        let (ann, bob, cleo) = (user("ann"), user("bob"), user("cleo"));
        root.aws(&["codecommit", "create-repository", "--repository-name", "r"]);
        let url = format!("{}/v1/repos/r", yard.url);
        let work = tempfile::tempdir().unwrap();
        let flow = Self { url, root, ann, bob, cleo, work, yard, _data: data };
        flow.git(&["init", "--quiet", "--initial-branch", "main"]);
        flow.git(&["remote", "add", "origin", &flow.url]);
        flow.commit("README", "one\n");
        flow.git(&["branch", "develop"]);
        flow.push_as(&flow.root, &["main", "develop"]);
        flow
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = try_git(&self.ann, self.work.path(), arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn push_as(&self, user: &User, what: &[&str]) {
        let arguments = [&["push", "--quiet", "origin"], what].concat();
        let output = try_git(user, self.work.path(), &arguments);
        assert!(output.status.success(), "git {arguments:?}: {}", said(&output));
    }

    fn commit(&self, file: &str, content: &str) -> String {
        std::fs::write(self.work.path().join(file), content).unwrap();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", &format!("Write {file}")]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn fetch(&self) {
        self.git(&["fetch", "--quiet", "origin"]);
    }

    /// Ann's pull request.
    fn open(&self, source: &str, destination: &str) -> String {
        let target =
            format!("repositoryName=r,sourceReference={source},destinationReference={destination}");
        let made = self.ann.aws(&[
            "codecommit",
            "create-pull-request",
            "--title",
            source,
            "--targets",
            &target,
        ]);
        made["pullRequest"]["pullRequestId"].as_str().unwrap().to_owned()
    }

    fn get(&self, id: &str) -> Value {
        let got = self.root.aws(&["codecommit", "get-pull-request", "--pull-request-id", id]);
        got["pullRequest"].clone()
    }

    /// `aws codecommit OPERATION` on the current revision.
    fn on_revision(&self, user: &User, id: &str, operation: &str, more: &[&str]) -> Value {
        let pull_request = self.get(id);
        let revision = pull_request["revisionId"].as_str().unwrap();
        let arguments =
            ["codecommit", operation, "--pull-request-id", id, "--revision-id", revision];
        user.aws(&[&arguments, more].concat())
    }

    fn approve(&self, user: &User, id: &str) {
        let state = ["--approval-state", "APPROVE"];
        self.on_revision(user, id, "update-pull-request-approval-state", &state);
    }

    fn approved(&self, id: &str) -> bool {
        let found = self.on_revision(&self.ann, id, "evaluate-pull-request-approval-rules", &[]);
        found["evaluation"]["approved"].as_bool().unwrap()
    }

    fn merge<'a>(&self, id: &'a str, how: &'a str) -> [&'a str; 6] {
        ["codecommit", how, "--pull-request-id", id, "--repository-name", "r"]
    }

    fn template(&self, name: &str, content: &str) {
        self.root.aws(&[
            "codecommit",
            "create-approval-rule-template",
            "--approval-rule-template-name",
            name,
            "--approval-rule-template-content",
            content,
        ]);
        self.root.aws(&[
            "codecommit",
            "associate-approval-rule-template-with-repository",
            "--approval-rule-template-name",
            name,
            "--repository-name",
            "r",
        ]);
    }
}

#[test]
fn gitflow_by_pull_requests() {
    let flow = Flow::new();
    let team = ["ann", "bob", "cleo"];
    flow.template("Two for main", &rule(2, "refs/heads/main", &team));
    flow.template("One for develop", &rule(1, "refs/heads/develop", &team));

    // A feature.
    flow.git(&["checkout", "--quiet", "-b", "feature/a", "develop"]);
    flow.commit("a.txt", "a\n");
    flow.push_as(&flow.ann, &["feature/a"]);
    let id = flow.open("feature/a", "develop");
    assert_eq!(flow.get(&id)["approvalRules"][0]["approvalRuleName"], "One for develop");
    let squash = flow.merge(&id, "merge-pull-request-by-squash");
    flow.ann.refused("PullRequestApprovalRulesNotSatisfiedException", &squash);
    flow.approve(&flow.bob, &id);
    assert!(flow.approved(&id));
    // What comes after the approval was not approved.
    let tip = flow.commit("a.txt", "a, better\n");
    flow.push_as(&flow.ann, &["feature/a"]);
    assert!(!flow.approved(&id));
    flow.ann.refused("PullRequestApprovalRulesNotSatisfiedException", &squash);
    let revision = flow.get(&id)["revisionId"].as_str().unwrap().to_owned();
    flow.ann.refused(
        "PullRequestCannotBeApprovedByAuthorException",
        &[
            "codecommit",
            "update-pull-request-approval-state",
            "--pull-request-id",
            &id,
            "--revision-id",
            &revision,
            "--approval-state",
            "APPROVE",
        ],
    );
    flow.approve(&flow.cleo, &id);
    let merged = flow.ann.aws(&[&squash[..], &["--source-commit-id", &tip]].concat());
    let merged = &merged["pullRequest"];
    assert_eq!(merged["pullRequestStatus"], "CLOSED");
    let metadata = &merged["pullRequestTargets"][0]["mergeMetadata"];
    assert_eq!(metadata["isMerged"], json!(true));
    assert_eq!(metadata["mergedBy"], "arn:aws:iam::123456789012:user/ann");
    assert_eq!(metadata["mergeOption"], "SQUASH_MERGE");
    flow.fetch();
    assert_eq!(flow.git(&["rev-parse", "origin/develop"]), metadata["mergeCommitId"]);
    assert_eq!(flow.git(&["show", "origin/develop:a.txt"]), "a, better");

    // The release: main takes it by a pull request only, with two approvals.
    flow.git(&["checkout", "--quiet", "-b", "release/1.0", "origin/develop"]);
    flow.commit("VERSION", "1.0\n");
    flow.push_as(&flow.ann, &["release/1.0"]);
    let past_review = try_git(&flow.ann, flow.work.path(), &["push", "origin", "release/1.0:main"]);
    assert!(!past_review.status.success(), "{}", said(&past_review));
    let id = flow.open("release/1.0", "main");
    let three_way = flow.merge(&id, "merge-pull-request-by-three-way");
    flow.approve(&flow.bob, &id);
    flow.ann.refused("PullRequestApprovalRulesNotSatisfiedException", &three_way);
    flow.approve(&flow.cleo, &id);
    flow.ann.aws(&three_way);
    flow.fetch();
    assert_eq!(flow.git(&["show", "origin/main:VERSION"]), "1.0");
    let parents = flow.git(&["rev-list", "--parents", "-1", "origin/main"]);
    assert_eq!(parents.split(' ').count(), 3, "a merge commit: {parents}");
    flow.git(&["tag", "v1.0", "origin/main"]);
    flow.push_as(&flow.ann, &["v1.0"]);

    // A hotfix that cannot wait: who may sets the rules aside.
    flow.git(&["checkout", "--quiet", "-b", "hotfix/1.0.1", "origin/main"]);
    let fix = flow.commit("VERSION", "1.0.1\n");
    flow.push_as(&flow.ann, &["hotfix/1.0.1"]);
    let id = flow.open("hotfix/1.0.1", "main");
    let forward = flow.merge(&id, "merge-pull-request-by-fast-forward");
    flow.ann.refused("PullRequestApprovalRulesNotSatisfiedException", &forward);
    let aside = ["--override-status", "OVERRIDE"];
    flow.on_revision(&flow.root, &id, "override-pull-request-approval-rules", &aside);
    let merged = flow.ann.aws(&forward);
    let metadata = &merged["pullRequest"]["pullRequestTargets"][0]["mergeMetadata"];
    assert_eq!(metadata["mergeOption"], "FAST_FORWARD_MERGE");
    flow.fetch();
    assert_eq!(flow.git(&["rev-parse", "origin/main"]), fix);
    flow.ann.refused("PullRequestAlreadyClosedException", &forward);

    // Back into develop: merged by hand and pushed, which merges the open pull request, too.
    flow.git(&["checkout", "--quiet", "-b", "back", "origin/develop"]);
    flow.git(&["merge", "--quiet", "--no-ff", "-m", "Take 1.0.1 back", "origin/main"]);
    flow.push_as(&flow.ann, &["back"]);
    let id = flow.open("back", "develop");
    flow.push_as(&flow.bob, &["back:develop"]);
    let back = flow.get(&id);
    assert_eq!(back["pullRequestStatus"], "CLOSED");
    let metadata = &back["pullRequestTargets"][0]["mergeMetadata"];
    assert_eq!(metadata["mergedBy"], "arn:aws:iam::123456789012:user/bob");

    // What is left open goes with its branch.
    flow.git(&["checkout", "--quiet", "-b", "feature/b", "back"]);
    flow.commit("b.txt", "b\n");
    flow.push_as(&flow.ann, &["feature/b"]);
    let left = flow.open("feature/b", "develop");
    let list = |status: &str| {
        let arguments =
            ["list-pull-requests", "--repository-name", "r", "--pull-request-status", status];
        let found = flow.root.aws(&[&["codecommit"], &arguments[..]].concat());
        found["pullRequestIds"].as_array().unwrap().clone()
    };
    assert_eq!(list("OPEN"), [json!(left)]);
    flow.push_as(&flow.ann, &[":feature/b"]);
    assert_eq!((list("OPEN").len(), list("CLOSED").len()), (0, 5));
    let events = flow.root.aws(&[
        "codecommit",
        "describe-pull-request-events",
        "--pull-request-id",
        "1",
        "--actor-arn",
        "arn:aws:iam::123456789012:user/ann",
    ]);
    let kinds: Vec<_> = events["pullRequestEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["pullRequestEventType"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "PULL_REQUEST_CREATED",
            "PULL_REQUEST_APPROVAL_RULE_CREATED",
            "PULL_REQUEST_SOURCE_REFERENCE_UPDATED",
            "PULL_REQUEST_MERGE_STATE_CHANGED",
            "PULL_REQUEST_STATUS_CHANGED",
        ]
    );
    let check = try_git(&flow.root, flow.work.path(), &["fsck", "--strict", "--no-progress"]);
    assert!(check.status.success(), "{}", said(&check));
    assert!(flow.yard.terminate().success());
}
