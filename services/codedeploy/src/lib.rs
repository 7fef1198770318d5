//! CodeDeploy.
