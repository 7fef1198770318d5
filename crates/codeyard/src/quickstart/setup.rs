//! What a push needs to go live, made through the public API as root, each thing only where it is
//! not there yet. What acts later (developer, roles) gets narrow policies of its own.

use client::Client;
use serde_json::{Value, json};

use super::names::{BRANCH, HOSTS, NAME, POLICY, ROLES, TAG, USER, bucket};
use crate::data_dir::{DataDir, read_json, write_private};
use crate::failure::{Context as _, Failure, Outcome};
use crate::hosts::{self, Host, ignore};
use crate::screen::Screen;

const IAM_VERSION: &str = "2010-05-08";

/// What setting up made or found.
pub(super) struct Made {
    pub(super) clone_url: String,
    pub(super) git_user: String,
    pub(super) git_password: String,
    pub(super) hosts: Vec<Host>,
}

/// The names and ARNs that the pieces refer to each other by.
struct Plan<'a> {
    data: &'a DataDir,
    client: &'a Client,
    bucket: String,
}

/// Makes what is missing.
pub(super) async fn run(data: &DataDir, client: &Client, screen: &Screen) -> Outcome<Made> {
    let bucket = bucket(data.account.as_str(), data.region.as_str());
    let plan = Plan { data, client, bucket };
    let clone_url = plan.repository().await?;
    let (git_user, git_password) = plan.developer().await?;
    screen.good(&format!("repository {NAME}, user {USER} with git credentials"));
    for (name, service) in ROLES {
        plan.role(name, service).await?;
    }
    plan.artifact_bucket().await?;
    screen.good(&format!("service roles, artifact bucket {}", plan.bucket));
    plan.build_project().await?;
    let mut made_hosts = Vec::new();
    let buckets = [plan.bucket.clone()];
    for name in HOSTS {
        screen.status(&format!("starting {name}"));
        let tags = [(TAG.0.to_owned(), TAG.1.to_owned())];
        made_hosts.push(hosts::add(data, client, name, &tags, &buckets).await?);
    }
    plan.application().await?;
    screen.good(&format!("build project, deployment hosts {}", HOSTS.join(" and ")));
    plan.pipeline().await?;
    plan.rule().await?;
    screen
        .good(&format!("pipeline {NAME}: Source → Build → Deploy, started by a push to {BRANCH}"));
    Ok(Made { clone_url, git_user, git_password, hosts: made_hosts })
}

