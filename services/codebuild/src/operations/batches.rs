//! Batches of builds.

use service::Service;

/// Their rows.
pub(super) fn rows(service: Service) -> Service {
    service.lacks(&[
        "BatchGetBuildBatches",
        "DeleteBuildBatch",
        "ListBuildBatches",
        "ListBuildBatchesForProject",
        "RetryBuildBatch",
        "StartBuildBatch",
        "StopBuildBatch",
    ])
}
