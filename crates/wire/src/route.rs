//! Which REST operation a request means.

use std::collections::BTreeMap;

use crate::uri;

/// A REST operation's method, path, and what else must be present:
/// `GET /{Bucket}/{Key+}?uploadId&list-type=2 @x-amz-copy-source`.
#[derive(Debug, Clone)]
pub struct Route {
    method: &'static str,
    segments: Vec<Segment>,
    query: Vec<(&'static str, Option<&'static str>)>,
    headers: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    /// Takes the rest of the path, slashes included.
    Greedy(&'static str),
}

/// A request that a route takes: its path labels, and how particular the route is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteMatch {
    /// Label values, decoded.
    pub labels: BTreeMap<&'static str, String>,
    /// Literal segments, required parameters and required headers; the highest wins.
    pub weight: usize,
}

impl Route {
    /// Reads the text form above. It is written in code, so that a bad one yields a route that
    /// matches nothing and fails the service's first test.
    pub fn new(text: &'static str) -> Self {
        let (text, headers) = match text.split_once(" @") {
            Some((text, headers)) => (text, headers.split('@').map(str::trim).collect()),
            None => (text, Vec::new()),
        };
        let (method, target) = text.split_once(' ').unwrap_or((text, ""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| match segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(label) => match label.strip_suffix('+') {
                    Some(label) => Segment::Greedy(label),
                    None => Segment::Label(label),
                },
                None => Segment::Literal(segment),
            })
            .collect();
        let query = query
            .split('&')
            .filter(|it| !it.is_empty())
            .map(|it| match it.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (it, None),
            })
            .collect();
        Self { method, segments, query, headers }
    }

    /// Whether the request is this operation. `path` is raw (still encoded).
    pub fn matches(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        has_header: &dyn Fn(&str) -> bool,
    ) -> Option<RouteMatch> {
        if method != self.method {
            return None;
        }
        for (name, value) in &self.query {
            let found = query.iter().find(|(it, _)| it == name)?;
            if value.is_some_and(|value| value != found.1) {
                return None;
            }
        }
        if !self.headers.iter().all(|name| has_header(name)) {
            return None;
        }
        let labels = self.match_path(path)?;
        let literals = self.segments.iter().filter(|it| matches!(it, Segment::Literal(_))).count();
        let weight = literals + 2 * self.query.len() + 2 * self.headers.len() + self.segments.len();
        Some(RouteMatch { labels, weight })
    }

    fn match_path(&self, path: &str) -> Option<BTreeMap<&'static str, String>> {
        let mut labels = BTreeMap::new();
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        for segment in &self.segments {
            if let Segment::Greedy(label) = segment {
                if rest.is_empty() {
                    return None;
                }
                labels.insert(*label, uri::decode(rest, false)?);
                rest = "";
                continue;
            }
            let (first, tail) = rest.split_once('/').unwrap_or((rest, ""));
            if first.is_empty() {
                return None;
            }
            let first = uri::decode(first, false)?;
            match segment {
                Segment::Literal(literal) if first != *literal => return None,
                Segment::Label(label) => {
                    labels.insert(*label, first);
                }
                _ => {}
            }
            rest = tail;
        }
        rest.is_empty().then_some(labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(route: &'static str, method: &str, path: &str, query: &str) -> Option<usize> {
        let query = uri::parse_query(query).unwrap();
        Route::new(route).matches(method, path, &query, &|_| false).map(|it| it.weight)
    }

    #[test]
    fn paths_and_labels() {
        let found = Route::new("GET /{Bucket}/{Key+}")
            .matches("GET", "/b/a/b%20c//d", &[], &|_| false)
            .unwrap();
        assert_eq!(found.labels["Bucket"], "b");
        assert_eq!(found.labels["Key"], "a/b c//d");
        assert!(weight("GET /{Bucket}", "GET", "/b/", "").is_some());
        assert!(weight("GET /{Bucket}", "GET", "/b/k", "").is_none());
        assert!(weight("GET /", "GET", "/", "").is_some());
        assert!(weight("GET /{Bucket}/{Key+}", "GET", "/b/", "").is_none());
    }

    #[test]
    fn the_more_particular_route_wins() {
        let plain = weight("GET /{Bucket}", "GET", "/b", "list-type=2");
        let v2 = weight("GET /{Bucket}?list-type=2", "GET", "/b", "list-type=2");
        assert!(v2 > plain);
        assert!(weight("GET /{Bucket}?list-type=2", "GET", "/b", "list-type=1").is_none());
        let copy = Route::new("PUT /{Bucket}/{Key+} @x-amz-copy-source");
        assert!(copy.matches("PUT", "/b/k", &[], &|_| false).is_none());
        assert!(copy.matches("PUT", "/b/k", &[], &|name| name == "x-amz-copy-source").is_some());
    }
}
