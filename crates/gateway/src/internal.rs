//! The yard's own pages under `/_codeyard/`.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use service::{Error, Yard};
use wire::Response;

use crate::Gateway;
use crate::payload::Incoming;
use crate::respond::{HttpResponse, http};

/// What these pages share.
pub(crate) const PREFIX: &str = "/_codeyard/";
/// Is the yard up?
pub const HEALTH_PATH: &str = "/_codeyard/health";
/// Wipes all state; test mode only.
pub const RESET_PATH: &str = "/_codeyard/reset";

/// Makes a fresh yard.
pub type Rebuild =
    Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Yard, Error>> + Send>> + Send + Sync>;

pub(crate) async fn handle(gateway: &Arc<Gateway>, yard: &Yard, request: Incoming) -> HttpResponse {
    let response = match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", HEALTH_PATH) => health(yard),
        ("POST", RESET_PATH) => reset(gateway).await,
        (_, HEALTH_PATH | RESET_PATH) => text(405, "method not allowed\n"),
        _ => text(404, "no such page\n"),
    };
    http(response, &request.request_id)
}

fn text(status: u16, text: &str) -> Response {
    let mut response = Response::new(status);
    response.headers.push(("content-type".to_owned(), "text/plain".to_owned()));
    response.body = text.as_bytes().to_vec().into();
    response
}

fn json_page(status: u16, value: &serde_json::Value) -> Response {
    let mut response = Response::new(status);
    response.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    response.body = format!("{value}\n").into_bytes().into();
    response
}

fn health(yard: &Yard) -> Response {
    let config = yard.config();
    let services: Vec<&str> = yard.registry().services().iter().map(|it| it.name).collect();
    json_page(
        200,
        &json!({
            "status": "ok",
            "version": env!("CARGO_PKG_VERSION"),
            "account": config.account.as_str(),
            "region": config.region.as_str(),
            "testMode": config.test_mode,
            "services": services,
        }),
    )
}

/// Swaps the state for a fresh one and ends the old one's work behind the answer.
async fn reset(gateway: &Arc<Gateway>) -> Response {
    let Some(rebuild) = &gateway.rebuild else {
        return text(403, "reset works in test mode only: start with `codeyard up --test-mode`\n");
    };
    match rebuild().await {
        Ok(fresh) => {
            let old = gateway.yard.swap(Arc::new(fresh));
            tokio::spawn(async move { old.stop(Duration::ZERO).await });
            json_page(200, &json!({"status": "reset"}))
        }
        Err(error) => {
            tracing::error!(%error, "failed to reset");
            json_page(500, &json!({"status": "failed", "message": error.to_string()}))
        }
    }
}
