//! The images that builds may name.
//!
//! The names of CodeBuild's own images are names only, unless the yard is told to run their builds
//! in containers: commands run in this machine's own file system, copied on write. Any other image
//! takes a container engine.

pub(crate) mod private;
pub(crate) mod registry;

use api_developer::codebuild::*;
use sandbox::docker::Reference;
use service::Cx;
use shape::Empty;
use types::{Account, Region, Scope};
use wire::Error;

/// Platform, language and image names of the images that are accepted.
const IMAGES: &[(PlatformType, &[&str])] = &[
    (
        PlatformType::AmazonLinux,
        &[
            "aws/codebuild/amazonlinux-x86_64-standard:4.0",
            "aws/codebuild/amazonlinux-x86_64-standard:5.0",
            "aws/codebuild/amazonlinux2-x86_64-standard:4.0",
            "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
        ],
    ),
    (
        PlatformType::Ubuntu,
        &["aws/codebuild/standard:5.0", "aws/codebuild/standard:6.0", "aws/codebuild/standard:7.0"],
    ),
];

/// Whether a build may name this image; `NAME:VERSION` or `NAME:VERSION-DATE`.
pub(crate) fn is_curated(image: &str) -> bool {
    IMAGES.iter().flat_map(|(_, images)| images.iter()).any(|known| {
        image.strip_prefix(known).is_some_and(|rest| {
            rest.is_empty()
                || rest.strip_prefix('-').is_some_and(|date| {
                    !date.is_empty() && date.chars().all(|c| c.is_ascii_digit() || c == '.')
                })
        })
    })
}

/// Where CodeBuild's own images are published.
const PUBLISHED: &str = "public.ecr.aws/codebuild/";

/// What engines may know an image by; the last is what its registry knows.
pub(crate) fn names(image: &str) -> Vec<String> {
    let published = image.strip_prefix("aws/codebuild/").map(|name| format!("{PUBLISHED}{name}"));
    [Some(image.to_owned()), published].into_iter().flatten().collect()
}

/// An image of a private registry of Amazon ECR, which is the yard's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EcrImage {
    /// Account and Region, where the name tells them.
    pub registry: Option<Scope>,
    pub repository: String,
    /// Tag or digest.
    pub version: String,
}

/// The image of ECR that a name means: by AWS's host name, or by the address at which the yard is
/// a registry.
pub(crate) fn ecr(image: &Reference, yard: &str) -> Option<EcrImage> {
    let host = image.registry.as_deref()?;
    let registry = aws_registry(host);
    if registry.is_none() && !is_the_yard(host, yard) {
        return None;
    }
    let repository = image.name.strip_prefix(host)?.strip_prefix('/')?.to_owned();
    Some(EcrImage { registry, repository, version: image.version.clone() })
}

/// Whether the image is one of ECR's by its name alone, whatever yard it is in.
pub(crate) fn is_ecr(image: &Reference) -> bool {
    image.registry.as_deref().and_then(aws_registry).is_some()
}

/// The host name of a registry of AWS.
pub(crate) fn aws_host(registry: &Scope) -> String {
    format!("{}.dkr.ecr.{}.amazonaws.com", registry.account, registry.region)
}

/// Account and Region of a host `ACCOUNT.dkr.ecr.REGION.amazonaws.com`.
fn aws_registry(host: &str) -> Option<Scope> {
    let mut labels = host.split(':').next()?.split('.');
    let account = Account::new(labels.next()?).ok()?;
    if labels.next()? != "dkr" || !matches!(labels.next()?, "ecr" | "ecr-fips") {
        return None;
    }
    Some(Scope::new(account, Region::new(labels.next()?).ok()?))
}

/// Whether a registry's host is that of the yard, by any name that this machine has for itself.
fn is_the_yard(host: &str, yard: &str) -> bool {
    let split =
        |text: &str| text.rsplit_once(':').map(|(host, port)| (host.to_owned(), port.to_owned()));
    let (Some((host, port)), Some((own, own_port))) = (split(host), split(yard)) else {
        return host == yard;
    };
    let is_local = |host: &str| {
        let address = host.parse::<std::net::Ipv4Addr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    };
    port == own_port && (host == own || (is_local(&host) && is_local(&own)))
}

pub(crate) async fn list_curated_environment_images(
    _cx: Cx,
    _input: Empty,
) -> Result<ListCuratedEnvironmentImagesOutput, Error> {
    let image = |name: &&str| EnvironmentImage {
        name: Some((*name).to_owned()),
        description: Some("Commands run on this machine, in a sandbox.".to_owned()),
        versions: Some(vec![(*name).to_owned()]),
    };
    let platform = |(platform, images): &(PlatformType, &[&str])| EnvironmentPlatform {
        platform: Some(*platform),
        languages: Some(vec![EnvironmentLanguage {
            language: Some(LanguageType::Base),
            images: Some(images.iter().map(image).collect()),
        }]),
    };
    Ok(ListCuratedEnvironmentImagesOutput {
        platforms: Some(IMAGES.iter().map(platform).collect()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ecr_and_published_names() {
        let is = |image| is_ecr(&Reference::parse(image).unwrap());
        assert!(is("123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b:1"));
        assert!(is("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com/a"));
        assert!(!is("public.ecr.aws/codebuild/x") && !is("123456789012/a") && !is("a.b/c"));
        let of = |image| ecr(&Reference::parse(image).unwrap(), "127.0.0.1:4566");
        let found = of("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:1").unwrap();
        let registry = found.registry.as_ref().unwrap();
        assert_eq!(registry.to_string(), "123456789012/eu-west-1");
        assert_eq!(aws_host(registry), "123456789012.dkr.ecr.eu-west-1.amazonaws.com");
        assert_eq!((found.repository.as_str(), found.version.as_str()), ("a/b", "1"));
        for image in ["127.0.0.1:4566/a/b:1", "localhost:4566/a/b:1"] {
            assert_eq!(of(image), Some(EcrImage { registry: None, ..found.clone() }), "{image}");
        }
        for image in ["127.0.0.1:5000/a/b:1", "example.com:4566/a", "a/b", "public.ecr.aws/a/b"] {
            assert_eq!(of(image), None, "{image}");
        }
        assert_eq!(names("a:1"), ["a:1"]);
        let published = "public.ecr.aws/codebuild/standard:7.0";
        assert_eq!(names("aws/codebuild/standard:7.0"), ["aws/codebuild/standard:7.0", published]);
    }

    #[test]
    fn curated_names_with_and_without_a_date() {
        for image in ["aws/codebuild/standard:7.0", "aws/codebuild/standard:7.0-24.10.29"] {
            assert!(is_curated(image), "{image}");
        }
        for image in [
            "ubuntu:24.04",
            "aws/codebuild/standard:7.01",
            "aws/codebuild/standard:7.0-",
            "standard:7.0-x",
        ] {
            assert!(!is_curated(image), "{image}");
        }
    }
}
