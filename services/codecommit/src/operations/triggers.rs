//! Triggers.

use api_developer::codecommit::*;
use service::{Service, op};

use super::on_repository;
use crate::model::right;
use crate::{errors, triggers};

pub(super) fn rows(service: Service) -> Service {
    service
        .operation(on_repository!(GetRepositoryTriggers, triggers::get_repository_triggers))
        .operation(
            on_repository!(PutRepositoryTriggers, triggers::put_repository_triggers)
                .write()
                .partial("triggers themselves: SNS and Lambda are not here yet"),
        )
        .refuses("TestRepositoryTriggers", triggers::NO_TARGETS, None)
}
