//! Manifests, as far as a registry reads them: what they are made of.
//!
//! <https://github.com/opencontainers/image-spec/blob/main/manifest.md>

use std::collections::BTreeMap;

use serde_json::Value;

use crate::digest::is_digest;

/// Largest manifest, in bytes; that of PutImage.
pub(crate) const MAX_MANIFEST: usize = 4 << 20;
/// Layers of one image; AWS's quota.
const MAX_LAYERS: usize = 127;
/// Images that one index lists.
const MAX_CHILDREN: usize = 1_000;

/// A Docker image.
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// A Docker manifest list.
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// An OCI image or artifact.
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An OCI index.
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// What every image's config is that is a container image's.
const CONFIGS: [&str; 2] =
    ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];

/// What a manifest says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Manifest {
    pub media_type: String,
    pub artifact_type: Option<String>,
    /// Digest and size of each layer, the config first; without those that are never pushed.
    pub layers: Vec<(String, i64)>,
    /// Digests of listed images.
    pub children: Vec<String>,
    pub subject: Option<String>,
    pub annotations: BTreeMap<String, String>,
}

/// Reads a manifest; `told` is the media type by which it came.
///
/// # Errors
/// A sentence.
pub(crate) fn parse(text: &[u8], told: Option<&str>) -> Result<Manifest, String> {
    let document: Value =
        serde_json::from_slice(text).map_err(|error| format!("it is no JSON: {error}"))?;
    let document = document.as_object().ok_or("it is no JSON object")?;
    let version = document.get("schemaVersion").and_then(Value::as_i64);
    if version == Some(1) {
        return Err("Docker's manifest schema 1 is not supported by Codeyard: push with a newer \
                    Docker, which makes schema 2"
            .to_owned());
    }
    if version != Some(2) {
        return Err("its schemaVersion must be 2".to_owned());
    }
    let own = document.get("mediaType").and_then(Value::as_str);
    if let (Some(own), Some(told)) = (own, told)
        && own != told
    {
        return Err(format!("it says that it is {own}, and it came as {told}"));
    }
    let has = |member: &str| document.contains_key(member);
    if has("manifests") && (has("layers") || has("config")) {
        return Err("it is both an image and an index".to_owned());
    }
    let media_type = match own.or(told) {
        Some(media_type) => media_type,
        None if has("manifests") => OCI_INDEX,
        None => OCI_MANIFEST,
    };
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut manifest = Manifest {
        media_type: media_type.to_owned(),
        artifact_type: text("artifactType"),
        annotations: annotations(document.get("annotations"))?,
        ..Manifest::default()
    };
    if let Some(subject) = document.get("subject").filter(|it| !it.is_null()) {
        manifest.subject = Some(descriptor("subject", subject)?.0);
    }
    match media_type {
        DOCKER_MANIFEST | OCI_MANIFEST => {
            let config = document.get("config").ok_or("it has no config")?;
            manifest.layers.push(descriptor("config", config)?);
            let config_type = config.get("mediaType").and_then(Value::as_str);
            if manifest.artifact_type.is_none() {
                let other = config_type.filter(|it| !CONFIGS.contains(it));
                manifest.artifact_type = other.map(str::to_owned);
            }
            for layer in list(document.get("layers"), "layers", MAX_LAYERS)? {
                let found = descriptor("layers", layer)?;
                if !is_foreign(layer) {
                    manifest.layers.push(found);
                }
            }
            // An image may have the same layer more than once.
            let mut seen = std::collections::BTreeSet::new();
            manifest.layers.retain(|(digest, _)| seen.insert(digest.clone()));
        }
        DOCKER_LIST | OCI_INDEX => {
            for child in list(document.get("manifests"), "manifests", MAX_CHILDREN)? {
                let (digest, _) = descriptor("manifests", child)?;
                if !manifest.children.contains(&digest) {
                    manifest.children.push(digest);
                }
            }
        }
        other => return Err(format!("manifests of the type {other} are not supported")),
    }
    Ok(manifest)
}

fn list<'d>(value: Option<&'d Value>, name: &str, most: usize) -> Result<&'d [Value], String> {
    let list = value.and_then(Value::as_array).ok_or_else(|| format!("it has no list {name}"))?;
    match list.len() > most {
        true => Err(format!("it has {} {name}; at most {most} are allowed", list.len())),
        false => Ok(list),
    }
}

