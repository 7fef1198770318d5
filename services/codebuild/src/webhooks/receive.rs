//! The door for providers' events.

use api_developer::codebuild::{Project, Webhook};
use serde_json::{Value, json};
use service::{Cx, RawRequest, RawResponse, SessionRequest, Yard};
use sha2::{Digest as _, Sha256};
use types::Scope;
use wire::{Error, Response};

use super::event::{Comment, Event, Kind, Payload, RepositoryName};
use super::start::Delivery;
use super::{
    WebhookRecord, api, approval, filter, is_of_scope, is_of_source, open_secret, payload,
    signature, start,
};
use crate::model::ProjectRecord;
use crate::providers::{Api, Files, Provider, PullRequest, SCOPED, State, Status};
use crate::{run, source_credentials};

/// Longest payload, in bytes: GitHub's own limit.
const MAX_PAYLOAD: usize = 25 << 20;

/// Answers an event: 200 where it was understood, whatever came of it. The text tells what did;
/// providers show it with the delivery.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    match receive(&yard, request).await {
        Ok(done) => answer(200, &json!({ "message": done.said, "builds": done.builds })),
        Err((status, why)) => answer(status, &json!({ "message": why })),
    }
}

fn answer(status: u16, body: &Value) -> Response {
    let mut response = Response::new(status);
    response.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    response.body = body.to_string().into_bytes().into();
    response
}

/// What came of an event.
#[derive(Default)]
struct Done {
    said: String,
    builds: Vec<String>,
}

impl Done {
    fn nothing(why: impl Into<String>) -> Self {
        Self { said: why.into(), builds: Vec::new() }
    }
}

type Refused = (u16, String);

fn failed(error: &Error) -> Refused {
    (error.status, format!("{}: {}", error.code, error.message))
}

async fn receive(yard: &Yard, request: RawRequest) -> Result<Done, Refused> {
    let refuse = |status: u16, why: &str| Err((status, why.to_owned()));
    if request.method != "POST" {
        return refuse(405, "Only POST is possible.");
    }
    let token = request.query.split('&').find_map(|pair| pair.strip_prefix("t="));
    let digest = hex::encode(Sha256::digest(token.unwrap_or_default().as_bytes()));
    let found = yard.read(|tx| {
        let Some(record) = WebhookRecord::by_token(tx, &digest)? else { return Ok(None) };
        let project = tx.get::<ProjectRecord>(&record.scope, &record.project)?;
        Ok(project.map(|project| (record, project.into_inner().project)))
    });
    let Some((record, project)) = found.map_err(|error| failed(&error))? else {
        return refuse(404, "There is no such webhook.");
    };
    let Some(provider) = Provider::of(record.kind) else {
        return refuse(404, "There is no such webhook.");
    };
    let given = request.header(signature::header(provider)).unwrap_or_default().to_owned();
    let name = request.header(payload::event_header(provider)).unwrap_or_default().to_owned();
    let id = request.header(payload::delivery_header(provider)).map(str::to_owned);
    let agent = request.header("user-agent").unwrap_or_default().to_owned();
    let is_form = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let Ok(body) = request.body.collect(MAX_PAYLOAD).await else {
        return refuse(413, "The payload does not come whole within 25 MiB.");
    };
    let secret = open_secret(yard, &record).map_err(|error| failed(&error))?;
    if !signature::is_right(provider, &secret, &given, &body) {
        return refuse(401, "The signature is not this webhook's.");
    }
    if is_form {
        return refuse(415, "Have the webhook send application/json.");
    }
    let Ok(body) = serde_json::from_slice::<Value>(&body).map(|value| (value, body)) else {
        return refuse(400, "The payload is no JSON.");
    };
    let (value, body) = body;
    let read = payload::read(provider, &name, &value).map_err(|why| (400, why))?;
    let id = id.unwrap_or_else(|| hex::encode(Sha256::digest(&body)));
    let door = Door { yard, scope: record.scope.clone(), project };
    let delivery = Delivery { id: &id, agent: &agent };
    match read {
        Payload::Nothing(why) => Ok(Done::nothing(why)),
        Payload::Events(events) => {
            events.iter().try_for_each(|event| door.knows(&event.repository))?;
            door.events(&events, &delivery).await
        }
        Payload::Comment(comment) => {
            door.knows(&comment.repository)?;
            door.comment(*comment, &delivery).await
        }
    }
}

