// What CodePipeline's pages show first, so that it can be asked for before their code is there.

import { begin, type Reading } from '../../api/ahead';
import { getExecution, getPipeline, getState, isAnyPipeline, isPipeline, listExecutions, listPipelines, type ExecutionPage, type PipelineSummary } from './api';
import type { ExecutionSummary, Pipeline, PipelineState } from './types';

/** Rows of a page of a table. */
export const ROWS = 25;

export const pipelines: Reading<PipelineSummary[]> = { key: 'pipelines', load: listPipelines, concerns: isAnyPipeline };

/** The order in which pipelines are shown first. */
export const byName = (a: PipelineSummary, b: PipelineSummary) => a.name.localeCompare(b.name);

export const latestExecution = (name: string): Reading<ExecutionSummary | undefined> => ({
  key: `latest execution ${name}`,
  load: async (signal) => (await listExecutions(name, 1, signal)).executions[0],
  concerns: (arn) => isPipeline(arn, name),
});

export const structure = (name: string): Reading<Pipeline> => ({
  key: `structure of ${name}`,
  load: async (signal) => (await getPipeline(name, signal)).pipeline,
});

export async function pipelinesAhead() {
  const found = await begin(pipelines);
  await Promise.all([...found].sort(byName).slice(0, ROWS).map(({ name }) => begin(latestExecution(name))));
}

export interface PipelineNow {
  pipeline: Pipeline;
  state: PipelineState;
  executions: ExecutionSummary[];
}

/** A pipeline, where it stands, and the executions that its stages stand at. */
export const pipeline = (name: string): Reading<PipelineNow> => ({
  key: `pipeline ${name}`,
  load: (signal) => load(name, signal),
  concerns: (arn) => isPipeline(arn, name),
});

/** Executions among which those that run are. */
const LOOKED_AT = 20;

export const latestExecutions = (name: string): Reading<ExecutionPage> => ({
  key: `latest executions ${name}`,
  load: (signal) => listExecutions(name, LOOKED_AT, signal),
  concerns: (arn) => isPipeline(arn, name),
});

export const pipelineAhead = (name: string) => Promise.all([begin(pipeline(name)), begin(latestExecutions(name))]);

/** Executions that one reading finds; stages rarely stand at older ones. */
const LISTED = 30;

async function load(name: string, signal: AbortSignal): Promise<PipelineNow> {
  const [{ pipeline }, state, { executions }] = await Promise.all([
    getPipeline(name, signal),
    getState(name, signal),
    // Who may not read the history sees the graph without messages.
    listExecutions(name, LISTED, signal).catch((): { executions: ExecutionSummary[] } => ({ executions: [] })),
  ]);
  return { pipeline, state, executions: [...executions, ...(await older(name, state, executions, signal))] };
}

/** What stages stand at that is not among the newest executions. */
async function older(name: string, state: PipelineState, known: ExecutionSummary[], signal: AbortSignal): Promise<ExecutionSummary[]> {
  if (known.length < LISTED) return [];
  const at = new Set((state.stageStates ?? []).flatMap(({ latestExecution }) => latestExecution?.pipelineExecutionId ?? []));
  known.forEach(({ pipelineExecutionId }) => at.delete(pipelineExecutionId));
  const found = await Promise.all([...at].map((id) => getExecution(name, id, signal).catch(() => undefined)));
  const source = state.stageStates?.[0]?.actionStates?.[0]?.actionName ?? '';
  return found.flatMap((execution) => {
    if (!execution) return [];
    const revisions = (execution.artifactRevisions ?? []).map((it) => ({ ...it, actionName: source }));
    return [{ ...execution, sourceRevisions: revisions }];
  });
}
