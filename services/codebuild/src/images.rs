//! The images that builds may name.
//!
//! They are names only: commands run in this machine's own file system, copied on write. The names
//! are accepted because every project must have one, and told back to those who list them.

use api_developer::codebuild::*;
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
    use super::is_curated;

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
