//! A record as it is kept, and as CloudTrail shows it.

use api_management::cloudtrail::{Event, LookupAttributeKey, Resource};
use serde_json::{Value, json};
use service::AuditRecord;
use shape::Shape;
use types::{Arn, GLOBAL, Timestamp};

use super::HOME_OF_GLOBAL;

/// A record as it is kept; [`AuditRecord`] tells its members.
#[derive(Shape, Default, Clone)]
pub(super) struct Record {
    event_id: String,
    request_id: String,
    pub time: Timestamp,
    account: String,
    region: String,
    event_source: String,
    event_name: String,
    read_only: bool,
    caller_arn: String,
    user_name: String,
    principal_id: String,
    access_key_id: Option<String>,
    source_ip: String,
    user_agent: String,
    request_parameters: Value,
    error_code: Option<String>,
    error_message: Option<String>,
    resources: Vec<String>,
}

impl From<AuditRecord> for Record {
    fn from(record: AuditRecord) -> Self {
        let (error_code, error_message) = record.error.unzip();
        let region = match record.region.as_str() {
            GLOBAL => HOME_OF_GLOBAL,
            region => region,
        };
        Self {
            event_id: record.event_id,
            request_id: record.request_id,
            time: record.time,
            account: record.account.to_string(),
            region: region.to_owned(),
            event_source: record.event_source,
            event_name: record.event_name,
            read_only: record.read_only,
            caller_arn: record.caller_arn,
            user_name: record.user_name,
            principal_id: record.principal_id,
            access_key_id: record.access_key_id,
            source_ip: record.source_ip,
            user_agent: record.user_agent,
            request_parameters: record.request_parameters,
            error_code,
            error_message,
            resources: record.resources,
        }
    }
}

impl Record {
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        shape::json::from_slice(bytes).ok()
    }

    /// Whether the record has this value of an attribute.
    pub fn has(&self, key: LookupAttributeKey, value: &str) -> bool {
        match key {
            LookupAttributeKey::EventId => self.event_id == value,
            LookupAttributeKey::EventName => self.event_name == value,
            LookupAttributeKey::ReadOnly => self.read_only.to_string() == value,
            LookupAttributeKey::Username => self.user_name == value,
            LookupAttributeKey::EventSource => self.event_source == value,
            LookupAttributeKey::AccessKeyId => self.access_key_id.as_deref() == Some(value),
            LookupAttributeKey::ResourceType => {
                self.resources.iter().any(|arn| resource_type(arn) == Some(value))
            }
            LookupAttributeKey::ResourceName => {
                self.resources.iter().any(|arn| arn == value || resource_name(arn) == value)
            }
        }
    }

    /// As LookupEvents answers it.
    pub fn event(&self) -> Event {
        Event {
            event_id: Some(self.event_id.clone()),
            event_name: Some(self.event_name.clone()),
            read_only: Some(self.read_only.to_string()),
            access_key_id: self.access_key_id.clone(),
            event_time: Some(Timestamp::from_secs(self.time.secs())),
            event_source: Some(self.event_source.clone()),
            username: Some(self.user_name.clone()),
            resources: self
                .resources
                .iter()
                .map(|arn| Resource {
                    resource_type: resource_type(arn).map(str::to_owned),
                    resource_name: Some(resource_name(arn).to_owned()),
                })
                .collect(),
            cloud_trail_event: Some(self.document().to_string()),
        }
    }

    /// The record as AWS writes it into trails.
    fn document(&self) -> Value {
        let kind = match self.caller_arn.rsplit(':').next().unwrap_or_default() {
            "root" => "Root",
            resource if resource.starts_with("user/") => "IAMUser",
            resource if resource.starts_with("assumed-role/") => "AssumedRole",
            resource if resource.starts_with("federated-user/") => "FederatedUser",
            _ => "Unknown",
        };
        let mut identity = json!({
            "type": kind,
            "principalId": self.principal_id,
            "arn": self.caller_arn,
            "accountId": self.account,
        });
        if let Some(key) = &self.access_key_id {
            identity["accessKeyId"] = json!(key);
        }
        if kind == "IAMUser" {
            identity["userName"] = json!(self.user_name);
        }
        let mut document = json!({
            "eventVersion": "1.11",
            "userIdentity": identity,
            "eventTime": Timestamp::from_secs(self.time.secs()).iso8601(),
            "eventSource": self.event_source,
            "eventName": self.event_name,
            "awsRegion": self.region,
            "sourceIPAddress": self.source_ip,
            "userAgent": self.user_agent,
            "requestParameters": self.request_parameters,
            "responseElements": null,
            "requestID": self.request_id,
            "eventID": self.event_id,
            "readOnly": self.read_only,
            "resources": self.resources.iter().map(|arn| json!({
                "accountId": self.account,
                "type": resource_type(arn),
                "ARN": arn,
            })).collect::<Vec<_>>(),
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        });
        if let Some(code) = &self.error_code {
            document["errorCode"] = json!(code);
            document["errorMessage"] = json!(self.error_message);
        }
        document
    }
}

