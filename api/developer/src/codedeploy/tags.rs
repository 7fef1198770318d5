//! Tags of applications and deployment groups.

use shape::Shape;

/// [Tag](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_Tag.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct Tag {
    pub key: Option<String>,
    pub value: Option<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    pub next_token: Option<String>,
}

/// [ListTagsForResource](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListTagsForResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ListTagsForResourceOutput {
    pub tags: Option<Vec<Tag>>,
    pub next_token: Option<String>,
}

/// [TagResource](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct TagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagRequiredException")]
    pub tags: Vec<Tag>,
}

/// [UntagResource](https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UntagResource.html)
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct UntagResourceInput {
    #[shape(required, missing = "ResourceArnRequiredException")]
    pub resource_arn: String,
    #[shape(required, missing = "TagRequiredException")]
    pub tag_keys: Vec<String>,
}
