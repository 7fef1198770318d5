//! Commands that are run in sandboxes.
//!
//! A command's record is written when it is asked for; the sandbox's runner has it started, reads
//! how it ended, and writes that. What has not ended with its sandbox ends in the same transaction.

use api_developer::codebuild::*;
use service::Cx;
use shape::{Shape, Timestamp};
use store::{Index, Key, Query, ReadTx, Resource, StoreError, Stored, WriteTx};
use types::Scope;
use wire::Error;

use super::model::{find, load};
use crate::errors::{self, invalid};
use crate::listing::{self, Wanted};
use crate::model::BuildRecord;
use crate::rooms::Rooms;

/// Commands of one sandbox, sorted by time.
const BY_SANDBOX: &str = "by-sandbox";
/// Those that have not ended.
const UNDER_WAY: &str = "under-way";
/// Commands of one sandbox that have not ended.
const MAX_UNDER_WAY: usize = 100;
/// The longest command, in bytes.
const MAX_COMMAND: usize = 64 << 10;

/// What a command's status can be.
pub(crate) mod status {
    pub const SUBMITTED: &str = "SUBMITTED";
    pub const IN_PROGRESS: &str = "IN_PROGRESS";
    pub const SUCCEEDED: &str = "SUCCEEDED";
    pub const FAILED: &str = "FAILED";
    pub const STOPPED: &str = "STOPPED";
    pub const FAULT: &str = "FAULT";
}

/// A command.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct CommandRecord {
    /// `PROJECT:UUID` of its sandbox.
    pub sandbox: String,
    /// Its own UUID.
    pub id: String,
    pub execution: CommandExecution,
}

impl Resource for CommandRecord {
    const KIND: &'static str = "codebuild.command";

    fn key(&self) -> String {
        key(&self.sandbox, &self.id)
    }

    fn indexes(&self) -> Vec<Index> {
        let asked = || Key::new().time(self.execution.submit_time.unwrap_or_default());
        let mut indexes = vec![Index::new(BY_SANDBOX, &*self.sandbox).sorted_by(asked())];
        if self.is_under_way() {
            indexes.push(Index::new(UNDER_WAY, &*self.sandbox).sorted_by(asked()));
        }
        indexes
    }
}

impl CommandRecord {
    /// As it is now.
    pub fn status(&self) -> &str {
        self.execution.status.as_deref().unwrap_or_default()
    }

    /// It has not ended.
    pub fn is_under_way(&self) -> bool {
        matches!(self.status(), status::SUBMITTED | status::IN_PROGRESS)
    }
}

fn key(sandbox: &str, id: &str) -> String {
    format!("{sandbox}/{id}")
}

/// The signal by which a sandbox's runner learns of new commands.
pub(crate) fn news(sandbox: &str) -> String {
    format!("commands/{sandbox}")
}

/// The commands of a sandbox that have not ended, oldest first.
pub(crate) fn under_way(
    tx: &ReadTx<'_>,
    scope: &Scope,
    sandbox: &str,
) -> Result<Vec<Stored<CommandRecord>>, StoreError> {
    let query = Query::first(MAX_UNDER_WAY);
    Ok(tx.by_index::<CommandRecord>(scope, UNDER_WAY, sandbox, &query)?.items)
}

/// Ends what has not ended with its sandbox, and says why.
pub(crate) fn end_all(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    record: &BuildRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ended = record.build.build_status;
    let last = record.build.phases.iter().flatten().rev().find_map(|phase| {
        let message = phase.contexts.as_deref()?.first()?.message.clone()?;
        (!message.is_empty()).then_some(message)
    });
    let why = last.unwrap_or_else(|| "it ended".to_owned());
    for mut command in under_way(tx, scope, &record.id)? {
        let status = match ended {
            Some(BuildStatusType::Failed | BuildStatusType::Fault) => status::FAULT,
            _ => status::STOPPED,
        };
        let execution = &mut command.value.execution;
        let what = match execution.start_time {
            Some(_) => "The command ended with its sandbox",
            None => "The command was not started: its sandbox has ended",
        };
        let told = execution.standard_err_content.get_or_insert_default();
        told.push_str(&format!("{what}: {}\n", why.trim_end()));
        execution.status = Some(status.to_owned());
        execution.end_time = Some(now);
        tx.update(scope, &command)?;
    }
    Ok(())
}