/// One project's part of the door.
struct Door<'a> {
    yard: &'a Yard,
    scope: Scope,
    project: Project,
}

impl Door<'_> {
    fn webhook(&self) -> Webhook {
        self.project.webhook.clone().unwrap_or_default()
    }

    /// Refuses events of repositories that the webhook is not for.
    fn knows(&self, repository: &RepositoryName) -> Result<(), Refused> {
        let source = self.project.source.clone().unwrap_or_default();
        let url = types::cut(&repository.url, 256);
        match self.webhook().scope_configuration {
            Some(scope) if is_of_scope(source.kind, &scope, repository) => Ok(()),
            Some(scope) => Err((400, format!("{url} is no repository of {}.", scope.name))),
            None if is_of_source(&source, repository) => Ok(()),
            None => {
                let own = source.location.unwrap_or_default();
                Err((400, format!("{url} is not the project's repository, {own}.")))
            }
        }
    }

    /// The yard itself: the webhook's secret is all the right that starting its build needs.
    fn cx(&self) -> Cx {
        let root = self.yard.identity().root(&self.scope.account);
        Cx::background(self.yard, root, self.scope.region.clone(), "codebuild.amazonaws.com")
    }

    /// The API of an event's repository, with the project's credentials as its service role has
    /// them.
    async fn api(&self, repository: &str) -> Result<Api, String> {
        let mut source = self.project.source.clone().unwrap_or_default();
        if source.location.as_deref() == Some(SCOPED) {
            source.location = Some(repository.to_owned());
        }
        let request = SessionRequest {
            role_arn: self.project.service_role.clone().unwrap_or_default(),
            service: "codebuild.amazonaws.com".to_owned(),
            session_name: "AWSCodeBuild-webhook".to_owned(),
            source_arn: self.project.arn.clone(),
            ..SessionRequest::default()
        };
        let cx = self.cx().as_role(&request).map_err(|error| error.message)?;
        let credential = source_credentials::of_source(&cx, &self.scope, &source).await;
        let credential = credential.map_err(|error| error.message)?;
        let environment = self.project.environment.as_ref();
        let authorities = run::authorities(&cx, environment, source.kind).await?;
        let missing = || format!("{repository} is no repository of the project's source type");
        let found = api(&source, None, credential).ok_or_else(missing)?;
        Ok(found.trusting(authorities))
    }

    async fn events(&self, events: &[Event], delivery: &Delivery<'_>) -> Result<Done, Refused> {
        let webhook = self.webhook();
        let mut done = Done::default();
        for event in events {
            let project = self.project.name.as_deref().unwrap_or_default();
            let workflow = event.workflow.as_ref();
            if let Some(why) = workflow.and_then(|workflow| workflow.obstacle(project)) {
                done.said = why;
                continue;
            }
            let mut asked = Asked { door: self, files: None, message: None };
            let matched = filter::matches(&webhook, event, &mut asked).await;
            if !matched.map_err(|why| (502, why))? {
                done.said =
                    format!("No filter group lets {} of {}.", event.kind.name(), event.head_ref);
                continue;
            }
            let policy = webhook.pull_request_build_policy.as_ref();
            let api = async || self.api(&event.repository.url).await;
            if approval::is_needed(policy, event, api).await.map_err(|why| (502, why))? {
                done.said = self.ask_for_approval(event).await;
                continue;
            }
            let id = start::build(self.cx(), &self.project, event, delivery, false).await;
            done.builds.push(id.map_err(|error| failed(&error))?);
        }
        if !done.builds.is_empty() {
            done.said = "Started.".to_owned();
        }
        Ok(done)
    }

    /// Shows on the pull request that it waits, and tells the same.
    async fn ask_for_approval(&self, event: &Event) -> String {
        const WHY: &str = "Pull request approval is required for starting a build";
        let status = Status {
            state: State::Failed,
            context: self.context(),
            target_url: None,
            description: WHY.to_owned(),
        };
        let posted = async {
            let api = self.api(&event.repository.url).await?;
            api.post_status(&event.commit, &status).await.map_err(|error| error.to_string())
        };
        match posted.await {
            Ok(()) => format!("{WHY}."),
            Err(why) => format!("{WHY}. This could not be shown at the commit: {why}"),
        }
    }

    fn context(&self) -> String {
        let name = self.project.name.as_deref().unwrap_or_default();
        crate::statuses::status_context(self.scope.region.as_str(), name)
    }

    /// A comment that approves what a pull request is now has it built.
    async fn comment(&self, comment: Comment, delivery: &Delivery<'_>) -> Result<Done, Refused> {
        let webhook = self.webhook();
        let Some(approved) = approval::approved_commit(&comment.text) else {
            return Ok(Done::nothing("The comment asks for no build."));
        };
        let Some(policy) = &webhook.pull_request_build_policy else {
            return Ok(Done::nothing("The webhook has no pull request build policy."));
        };
        let api = self.api(&comment.repository.url).await.map_err(|why| (502, why))?;
        if !approval::is_approver(policy, &comment.writer, &api).await.map_err(|why| (502, why))? {
            return Ok(Done::nothing(format!("{} may not approve builds.", comment.writer)));
        }
        let mut event = match &comment.pull_request {
            Some(event) => event.clone(),
            None => {
                let found = api.pull_request(comment.number).await;
                of_pull_request(found.map_err(|error| (502, error.to_string()))?, &comment)
            }
        };
        if !approval::is_head(approved, &event.commit) {
            return Ok(Done::nothing(format!("{approved} is not the head of the pull request.")));
        }
        approved.clone_into(&mut event.commit);
        // Whichever of its events the filters let.
        for kind in [Kind::PullRequestUpdated, Kind::PullRequestCreated, Kind::PullRequestReopened]
        {
            event.kind = kind;
            let mut asked = Asked { door: self, files: None, message: None };
            if filter::matches(&webhook, &event, &mut asked).await.map_err(|why| (502, why))? {
                let id = start::build(self.cx(), &self.project, &event, delivery, true).await;
                let id = id.map_err(|error| failed(&error))?;
                return Ok(Done { said: "Started.".to_owned(), builds: vec![id] });
            }
        }
        Ok(Done::nothing("No filter group lets the pull request."))
    }
}

