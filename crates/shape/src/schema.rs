//! The static member table of a shape.

/// A shape's name and members.
#[derive(Debug)]
pub struct Schema {
    /// The struct's name; for operations' inputs and outputs AWS's own.
    pub name: &'static str,
    /// The element that wraps it where it is an XML payload.
    pub xml_root: &'static str,
    /// That element's namespace, or empty.
    pub xml_namespace: &'static str,
    /// The members, in declaration order; positions are the indexes of `slot` and `peek`.
    pub fields: &'static [Field],
}

/// One member.
#[derive(Debug)]
pub struct Field {
    /// AWS's name of the member.
    pub name: &'static str,
    /// Element name in XML and parameter name in Query, where it differs.
    pub xml: Option<&'static str>,
    /// Where in a REST request or response it stands.
    pub place: Place,
    /// Requests without it are refused.
    pub required: bool,
    /// Its value never reaches a log, an error message or an audit record.
    pub sensitive: bool,
    /// Lists and maps without the wrapping element or `.member`.
    pub flat: bool,
    /// An XML attribute of the parent element.
    pub attribute: bool,
    /// Left out of answers where it is empty.
    pub omit_empty: bool,
    /// Element name of list items.
    pub item: &'static str,
    /// Element name of map keys.
    pub key: &'static str,
    /// Element name of map values.
    pub value: &'static str,
    /// How a timestamp is written.
    pub time: TimeFormat,
    /// Least length, count or value.
    pub min: Option<i64>,
    /// Greatest length, count or value.
    pub max: Option<i64>,
    /// What the whole string must match.
    pub pattern: Option<&'static str>,
    /// The service's own error code where the member is missing.
    pub missing: Option<&'static str>,
    /// The service's own error code where the value is out of bounds.
    pub invalid: Option<&'static str>,
}

impl Field {
    /// A plain body member.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name,
            xml: None,
            place: Place::Body,
            required: false,
            sensitive: false,
            flat: false,
            attribute: false,
            omit_empty: false,
            item: "member",
            key: "key",
            value: "value",
            time: TimeFormat::Default,
            min: None,
            max: None,
            pattern: None,
            missing: None,
            invalid: None,
        }
    }

    /// Its name as an XML element or Query parameter.
    pub fn xml_name(&self) -> &'static str {
        self.xml.unwrap_or(self.name)
    }
}

/// Where in a REST message a member stands. Other protocols keep everything in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the body, by name.
    Body,
    /// In the header of that name.
    Header(&'static str),
    /// A map over all headers with that prefix.
    Headers(&'static str),
    /// In the query string under that name.
    Query(&'static str),
    /// In the path.
    Label,
    /// It is the whole body.
    Payload,
    /// It is the status code of the response.
    Status,
}

/// How a timestamp is written; reading takes every form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFormat {
    /// Seconds since the epoch in JSON, ISO 8601 in XML and Query, HTTP date in headers.
    Default,
    /// ISO 8601 with milliseconds.
    Iso8601,
    /// Seconds since the epoch.
    Epoch,
    /// As in HTTP headers.
    Http,
}
