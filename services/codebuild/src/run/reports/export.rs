//! Raw results, exported to S3 as the service role:
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3ReportExportConfig.html>.

use std::fs;
use std::io::BufWriter;
use std::path::PathBuf;

use api_developer::codebuild::{ReportExportConfigType, ReportPackagingType, S3ReportExportConfig};
use formats::archive::{self, Links, Tree};
use service::Cx;

use super::super::objects::{self, Put, Storing};
use super::super::{Cut, Job};
use super::Why;
use super::read::Read;
use crate::reports::model::ReportRecord;
use crate::rooms;

/// Puts the files under `PATH/GROUP/UUID/`, or all of them into `PATH/GROUP/UUID.zip`.
pub(super) async fn export(
    job: &Job,
    cx: &Cx,
    record: &ReportRecord,
    read: &Read,
) -> Result<(), Why> {
    let config = record.report.export_config.as_ref();
    let s3 = config.filter(|it| it.export_config_type == Some(ReportExportConfigType::S3));
    let Some(destination) = s3.and_then(|config| config.s3_destination.as_ref()) else {
        return Ok(());
    };
    let bucket = destination.bucket.as_deref().unwrap_or_default();
    let path = destination.path.as_deref().unwrap_or_default().trim_matches('/');
    let prefix = match path.is_empty() {
        true => format!("{}/{}", record.group(), record.uuid()),
        false => format!("{path}/{}/{}", record.group(), record.uuid()),
    };
    let storing = Storing {
        kms_key: key(destination),
        expected_owner: destination.bucket_owner.clone(),
        ..Storing::default()
    };
    let failed = |error: &wire::Error| Why::refused("error exporting raw results", error);
    if destination.packaging == Some(ReportPackagingType::Zip) {
        let archive = rooms::work_directory(&job.yard, job.record.uuid()).join("report.zip");
        let file = pack(archive.clone(), read).await?;
        let (key, content_type) = (format!("{prefix}.zip"), Some("application/zip"));
        let put = Put { bucket, key: &key, file, content_type, if_absent: false };
        objects::put(cx, &storing, put).await.map_err(|error| failed(&error))?;
        return fs::remove_file(&archive).map_err(|error| Why::Cut(Cut::retry(error)));
    }
    let tree = Tree::open(&read.root).map_err(|error| Why::Build(error.to_string()))?;
    for (path, name) in &read.files {
        let file = tree.file(path).map_err(|error| Why::Build(error.to_string()))?;
        let key = format!("{prefix}/{name}");
        let put = Put { bucket, key: &key, file, content_type: None, if_absent: false };
        objects::put(cx, &storing, put).await.map_err(|error| failed(&error))?;
    }
    Ok(())
}

/// The customer's key; without one the bucket's own encryption counts.
fn key(destination: &S3ReportExportConfig) -> Option<String> {
    let key = destination.encryption_key.clone()?;
    let own = destination.encryption_disabled != Some(true) && !key.ends_with("alias/aws/s3");
    own.then_some(key)
}

async fn pack(archive: PathBuf, read: &Read) -> Result<fs::File, Why> {
    let (root, files) = (read.root.clone(), read.files.clone());
    let packed = tokio::task::spawn_blocking(move || {
        let file = fs::File::create(&archive).map_err(|error| error.to_string())?;
        let packed = archive::pack_zip(BufWriter::new(file), &root, &files, Links::Follow);
        let packed = packed.map_err(|error| error.to_string())?;
        packed.into_inner().map_err(|error| error.to_string())?;
        fs::File::open(&archive).map_err(|error| error.to_string())
    });
    match packed.await {
        Ok(packed) => packed.map_err(Why::Build),
        Err(error) => Err(Why::Cut(Cut::retry(error))),
    }
}
