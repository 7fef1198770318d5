//! Images of a registry that is not the yard's own, of which only some may have them: another
//! yard's plays it.

use serde_json::{Value, json};
use testkit::engine::{TestEngine, skipped};

use crate::ecr_images::{password, pushed, yard};
use crate::harness::{Yard, message};

const SPEC: &str = "version: 0.2\nphases:\n  build:\n    commands: [\"true\"]\n";

/// Who a project is to the image's registry.
fn as_holder_of(secret: &str) -> Value {
    json!({ "credential": secret, "credentialProvider": "SECRETS_MANAGER" })
}

async fn run(yard: &Yard, name: &str, image: &str, credential: Option<&str>) -> Value {
    let mut project = yard.project(name, SPEC);
    project["environment"]["image"] = json!(image);
    if let Some(credential) = credential {
        project["environment"]["imagePullCredentialsType"] = json!("SERVICE_ROLE");
        project["environment"]["registryCredential"] = as_holder_of(credential);
    }
    yard.ok("CreateProject", project).await;
    let id = yard.start_build(json!({ "projectName": name })).await;
    yard.finished(&id).await
}

async fn refused(yard: &Yard, name: &str, image: &str, credential: Option<&str>) {
    let build = run(yard, name, image, credential).await;
    assert_eq!(build["buildStatus"], "FAILED", "{name}: {build}");
    let told = message(&build, "PROVISIONING");
    assert!(told.contains("CannotPullContainerError") && told.contains(image), "{name}: {told}");
}

async fn allowed(yard: &Yard, name: &str, image: &str, credential: Option<&str>) {
    let build = run(yard, name, image, credential).await;
    assert_eq!(build["buildStatus"], "SUCCEEDED", "{name}: {build}");
}

async fn secret(yard: &Yard, name: &str, password: &str) {
    let text = json!({ "username": "AWS", "password": password }).to_string();
    let input = json!({ "Name": name, "SecretString": text });
    yard.other("secretsmanager", "secretsmanager.CreateSecret", input).await;
}

async fn what_came_by_a_credential_is_not_everybodys() {
    let Some((engine, yard)) = yard().await else { return };
    let registry = Yard::start().await;
    let image = pushed(engine, &registry, "private/tool").await;
    secret(&yard, "good", &password(&registry).await).await;
    secret(&yard, "wrong", "wrong").await;
    refused(&yard, "too-early", &image, None).await;
    allowed(&yard, "holder", &image, Some("good")).await;
    let tag = engine.docker(&["images", "--quiet", &image]).unwrap();
    assert!(!tag.is_empty(), "the engine has it now");

    refused(&yard, "stranger", &image, None).await;
    refused(&yard, "guesser", &image, Some("wrong")).await;
    allowed(&yard, "other-holder", &image, Some("good")).await;
    // By its digest, too.
    let format = "{{range .RepoDigests}}{{println .}}{{end}}";
    let digests = engine.docker(&["inspect", "--format", format, &image]).unwrap();
    // The image may be in other tests' registries, too.
    let (repository, _) = image.rsplit_once(':').unwrap();
    let is_its = |digest: &&str| digest.starts_with(&format!("{repository}@"));
    let digest = digests.lines().find(is_its).unwrap().trim().to_owned();
    refused(&yard, "by-digest", &digest, None).await;
    refused(&yard, "guesser-by-digest", &digest, Some("wrong")).await;
    allowed(&yard, "holder-by-digest", &digest, Some("good")).await;
    refused(&yard, "by-digest-again", &digest, None).await;
    refused(&yard, "stranger-again", &image, None).await;

    // What whoever runs the engine gives a name of his own is for all.
    engine.docker(&["tag", &image, "given:1"]).unwrap();
    allowed(&yard, "given", "given:1", None).await;
    // Once its holder's registry has gone, nobody can show that he may have it.
    drop(registry);
    refused(&yard, "orphan", &image, None).await;
}

/// An image that is there by hand needs no registry.
async fn what_was_imported_is_everybodys() {
    let engine = match TestEngine::shared() {
        Ok(engine) => engine,
        Err(why) => return skipped(&why),
    };
    let Some((_, yard)) = yard().await else { return };
    let image = "localhost:1/imported/tool:1";
    engine.docker(&["tag", testkit::engine::IMAGE, image]).unwrap();
    allowed(&yard, "imported", image, None).await;
}

crate::tests![what_came_by_a_credential_is_not_everybodys, what_was_imported_is_everybodys];