/// Digest and size.
fn descriptor(name: &str, value: &Value) -> Result<(String, i64), String> {
    let digest = value.get("digest").and_then(Value::as_str);
    let digest = digest.filter(|digest| is_digest(digest));
    let size = value.get("size").and_then(Value::as_i64).filter(|size| *size >= 0);
    match (digest, size) {
        (Some(digest), Some(size)) => Ok((digest.to_owned(), size)),
        _ => Err(format!("{name} must have a sha256 digest and a size")),
    }
}

/// Layers that are fetched from where they are published, and never pushed.
fn is_foreign(layer: &Value) -> bool {
    let kind = layer.get("mediaType").and_then(Value::as_str).unwrap_or_default();
    kind.contains(".foreign.") || kind.contains(".nondistributable.")
}

fn annotations(value: Option<&Value>) -> Result<BTreeMap<String, String>, String> {
    let Some(value) = value.filter(|it| !it.is_null()) else { return Ok(BTreeMap::new()) };
    let map = value.as_object().ok_or("its annotations are no map")?;
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    let pairs = map.iter().map(pair).collect::<Option<_>>();
    pairs.ok_or_else(|| "its annotations must be texts".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn digest(byte: &str) -> String {
        format!("sha256:{}", byte.repeat(32))
    }

    #[test]
    fn images_and_indexes() {
        let image = json!({
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST,
            "config": { "mediaType": CONFIGS[0], "digest": digest("aa"), "size": 5 },
            "layers": [
                { "digest": digest("bb"), "size": 7 },
                { "digest": digest("bb"), "size": 7 },
                { "digest": digest("cc"), "size": 9,
                  "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" },
            ],
        });
        let found = parse(image.to_string().as_bytes(), Some(DOCKER_MANIFEST)).unwrap();
        assert_eq!(found.layers, [(digest("aa"), 5), (digest("bb"), 7)]);
        assert_eq!((found.artifact_type, found.children.len()), (None, 0));
        assert!(parse(image.to_string().as_bytes(), Some(OCI_MANIFEST)).is_err(), "another type");
        let index = json!({
            "schemaVersion": 2,
            "manifests": [{ "digest": digest("aa"), "size": 1 }],
            "annotations": { "a": "b" },
        });
        let found = parse(index.to_string().as_bytes(), None).unwrap();
        assert_eq!((found.media_type.as_str(), found.children), (OCI_INDEX, vec![digest("aa")]));
        let artifact = json!({
            "schemaVersion": 2,
            "config": { "mediaType": "application/x.sbom", "digest": digest("aa"), "size": 2 },
            "layers": [],
            "subject": { "digest": digest("dd"), "size": 3 },
        });
        let found = parse(artifact.to_string().as_bytes(), Some(OCI_MANIFEST)).unwrap();
        assert_eq!(found.artifact_type.as_deref(), Some("application/x.sbom"));
        assert_eq!(found.subject, Some(digest("dd")));
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let good = json!({ "digest": digest("aa"), "size": 1 });
        let many = vec![good.clone(); 200];
        for (bad, why) in [
            (json!(1), "no JSON object"),
            (json!({}), "schemaVersion"),
            (json!({ "schemaVersion": 1 }), "schema 1"),
            (json!({ "schemaVersion": 2 }), "no config"),
            (json!({ "schemaVersion": 2, "config": good }), "layers"),
            (json!({ "schemaVersion": 2, "config": good, "layers": many }), "at most 127"),
            (json!({ "schemaVersion": 2, "config": { "digest": "x" }, "layers": [] }), "config"),
            (json!({ "schemaVersion": 2, "config": good, "manifests": [] }), "both"),
            (json!({ "schemaVersion": 2, "mediaType": "text/html" }), "text/html"),
            (
                json!({ "schemaVersion": 2, "manifests": [{ "digest": digest("AA"), "size": 1 }] }),
                "manifests",
            ),
        ] {
            let told = parse(bad.to_string().as_bytes(), None).unwrap_err();
            assert!(told.contains(why), "{bad}: {told}");
        }
        assert!(parse(b"{", None).is_err());
    }
}
