//! What is kept from build to build.

use api_developer::codebuild::*;
use wire::Error;

use crate::errors::invalid;

/// Checks a project's cache.
pub(super) fn check(cache: &ProjectCache) -> Result<(), Error> {
    match cache.kind {
        CacheType::NoCache => Ok(()),
        CacheType::S3 => {
            let (bucket, _) = cache
                .location
                .as_deref()
                .map(|location| location.split_once('/').unwrap_or((location, "")))
                .unwrap_or_default();
            let allowed =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
            if (3..=63).contains(&bucket.len()) && bucket.chars().all(allowed) {
                return Ok(());
            }
            Err(invalid(
                "Invalid cache: location must be a valid S3 bucket, followed by slash and the prefix",
            ))
        }
        CacheType::Local => {
            let modes = cache.modes.as_deref().unwrap_or_default();
            if modes.is_empty() {
                return Err(invalid(
                    "Invalid cache: at least one mode is required for cache type LOCAL",
                ));
            }
            if cache.cache_namespace.is_some() {
                return Err(invalid("Invalid cache: cacheNamespace is for cache type S3 only"));
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_modes() {
        let s3 = |location: &str| ProjectCache {
            kind: CacheType::S3,
            location: Some(location.to_owned()),
            ..ProjectCache::default()
        };
        for location in ["bucket", "bucket/prefix", "my.bucket/a/b"] {
            assert!(check(&s3(location)).is_ok(), "{location}");
        }
        for location in ["", "/prefix", "arn:aws:s3:::bucket/prefix", "Bucket"] {
            assert!(check(&s3(location)).is_err(), "{location}");
        }
        let local = |modes: &[CacheMode]| ProjectCache {
            kind: CacheType::Local,
            modes: Some(modes.to_vec()),
            ..ProjectCache::default()
        };
        assert!(check(&local(&[CacheMode::LocalCustomCache])).is_ok());
        assert!(check(&local(&[])).is_err());
    }
}
