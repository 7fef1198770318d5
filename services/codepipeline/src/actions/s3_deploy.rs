//! The S3 deploy action: an artifact as it is, or the files in it.
//!
//! After the [action reference](https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html).
//! It is done again from its beginning after a crash: the same files go to the same keys.

use api_storage::s3;
use shape::Body;

use super::unzip::Files;
use super::{Progress, Trouble, Work};
use crate::flow::Completion;

pub(super) async fn perform(work: &Work) -> Result<Progress, Trouble> {
    let bucket = work.required("BucketName")?;
    let (artifacts, key) = work.input()?;
    let input = s3::GetObjectInput { bucket: artifacts, key, ..Default::default() };
    let artifact = work.cx.call(s3::GetObject, input).await;
    let artifact = artifact.map_err(Trouble::with("reading the input artifact"))?;
    let key = work.action.configured("ObjectKey").map(|key| expand(key, work));
    let summary = match work.required("Extract")? {
        "true" => {
            let prefix = key.as_deref().unwrap_or_default();
            let count = put_files(work, bucket, prefix, artifact.body).await?;
            format!("Deployed {count} file(s) to bucket {bucket}")
        }
        "false" => {
            let key = key.ok_or_else(|| {
                Trouble::configuration("ObjectKey is required where Extract is false.")
            })?;
            let content_type = artifact.content_type.as_deref();
            put(work, bucket, &key, content_type, artifact.body).await?;
            format!("Deployed {key} to bucket {bucket}")
        }
        other => {
            return Err(Trouble::configuration(format!(
                "Extract is '{other}'; it must be true or false."
            )));
        }
    };
    Ok(Progress::ended(Completion { summary: Some(summary), ..Completion::default() }))
}

/// Puts in what AWS puts into object keys. It stays the same when the action is done again.
fn expand(key: &str, work: &Work) -> String {
    let at = work.action.started.iso8601();
    let datetime = at.get(..19).unwrap_or_default().replace('T', "_").replace(':', "-");
    key.replace("{datetime}", &datetime).replace("{uuid}", &work.action.id)
}

async fn put_files(work: &Work, bucket: &str, prefix: &str, body: Body) -> Result<usize, Trouble> {
    let dir = &work.yard.config().data_dir;
    let mut files = Files::open(dir, body).await.map_err(Trouble::configuration)?;
    let entries = std::mem::take(&mut files.entries);
    let prefix = prefix.trim_end_matches('/');
    for (at, name, size) in &entries {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let content_type = content_type(name);
        files
            .read(*at, *size, async |body| put(work, bucket, &key, Some(content_type), body).await)
            .await?;
    }
    Ok(entries.len())
}

async fn put(
    work: &Work,
    bucket: &str,
    key: &str,
    content_type: Option<&str>,
    body: Body,
) -> Result<(), Trouble> {
    let kms_key = work.action.configured("KMSEncryptionKeyARN").map(str::to_owned);
    let input = s3::PutObjectInput {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        body,
        content_type: content_type.map(str::to_owned),
        acl: work.action.configured("CannedACL").map(str::to_owned),
        cache_control: work.action.configured("CacheControl").map(str::to_owned),
        server_side_encryption: kms_key.as_ref().map(|_| "aws:kms".to_owned()),
        ssekms_key_id: kms_key,
        ..Default::default()
    };
    let stored = work.cx.call(s3::PutObject, input).await;
    stored.map_err(Trouble::with(format!("storing {key} in bucket {bucket}")))?;
    Ok(())
}

/// The media type that a browser needs for a file of that name.
fn content_type(name: &str) -> &'static str {
    let extension = name.rsplit(['.', '/']).next().unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "json" | "map" => "application/json",
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "xml" => "application/xml",
        "yml" | "yaml" => "application/yaml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "tar" => "application/x-tar",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::content_type;

    #[test]
    fn media_types_go_by_the_extension() {
        for (name, want) in [
            ("index.HTML", "text/html"),
            ("a/b.tar.gz", "application/gzip"),
            ("html", "text/html"),
            ("dir.css/file", "application/octet-stream"),
            ("", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), want, "{name}");
        }
    }
}
