import Spinner from '@cloudscape-design/components/spinner';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { getExecution, getPipeline, getState, isPipeline, listExecutions } from './api';
import { Graph } from './graph/Graph';
import { stagesOf } from './graph/model';
import { PipelineFrame } from './PipelineFrame';
import type { ExecutionSummary, PipelineState } from './types';

/** Executions that one reading finds; stages rarely stand at older ones. */
const LISTED = 30;

async function load(name: string, signal: AbortSignal) {
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

export default function PipelinePage({ params: { name } }: PageProps) {
  const { data, error, reload } = useResource(`pipeline ${name}`, (signal) => load(name, signal), (arn) => isPipeline(arn, name));
  return (
    <PipelineFrame name={name} tab="pipeline" onChanged={reload}>
      <SpaceBetween size="m">
        {error && <Failure what="The pipeline can’t be shown" error={error} retry={reload} />}
        {!data && !error && <Spinner size="large" />}
        {data && <Graph pipeline={data.pipeline} stages={stagesOf(data.pipeline, data.state, data.executions)} onChanged={reload} />}
      </SpaceBetween>
    </PipelineFrame>
  );
}
