//! aws-chunked bodies, with the example of S3's guide to streaming uploads: 65 KiB of `a` in
//! three chunks.

use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn guide_headers(trailer: bool) -> Vec<(&'static str, &'static [u8])> {
    let mut headers: Vec<(&str, &[u8])> = vec![
        ("host", b"s3.amazonaws.com"),
        ("x-amz-date", b"20130524T000000Z"),
        ("x-amz-storage-class", b"REDUCED_REDUNDANCY"),
        ("content-encoding", b"aws-chunked"),
        ("x-amz-decoded-content-length", b"66560"),
    ];
    if trailer {
        headers.push(("x-amz-content-sha256", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"));
        headers.push(("x-amz-trailer", b"x-amz-checksum-crc32c"));
        headers.push((
            "authorization",
            b"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        ));
    } else {
        headers.push(("content-length", b"66824"));
        headers.push(("x-amz-content-sha256", b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
        headers.push((
            "authorization",
            b"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        ));
    }
    headers
}

fn verified(trailer: bool) -> Verified {
    let headers = guide_headers(trailer);
    let request = Request {
        method: "PUT",
        path: "/examplebucket/chunkObject.txt",
        query: "",
        headers: &headers,
        payload_sha256: None,
    };
    let now = Timestamp::parse("20130524T000000Z").unwrap();
    parse(&request).unwrap().unwrap().verify(&request, SECRET, now).unwrap()
}

fn guide_decoder(trailer: bool) -> ChunkDecoder {
    let names = TrailerNames::parse("x-amz-checksum-crc32c");
    verified(trailer).chunks(Some(66_560), names).unwrap()
}

const PLAIN: [&str; 3] = [
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
];
const TRAILED: [&str; 3] = [
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
];
const TRAILER: &str = "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:\
                       d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";

fn chunks(signatures: [&str; 3]) -> Vec<u8> {
    let mut body = Vec::new();
    for (signature, size) in signatures.iter().zip([65_536, 1024, 0]) {
        body.extend_from_slice(format!("{size:x};chunk-signature={signature}\r\n").as_bytes());
        body.extend(std::iter::repeat_n(b'a', size));
        if size > 0 {
            body.extend_from_slice(b"\r\n");
        }
    }
    body
}

fn plain_body() -> Vec<u8> {
    [chunks(PLAIN).as_slice(), b"\r\n"].concat()
}

fn trailed_body() -> Vec<u8> {
    [chunks(TRAILED).as_slice(), TRAILER.as_bytes()].concat()
}

fn run(
    mut decoder: ChunkDecoder,
    body: &[u8],
    piece: usize,
) -> Result<(Vec<u8>, Vec<Trailer>), ErrorKind> {
    let mut out = Vec::new();
    for mut piece in body.chunks(piece) {
        while let Some(data) = decoder.next(&mut piece).map_err(|error| error.kind)? {
            out.extend_from_slice(data);
        }
    }
    Ok((out, decoder.finish().map_err(|error| error.kind)?))
}

#[test]
fn the_guides_examples_decode_in_pieces_of_any_size() {
    assert_eq!(plain_body().len(), 66_824);
    let trailer = Trailer { name: "x-amz-checksum-crc32c".into(), value: "sOO8/Q==".into() };
    for piece in [1, 2, 3, 7, 85, 86, 87, 88, 1000, 65_536, 100_000] {
        let (data, trailers) = run(guide_decoder(false), &plain_body(), piece).unwrap();
        assert_eq!((data, trailers), (vec![b'a'; 66_560], vec![]), "{piece}");
        let (data, trailers) = run(guide_decoder(true), &trailed_body(), piece).unwrap();
        assert_eq!((data, trailers), (vec![b'a'; 66_560], vec![trailer.clone()]), "{piece}");
    }
}

#[test]
fn the_guides_empty_line_before_the_trailers_signature_is_taken() {
    let spaced = String::from_utf8(trailed_body()).unwrap().replace("==\r\n", "==\n\r\n");
    assert!(run(guide_decoder(true), spaced.as_bytes(), 100).is_ok());
}

#[test]
fn altered_bodies_are_refused() {
    let mut altered = plain_body();
    altered[200] = b'b';
    let mismatch = Err(ErrorKind::SignatureMismatch);
    assert_eq!(run(guide_decoder(false), &altered, 1000), mismatch);
    let text = |body: Vec<u8>| String::from_utf8(body).unwrap();
    let swapped = text(plain_body()).replace(PLAIN[1], PLAIN[0]);
    assert_eq!(run(guide_decoder(false), swapped.as_bytes(), 1000), mismatch);
    let trailer = text(trailed_body()).replace("sOO8", "tOO8");
    assert_eq!(run(guide_decoder(true), trailer.as_bytes(), 1000), mismatch);
    let unsigned = text(plain_body()).replace(";chunk-signature=", ";x=");
    let malformed = Err(ErrorKind::MalformedChunk);
    assert_eq!(run(guide_decoder(false), unsigned.as_bytes(), 1000), malformed);
    let upper = text(plain_body()).replace(PLAIN[0], &PLAIN[0].to_uppercase());
    assert_eq!(run(guide_decoder(false), upper.as_bytes(), 1000), mismatch);
}

#[test]
fn bodies_that_break_off_are_incomplete() {
    let body = trailed_body();
    for len in 0..body.len() {
        // The last line end alone may be missing.
        let may_end = len >= body.len() - 2;
        if len > 200 && len < 66_000 && len % 997 != 0 {
            continue;
        }
        let result = run(guide_decoder(true), &body[..len], 4096).map(|_| ());
        let want = if may_end { Ok(()) } else { Err(ErrorKind::IncompleteBody) };
        assert_eq!(result, want, "{len} of {}", body.len());
    }
}

fn unsigned(expected: Option<u64>, names: &str) -> ChunkDecoder {
    ChunkDecoder::unsigned(expected, Some(TrailerNames::parse(names)))
}

#[test]
fn unsigned_bodies_with_trailers() {
    let body = b"5\r\nhello\r\n1;ext=1\r\n!\r\n0\r\nX-Amz-Checksum-CRC32: abc= \r\n\r\n";
    for piece in 1..body.len() {
        let decoder = unsigned(Some(6), "X-Amz-Checksum-Crc32");
        let (data, trailers) = run(decoder, body, piece).unwrap();
        assert_eq!(data, b"hello!");
        let want = Trailer { name: "x-amz-checksum-crc32".into(), value: "abc=".into() };
        assert_eq!(trailers, [want]);
    }
    assert!(run(unsigned(None, ""), b"0\r\n\r\n", 9).is_ok());
}

#[test]
fn malformed_unsigned_bodies() {
    use ErrorKind::{IncompleteBody, MalformedChunk, MalformedTrailer};
    let long = "a".repeat(MAX_CHUNK_HEADER_BYTES + 1);
    let many = format!("0\r\n{}\r\n", "a:b\r\n".repeat(MAX_TRAILER_BYTES));
    for (body, names, kind) in [
        ("", "", IncompleteBody),
        ("zz\r\n", "", MalformedChunk),
        ("\r\n", "", MalformedChunk),
        ("+5\r\nhello\r\n", "", MalformedChunk),
        ("-1\r\n", "", MalformedChunk),
        ("fffffffffffffffff\r\n", "", MalformedChunk),
        ("ffffffffffffffff\r\n", "", IncompleteBody),
        ("5\r\nhelloX\r\n", "", MalformedChunk),
        ("5\r\nhello\rX", "", MalformedChunk),
        ("5\r\nhello\r\n0\r\n\r\n", "", IncompleteBody),
        ("7\r\nhello!!\r\n0\r\n\r\n", "", IncompleteBody),
        ("6\r\nhello!\r\n0\r\n\r\nmore", "", MalformedChunk),
        ("6\r\nhello!\r\n0\r\n\r\n", "a", MalformedTrailer),
        ("6\r\nhello!\r\n0\r\nb:1\r\n\r\n", "a", MalformedTrailer),
        ("6\r\nhello!\r\n0\r\na:1\r\na:1\r\n\r\n", "a", MalformedTrailer),
        ("6\r\nhello!\r\n0\r\na\r\n\r\n", "a", MalformedTrailer),
        ("6\r\nhello!\r\n0\r\nx-amz-trailer-signature:1\r\n\r\n", "", MalformedTrailer),
        (&long, "", MalformedChunk),
        (&format!("6\r\nhello!\r\n{many}"), "a", MalformedTrailer),
    ] {
        for piece in [1, 3, 1 << 20] {
            let result = run(unsigned(Some(6), names), body.as_bytes(), piece);
            assert_eq!(result, Err(kind), "{body:.60}");
        }
    }
}

#[test]
fn an_error_is_final() {
    let mut decoder = unsigned(None, "");
    assert!(decoder.next(&mut &b"zz\r\n"[..]).is_err());
    assert!(decoder.next(&mut &b"0\r\n\r\n"[..]).is_err());
    assert!(decoder.finish().is_err());
}

#[test]
fn bodies_that_are_not_chunked_have_no_decoder() {
    let (case, secret, now) = case("s3 put");
    let verified = case.verify_at(&secret, now).unwrap();
    assert!(verified.chunks(None, TrailerNames::default()).is_none());
}
