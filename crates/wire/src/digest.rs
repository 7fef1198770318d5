//! Sums that a request's headers give of its body, as S3's clients send them: `Content-MD5` and
//! `x-amz-checksum-…`. Only bodies that are read whole are checked here; a service that takes a
//! stream checks it itself. So does an operation that has a member for a checksum: there it may
//! be of something else, as in S3's CompleteMultipartUpload.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::CrcAlgorithm::{Crc32Iscsi, Crc32IsoHdlc, Crc64Nvme};
use md5::Digest as _;
use shape::{Place, Problem, Problems, Shape};

use crate::Request;

const MD5: &str = "content-md5";

/// Notes every sum that the body does not come to.
pub(crate) fn check(request: &Request<'_>, shape: &dyn Shape, problems: &mut Problems) {
    for name in request.headers.keys().map(http::HeaderName::as_str).filter(|it| is_sum(it)) {
        let own = |place| matches!(place, Place::Header(member) if member == name);
        if name != MD5 && shape.schema().fields.iter().any(|field| own(field.place)) {
            continue;
        }
        let given = request.header(name).and_then(|text| BASE64.decode(text.trim()).ok());
        let (code, message) = match (sum(name, request.body), given) {
            (Some(computed), Some(given)) if computed == given => continue,
            (Some(computed), Some(given)) if computed.len() == given.len() => {
                ("BadDigest", format!("The {name} you specified did not match what we received."))
            }
            (Some(_), _) if name == MD5 => {
                ("InvalidDigest", "The Content-MD5 you specified was invalid.".to_owned())
            }
            (Some(_), _) => ("InvalidRequest", format!("Value for {name} header is invalid.")),
            (None, _) => ("NotImplemented", format!("{name} is not supported by Codeyard.")),
        };
        let (path, code) = (name.to_owned(), Some(code));
        problems.0.push(Problem { path, code, missing: false, message });
    }
}

/// Whether a header holds a sum, rather than tells of one.
fn is_sum(name: &str) -> bool {
    let told = ["type", "mode", "algorithm"];
    name == MD5 || name.strip_prefix("x-amz-checksum-").is_some_and(|it| !told.contains(&it))
}

/// The sum that a header of this name holds; `None` for sums that are not computed here.
fn sum(name: &str, body: &[u8]) -> Option<Vec<u8>> {
    let crc = |kind| crc_fast::checksum(kind, body);
    Some(match name.rsplit('-').next()? {
        "md5" if name == MD5 => md5::Md5::digest(body).to_vec(),
        "crc32" => crc(Crc32IsoHdlc).to_be_bytes().get(4..)?.to_vec(),
        "crc32c" => crc(Crc32Iscsi).to_be_bytes().get(4..)?.to_vec(),
        "crc64nvme" => crc(Crc64Nvme).to_be_bytes().to_vec(),
        "sha1" => sha1::Sha1::digest(body).to_vec(),
        "sha256" => sha2::Sha256::digest(body).to_vec(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use shape::{Body, Empty};

    use super::*;

    fn codes(header: &'static str, value: &'static str) -> Vec<Option<&'static str>> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
        let request =
            Request { query: &[], headers: &headers, body: b"123456789", stream: Body::Empty };
        let mut problems = Problems::default();
        check(&request, &Empty {}, &mut problems);
        problems.0.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn sums_are_compared() {
        assert_eq!(codes(MD5, "JfnnlDI7RTiF9RgfG2JNCw=="), []);
        assert_eq!(codes("x-amz-checksum-crc32", "y/Q5Jg=="), []);
        assert_eq!(codes("x-amz-checksum-crc32c", "4waSgw=="), []);
        assert_eq!(codes("x-amz-checksum-crc64nvme", "rosUhgp5mIg="), []);
        assert_eq!(codes("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="), []);
        assert_eq!(codes("x-amz-checksum-mode", "ENABLED"), []);
        assert_eq!(codes(MD5, "AAAAAAAAAAAAAAAAAAAAAA=="), [Some("BadDigest")]);
        assert_eq!(codes(MD5, "AAAA"), [Some("InvalidDigest")]);
        assert_eq!(codes("x-amz-checksum-crc32", "AAAAAA=="), [Some("BadDigest")]);
        assert_eq!(codes("x-amz-checksum-sha256", "?"), [Some("InvalidRequest")]);
        assert_eq!(codes("x-amz-checksum-xxhash3", "AAAA"), [Some("NotImplemented")]);
    }
}
