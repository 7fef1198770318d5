//! Where a build's log will be:
//! <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsLocation.html>.

use api_developer::codebuild::*;
use types::Scope;

use crate::defaults;

/// By the settings of a project of this name.
pub(crate) fn location(
    scope: &Scope,
    project: &str,
    config: Option<&LogsConfig>,
    uuid: &str,
) -> LogsLocation {
    let cloud_watch = config.and_then(|config| config.cloud_watch_logs.clone());
    let cloud_watch = cloud_watch.unwrap_or_default();
    let s3 = config.and_then(|config| config.s3_logs.clone());
    let mut s3 = s3.unwrap_or(S3LogsConfig {
        status: LogsConfigStatusType::Disabled,
        ..S3LogsConfig::default()
    });
    defaults::s3_logs(&mut s3);
    let mut logs = LogsLocation::default();
    if cloud_watch.status == LogsConfigStatusType::Enabled {
        in_cloud_watch(&mut logs, scope, project, &cloud_watch, uuid);
    }
    if let Some(location) =
        s3.location.as_deref().filter(|_| s3.status == LogsConfigStatusType::Enabled)
    {
        in_s3(&mut logs, scope, location, uuid);
    }
    logs.cloud_watch_logs = Some(cloud_watch);
    logs.s3_logs = Some(s3);
    logs
}

fn in_cloud_watch(
    logs: &mut LogsLocation,
    scope: &Scope,
    project: &str,
    config: &CloudWatchLogsConfig,
    uuid: &str,
) {
    let given = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let group = given(&config.group_name).unwrap_or_else(|| format!("/aws/codebuild/{project}"));
    let stream = match given(&config.stream_name) {
        Some(prefix) => format!("{prefix}/{uuid}"),
        None => uuid.to_owned(),
    };
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    logs.cloud_watch_logs_arn =
        Some(format!("arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"));
    logs.deep_link = Some(format!(
        "https://console.aws.amazon.com/cloudwatch/home?region={region}\
         #logsV2:log-groups/log-group/{}/log-events/{}",
        in_fragment(&group),
        in_fragment(&stream)
    ));
    logs.group_name = Some(group);
    logs.stream_name = Some(stream);
}

fn in_s3(logs: &mut LogsLocation, scope: &Scope, location: &str, uuid: &str) {
    let location = location.strip_prefix("arn:aws:s3:::").unwrap_or(location);
    let (bucket, prefix) = location.split_once('/').unwrap_or((location, ""));
    let prefix = prefix.trim_matches('/');
    let key = match prefix {
        "" => format!("{uuid}.gz"),
        prefix => format!("{prefix}/{uuid}.gz"),
    };
    logs.s3_logs_arn = Some(format!("arn:aws:s3:::{bucket}/{key}"));
    logs.s3_deep_link = Some(format!(
        "https://s3.console.aws.amazon.com/s3/object/{bucket}/{key}?region={}",
        scope.region.as_str()
    ));
}

/// The console's own way to write a name behind `#`: percent-encoded, twice, with `$` for `%`.
fn in_fragment(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                text.push(char::from(byte));
            }
            other => text.push_str(&format!("$25{other:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(config: Option<&LogsConfig>) -> LogsLocation {
        let account = types::Account::new("123456789012").unwrap();
        let region = types::Region::new("eu-west-1").unwrap();
        location(&Scope::new(account, region), "app", config, "u-u")
    }

    #[test]
    fn cloud_watch_unless_it_is_switched_off() {
        let logs = of(None);
        assert_eq!(logs.group_name.as_deref(), Some("/aws/codebuild/app"));
        assert_eq!(logs.stream_name.as_deref(), Some("u-u"));
        let link = logs.deep_link.unwrap();
        assert!(
            link.ends_with("log-group/$252Faws$252Fcodebuild$252Fapp/log-events/u-u"),
            "{link}"
        );
        assert_eq!(logs.s3_logs_arn, None);
        let config = LogsConfig {
            cloud_watch_logs: Some(CloudWatchLogsConfig {
                status: LogsConfigStatusType::Disabled,
                ..Default::default()
            }),
            s3_logs: Some(S3LogsConfig {
                status: LogsConfigStatusType::Enabled,
                location: Some("arn:aws:s3:::my-bucket/build-log/".to_owned()),
                ..Default::default()
            }),
        };
        let logs = of(Some(&config));
        assert_eq!((logs.group_name, logs.deep_link), (None, None));
        assert_eq!(logs.s3_logs_arn.as_deref(), Some("arn:aws:s3:::my-bucket/build-log/u-u.gz"));
    }

    #[test]
    fn streams_have_prefixes() {
        let config = LogsConfig {
            cloud_watch_logs: Some(CloudWatchLogsConfig {
                group_name: Some("g".to_owned()),
                stream_name: Some("s".to_owned()),
                ..Default::default()
            }),
            s3_logs: None,
        };
        let arn = of(Some(&config)).cloud_watch_logs_arn.unwrap();
        assert_eq!(arn, "arn:aws:logs:eu-west-1:123456789012:log-group:g:log-stream:s/u-u");
    }
}
