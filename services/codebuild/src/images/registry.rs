//! Whether a registry gives an image to somebody, asked through the engine, which knows how the
//! registry is reached and whom it trusts.
//!
//! Docker does not ask a registry for an image by its digest if it has it, so a pull would show
//! nothing. <https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Distribution>

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use sandbox::docker::{Engine, Login, Reference};
use serde_json::{Value, json};
use tokio::net::UnixStream;

/// How long the registry may take, with the engine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest answer, in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// What came of the question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Given,
    /// Why not, in the engine's words.
    Refused(String),
    /// Podman can't be asked; it asks the registry whenever it pulls.
    NotAsked,
}

/// Asks.
///
/// # Errors
/// The engine's silence, in a sentence.
pub(crate) async fn gives(
    engine: &Engine,
    image: &Reference,
    login: Option<&Login>,
) -> Result<Answer, String> {
    let asked = tokio::time::timeout(PATIENCE, ask(engine, image, login)).await;
    let (status, said) = match asked {
        Ok(answer) => answer?,
        Err(_) => return Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    Ok(read(status, &said))
}

async fn ask(
    engine: &Engine,
    image: &Reference,
    login: Option<&Login>,
) -> Result<(u16, Bytes), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut request =
        http::Request::get(format!("/distribution/{}/json", image.full())).header("host", "docker");
    if let Some(login) = login {
        let server = image.registry.as_deref().unwrap_or("https://index.docker.io/v1/");
        let login = json!({
            "username": login.username, "password": login.password, "serveraddress": server,
        });
        request = request.header("x-registry-auth", URL_SAFE.encode(login.to_string()));
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| text(&error))?;
    let stream = UnixStream::connect(engine.socket()).await.map_err(|error| text(&error))?;
    let shaken = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(|error| text(&error))?;
    let driver = tokio::spawn(connection);
    let answer = async {
        let answer = sender.send_request(request).await.map_err(|error| text(&error))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok((status, body.map_err(|error| text(&error))?.to_bytes()))
    };
    let answer = answer.await;
    driver.abort();
    answer
}

fn read(status: u16, said: &[u8]) -> Answer {
    if (200..300).contains(&status) {
        return Answer::Given;
    }
    let said = serde_json::from_slice::<Value>(said).ok();
    let said = said.as_ref().and_then(|said| said.get("message")).and_then(Value::as_str);
    match said {
        Some(said) if said.starts_with("Path ") && said.ends_with(" is not supported") => {
            Answer::NotAsked
        }
        Some(said) => Answer::Refused(said.trim().to_owned()),
        // Docker says of what it does not find what that is; Podman has no such address.
        None if status == 404 => Answer::NotAsked,
        None => Answer::Refused(format!("status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_engines() {
        assert_eq!(read(200, b"{}"), Answer::Given);
        let podman = br#"{"message":"Path /distribution/a/json is not supported"}"#;
        assert_eq!(read(500, podman), Answer::NotAsked);
        assert_eq!(read(404, b"Not Found"), Answer::NotAsked);
        let unknown = Answer::Refused("manifest unknown".to_owned());
        assert_eq!(read(404, br#"{"message":"manifest unknown"}"#), unknown);
        let denied = Answer::Refused("no basic auth credentials".to_owned());
        assert_eq!(read(500, br#"{"message":"no basic auth credentials"}"#), denied);
        assert_eq!(read(403, b"x"), Answer::Refused("status 403".to_owned()));
    }
}
