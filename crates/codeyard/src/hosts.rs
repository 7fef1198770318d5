//! Deployment hosts on this machine: on-premises instances for CodeDeploy, each a lasting sandbox
//! with an agent in it. They run beside the yard, not under it: a yard that stops or dies leaves
//! them and the applications on them running, and the next one finds them.
//!
//! `hosts.d/NAME/` in the data directory holds what a host needs: `codedeploy.onpremises.yml` as
//! `aws deploy register` writes it, `endpoint` (where the yard is now; the agent follows it) and
//! `host.json`. The sandbox itself is under `hosts/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use client::Client;
use sandbox::{
    Bind, Handle, Limits, Local, LocalConfig, Program, Root, Sandbox as _, SandboxId, Service, Spec,
};
use serde_json::{Value, json};

use crate::data_dir::{DataDir, private_dir, read_json, write_private, write_private_text};
use crate::failure::{Context as _, Failure, Outcome};

const CODEDEPLOY: &str = "CodeDeploy_20141006";
/// Where the IAM users of hosts are, as `aws deploy register` has them.
const USER_PATH: &str = "/AWS/CodeDeploy/";
const IAM_VERSION: &str = "2010-05-08";
/// The agent's own log; applications write theirs into the host's files.
const MAX_AGENT_LOG: u64 = 16 << 20;

/// What to do with hosts.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Add { name: String, tags: Vec<(String, String)>, buckets: Vec<String> },
    Remove { name: String },
    List,
}

/// A host as its folder tells it.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    /// The port that applications on it are given as `PORT`.
    pub(crate) port: u16,
}

impl Host {
    /// Where an application that listens on `PORT` is reached.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

/// A host's name: it becomes an IAM user's, a sandbox's and a folder's.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let ok = (1..=40).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    ok.then(|| text.to_owned()).ok_or_else(|| "1 to 40 letters, digits and hyphens".to_owned())
}

/// `KEY=VALUE`
pub(crate) fn parse_tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a tag is KEY=VALUE".to_owned()),
    }
}

