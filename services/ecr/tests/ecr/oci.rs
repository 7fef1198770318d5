//! A small client of the distribution protocol.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{Answer, Keys, TestYard};

pub const DOCKER: &str = "application/vnd.docker.distribution.manifest.v2+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const OCI: &str = "application/vnd.oci.image.manifest.v1+json";

pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// An engine that has signed in.
pub struct Engine<'y> {
    pub yard: &'y TestYard,
    pub authorization: String,
}

impl<'y> Engine<'y> {
    pub async fn login(yard: &'y TestYard) -> Self {
        Self::login_as(yard, &yard.root()).await
    }

    pub async fn login_as(yard: &'y TestYard, keys: &Keys) -> Self {
        let (status, output) = crate::call_as(yard, keys, "GetAuthorizationToken", json!({})).await;
        assert_eq!(status, 200, "{output}");
        let token = output["authorizationData"][0]["authorizationToken"].as_str().unwrap();
        let decoded = STANDARD.decode(token).unwrap();
        assert!(decoded.starts_with(b"AWS:"));
        Self { yard, authorization: format!("Basic {token}") }
    }

    pub async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut all = vec![("authorization", self.authorization.as_str())];
        all.extend_from_slice(headers);
        self.yard.send(None, "ecr", method, target, &all, body.to_vec()).await
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, &[], b"").await
    }

    /// Begins an upload; answers where it goes on.
    pub async fn begin(&self, repository: &str) -> String {
        let answer = self.send("POST", &format!("/v2/{repository}/blobs/uploads/"), &[], b"").await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        answer.header("location").unwrap().to_owned()
    }

    /// Pushes a blob as Docker does: all of it in one piece, and then its digest.
    pub async fn push_blob(&self, repository: &str, bytes: &[u8]) -> String {
        let (at, digest) = (self.begin(repository).await, digest(bytes));
        let answer = self.send("PATCH", &at, &[], bytes).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        let answer = self.send("PUT", &format!("{at}?digest={digest}"), &[], b"").await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.header("docker-content-digest"), Some(digest.as_str()));
        digest
    }

    pub async fn put_manifest(
        &self,
        repository: &str,
        reference: &str,
        media_type: &str,
        manifest: &Value,
    ) -> Answer {
        let target = format!("/v2/{repository}/manifests/{reference}");
        let headers = [("content-type", media_type)];
        self.send("PUT", &target, &headers, manifest.to_string().as_bytes()).await
    }

    /// Pushes an image of these layers; answers its manifest's digest.
    pub async fn push(&self, repository: &str, tag: &str, layers: &[&[u8]]) -> String {
        let config = json!({ "architecture": "amd64", "os": "linux", "about": layers.len() });
        let config = config.to_string().into_bytes();
        self.push_blob(repository, &config).await;
        for layer in layers {
            self.push_blob(repository, layer).await;
        }
        let manifest = image(&config, layers);
        let answer = self.put_manifest(repository, tag, DOCKER, &manifest).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        digest(manifest.to_string().as_bytes())
    }
}

/// A manifest of a Docker image.
pub fn image(config: &[u8], layers: &[&[u8]]) -> Value {
    let layer = |bytes: &&[u8]| {
        json!({
            "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "size": bytes.len(), "digest": digest(bytes),
        })
    };
    json!({
        "schemaVersion": 2,
        "mediaType": DOCKER,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": config.len(), "digest": digest(config),
        },
        "layers": layers.iter().map(layer).collect::<Vec<_>>(),
    })
}

/// The code of a registry's refusal.
pub fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}
