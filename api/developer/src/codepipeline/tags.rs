//! Tags of pipelines.

use shape::Shape;

/// [Tag](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Tag.html)
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct Tag {
    #[shape(required, min = 1, max = 128)]
    pub key: String,
    #[shape(required, max = 256)]
    pub value: String,
}

/// [TagResource](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone)]
pub struct TagResourceInput {
    #[shape(required, pattern = r"arn:aws(-[\w]+)*:codepipeline:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
    #[shape(required)]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone)]
pub struct UntagResourceInput {
    #[shape(required, pattern = r"arn:aws(-[\w]+)*:codepipeline:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
    #[shape(required)]
    pub tag_keys: Vec<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceInput {
    #[shape(required, pattern = r"arn:aws(-[\w]+)*:codepipeline:.+:[0-9]{12}:.+")]
    pub resource_arn: String,
    #[shape(min = 1, max = 2048)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
}

/// A page of tags.
#[derive(Shape, Default, Clone)]
pub struct ListTagsForResourceOutput {
    pub tags: Option<Vec<Tag>>,
    pub next_token: Option<String>,
}
