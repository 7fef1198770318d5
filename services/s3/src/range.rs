//! Which bytes of an object a read is about.

use std::ops::Range;

use service::Error;

use crate::errors;

/// The bytes that a `Range` header means in an object of that size. `None` where the header is
/// not understood: RFC 9110 has it that the whole is answered then, and so does S3 for several
/// ranges at once.
pub fn parse(header: &str, size: u64) -> Result<Option<Range<u64>>, Error> {
    let Some(spec) = header.trim().strip_prefix("bytes=") else { return Ok(None) };
    let Some((first, last)) = spec.split_once('-') else { return Ok(None) };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u64>().unwrap_or(u64::MAX))
    };
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Ok(None),
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return Ok(None),
    };
    if range.start >= size || range.is_empty() {
        return Err(unsatisfiable(header, size));
    }
    Ok(Some(range))
}

/// The range of a part copy, which must be whole: `bytes=FIRST-LAST`.
pub fn parse_copy(header: &str, size: u64) -> Result<Range<u64>, Error> {
    let bad = || {
        errors::invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first \
             and last are the zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range",
            header,
        )
    };
    let spec = header.strip_prefix("bytes=").ok_or_else(bad)?;
    let (first, last) = spec.split_once('-').ok_or_else(bad)?;
    let first = first.parse::<u64>().map_err(|_| bad())?;
    let last = last.parse::<u64>().map_err(|_| bad())?;
    if first > last {
        return Err(bad());
    }
    if last >= size {
        return Err(errors::invalid_argument(
            &format!("Range specified is not valid for source object of size: {size}"),
            "x-amz-copy-source-range",
            header,
        ));
    }
    Ok(first..last + 1)
}

/// The range lies outside of the object.
pub fn unsatisfiable(header: &str, size: u64) -> Error {
    errors::INVALID_RANGE
        .error("The requested range is not satisfiable")
        .with("RangeRequested", header)
        .with("ActualObjectSize", size.to_string())
        .header("content-range", format!("bytes */{size}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let of = |header: &str| parse(header, 100).map_err(|error| error.status);
        assert_eq!(of("bytes=0-9"), Ok(Some(0..10)));
        assert_eq!(of("bytes=90-200"), Ok(Some(90..100)));
        assert_eq!(of("bytes=90-"), Ok(Some(90..100)));
        assert_eq!(of("bytes=-10"), Ok(Some(90..100)));
        assert_eq!(of("bytes=-200"), Ok(Some(0..100)));
        assert_eq!(of("bytes=0-99999999999999999999999"), Ok(Some(0..100)));
        for ignored in ["bytes=9-0", "bytes=a-b", "bytes=0-1,3-4", "items=0-1", "bytes=", "bytes=-"]
        {
            assert_eq!(of(ignored), Ok(None), "{ignored}");
        }
        for refused in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(of(refused), Err(416), "{refused}");
        }
        assert!(parse("bytes=0-", 0).is_err());
    }

    #[test]
    fn copied_ranges_are_strict() {
        assert_eq!(parse_copy("bytes=5-9", 10).ok(), Some(5..10));
        for bad in ["bytes=5-10", "bytes=9-5", "bytes=5-", "bytes=-5", "5-9", "bytes=a-b"] {
            assert!(parse_copy(bad, 10).is_err(), "{bad}");
        }
    }
}
