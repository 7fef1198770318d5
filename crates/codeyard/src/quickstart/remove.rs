//! Takes away what the quickstart made, whatever of it is there.

use client::Client;
use serde_json::{Value, json};

use super::names::{HOSTS, NAME, POLICY, ROLES, USER, bucket};
use crate::data_dir::DataDir;
use crate::failure::{Context as _, Outcome};
use crate::hosts::{self, ignore};
use crate::screen::Screen;

const IAM_VERSION: &str = "2010-05-08";

pub(super) async fn run(data: &DataDir, client: &Client, screen: &Screen) -> Outcome<()> {
    screen.heading("Removing");
    // Users first see nothing start any more, then everything that ran goes, then what it stood on.
    gone(client, "events", "AWSEvents.RemoveTargets", json!({"Rule": NAME, "Ids": ["pipeline"]}))
        .await?;
    gone(client, "events", "AWSEvents.DeleteRule", json!({"Name": NAME})).await?;
    gone(client, "codepipeline", "CodePipeline_20150709.DeletePipeline", json!({"name": NAME}))
        .await?;
    screen.good("pipeline and its rule");
    let application = json!({"applicationName": NAME});
    gone(client, "codedeploy", "CodeDeploy_20141006.DeleteApplication", application).await?;
    for name in HOSTS {
        hosts::remove(data, client, name).await?;
    }
    screen.good("application and deployment hosts");
    gone(client, "codebuild", "CodeBuild_20161006.DeleteProject", json!({"name": NAME})).await?;
    let group = json!({"logGroupName": format!("/aws/codebuild/{NAME}")});
    gone(client, "logs", "Logs_20140328.DeleteLogGroup", group).await?;
    screen.good("build project and its logs");
    empty_bucket(client, &bucket(data.account.as_str(), data.region.as_str())).await?;
    let repository = json!({"repositoryName": NAME});
    gone(client, "codecommit", "CodeCommit_20150413.DeleteRepository", repository).await?;
    screen.good("artifact bucket and repository");
    for (role, _) in ROLES {
        let policy = [("RoleName", role), ("PolicyName", POLICY)];
        let done = client.query("iam", IAM_VERSION, "DeleteRolePolicy", &policy).await;
        ignore(done.map(|_| ()), &["NoSuchEntity"])?;
        let done = client.query("iam", IAM_VERSION, "DeleteRole", &[("RoleName", role)]).await;
        ignore(done.map(|_| ()), &["NoSuchEntity"])?;
    }
    hosts::remove_user(client, USER).await?;
    let dir = data.path.join("quickstart");
    match std::fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).context(format_args!("remove {}", dir.display()));
        }
        _ => {}
    }
    screen.good("roles and user");
    Ok(())
}

/// Deletes; what is not there is gone already.
async fn gone(client: &Client, service: &str, target: &str, input: Value) -> Outcome<()> {
    const ABSENT: &[&str] = &[
        "ResourceNotFoundException",
        "PipelineNotFoundException",
        "ApplicationDoesNotExistException",
        "RepositoryDoesNotExistException",
    ];
    ignore(client.json(service, target, input).await.map(|_| ()), ABSENT)
}

/// A bucket goes only when every version of every object has.
async fn empty_bucket(client: &Client, bucket: &str) -> Outcome<()> {
    loop {
        let listed = match client.s3("GET", &format!("/{bucket}?versions"), &[], Vec::new()).await {
            Err(error) if error.is("NoSuchBucket") => return Ok(()),
            listed => listed?,
        };
        let root = wire::xml::parse(&listed.body).context("read the bucket's listing")?;
        let entries: Vec<_> = root
            .children
            .iter()
            .filter(|node| node.name == "Version" || node.name == "DeleteMarker")
            .collect();
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            let text = |name: &str| entry.child(name).map(|it| it.text.clone()).unwrap_or_default();
            let target = format!(
                "/{bucket}/{}?versionId={}",
                wire::uri::encode(&text("Key"), true),
                wire::uri::encode(&text("VersionId"), false)
            );
            client.s3("DELETE", &target, &[], Vec::new()).await?;
        }
    }
    client.s3("DELETE", &format!("/{bucket}"), &[], Vec::new()).await?;
    Ok(())
}
