//! Shapes of AWS CloudTrail, after the
//! [API reference](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/).

use shape::{Shape, Timestamp};

shape::operations! { "cloudtrail";
    LookupEvents(LookupEventsInput) -> LookupEventsOutput;
}

shape::string_enum! {
    /// Lookup attribute key.
    pub enum LookupAttributeKey { EventId = "EventId", EventName = "EventName", ReadOnly = "ReadOnly", Username = "Username", ResourceType = "ResourceType", ResourceName = "ResourceName", EventSource = "EventSource", AccessKeyId = "AccessKeyId" }
}

shape::string_enum! {
    /// Event category.
    pub enum EventCategory { Insight = "insight" }
}

/// [LookupEvents](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct LookupEventsInput {
    pub lookup_attributes: Option<Vec<LookupAttribute>>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub event_category: Option<EventCategory>,
    #[shape(min = 1, max = 50, invalid = "InvalidMaxResultsException")]
    pub max_results: Option<i32>,
    pub next_token: Option<String>,
}

/// [LookupAttribute](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct LookupAttribute {
    #[shape(required)]
    pub attribute_key: LookupAttributeKey,
    #[shape(required, min = 1, max = 2000)]
    pub attribute_value: String,
}

/// [LookupEvents](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct LookupEventsOutput {
    pub events: Vec<Event>,
    pub next_token: Option<String>,
}

/// [Event](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Event {
    pub event_id: Option<String>,
    pub event_name: Option<String>,
    pub read_only: Option<String>,
    pub access_key_id: Option<String>,
    pub event_time: Option<Timestamp>,
    pub event_source: Option<String>,
    pub username: Option<String>,
    pub resources: Vec<Resource>,
    pub cloud_trail_event: Option<String>,
}

/// [Resource](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Resource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Resource {
    pub resource_type: Option<String>,
    pub resource_name: Option<String>,
}
