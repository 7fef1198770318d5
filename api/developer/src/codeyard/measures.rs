//! How well delivery goes: the four measures of DORA, from what pipelines did.

use shape::{Shape, Timestamp};

shape::operations! { "codeyard";
    GetDeliveryMeasures(GetDeliveryMeasuresInput) -> GetDeliveryMeasuresOutput;
}

/// Measures the deliveries of all pipelines that the caller may list executions of. Needs the right
/// `codepipeline:ListPipelines`, and `codepipeline:ListPipelineExecutions` on each pipeline: the
/// others are left out.
///
/// A delivery is an execution in which an action of the category Deploy ended. It succeeded if the
/// whole execution did; it failed if such an action failed, even if a retry succeeded later.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeliveryMeasuresInput {
    /// How many days back from now; 30 if absent.
    #[shape(min = 1, max = 90)]
    pub days: Option<i32>,
}

/// See [`GetDeliveryMeasuresInput`].
#[derive(Shape, Default, Clone, PartialEq)]
pub struct GetDeliveryMeasuresOutput {
    /// From when on deliveries were counted.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Pipelines that were looked at.
    pub pipelines_analyzed: i32,
    /// Pipelines that the caller may not list executions of.
    pub pipelines_denied: i32,
    /// There was more than could be looked at: what is measured is the newest part.
    pub truncated: bool,
    /// Over all pipelines.
    pub total: DeliveryMeasures,
    /// For each pipeline with a delivery, those with the most first; at most 100.
    pub pipelines: Vec<DeliveryMeasures>,
    /// Each day of the time, in UTC, the oldest first.
    pub by_day: Vec<DeliveryDay>,
    /// What runs or waits now, the newest first; at most 50.
    pub active: Vec<DeliveryExecution>,
    /// Of each pipeline whose newest execution failed, that execution, the newest first; at most 50.
    pub failed: Vec<DeliveryExecution>,
}

/// An execution of a pipeline, and why it failed.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeliveryExecution {
    /// The pipeline.
    pub pipeline_name: String,
    /// The execution.
    pub pipeline_execution_id: String,
    /// The stage that it is in, waits for, or failed in.
    pub stage_name: String,
    /// The action that failed.
    pub action_name: Option<String>,
    /// What it said.
    pub message: Option<String>,
    /// When it started.
    pub start_time: Timestamp,
    /// When it last changed.
    pub last_update_time: Timestamp,
}

/// The measures of a pipeline, or of all.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeliveryMeasures {
    /// The pipeline; absent for all together.
    pub pipeline_name: Option<String>,
    /// Deliveries that succeeded: the deployment frequency, over the days asked for.
    pub succeeded: i32,
    /// Deliveries that failed. With the former, the change failure rate.
    pub failed: i32,
    /// Lead time: from the newest commit of a delivery that succeeded to its end, where the commit's
    /// time is known and it was not delivered by that pipeline before. The median, in seconds.
    pub lead_time_seconds: Option<i64>,
    /// Time to restore: from a failure to the pipeline's next success. The median, in seconds.
    pub time_to_restore_seconds: Option<i64>,
    /// Failures after which nothing has succeeded yet.
    pub unrestored: i32,
}

/// A day's deliveries, by the time of their end.
#[derive(Shape, Default, Clone, PartialEq)]
pub struct DeliveryDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Those that succeeded.
    pub succeeded: i32,
    /// Those that failed.
    pub failed: i32,
}
