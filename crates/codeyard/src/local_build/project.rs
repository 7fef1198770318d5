//! What a build needs to be one: role, bucket, parameters and secrets, project.

use client::Client;
use formats::buildspec::Report;
use serde_json::{Value, json};

use super::options::{self, Options};
use super::{aws, call};
use crate::failure::{Context as _, Failure, Outcome};

/// The project's name.
pub(super) const NAME: &str = "local";
/// Where the outputs go.
pub(super) const BUCKET: &str = "codeyard-local-build";
const ROLE: &str = "local-build";
const IAM_VERSION: &str = "2010-05-08";

/// What was made.
pub(super) struct Made {
    /// Objects that outputs go to, the primary one first.
    pub outputs: Vec<String>,
    /// What the buildspec calls its reports, where their groups could be made.
    pub reports: Vec<String>,
}

/// The prefix of the objects that hold the files of reports.
pub(super) const REPORTS: &str = "reports";

/// The name of a report group of the project.
pub(super) fn group(report: &str) -> String {
    format!("{NAME}-{report}")
}

/// Makes it all.
pub(super) async fn make(client: &Client, account: &str, options: &Options) -> Outcome<Made> {
    role(client).await?;
    client.s3("PUT", &format!("/{BUCKET}"), &[], Vec::new()).await?;
    for (name, value) in &options.parameters {
        let input = json!({"Name": name, "Value": value, "Type": "SecureString"});
        client.json("ssm", "AmazonSSM.PutParameter", input).await?;
    }
    for (name, value) in &options.secrets {
        secret(client, name, value).await?;
    }
    let (identifiers, reports) = outputs(options)?;
    let reports = match options.reports.is_some() {
        true => report_groups(client, reports).await?,
        false => Vec::new(),
    };
    let output = |object: String| json!({"type": "S3", "location": BUCKET, "name": object, "packaging": "ZIP"});
    let secondary = |id: &String| {
        let mut output = output(format!("{id}.zip"));
        output["artifactIdentifier"] = json!(id);
        output
    };
    let mut environment = json!({
        "type": "LINUX_CONTAINER",
        "image": options.image,
        "computeType": "BUILD_GENERAL1_LARGE",
        "environmentVariables": variables(client, options).await?,
    });
    if options.privileged {
        environment["privilegedMode"] = json!(true);
    }
    let mut input = json!({
        "name": NAME,
        "source": {"type": "NO_SOURCE", "buildspec": options.buildspec},
        "artifacts": output("artifacts.zip".to_owned()),
        "environment": environment,
        "serviceRole": format!("arn:aws:iam::{account}:role/{ROLE}"),
        "timeoutInMinutes": options.timeout,
    });
    if !identifiers.is_empty() {
        input["secondaryArtifacts"] = identifiers.iter().map(secondary).collect();
    }
    if !options.secondary.is_empty() {
        // The folders that are lent stand for them; the locations are never looked at.
        let source = |(id, _): &(String, _)| json!({"type": "S3", "location": format!("{BUCKET}/{id}"), "sourceIdentifier": id});
        input["secondarySources"] = options.secondary.iter().map(source).collect();
    }
    call(client, "CreateProject", input).await?;
    let outputs = ["artifacts".to_owned()].into_iter().chain(identifiers);
    Ok(Made { outputs: outputs.map(|name| format!("{name}.zip")).collect(), reports })
}

/// The role of the build. The yard is its own and holds nothing else, so it may do everything.
async fn role(client: &Client) -> Outcome<()> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    .to_string();
    let policy = json!({"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    .to_string();
    let role = [("RoleName", ROLE), ("AssumeRolePolicyDocument", trust.as_str())];
    client.query("iam", IAM_VERSION, "CreateRole", &role).await?;
    let rights = [("RoleName", ROLE), ("PolicyName", ROLE), ("PolicyDocument", policy.as_str())];
    client.query("iam", IAM_VERSION, "PutRolePolicy", &rights).await?;
    Ok(())
}

async fn secret(client: &Client, name: &str, value: &str) -> Outcome<()> {
    let input = json!({"Name": name, "SecretString": value});
    client.json("secretsmanager", "secretsmanager.CreateSecret", input).await?;
    Ok(())
}

/// The identifiers of secondary artifacts, as a build has only those that its project names, and
/// the reports.
fn outputs(options: &Options) -> Outcome<(Vec<String>, Vec<Report>)> {
    let text = match options.buildspec.contains('\n') {
        true => options.buildspec.clone(),
        false => {
            let file = options.source.join(&options.buildspec);
            std::fs::read_to_string(&file).context(format_args!("read {}", file.display()))?
        }
    };
    // One that is broken is told by the build, with line and column.
    let Ok(spec) = formats::buildspec::parse(&text) else { return Ok(Default::default()) };
    let secondary = spec.artifacts.map(|artifacts| artifacts.secondary).unwrap_or_default();
    Ok((secondary.into_iter().map(|(id, _)| id).collect(), spec.reports))
}

/// Groups that put the files of reports into the bucket. Those that the build would make itself
/// keep them nowhere.
async fn report_groups(client: &Client, reports: Vec<Report>) -> Outcome<Vec<String>> {
    let mut made = Vec::new();
    for report in reports {
        let name = report.group;
        if name.starts_with("arn:") || name.contains('$') {
            return Err(Failure::new(format!(
                "the files of the report {name} can't be put anywhere: only the build knows its \
                 group"
            ))
            .hint("leave --reports out, or give the report a plain name"));
        }
        let kind = if report.format.is_coverage() { "CODE_COVERAGE" } else { "TEST" };
        let destination = json!({"bucket": BUCKET, "path": REPORTS, "packaging": "NONE"});
        let input = json!({"name": group(&name), "type": kind,
            "exportConfig": {"exportConfigType": "S3", "s3Destination": destination}});
        call(client, "CreateReportGroup", input).await?;
        made.push(name);
    }
    Ok(made)
}

/// Those of the command line go before those of the file.
async fn variables(client: &Client, options: &Options) -> Outcome<Vec<Value>> {
    let mut all = match &options.env_file {
        Some(file) => options::variables(file)?,
        None => Vec::new(),
    };
    all.extend(options.variables.iter().cloned());
    let mut last: Vec<Value> = Vec::new();
    for (at, (name, value)) in all.iter().enumerate() {
        if all.iter().skip(at + 1).all(|(later, _)| later != name) {
            last.push(json!({"name": name, "value": value}));
        }
    }
    if options.aws {
        for setting in aws::settings(options.profile.as_deref())? {
            last.retain(|known| known["name"] != setting.name);
            last.push(match setting.secret {
                false => json!({"name": setting.name, "value": setting.value}),
                // As a secret, so that it is masked in the output.
                true => {
                    let id = format!("codeyard/{}", setting.name);
                    secret(client, &id, &setting.value).await?;
                    json!({"name": setting.name, "value": id, "type": "SECRETS_MANAGER"})
                }
            });
        }
    }
    Ok(last)
}
