//! Credentials for sources.

use api_developer::codebuild::*;
use service::{Right, Service, op};

use crate::errors;
use crate::source_credentials::{self as credentials, arn};

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service
        .operation(
            op(ImportSourceCredentials, credentials::import_source_credentials)
                .write()
                .errors(errors::ALL)
                .rights(|cx, input| {
                    let arn = arn(&cx.scope(), input.server_type);
                    Ok(vec![Right::new("codebuild:ImportSourceCredentials", arn)])
                }),
        )
        .operation(
            op(DeleteSourceCredentials, credentials::delete_source_credentials)
                .write()
                .errors(errors::ALL)
                .rights(|_, input| {
                    Ok(vec![Right::new("codebuild:DeleteSourceCredentials", input.arn.as_str())])
                }),
        )
        .operation(
            op(ListSourceCredentials, credentials::list_source_credentials)
                .list()
                .errors(errors::ALL),
        )
}
