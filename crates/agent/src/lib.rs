//! CodeDeploy agent.
