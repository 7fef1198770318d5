//! Shapes and operations: developer.

pub mod codebuild;
pub mod codecommit;
pub mod codeconnections;

pub mod codedeploy;
pub mod codepipeline;
pub mod codeyard;