fn of_pull_request(found: PullRequest, comment: &Comment) -> Event {
    Event {
        kind: Kind::PullRequestUpdated,
        head_ref: found.head_ref,
        base_ref: Some(found.base_ref),
        actor: comment.actor.clone(),
        commit: found.head_commit,
        pull: Some(comment.number),
        is_fork: found.is_fork,
        author: found.author,
        repository: comment.repository.clone(),
        ..Event::default()
    }
}

/// What the provider is asked for filters, once an event.
struct Asked<'a> {
    door: &'a Door<'a>,
    files: Option<Files>,
    message: Option<String>,
}

impl filter::Facts for Asked<'_> {
    async fn files(&mut self, event: &Event) -> Result<Files, String> {
        if let Some(names) = event.files.clone() {
            return Ok(Files { names, are_all: true });
        }
        if let Some(files) = &self.files {
            return Ok(files.clone());
        }
        let api = self.door.api(&event.repository.url).await?;
        let files = match event.pull {
            Some(number) => api.pull_files(number).await,
            None => api.changed_files(event.before.as_deref(), &event.commit).await,
        };
        let files = files.map_err(|error| format!("the changed files are not known: {error}"))?;
        self.files = Some(files.clone());
        Ok(files)
    }

    async fn message(&mut self, event: &Event) -> Result<String, String> {
        if let Some(message) = event.message.as_ref().or(self.message.as_ref()) {
            return Ok(message.clone());
        }
        let api = self.door.api(&event.repository.url).await?;
        let commit = if event.commit.is_empty() { &event.head_ref } else { &event.commit };
        let message = api.commit_message(commit).await;
        let message = message.map_err(|error| format!("the commit is not known: {error}"))?;
        self.message = Some(message.clone());
        Ok(message)
    }
}
