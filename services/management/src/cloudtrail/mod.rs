//! CloudTrail: who called what, as far as LookupEvents tells it.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
//!
//! The gateway hands a record of every call to the [`AuditTrail`]; it keeps them for 90 days, as
//! AWS does, and at most [`MAX_TRAIL_BYTES`] for an account in a region.

mod lookup;
mod record;
mod trail;

use api_management::cloudtrail::LookupEvents;
use service::{Protocol, Service, op};
use store::Key;
use types::{Account, GLOBAL, Region};

pub use trail::AuditTrail;

/// How long records are kept.
const RETENTION_SECS: i64 = 90 * 86_400;
/// What the records of an account in a region may take, compressed: 1 GiB.
const MAX_TRAIL_BYTES: u64 = 1 << 30;
/// Where calls of global services are told.
const HOME_OF_GLOBAL: &str = "us-east-1";

mod errors {
    wire::errors! {
        INVALID_LOOKUP_ATTRIBUTES = "InvalidLookupAttributesException", 400;
        INVALID_TIME_RANGE = "InvalidTimeRangeException", 400;
        INVALID_MAX_RESULTS = "InvalidMaxResultsException", 400;
        INVALID_NEXT_TOKEN = "InvalidNextTokenException", 400;
        INVALID_EVENT_CATEGORY = "InvalidEventCategoryException", 400;
    }
}

/// What AWS has and this yard lacks.
const LACKS: &[&str] = &[
    "AddTags",
    "CancelQuery",
    "CreateChannel",
    "CreateDashboard",
    "CreateEventDataStore",
    "CreateTrail",
    "DeleteChannel",
    "DeleteDashboard",
    "DeleteEventDataStore",
    "DeleteResourcePolicy",
    "DeleteTrail",
    "DeregisterOrganizationDelegatedAdmin",
    "DescribeQuery",
    "DescribeTrails",
    "DisableFederation",
    "EnableFederation",
    "GenerateQuery",
    "GetChannel",
    "GetDashboard",
    "GetEventConfiguration",
    "GetEventDataStore",
    "GetEventSelectors",
    "GetImport",
    "GetInsightSelectors",
    "GetQueryResults",
    "GetResourcePolicy",
    "GetTrail",
    "GetTrailStatus",
    "ListChannels",
    "ListDashboards",
    "ListEventDataStores",
    "ListImportFailures",
    "ListImports",
    "ListInsightsData",
    "ListInsightsMetricData",
    "ListPublicKeys",
    "ListQueries",
    "ListTags",
    "ListTrails",
    "PutEventConfiguration",
    "PutEventSelectors",
    "PutInsightSelectors",
    "PutResourcePolicy",
    "RegisterOrganizationDelegatedAdmin",
    "RemoveTags",
    "RestoreEventDataStore",
    "SearchSampleQueries",
    "StartDashboardRefresh",
    "StartEventDataStoreIngestion",
    "StartImport",
    "StartLogging",
    "StartQuery",
    "StopEventDataStoreIngestion",
    "StopImport",
    "StopLogging",
    "UpdateChannel",
    "UpdateDashboard",
    "UpdateEventDataStore",
    "UpdateTrail",
];

pub(crate) fn service() -> Service {
    Service::new("cloudtrail", Protocol::Json11)
        .target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")
        // The prefix that older clients send.
        .target("CloudTrail_20131101")
        .lacks(LACKS)
        .operation(
            op(LookupEvents, lookup::lookup_events)
                .list()
                .errors(errors::ALL)
                .paginated("NextToken", "MaxResults", 50)
                .partial("insight events are refused"),
        )
}

/// The track of an account's records in a region.
fn track(account: &Account, region: &Region) -> Key {
    let region = match region.as_str() {
        GLOBAL => HOME_OF_GLOBAL,
        region => region,
    };
    Key::new().text("trail").text(account.as_str()).text(region)
}
