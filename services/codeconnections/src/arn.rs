//! ARNs of connections and hosts, and the rights on them.

use api_developer::codeconnections::Tag;
use service::{Cx, Right};
use types::{Account, Arn, Region, Scope};

use crate::door::Door;
use crate::model::{ConnectionRecord, HostRecord};

/// What an ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Connection,
    Host,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Host => "host",
        }
    }
}

/// A connection or host, by its ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The service in the ARN, which is also the prefix of the actions on it.
    pub service: &'static str,
    pub kind: Kind,
    pub scope: Scope,
    pub id: String,
}

impl Named {
    /// What an ARN names; none where it names neither.
    pub fn parse(text: &str) -> Option<Self> {
        let arn = text.parse::<Arn>().ok()?;
        let doors = [Door::CodeConnections, Door::CodeStarConnections];
        let service = doors.map(Door::name).into_iter().find(|name| *name == arn.service)?;
        let (kind, id) = [Kind::Connection, Kind::Host]
            .into_iter()
            .find_map(|kind| Some((kind, arn.resource.strip_prefix(kind.word())?)))?;
        let id = id.strip_prefix('/').filter(|id| !id.is_empty())?.to_owned();
        let scope = Scope::new(Account::new(&arn.account).ok()?, Region::new(&arn.region).ok()?);
        (arn.partition == "aws").then_some(Self { service, kind, scope, id })
    }

    /// The same, where it is of that kind and of the caller's account and region.
    pub fn here(cx: &Cx, text: &str, kind: Kind) -> Option<Self> {
        Self::parse(text).filter(|named| named.kind == kind && named.scope == cx.scope())
    }
}

/// The ARN of a connection or host.
pub(crate) fn of(service: &str, kind: Kind, scope: &Scope, id: &str) -> String {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    Arn::new(service, region, account, format!("{}/{id}", kind.word())).to_string()
}

/// The right to an action on what an ARN names. The action's prefix is the ARN's service, whichever
/// door was come in by.
pub(crate) fn right(cx: &Cx, arn: &str, action: &str) -> Right {
    let named = Named::parse(arn);
    let prefix = named.as_ref().map_or(Door::CodeConnections.name(), |named| named.service);
    let right = Right::new(format!("{prefix}:{action}"), arn);
    let tags = named.and_then(|named| tags_of(cx, &named, arn)).unwrap_or_default();
    tags.into_iter()
        .fold(right, |right, tag| right.with(format!("aws:ResourceTag/{}", tag.key), tag.value))
}

fn tags_of(cx: &Cx, named: &Named, arn: &str) -> Option<Vec<Tag>> {
    let (scope, id) = (&named.scope, named.id.as_str());
    let found = cx.read(|tx| {
        Ok(match named.kind {
            Kind::Connection => tx
                .get::<ConnectionRecord>(scope, id)?
                .filter(|it| it.arn(scope) == arn)
                .map(|it| it.into_inner().tags),
            Kind::Host => tx
                .get::<HostRecord>(scope, id)?
                .filter(|it| it.arn(scope) == arn)
                .map(|it| it.into_inner().tags),
        })
    });
    found.ok().flatten()
}

/// Adds the tags of a request.
pub(crate) fn with_request_tags(right: Right, tags: &[Tag]) -> Right {
    if tags.is_empty() {
        return right;
    }
    let keys = tags.iter().map(|tag| tag.key.clone()).collect();
    tags.iter().fold(right.with_values("aws:TagKeys", keys), |right, tag| {
        right.with(format!("aws:RequestTag/{}", tag.key), tag.value.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_services_and_nothing_else() {
        let named = Named::parse("arn:aws:codestar-connections:us-east-1:123456789012:host/h-1");
        let named = named.unwrap();
        assert_eq!((named.service, named.kind), ("codestar-connections", Kind::Host));
        assert_eq!(named.id, "h-1");
        for bad in [
            "arn:aws:codebuild:us-east-1:123456789012:connection/x",
            "arn:aws:codeconnections:us-east-1:123456789012:connection/",
            "arn:aws:codeconnections:us-east-1:123456789012:connections/x",
            "arn:aws:codeconnections:us-east-1:12:connection/x",
            "arn:aws-cn:codeconnections:us-east-1:123456789012:connection/x",
            "x",
        ] {
            assert_eq!(Named::parse(bad), None, "{bad}");
        }
    }
}
