//! The build's log as one object in a bucket, put when the build has ended:
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_S3LogsConfig.html>.

use std::fs::{self, File};
use std::io::Write;

use api_developer::codebuild::LogsConfigStatusType;
use flate2::Compression;
use flate2::write::GzEncoder;
use sandbox::{Handle, Sandbox as _};
use service::Cx;

use super::objects::{self, Put, Storing};
use super::{Cut, Job};
use crate::rooms;

const FILE: &str = "log.gz";

/// Puts the whole output of the commands, as they wrote it, and the runner's own lines behind it,
/// if the project wants that.
pub(super) async fn put(job: &Job, cx: &Cx, own: &[String]) -> Result<(), Cut> {
    let Some(logs) = job.record.build.logs.as_ref() else { return Ok(()) };
    let config = logs.s3_logs.as_ref();
    let Some(config) = config.filter(|config| config.status == LogsConfigStatusType::Enabled)
    else {
        return Ok(());
    };
    let arn = logs.s3_logs_arn.as_deref().unwrap_or_default();
    let place = arn.strip_prefix("arn:aws:s3:::").and_then(|place| place.split_once('/'));
    let Some((bucket, key)) = place else {
        return Err(Cut::failed("CLIENT_ERROR", format!("{arn} is no object's ARN")));
    };
    let file = packed(job, own).await?;
    let storing = Storing::of(&job.record, config.encryption_disabled)
        .owner_access(config.bucket_owner_access);
    let content_type = Some("application/gzip");
    let put = Put { bucket, key, file, content_type, if_absent: false };
    match objects::put(cx, &storing, put).await {
        Ok(()) => Ok(()),
        Err(error) if objects::is_passing(&error) => Err(Cut::retry(error)),
        Err(error) => Err(Cut::failed(
            if error.status == 403 { "ACCESS_DENIED" } else { "CLIENT_ERROR" },
            format!(
                "Service role {} does not allow AWS CodeBuild to put the log {arn} of build {}. \
                 Error message: {}: {}",
                job.record.service_role(),
                job.record.arn(),
                error.code,
                error.message
            ),
        )),
    }
}

/// Piece by piece: a log may have a gigabyte.
async fn packed(job: &Job, own: &[String]) -> Result<File, Cut> {
    let work = rooms::work_directory(&job.yard, job.record.uuid());
    fs::create_dir_all(&work).map_err(Cut::retry)?;
    let path = work.join(FILE);
    let mut out = GzEncoder::new(File::create(&path).map_err(Cut::retry)?, Compression::fast());
    let driver = job.rooms.sandboxes(&job.yard).map_err(Cut::retry)?;
    let id = rooms::sandbox_id(&job.record).map_err(Cut::retry)?;
    match driver.attach(&id).await {
        Ok(handle) => copy(handle.as_ref(), &mut out).await?,
        // It has not come so far.
        Err(sandbox::Error::NotFound(_)) => {}
        Err(error) => return Err(Cut::retry(error)),
    }
    for line in own {
        out.write_all(line.as_bytes()).map_err(Cut::retry)?;
    }
    out.finish().map_err(Cut::retry)?;
    File::open(&path).map_err(Cut::retry)
}

async fn copy(handle: &dyn Handle, out: &mut impl Write) -> Result<(), Cut> {
    let (mut at, mut last) = (0, b'\n');
    loop {
        let piece = handle.read_output(at, sandbox::MAX_READ).await.map_err(Cut::retry)?;
        let Some(end) = piece.last() else { break };
        last = *end;
        at += piece.len() as u64;
        out.write_all(&piece).map_err(Cut::retry)?;
    }
    // What follows begins a line of its own.
    if last != b'\n' {
        out.write_all(b"\n").map_err(Cut::retry)?;
    }
    Ok(())
}
