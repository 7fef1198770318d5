//! Where a build's commands get their role's credentials, as the SDKs ask for them in containers:
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>.

use serde_json::json;
use service::{RawRequest, RawResponse, Yard};
use sha2::{Digest as _, Sha256};
use wire::Response;

use crate::model::BuildRecord;
use crate::rooms::Rooms;

/// The route, as in AWS's containers; the build's uuid follows. No bucket can have so short a name.
pub(crate) const PREFIX: &str = "/v2/credentials/";

/// What a build's sandbox is told: the URL, the token, and the token's digest for the record.
pub(crate) struct Ticket {
    pub url: String,
    pub token: String,
    pub digest: String,
}

impl Ticket {
    /// A new one.
    pub fn new(yard: &Yard, uuid: &str) -> Self {
        let token = types::random_secret(43);
        let digest = digest(&token);
        Self { url: format!("{}{PREFIX}{uuid}", yard.endpoint().url()), token, digest }
    }
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Answers with a session in the build's role, if the token is the build's and it is under way.
pub(crate) async fn handle(yard: Yard, request: RawRequest) -> RawResponse {
    let refuse = |status, message: &str| answer(status, &json!({ "Message": message }));
    if request.method != "GET" {
        return refuse(405, "Only GET is possible.");
    }
    let uuid = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let given = request.header("authorization").map(digest);
    let record = match yard.read(|tx| Ok(BuildRecord::by_uuid(tx, uuid)?)) {
        Ok(record) => record,
        Err(error) => return refuse(500, &error.message),
    };
    // Digests are compared: how long that takes tells nothing about the token.
    let record = record.filter(|record| {
        !record.is_complete() && given.is_some() && record.credentials_digest == given
    });
    let Some(record) = record else {
        return refuse(403, "There is no build under way that has this token.");
    };
    match Rooms::of(&yard).session(&yard, &record) {
        Ok(session) => answer(
            200,
            &json!({
                "RoleArn": record.service_role(),
                "AccessKeyId": session.access_key_id,
                "SecretAccessKey": session.secret_access_key,
                "Token": session.session_token,
                "Expiration": session.expires.iso8601(),
            }),
        ),
        Err(error) => refuse(403, &error.message),
    }
}

fn answer(status: u16, body: &serde_json::Value) -> Response {
    let mut response = Response::new(status);
    response.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    response.body = body.to_string().into_bytes().into();
    response
}
