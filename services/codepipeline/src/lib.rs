//! CodePipeline.