impl Plan<'_> {
    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.data.region, self.data.account)
    }

    fn role_arn(&self, name: &str) -> String {
        format!("arn:aws:iam::{}:role/{name}", self.data.account)
    }

    /// Calls a JSON operation; refusals with these codes mean that the thing is there already.
    async fn make(&self, service: &str, target: &str, input: Value, there: &[&str]) -> Outcome<()> {
        ignore(self.client.json(service, target, input).await.map(|_| ()), there)
    }

    async fn iam(&self, action: &str, parameters: &[(&str, &str)], there: &[&str]) -> Outcome<()> {
        let done = self.client.query("iam", IAM_VERSION, action, parameters).await;
        ignore(done.map(|_| ()), there)
    }

    async fn repository(&self) -> Outcome<String> {
        let input = json!({"repositoryName": NAME, "repositoryDescription": "The quickstart's sample site"});
        let target = "CodeCommit_20150413.CreateRepository";
        self.make("codecommit", target, input, &["RepositoryNameExistsException"]).await?;
        let target = "CodeCommit_20150413.GetRepository";
        let found = self.client.json("codecommit", target, json!({"repositoryName": NAME})).await?;
        let url = found["repositoryMetadata"]["cloneUrlHttp"].as_str();
        url.map(str::to_owned).ok_or_else(|| Failure::new("the repository has no clone URL"))
    }

    /// The developer may read and push this repository, and see the pipeline: nothing else.
    async fn developer(&self) -> Outcome<(String, String)> {
        self.iam("CreateUser", &[("UserName", USER)], &["EntityAlreadyExists"]).await?;
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["codecommit:Git*", "codecommit:Get*", "codecommit:List*", "codecommit:BatchGet*"],
             "Resource": self.arn("codecommit", NAME)},
            {"Effect": "Allow", "Action": ["codepipeline:Get*", "codepipeline:List*"],
             "Resource": [self.arn("codepipeline", NAME), self.arn("codepipeline", &format!("{NAME}/*"))]},
        ]});
        self.user_policy(&policy).await?;
        let file = self.data.path.join("quickstart").join("git.json");
        if let Some(known) = read_json(&file)?
            && let (Some(user), Some(password)) =
                (known["userName"].as_str(), known["password"].as_str())
        {
            return Ok((user.to_owned(), password.to_owned()));
        }
        let parameters = [("UserName", USER), ("ServiceName", "codecommit.amazonaws.com")];
        let made = self
            .client
            .query("iam", IAM_VERSION, "CreateServiceSpecificCredential", &parameters)
            .await?;
        let credential = made.child("ServiceSpecificCredential");
        let text = |name: &str| {
            credential
                .and_then(|it| it.child(name))
                .map(|it| it.text.clone())
                .ok_or_else(|| Failure::new(format!("the yard told no {name}")))
        };
        let (user, password) = (text("ServiceUserName")?, text("ServicePassword")?);
        if let Some(dir) = file.parent() {
            std::fs::create_dir_all(dir).context(format_args!("make {}", dir.display()))?;
        }
        write_private(&file, &json!({"userName": user, "password": password}))?;
        Ok((user, password))
    }

    async fn user_policy(&self, policy: &Value) -> Outcome<()> {
        let text = policy.to_string();
        let parameters =
            [("UserName", USER), ("PolicyName", POLICY), ("PolicyDocument", text.as_str())];
        self.iam("PutUserPolicy", &parameters, &[]).await
    }

    async fn role(&self, name: &str, service: &str) -> Outcome<()> {
        let trust = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"},
        ]})
        .to_string();
        let parameters = [("RoleName", name), ("AssumeRolePolicyDocument", trust.as_str())];
        self.iam("CreateRole", &parameters, &["EntityAlreadyExists"]).await?;
        let policy = self.role_policy(service).to_string();
        let parameters =
            [("RoleName", name), ("PolicyName", POLICY), ("PolicyDocument", policy.as_str())];
        self.iam("PutRolePolicy", &parameters, &[]).await
    }

    /// What each service needs to do its part, and no more.
    fn role_policy(&self, service: &str) -> Value {
        let bucket = format!("arn:aws:s3:::{}", self.bucket);
        let objects = format!("{bucket}/*");
        let artifacts = json!({"Effect": "Allow", "Resource": [bucket, objects],
            "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning", "s3:GetBucketLocation", "s3:GetBucketAcl"]});
        let statements = match service {
            "codebuild.amazonaws.com" => vec![
                artifacts,
                json!({"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": [self.arn("logs", &format!("log-group:/aws/codebuild/{NAME}")),
                                 self.arn("logs", &format!("log-group:/aws/codebuild/{NAME}:*"))]}),
            ],
            "codepipeline.amazonaws.com" => vec![
                artifacts,
                json!({"Effect": "Allow", "Resource": self.arn("codecommit", NAME),
                    "Action": ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetFile", "codecommit:GetFolder",
                               "codecommit:GetBlob", "codecommit:GetRepository", "codecommit:GitPull",
                               "codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus", "codecommit:CancelUploadArchive"]}),
                json!({"Effect": "Allow", "Resource": self.arn("codebuild", &format!("project/{NAME}")),
                    "Action": ["codebuild:StartBuild", "codebuild:BatchGetBuilds", "codebuild:StopBuild"]}),
                json!({"Effect": "Allow", "Resource": "*",
                    "Action": ["codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:StopDeployment",
                               "codedeploy:GetDeploymentConfig", "codedeploy:GetApplication",
                               "codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"]}),
            ],
            "events.amazonaws.com" => vec![json!({"Effect": "Allow",
                "Action": "codepipeline:StartPipelineExecution", "Resource": self.arn("codepipeline", NAME)})],
            _ => vec![
                json!({"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"], "Resource": [bucket, objects]}),
            ],
        };
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    async fn artifact_bucket(&self) -> Outcome<()> {
        let target = format!("/{}", self.bucket);
        let body = match self.data.region.as_str() {
            "us-east-1" => String::new(),
            region => format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ),
        };
        let made = self.client.s3("PUT", &target, &[], body.into_bytes()).await;
        ignore(made.map(|_| ()), &["BucketAlreadyOwnedByYou"])?;
        let versioning = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";
        let target = format!("/{}?versioning", self.bucket);
        self.client.s3("PUT", &target, &[], versioning.as_bytes().to_vec()).await?;
        Ok(())
    }

    async fn build_project(&self) -> Outcome<()> {
        let input = json!({
            "name": NAME,
            "source": {"type": "CODEPIPELINE"},
            "artifacts": {"type": "CODEPIPELINE"},
            "environment": {"type": "LINUX_CONTAINER", "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                            "computeType": "BUILD_GENERAL1_SMALL"},
            "serviceRole": self.role_arn("quickstart-codebuild"),
        });
        let there = ["ResourceAlreadyExistsException"];
        self.make("codebuild", "CodeBuild_20161006.CreateProject", input, &there).await
    }

    async fn application(&self) -> Outcome<()> {
        let input = json!({"applicationName": NAME, "computePlatform": "Server"});
        let there = ["ApplicationAlreadyExistsException"];
        self.make("codedeploy", "CodeDeploy_20141006.CreateApplication", input, &there).await?;
        let input = json!({
            "applicationName": NAME,
            "deploymentGroupName": NAME,
            "deploymentConfigName": "CodeDeployDefault.OneAtATime",
            "serviceRoleArn": self.role_arn("quickstart-codedeploy"),
            "onPremisesInstanceTagFilters": [{"Key": TAG.0, "Value": TAG.1, "Type": "KEY_AND_VALUE"}],
            "autoRollbackConfiguration": {"enabled": true, "events": ["DEPLOYMENT_FAILURE"]},
        });
        let there = ["DeploymentGroupAlreadyExistsException"];
        self.make("codedeploy", "CodeDeploy_20141006.CreateDeploymentGroup", input, &there).await
    }

    async fn pipeline(&self) -> Outcome<()> {
        let action = |name: &str, category: &str, provider: &str, configuration: Value| {
            json!({"name": name, "runOrder": 1, "configuration": configuration,
                   "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"}})
        };
        let mut source = action(
            "Source",
            "Source",
            "CodeCommit",
            json!({"RepositoryName": NAME, "BranchName": BRANCH, "PollForSourceChanges": "false"}),
        );
        source["outputArtifacts"] = json!([{"name": "Source"}]);
        let mut build = action("BuildAndTest", "Build", "CodeBuild", json!({"ProjectName": NAME}));
        build["inputArtifacts"] = json!([{"name": "Source"}]);
        build["outputArtifacts"] = json!([{"name": "Site"}]);
        let mut deploy = action(
            "Deploy",
            "Deploy",
            "CodeDeploy",
            json!({"ApplicationName": NAME, "DeploymentGroupName": NAME}),
        );
        deploy["inputArtifacts"] = json!([{"name": "Site"}]);
        let input = json!({"pipeline": {
            "name": NAME,
            "roleArn": self.role_arn("quickstart-codepipeline"),
            "artifactStore": {"type": "S3", "location": self.bucket},
            "stages": [
                {"name": "Source", "actions": [source]},
                {"name": "Build", "actions": [build]},
                {"name": "Deploy", "actions": [deploy]},
            ],
        }});
        let there = ["PipelineNameInUseException"];
        self.make("codepipeline", "CodePipeline_20150709.CreatePipeline", input, &there).await
    }

    /// A push to the branch starts the pipeline, as AWS's console sets it up.
    async fn rule(&self) -> Outcome<()> {
        let pattern = json!({
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": [self.arn("codecommit", NAME)],
            "detail": {"event": ["referenceCreated", "referenceUpdated"],
                       "referenceType": ["branch"], "referenceName": [BRANCH]},
        });
        let input = json!({"Name": NAME, "EventPattern": pattern.to_string(),
                           "Description": "Starts the quickstart's pipeline at a push"});
        self.make("events", "AWSEvents.PutRule", input, &[]).await?;
        let target = json!({"Id": "pipeline", "Arn": self.arn("codepipeline", NAME),
                            "RoleArn": self.role_arn("quickstart-events")});
        let input = json!({"Rule": NAME, "Targets": [target]});
        let put = self.client.json("events", "AWSEvents.PutTargets", input).await?;
        match put["FailedEntryCount"].as_i64() {
            Some(0) | None => Ok(()),
            Some(_) => Err(Failure::new(format!(
                "the rule's target was refused: {}",
                put["FailedEntries"]
            ))),
        }
    }
}
