//! Fleets of reserved machines, of which there are none here.

use shape::Shape;

use super::common::SortOrderType;

/// [BatchGetFleets](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetFleets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetFleetsInput {
    #[shape(required, min = 1, max = 100)]
    pub names: Vec<String>,
}

/// [BatchGetFleets](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetFleets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct BatchGetFleetsOutput {
    pub fleets: Option<Vec<Fleet>>,
    pub fleets_not_found: Option<Vec<String>>,
}

/// [Fleet](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Fleet.html): its name only,
/// as there is none to tell more of.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct Fleet {
    pub arn: Option<String>,
    pub name: Option<String>,
}

/// [ListFleets](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListFleets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListFleetsInput {
    #[shape(sensitive)]
    pub next_token: Option<String>,
    #[shape(min = 1, max = 100)]
    pub max_results: Option<i32>,
    pub sort_order: Option<SortOrderType>,
    pub sort_by: Option<FleetSortByType>,
}

shape::string_enum! {
    /// Fleet sort by type.
    pub enum FleetSortByType { Name = "NAME", CreatedTime = "CREATED_TIME", LastModifiedTime = "LAST_MODIFIED_TIME" }
}

/// [ListFleets](https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ListFleets.html)
#[derive(Shape, Default, Clone, PartialEq)]
pub struct ListFleetsOutput {
    pub next_token: Option<String>,
    pub fleets: Option<Vec<String>>,
}