/// The CloudFormation name of a resource's type, as CloudTrail tells it.
fn resource_type(arn: &str) -> Option<&'static str> {
    let arn: Arn = arn.parse().ok()?;
    let kind = arn.resource.split([':', '/']).next().unwrap_or_default();
    Some(match (arn.service.as_str(), kind) {
        ("s3", _) if arn.resource.contains('/') => "AWS::S3::Object",
        ("s3", _) => "AWS::S3::Bucket",
        ("iam", "user") => "AWS::IAM::User",
        ("iam", "role") => "AWS::IAM::Role",
        ("iam", "group") => "AWS::IAM::Group",
        ("iam", "policy") => "AWS::IAM::Policy",
        ("iam", "instance-profile") => "AWS::IAM::InstanceProfile",
        ("sts", "assumed-role") => "AWS::STS::AssumedRole",
        ("kms", "key") => "AWS::KMS::Key",
        ("kms", "alias") => "AWS::KMS::Alias",
        ("ssm", "parameter") => "AWS::SSM::Parameter",
        ("secretsmanager", "secret") => "AWS::SecretsManager::Secret",
        ("logs", "log-group") => "AWS::Logs::LogGroup",
        ("events", "rule") => "AWS::Events::Rule",
        ("events", "event-bus") => "AWS::Events::EventBus",
        ("codecommit", _) => "AWS::CodeCommit::Repository",
        ("codebuild", "project") => "AWS::CodeBuild::Project",
        ("codebuild", "report-group") => "AWS::CodeBuild::ReportGroup",
        ("codepipeline", _) => "AWS::CodePipeline::Pipeline",
        ("codedeploy", "application") => "AWS::CodeDeploy::Application",
        ("codedeploy", "deploymentgroup") => "AWS::CodeDeploy::DeploymentGroup",
        ("codedeploy", "deploymentconfig") => "AWS::CodeDeploy::DeploymentConfig",
        ("cloudformation", "stack") => "AWS::CloudFormation::Stack",
        _ => return None,
    })
}

/// A resource's own name: its ARN without what leads there.
fn resource_name(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    if arn.starts_with("arn:aws:s3:::") {
        return resource;
    }
    let after_type = resource.split_once([':', '/']).map_or(resource, |(_, name)| name);
    match arn.starts_with("arn:aws:logs:") {
        true => after_type.split(":log-stream:").next().unwrap_or(after_type),
        false => after_type,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_types_and_names() {
        for (arn, kind, name) in [
            ("arn:aws:s3:::b", Some("AWS::S3::Bucket"), "b"),
            ("arn:aws:s3:::b/k", Some("AWS::S3::Object"), "b/k"),
            ("arn:aws:iam::1:role/p/r", Some("AWS::IAM::Role"), "p/r"),
            ("arn:aws:codecommit:r:1:repo", Some("AWS::CodeCommit::Repository"), "repo"),
            ("arn:aws:logs:r:1:log-group:/a:log-stream:", Some("AWS::Logs::LogGroup"), "/a"),
            ("arn:aws:x:r:1:y/z", None, "z"),
        ] {
            assert_eq!((resource_type(arn), resource_name(arn)), (kind, name), "{arn}");
        }
    }
}
