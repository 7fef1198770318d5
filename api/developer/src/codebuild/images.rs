//! Curated images.

use shape::Shape;

/// [ListCuratedEnvironmentImages](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListCuratedEnvironmentImages.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListCuratedEnvironmentImagesOutput {
    pub platforms: Option<Vec<EnvironmentPlatform>>,
}

/// [EnvironmentPlatform](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentPlatform.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EnvironmentPlatform {
    pub platform: Option<PlatformType>,
    pub languages: Option<Vec<EnvironmentLanguage>>,
}

shape::string_enum! {
    /// Platform type.
    pub enum PlatformType { Debian = "DEBIAN", AmazonLinux = "AMAZON_LINUX", Ubuntu = "UBUNTU", WindowsServer = "WINDOWS_SERVER" }
}

/// [EnvironmentLanguage](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentLanguage.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EnvironmentLanguage {
    pub language: Option<LanguageType>,
    pub images: Option<Vec<EnvironmentImage>>,
}

shape::string_enum! {
    /// Language type.
    pub enum LanguageType { Java = "JAVA", Python = "PYTHON", NodeJs = "NODE_JS", Ruby = "RUBY", Golang = "GOLANG", Docker = "DOCKER", Android = "ANDROID", Dotnet = "DOTNET", Base = "BASE", Php = "PHP" }
}

/// [EnvironmentImage](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentImage.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct EnvironmentImage {
    pub name: Option<String>,
    pub description: Option<String>,
    pub versions: Option<Vec<String>>,
}