pub(crate) async fn start_command_execution(
    cx: Cx,
    input: StartCommandExecutionInput,
) -> Result<StartCommandExecutionOutput, Error> {
    if input.command.len() > MAX_COMMAND || input.command.contains('\0') {
        return Err(invalid(format!(
            "Invalid command: it must have at most {MAX_COMMAND} bytes, and no NUL among them"
        )));
    }
    let (scope, now, id) = (cx.scope(), cx.now(), types::uuid());
    let record = cx
        .write(move |tx| {
            let sandbox = load(tx, &scope, &input.sandbox_id)?;
            if sandbox.is_complete() || sandbox.stop_requested {
                return Err(invalid(format!("Sandbox {} does not run any more", sandbox.id)));
            }
            if under_way(tx, &scope, &sandbox.id)?.len() >= MAX_UNDER_WAY {
                return Err(invalid(format!(
                    "Cannot have more than {MAX_UNDER_WAY} commands under way in one sandbox"
                )));
            }
            let record = CommandRecord {
                sandbox: sandbox.id.clone(),
                id: id.clone(),
                execution: CommandExecution {
                    id: Some(id.clone()),
                    sandbox_id: Some(sandbox.id.clone()),
                    sandbox_arn: sandbox.build.arn.clone(),
                    submit_time: Some(now),
                    status: Some(status::SUBMITTED.to_owned()),
                    command: Some(input.command.clone()),
                    kind: Some(input.kind.unwrap_or(CommandType::Shell)),
                    logs: sandbox.build.logs.clone(),
                    ..CommandExecution::default()
                },
            };
            tx.insert(&scope, &record)?;
            Ok(record)
        })
        .await?;
    Rooms::of(cx.yard()).stop(&news(&record.sandbox));
    Ok(StartCommandExecutionOutput { command_execution: Some(record.execution) })
}

pub(crate) async fn batch_get_command_executions(
    cx: Cx,
    input: BatchGetCommandExecutionsInput,
) -> Result<BatchGetCommandExecutionsOutput, Error> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    let scope = cx.scope();
    cx.read(|tx| {
        // The operation has no error for a sandbox that is not there: it has no commands then.
        let sandbox = find(tx, &scope, &input.sandbox_id)?;
        for id in &input.command_execution_ids {
            let record = match &sandbox {
                Some(sandbox) => tx.get::<CommandRecord>(&scope, &key(&sandbox.id, id))?,
                None => None,
            };
            match record {
                Some(record) => found.push(record.into_inner().execution),
                None => missing.push(id.clone()),
            }
        }
        Ok(())
    })?;
    Ok(BatchGetCommandExecutionsOutput {
        command_executions: Some(found),
        command_executions_not_found: Some(missing),
    })
}

pub(crate) async fn list_command_executions_for_sandbox(
    cx: Cx,
    input: ListCommandExecutionsForSandboxInput,
) -> Result<ListCommandExecutionsForSandboxOutput, Error> {
    let order = input.sort_order.unwrap_or(SortOrderType::Descending);
    let scope = cx.scope();
    let (executions, next_token) = cx.read(|tx| {
        let sandbox = load(tx, &scope, &input.sandbox_id)?;
        let wanted = Wanted {
            name: format!("ListCommandExecutionsForSandbox/{}/{order}", sandbox.id),
            index: Some((BY_SANDBOX, &sandbox.id)),
            order,
            token: input.next_token.as_deref(),
            limit: listing::limit(input.max_results),
        };
        let (keys, next) = listing::page::<CommandRecord>(tx, &scope, &wanted)?;
        let mut executions = Vec::new();
        for key in &keys {
            let gone = || errors::NOT_FOUND.error(format!("Command cannot be found: {key}"));
            let record = tx.get::<CommandRecord>(&scope, key)?.ok_or_else(gone)?;
            executions.push(record.into_inner().execution);
        }
        Ok((executions, next))
    })?;
    Ok(ListCommandExecutionsForSandboxOutput { command_executions: Some(executions), next_token })
}
