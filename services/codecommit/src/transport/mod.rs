//! Git's own transports, HTTP and SSH, and what they have in common: who may fetch and push, which
//! repository is meant, what the audit trail is told.

pub(crate) mod http;
mod seats;
pub(crate) mod ssh;

pub use seats::SessionLimits;

use git::{RefUpdate, Service};
use serde_json::json;
use service::{AuditRecord, Cx, Right};
use store::Stored;
use wire::Error;

use crate::model::{Repository, check_given_name, right};

/// Where repositories are, in the paths of both.
pub(crate) const PREFIX: &str = "/v1/repos/";

/// The IAM action of a service of git's.
pub(crate) fn action(service: Service) -> &'static str {
    match service {
        Service::UploadPack => "GitPull",
        Service::ReceivePack => "GitPush",
    }
}

/// Refuses what cannot be a repository's name, without saying it again: it may be anything.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    check_given_name(name).map_err(|error| Error {
        message: "The name of a repository has 1 to 100 letters, digits, '.', '_' and '-'.".into(),
        ..error
    })
}

/// The repository of that name, as far as the caller may know of it.
pub(crate) fn find(cx: &Cx, name: &str) -> Result<Stored<Repository>, Error> {
    let found = cx.read(|tx| tx.get::<Repository>(&cx.scope(), name).map_err(Error::from))?;
    found.ok_or_else(|| {
        let text = format!("There is no repository {name} in {}.", cx.region());
        wire::ErrorKind::new("RepositoryDoesNotExistException", 404).error(text)
    })
}

/// What the caller needs to be allowed.
pub(crate) fn permission(cx: &Cx, service: Service, name: &str) -> Result<Right, Error> {
    right(cx, action(service), name)
}

/// Who pushes where, to decide by what holds now: while a push comes in, its user may be shut out,
/// policies change and repositories be renamed.
pub(crate) struct Standing {
    /// Signs in again.
    again: Box<dyn Fn() -> Result<Cx, Error> + Send + Sync>,
    /// The repository as the client calls it.
    name: String,
    id: String,
}

impl Standing {
    pub fn new(
        again: impl Fn() -> Result<Cx, Error> + Send + Sync + 'static,
        name: &str,
        id: &str,
    ) -> Self {
        Self { again: Box::new(again), name: name.to_owned(), id: id.to_owned() }
    }

    /// Whether these references may be changed, each by itself; a no is for the git client to show.
    pub fn decide(&self, updates: &[RefUpdate]) -> Vec<Result<(), git::Refusal>> {
        match self.now() {
            Ok((cx, permission)) => {
                updates.iter().map(|update| may_push(&cx, &permission, update)).collect()
            }
            Err(error) => updates.iter().map(|_| Err(shown(&error))).collect(),
        }
    }

    fn now(&self) -> Result<(Cx, Right), Error> {
        let cx = (self.again)()?;
        // Under another name it has other rights.
        if find(&cx, &self.name)?.id != self.id {
            let text = format!("{} is another repository than when this push began.", self.name);
            return Err(wire::ErrorKind::new("RepositoryDoesNotExistException", 404).error(text));
        }
        let permission = permission(&cx, Service::ReceivePack, &self.name)?;
        Ok((cx, permission))
    }
}

fn may_push(cx: &Cx, permission: &Right, update: &RefUpdate) -> Result<(), git::Refusal> {
    let right = permission.clone().with("codecommit:References", update.name.as_str());
    cx.authorize("codecommit", &right).map_err(|error| {
        let why = error.message.split(". Encoded").next().unwrap_or_default();
        format!("codecommit:GitPush is denied for {}\n{why}", update.name)
    })
}

/// An error as a git client shows it: the encoded part on a line of its own, for who wants to
/// decode it.
pub(crate) fn shown(error: &Error) -> String {
    error.message.replace(". Encoded", ".\nEncoded")
}

/// Pulls and pushes are in the audit trail like operations.
pub(crate) fn audit(cx: &Cx, service: Service, name: &str, error: Option<&Error>) {
    let caller = cx.caller();
    cx.yard().audit().record(AuditRecord {
        event_id: types::uuid(),
        request_id: cx.request_id().to_owned(),
        time: cx.now(),
        account: caller.account.clone(),
        region: cx.region().clone(),
        event_source: "codecommit.amazonaws.com".to_owned(),
        event_name: action(service).to_owned(),
        read_only: service == Service::UploadPack,
        caller_arn: caller.arn.clone(),
        user_name: caller.arn.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
        principal_id: caller.user_id.clone(),
        access_key_id: caller.access_key_id.clone(),
        source_ip: cx.origin().source_ip.to_string(),
        user_agent: cx.origin().user_agent.clone(),
        request_parameters: json!({ "repositoryName": name }),
        error: error.map(|error| (error.code.to_string(), error.message.clone())),
        resources: vec![crate::model::arn(cx, name)],
    });
}