/// The name of a bucket that revisions are in.
pub(crate) fn parse_bucket(text: &str) -> Result<String, String> {
    let ok = (3..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    ok.then(|| text.to_owned())
        .ok_or_else(|| "3 to 63 lower-case letters, digits, hyphens and dots".to_owned())
}

/// `codeyard host …`
pub(crate) fn run(data_dir: &Path, action: Action) -> Outcome<ExitCode> {
    let data = DataDir::existing(data_dir)?;
    crate::run::runtime()?.block_on(async {
        match action {
            Action::List => list(&data).await?,
            Action::Add { name, tags, buckets } => {
                let client = root_client(&data)?;
                let host = add(&data, &client, &name, &tags, &buckets).await?;
                println!("host {name} runs; applications on it get PORT={}", host.port);
                if readable_buckets(&client, &name).await?.is_empty() {
                    println!(
                        "its IAM user may read no revision yet: name their bucket with `codeyard \
                         host add {name} --bucket BUCKET`, or give the user a policy"
                    );
                }
            }
            Action::Remove { name } => {
                remove(&data, &root_client(&data)?, &name).await?;
                println!("removed host {name}");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn root_client(data: &DataDir) -> Outcome<Client> {
    let yard = data.running().ok_or_else(|| {
        Failure::new("no yard runs on this data directory").hint("start it with `codeyard up`")
    })?;
    let keys = client::Keys::new(data.root.id.as_str(), data.root.secret.as_str());
    Ok(Client::new(yard.url, data.region.as_str(), keys))
}

fn folder(data: &DataDir, name: &str) -> PathBuf {
    data.path.join("hosts.d").join(name)
}

fn sandboxes(data: &DataDir) -> Outcome<Local> {
    Local::new(LocalConfig {
        base: data.path.join("hosts"),
        hide: vec![data.path.clone()],
        seal_key: None,
        supervisor: None,
    })
    .context("open the hosts' sandboxes")
}

fn sandbox_id(name: &str) -> Outcome<SandboxId> {
    SandboxId::new(name).context(format_args!("name the sandbox of host {name}"))
}

/// All hosts, by name.
pub(crate) fn known(data: &DataDir) -> Outcome<Vec<Host>> {
    let dir = data.path.join("hosts.d");
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).context(format_args!("read {}", dir.display())),
    };
    let mut hosts = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(host) = read_host(data, &name)? {
            hosts.push(host);
        }
    }
    hosts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(hosts)
}

fn read_host(data: &DataDir, name: &str) -> Outcome<Option<Host>> {
    let noted = read_json(&folder(data, name).join("host.json"))?;
    let port = noted.and_then(|it| it["port"].as_u64()).and_then(|it| u16::try_from(it).ok());
    Ok(port.map(|port| Host { name: name.to_owned(), port }))
}

async fn list(data: &DataDir) -> Outcome<()> {
    let local = sandboxes(data)?;
    for host in known(data)? {
        let state = match local.attach(&sandbox_id(&host.name)?).await {
            Ok(handle) => match handle.status().await.context("read a host's state")?.end {
                None => "running".to_owned(),
                Some(end) => format!("ended: {:?}", end.kind),
            },
            Err(sandbox::Error::NotFound(_)) => "not started".to_owned(),
            Err(error) => return Err(Failure::new(error)),
        };
        println!("{}\tPORT={}\t{state}", host.name, host.port);
    }
    Ok(())
}

/// Registers and starts a host; where it is there already, only what is missing is done.
pub(crate) async fn add(
    data: &DataDir,
    client: &Client,
    name: &str,
    tags: &[(String, String)],
    buckets: &[String],
) -> Outcome<Host> {
    let dir = folder(data, name);
    let user = host_user(client, name).await?;
    private_dir(&dir)?;
    // By which hosts of earlier versions could read every bucket.
    let wide = [("UserName", name), ("PolicyName", "codedeploy-agent")];
    let taken_back = client.query("iam", IAM_VERSION, "DeleteUserPolicy", &wide).await;
    ignore(taken_back.map(drop), &["NoSuchEntity"])?;
    for bucket in buckets {
        let_read(client, name, bucket).await?;
    }
    let config = dir.join("codedeploy.onpremises.yml");
    if !config.exists() {
        write_private_text(&config, &onpremises(data, client, name, &user).await?)?;
    }
    register(client, name, &user, tags).await?;
    let host = match read_host(data, name)? {
        Some(host) => host,
        None => {
            let host = Host { name: name.to_owned(), port: free_port()? };
            write_private(&dir.join("host.json"), &json!({"port": host.port}))?;
            host
        }
    };
    ensure_running(data, &client.url, &host).await?;
    Ok(host)
}

/// The IAM user of a host, as `aws deploy register` makes it.
async fn host_user(client: &Client, name: &str) -> Outcome<String> {
    let created = client
        .query("iam", IAM_VERSION, "CreateUser", &[("UserName", name), ("Path", USER_PATH)])
        .await;
    let user = match created {
        Err(error) if error.is("EntityAlreadyExists") => {
            client.query("iam", IAM_VERSION, "GetUser", &[("UserName", name)]).await?
        }
        result => result?,
    };
    let of_user = |field: &str| user.child("User")?.child(field).map(|it| it.text.clone());
    if of_user("Path").as_deref() != Some(USER_PATH) {
        return Err(Failure::new(format!("there is an IAM user {name} that is no host's"))
            .hint("a host takes the user of its name, with a key of it: choose another name"));
    }
    of_user("Arn").ok_or_else(|| Failure::new(format!("the yard told no ARN of user {name}")))
}

/// What begins the names of the policies by which hosts' users may read revisions; the bucket's
/// name ends them.
const READS: &str = "codedeploy-revisions-";

/// Lets a host's user read the revisions in a bucket and nothing else, as AWS's guide has it:
/// <https://docs.aws.amazon.com/codedeploy/latest/userguide/register-on-premises-instance-iam-user-arn.html>
async fn let_read(client: &Client, name: &str, bucket: &str) -> Outcome<()> {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }]});
    let parameters = [
        ("UserName", name),
        ("PolicyName", &format!("{READS}{bucket}")),
        ("PolicyDocument", &policy.to_string()),
    ];
    client.query("iam", IAM_VERSION, "PutUserPolicy", &parameters).await?;
    Ok(())
}

/// The buckets that [`let_read`] was called with.
async fn readable_buckets(client: &Client, name: &str) -> Outcome<Vec<String>> {
    let listed =
        client.query("iam", IAM_VERSION, "ListUserPolicies", &[("UserName", name)]).await?;
    let names = listed.child("PolicyNames").into_iter().flat_map(|list| &list.children);
    Ok(names.filter_map(|policy| policy.text.strip_prefix(READS).map(str::to_owned)).collect())
}

