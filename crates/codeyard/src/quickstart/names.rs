//! What the quickstart calls the things that it makes.

/// Repository, build project, application, deployment group and pipeline.
pub(super) const NAME: &str = "quickstart";
/// The user who pushes.
pub(super) const USER: &str = "quickstart-developer";
/// The hosts that are deployed to.
pub(super) const HOSTS: [&str; 2] = ["quickstart-host-1", "quickstart-host-2"];
/// The tag by which the deployment group finds them.
pub(super) const TAG: (&str, &str) = ("role", "quickstart");
/// The branch that goes live.
pub(super) const BRANCH: &str = "main";
/// Service roles: name and the service that assumes it.
pub(super) const ROLES: [(&str, &str); 4] = [
    ("quickstart-codebuild", "codebuild.amazonaws.com"),
    ("quickstart-codedeploy", "codedeploy.amazonaws.com"),
    ("quickstart-codepipeline", "codepipeline.amazonaws.com"),
    ("quickstart-events", "events.amazonaws.com"),
];
/// The name under which every role's and the user's inline policy is kept.
pub(super) const POLICY: &str = "quickstart";

/// The artifact bucket; bucket names are one per partition, so the account makes it unique.
pub(super) fn bucket(account: &str, region: &str) -> String {
    format!("quickstart-artifacts-{account}-{region}")
}
