//! Acting as the pipeline's role, or as an action's own role, which the pipeline's role assumes.

use api_identity::sts;
use service::{Cx, SessionRequest, Yard};
use types::{Arn, Scope};
use wire::Error;

use super::Trouble;
use crate::flow::cut;

/// The service's principal.
pub const PRINCIPAL: &str = "codepipeline.amazonaws.com";

/// A session request of a pipeline's role. The session is named for the pipeline.
pub fn session_request(scope: &Scope, role_arn: &str, pipeline: &str) -> SessionRequest {
    let (region, account) = (scope.region.as_str(), scope.account.as_str());
    SessionRequest {
        role_arn: role_arn.to_owned(),
        service: PRINCIPAL.to_owned(),
        session_name: session_name(pipeline),
        source_arn: Some(Arn::new("codepipeline", region, account, pipeline).to_string()),
        ..SessionRequest::default()
    }
}

/// A session name has 2 to 64 characters.
fn session_name(pipeline: &str) -> String {
    match cut(pipeline, 64) {
        name if name.chars().count() < 2 => format!("{name}-pipeline"),
        name => name,
    }
}

/// The context in which an action's work is done: that of the pipeline's role, or of the action's
/// own role, which the pipeline's role must be allowed to assume.
pub async fn context(
    yard: &Yard,
    scope: &Scope,
    pipeline: &str,
    pipeline_role_arn: &str,
    role_arn: Option<&str>,
) -> Result<Cx, Trouble> {
    let session = yard
        .assume_role(&session_request(scope, pipeline_role_arn, pipeline))
        .map_err(|error| not_assumable(pipeline_role_arn, &error))?;
    let cx = Cx::background(yard, session.caller, scope.region.clone(), PRINCIPAL);
    let Some(role_arn) = role_arn else { return Ok(cx) };
    let input = sts::AssumeRoleInput {
        role_arn: role_arn.to_owned(),
        role_session_name: session_name(pipeline),
        ..Default::default()
    };
    let output =
        cx.call(sts::AssumeRole, input).await.map_err(|error| not_assumable(role_arn, &error))?;
    let credentials = output.credentials.unwrap_or_default();
    let (id, token) = (&credentials.access_key_id, &credentials.session_token);
    let key = yard
        .identity()
        .by_access_key(yard, id, Some(token))
        .map_err(|error| not_assumable(role_arn, &error))?
        .ok_or_else(|| Trouble::configuration(format!("The session of {role_arn} has ended.")))?;
    Ok(Cx::background(yard, key.caller, scope.region.clone(), PRINCIPAL))
}

fn not_assumable(role_arn: &str, error: &Error) -> Trouble {
    if error.status >= 500 {
        return Trouble::with(format!("assuming the role {role_arn}"))(error.clone());
    }
    Trouble::failed(
        "PermissionError",
        format!(
            "CodePipeline is not authorized to perform AssumeRole on role {role_arn}. Error: {}",
            error.message
        ),
    )
}
