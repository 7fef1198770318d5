//! A deployment's specification.

use std::path::{Component, Path};

use formats::appspec::FileExistsBehavior;
use formats::archive::Kind;
use serde_json::Value;

/// What is deployed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Specification {
    pub(crate) deployment_id: String,
    pub(crate) group_id: String,
    pub(crate) group_name: String,
    pub(crate) application: String,
    /// `user`, `codeDeployRollback`, …
    pub(crate) creator: String,
    /// `IN_PLACE` or `BLUE_GREEN`
    pub(crate) deployment_type: String,
    /// Below the revision's root.
    pub(crate) app_spec: String,
    /// Overridden by the AppSpec file.
    pub(crate) file_exists_behavior: FileExistsBehavior,
    /// The events that the AppSpec file may have scripts for, where the yard says so.
    pub(crate) events: Option<Vec<String>>,
    pub(crate) revision: S3Revision,
}

/// A bundle in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct S3Revision {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) bundle: Kind,
    pub(crate) version: Option<String>,
    pub(crate) etag: Option<String>,
}

impl Specification {
    /// Reads the JSON text. Ids become names of folders and are checked accordingly.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let json: Value = serde_json::from_slice(text)
            .map_err(|error| format!("the deployment specification is no JSON: {error}"))?;
        let optional = |name: &str| string(&json, name);
        let need = |name: &str| {
            optional(name).ok_or_else(|| format!("the deployment specification has no {name}"))
        };
        let deployment_id = need("DeploymentId")?;
        // arn:aws:codedeploy:REGION:ACCOUNT:deployment/ID
        let deployment_id = match deployment_id.strip_prefix("arn:") {
            Some(arn) => arn.rsplit_once('/').map(|(_, id)| id.to_owned()).unwrap_or_default(),
            None => deployment_id,
        };
        let spec = Self {
            deployment_id,
            group_id: need("DeploymentGroupId")?,
            group_name: need("DeploymentGroupName")?,
            application: need("ApplicationName")?,
            creator: optional("DeploymentCreator").unwrap_or_else(|| "user".to_owned()),
            deployment_type: optional("DeploymentType").unwrap_or_else(|| "IN_PLACE".to_owned()),
            app_spec: optional("AppSpecFilename").unwrap_or_else(|| "appspec.yml".to_owned()),
            file_exists_behavior: file_exists_behavior(&json)?,
            events: json
                .get("AllPossibleLifecycleEvents")
                .and_then(Value::as_array)
                .map(|events| events.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            revision: revision(&json)?,
        };
        for id in [&spec.deployment_id, &spec.group_id] {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            if id.is_empty() || id.starts_with('.') || !id.chars().all(plain) {
                return Err(format!("{id:?} in the deployment specification is no id"));
            }
        }
        let inside =
            |part| matches!(part, Component::Normal(_) | Component::CurDir | Component::RootDir);
        if !Path::new(&spec.app_spec).components().all(inside) {
            return Err(format!("the AppSpec file {:?} is outside the revision", spec.app_spec));
        }
        Ok(spec)
    }
}

fn string(json: &Value, name: &str) -> Option<String> {
    json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn file_exists_behavior(json: &Value) -> Result<FileExistsBehavior, String> {
    let name = json
        .pointer("/AgentActionOverrides/AgentOverrides/FileExistsBehavior")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
        .unwrap_or("DISALLOW");
    FileExistsBehavior::from_name(&name.to_ascii_uppercase())
        .ok_or_else(|| format!("the file exists behavior {name:?} is unknown"))
}

fn revision(json: &Value) -> Result<S3Revision, String> {
    let revision = json.get("Revision").ok_or("the deployment specification has no Revision")?;
    match string(revision, "RevisionType").as_deref() {
        Some("S3") => {}
        other => {
            let kind = other.unwrap_or("nothing");
            return Err(format!("revisions of type {kind} are not supported: only S3 is"));
        }
    }
    let s3 = revision.get("S3Revision").ok_or("the revision has no S3Revision")?;
    let need = |name: &str| string(s3, name).ok_or_else(|| format!("the revision has no {name}"));
    let bundle = need("BundleType")?;
    Ok(S3Revision {
        bucket: need("Bucket")?,
        key: need("Key")?,
        bundle: Kind::from_name(&bundle)
            .ok_or_else(|| format!("the bundle type {bundle} is not supported: tar, tgz or zip"))?,
        version: string(s3, "Version"),
        etag: string(s3, "ETag"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sample() -> Value {
        json!({
            "DeploymentId": "d-ABC", "DeploymentGroupId": "g-1", "DeploymentGroupName": "group",
            "ApplicationName": "app",
            "Revision": {"RevisionType": "S3", "S3Revision":
                {"Bucket": "b", "Key": "k", "BundleType": "zip"}},
        })
    }

    fn parse(json: &Value) -> Result<Specification, String> {
        Specification::parse(json.to_string().as_bytes())
    }

    #[test]
    fn defaults_and_overrides() {
        let spec = parse(&sample()).unwrap();
        assert_eq!((spec.creator.as_str(), spec.app_spec.as_str()), ("user", "appspec.yml"));
        assert_eq!(spec.file_exists_behavior, FileExistsBehavior::Disallow);
        let mut full = sample();
        full["DeploymentId"] = json!("arn:aws:codedeploy:us-east-1:123456789012:deployment/d-XYZ");
        full["AgentActionOverrides"] =
            json!({"AgentOverrides": {"FileExistsBehavior": "Overwrite"}});
        full["AllPossibleLifecycleEvents"] = json!(["Install"]);
        full["Revision"]["S3Revision"]["ETag"] = json!("e");
        let spec = parse(&full).unwrap();
        assert_eq!(spec.deployment_id, "d-XYZ");
        assert_eq!(spec.file_exists_behavior, FileExistsBehavior::Overwrite);
        assert_eq!(spec.events, Some(vec!["Install".to_owned()]));
        assert_eq!(spec.revision.etag.as_deref(), Some("e"));
    }

    #[test]
    fn refusals() {
        for (pointer, value, why) in [
            ("/DeploymentId", json!(""), "no DeploymentId"),
            ("/DeploymentId", json!("../x"), "no id"),
            ("/DeploymentGroupId", json!(".."), "no id"),
            ("/ApplicationName", json!(null), "no ApplicationName"),
            ("/Revision/RevisionType", json!("GitHub"), "GitHub are not supported"),
            ("/Revision/S3Revision/BundleType", json!("YAML"), "YAML is not supported"),
            ("/Revision/S3Revision/Key", json!(7), "no Key"),
        ] {
            let mut json = sample();
            *json.pointer_mut(pointer).unwrap() = value;
            let error = parse(&json).unwrap_err();
            assert!(error.contains(why), "{error}, want {why}");
        }
        let mut outside = sample();
        outside["AppSpecFilename"] = json!("../appspec.yml");
        assert!(parse(&outside).unwrap_err().contains("outside"));
        assert!(Specification::parse(b"[").is_err());
    }
}
