//! The images that builds may name.
//!
//! The names of CodeBuild's own images are names only, unless the yard is told to run their builds
//! in containers: commands run in this machine's own file system, copied on write. Any other image
//! takes a container engine.

use api_developer::codebuild::*;
use sandbox::docker::Reference;
use service::Cx;
use shape::Empty;
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

/// Whether the image's registry is one of Amazon ECR's private ones.
pub(crate) fn is_ecr(image: &Reference) -> bool {
    image.registry.as_deref().is_some_and(|registry| {
        let host = registry.split(':').next().unwrap_or_default();
        let account = host.split('.').next().unwrap_or_default();
        let rest = host.strip_prefix(account).unwrap_or_default();
        account.len() == 12
            && account.chars().all(|c| c.is_ascii_digit())
            && rest.starts_with(".dkr.ecr")
    })
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
