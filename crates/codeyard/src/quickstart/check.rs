//! Do the hosts serve the pushed commit?

use std::time::{Duration, Instant};

use client::Client;

use crate::failure::{Failure, Outcome};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Asks every URL once.
pub(super) async fn serve(urls: &[String], commit: &str) -> Outcome<()> {
    for url in urls {
        let client = Client::unsigned(url);
        let answer = tokio::time::timeout(TIMEOUT, client.send("", "GET", "/", &[], Vec::new()))
            .await
            .map_err(|_| Failure::new(format!("{url} does not answer")))??;
        if answer.status != 200 || !answer.text().contains(commit) {
            return Err(Failure::new(format!(
                "{url} does not serve commit {commit}; it answers {}: {}",
                answer.status,
                answer.text().trim()
            )));
        }
    }
    Ok(())
}

/// Asks until all serve the commit.
pub(super) async fn wait(urls: &[String], commit: &str) -> Outcome<()> {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        match serve(urls, commit).await {
            Err(failure) if Instant::now() > deadline => return Err(failure),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            Ok(()) => return Ok(()),
        }
    }
}