/// A fresh access key in the file that agents read.
async fn onpremises(data: &DataDir, client: &Client, name: &str, user: &str) -> Outcome<String> {
    let made = client.query("iam", IAM_VERSION, "CreateAccessKey", &[("UserName", name)]).await?;
    let key = made.child("AccessKey");
    let text = |field: &str| {
        key.and_then(|key| key.child(field))
            .map(|it| it.text.clone())
            .ok_or_else(|| Failure::new(format!("the yard told no {field}")))
    };
    Ok(format!(
        "region: {}\niam_user_arn: {user}\naws_access_key_id: {}\naws_secret_access_key: {}\n",
        data.region,
        text("AccessKeyId")?,
        text("SecretAccessKey")?
    ))
}

async fn register(
    client: &Client,
    name: &str,
    user: &str,
    tags: &[(String, String)],
) -> Outcome<()> {
    let call = |operation: &str, input: Value| {
        let target = format!("{CODEDEPLOY}.{operation}");
        async move { client.json("codedeploy", &target, input).await }
    };
    let input = json!({"instanceName": name, "iamUserArn": user});
    match call("RegisterOnPremisesInstance", input).await {
        Err(error) if error.is("InstanceNameAlreadyRegisteredException") => {}
        result => {
            result?;
        }
    }
    if !tags.is_empty() {
        let tags: Vec<Value> =
            tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        let input = json!({"instanceNames": [name], "tags": tags});
        call("AddTagsToOnPremisesInstances", input).await?;
    }
    Ok(())
}

/// A port that nobody listens on now. Another program may take it before the application does,
/// which the application then says.
fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").context("find a free port")?;
    Ok(listener.local_addr().context("find a free port")?.port())
}

/// Starts the host's sandbox unless it runs; tells it where the yard is.
async fn ensure_running(data: &DataDir, url: &str, host: &Host) -> Outcome<()> {
    write_private_text(&folder(data, &host.name).join("endpoint"), &format!("{url}\n"))?;
    let local = sandboxes(data)?;
    let id = sandbox_id(&host.name)?;
    match local.attach(&id).await {
        Ok(handle) if is_running(handle.as_ref()).await? => return Ok(()),
        Ok(_) | Err(sandbox::Error::NotFound(_)) => {}
        Err(error) => return Err(error).context(format_args!("look after host {}", host.name)),
    }
    local
        .start(spec(data, host, id)?)
        .await
        .context(format_args!("start host {}", host.name))
        .map(|_| ())
}

async fn is_running(handle: &dyn Handle) -> Outcome<bool> {
    Ok(handle.status().await.context("read a host's state")?.end.is_none())
}

fn spec(data: &DataDir, host: &Host, id: SandboxId) -> Outcome<Spec> {
    let conf = "/etc/codedeploy-agent/conf";
    let bind = |from: PathBuf, to: &str| Bind { host: from, inside: to.into(), read_only: true };
    let program = std::env::current_exe().context("find this program")?;
    let argv = ["/usr/local/bin/codeyard", "agent", "--endpoint", &format!("@{conf}/endpoint")];
    Ok(Spec {
        id,
        root: Root::Persistent,
        workdir: "/".into(),
        env: vec![
            ("PORT".to_owned(), host.port.to_string()),
            ("HOST_NAME".to_owned(), host.name.clone()),
        ],
        secrets: Vec::new(),
        binds: vec![bind(folder(data, &host.name), conf), bind(program, "/usr/local/bin/codeyard")],
        hide: vec![data.path.clone()],
        limits: Limits { output_bytes: MAX_AGENT_LOG, ..Limits::default() },
        container: None,
        program: Program::Service(Service {
            argv: argv.map(str::to_owned).to_vec(),
            run_as: None,
            restart: true,
            grace: Duration::from_secs(5),
        }),
    })
}

/// At the start of a yard: tells running hosts where it is, and starts those that have ended since
/// (the machine was restarted, say).
pub(crate) async fn resume(data: &DataDir, url: &str) {
    let hosts = match known(data) {
        Ok(hosts) => hosts,
        Err(failure) => {
            tracing::error!(%failure, "failed to find the deployment hosts");
            return;
        }
    };
    for host in hosts {
        if let Err(failure) = ensure_running(data, url, &host).await {
            tracing::error!(host = host.name, %failure, "a deployment host does not run");
        }
    }
}

