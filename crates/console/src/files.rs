//! The console's files as `npm run build` made them, and the headers that keep pages to themselves.

use std::io::Read as _;

use flate2::read::GzDecoder;
use service::{RawHead, RawRequest, RawResponse, Yard};
use wire::Response;

/// The beginning of all paths that this may answer.
pub(crate) const ROOT: &str = "/";
/// Where the console is.
const BASE: &str = "/console/";
/// The page that all of the console's addresses show.
const INDEX: &str = "index.html";

/// Names below `/console/`, and contents compressed by gzip.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// Scripts and styles come from the yard alone, nothing is loaded from elsewhere, nobody frames it.
/// Cloudscape and React set styles by the style sheets' object model, which needs no permission.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' \
                      data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri \
                      'none'; form-action 'none'; frame-ancestors 'none'";

const UNBUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Codeyard</title>\
<h1>This Codeyard was built without its console</h1>\
<p>Node.js 20 or newer builds it; then the yard is built again:\
<pre>cd console && npm ci && npm run build\ncd .. && cargo build --release</pre>\
<p>Everything else works without it: <code>eval \"$(codeyard env)\"</code> tells the AWS CLI where \
the yard is.</html>";

/// Whether a request is a browser's for the console. Requests of S3 clients, which begin with `/`
/// too, are signed, or are for a bucket that is not called `console`.
pub(crate) fn is_for_the_console(head: &RawHead<'_>) -> bool {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let wanted = match head.path {
        "/" => header("accept").is_some_and(|accept| accept.contains("text/html")),
        "/console" => true,
        path => path.starts_with(BASE),
    };
    if !wanted || !matches!(head.method, "GET" | "HEAD") {
        return false;
    }
    let is_signed = header("authorization").is_some() || head.query.contains("Signature=");
    let host = header("host").and_then(|host| host.split(':').next()).unwrap_or_default();
    !is_signed && !host.ends_with(".localhost")
}

/// Answers with a file.
pub(crate) async fn handle(_: Yard, request: RawRequest) -> RawResponse {
    let Some(name) = request.path.strip_prefix(BASE) else {
        let mut response = Response::new(302);
        response.headers.push(("location".to_owned(), BASE.to_owned()));
        return response;
    };
    let name = if name.is_empty() { INDEX } else { name };
    let found = FILES.iter().find(|(known, _)| *known == name);
    let mut response = match found {
        Some((_, content)) => {
            let zips = request.header("accept-encoding").is_some_and(|it| it.contains("gzip"));
            file(name, content, zips)
        }
        None if FILES.is_empty() => page(200, UNBUILT),
        None => page(404, "<!doctype html><title>Codeyard</title><h1>No such page</h1>"),
    };
    if request.method == "HEAD" {
        response.body = shape::Body::Empty;
    }
    response
}

fn file(name: &str, content: &'static [u8], zips: bool) -> Response {
    let mut response = guarded(200, kind(name));
    // What has its content's hash in its name never changes.
    let cache = match name.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    header(&mut response, "cache-control", cache);
    header(&mut response, "vary", "accept-encoding");
    if zips {
        header(&mut response, "content-encoding", "gzip");
        response.body = bytes::Bytes::from_static(content).into();
        return response;
    }
    let mut plain = Vec::new();
    if GzDecoder::new(content).read_to_end(&mut plain).is_err() {
        return page(500, "<!doctype html><title>Codeyard</title><h1>The file is broken</h1>");
    }
    response.body = plain.into();
    response
}

fn page(status: u16, text: &'static str) -> Response {
    let mut response = guarded(status, "text/html; charset=utf-8");
    header(&mut response, "cache-control", "no-store");
    response.body = bytes::Bytes::from_static(text.as_bytes()).into();
    response
}

fn guarded(status: u16, kind: &str) -> Response {
    let mut response = Response::new(status);
    for (name, value) in [
        ("content-type", kind),
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        header(&mut response, name, value);
    }
    response
}

fn header(response: &mut Response, name: &str, value: &str) {
    response.headers.push((name.to_owned(), value.to_owned()));
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