/// Stops the sandbox of a host; its files and registration stay.
pub(crate) async fn stop(data: &DataDir, name: &str) -> Outcome<()> {
    let local = sandboxes(data)?;
    match local.attach(&sandbox_id(name)?).await {
        Ok(handle) => {
            handle.stop("the host was stopped").await.context(format_args!("stop host {name}"))?;
            let ended = sandbox::wait(handle.as_ref());
            tokio::time::timeout(Duration::from_secs(30), ended)
                .await
                .map_err(|_| Failure::new(format!("host {name} has not stopped in 30 seconds")))?
                .context(format_args!("stop host {name}"))?;
            Ok(())
        }
        Err(sandbox::Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error).context(format_args!("stop host {name}")),
    }
}

/// Removes a host: sandbox, files, registration, IAM user.
pub(crate) async fn remove(data: &DataDir, client: &Client, name: &str) -> Outcome<()> {
    stop(data, name).await?;
    let local: Arc<Local> = Arc::new(sandboxes(data)?);
    local
        .destroy(&sandbox_id(name)?)
        .await
        .context(format_args!("remove the sandbox of host {name}"))?;
    let target = format!("{CODEDEPLOY}.DeregisterOnPremisesInstance");
    ignore(
        client.json("codedeploy", &target, json!({"instanceName": name})).await.map(|_| ()),
        &["InstanceNotRegisteredException"],
    )?;
    let path = match client.query("iam", IAM_VERSION, "GetUser", &[("UserName", name)]).await {
        Err(error) if error.is("NoSuchEntity") => None,
        user => user?.child("User").and_then(|user| Some(user.child("Path")?.text.clone())),
    };
    // A person's user of that name is none of the host's business.
    if path.as_deref() == Some(USER_PATH) {
        remove_user(client, name).await?;
    }
    let dir = folder(data, name);
    match fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context(format_args!("remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}

/// An IAM user with its keys and inline policies.
pub(crate) async fn remove_user(client: &Client, name: &str) -> Outcome<()> {
    let user = [("UserName", name)];
    let listed = match client.query("iam", IAM_VERSION, "ListAccessKeys", &user).await {
        Err(error) if error.is("NoSuchEntity") => return Ok(()),
        result => result?,
    };
    for key in listed.child("AccessKeyMetadata").iter().flat_map(|list| &list.children) {
        if let Some(id) = key.child("AccessKeyId") {
            let parameters = [("UserName", name), ("AccessKeyId", &id.text)];
            client.query("iam", IAM_VERSION, "DeleteAccessKey", &parameters).await?;
        }
    }
    let listed = client.query("iam", IAM_VERSION, "ListServiceSpecificCredentials", &user).await?;
    for item in listed.child("ServiceSpecificCredentials").iter().flat_map(|it| &it.children) {
        if let Some(id) = item.child("ServiceSpecificCredentialId") {
            let parameters = [("UserName", name), ("ServiceSpecificCredentialId", &id.text)];
            client
                .query("iam", IAM_VERSION, "DeleteServiceSpecificCredential", &parameters)
                .await?;
        }
    }
    let listed = client.query("iam", IAM_VERSION, "ListUserPolicies", &user).await?;
    for policy in listed.child("PolicyNames").iter().flat_map(|list| &list.children) {
        let parameters = [("UserName", name), ("PolicyName", &policy.text)];
        client.query("iam", IAM_VERSION, "DeleteUserPolicy", &parameters).await?;
    }
    client.query("iam", IAM_VERSION, "DeleteUser", &user).await?;
    Ok(())
}

/// Lets the named refusals pass.
pub(crate) fn ignore(result: Result<(), client::Error>, codes: &[&str]) -> Outcome<()> {
    match result {
        Err(error) if codes.iter().any(|code| error.is(code)) => Ok(()),
        result => Ok(result?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tags() {
        assert!(parse_name("web-1").is_ok());
        for bad in ["", "-a", "a/b", "a_b", &"x".repeat(41)] {
            assert!(parse_name(bad).is_err(), "{bad}");
        }
        assert!(parse_bucket("my.bucket-1").is_ok());
        for bad in ["", "a", "*", "a/*", "b?cket", "Bucket", "${aws:username}"] {
            assert!(parse_bucket(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_tag("a=b=c"), Ok(("a".into(), "b=c".into())));
        assert!(parse_tag("=b").is_err() && parse_tag("a").is_err());
    }
}
