// A pipeline as it is shown: its structure with the state of each part, and nothing that happened
// before what is happening now.

import type { Action, ActionState, ExecutionSummary, Pipeline, PipelineState, Stage, StageState, StageVisit } from '../types';

export interface ActionView {
  action: Action;
  /** Nothing where it has not run in the stage's latest execution. */
  state?: ActionState;
}

export interface StageView {
  stage: Stage;
  state?: StageState;
  /** Actions that run at the same time, in the order in which these groups run. */
  groups: ActionView[][];
  /** An execution that waits in front of it. */
  waiting?: StageVisit;
  execution?: ExecutionSummary;
}

/** Actions by run order, the first to run first. */
export function groupsOf(actions: Action[]): Action[][] {
  const groups = new Map<number, Action[]>();
  for (const action of actions) {
    const order = action.runOrder ?? 1;
    groups.set(order, [...(groups.get(order) ?? []), action]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

export function stagesOf(pipeline: Pipeline, state: PipelineState, executions: ExecutionSummary[]): StageView[] {
  const states = new Map((state.stageStates ?? []).map((it) => [it.stageName, it]));
  return pipeline.stages.map((stage) => {
    const known = states.get(stage.name);
    const id = known?.latestExecution?.pipelineExecutionId;
    return {
      stage,
      state: known,
      groups: viewsOf(stage, known),
      waiting: known?.inboundExecution?.status === 'InProgress' ? known.inboundExecution : undefined,
      execution: executions.find((it) => it.pipelineExecutionId === id),
    };
  });
}

/** A group runs when those before it have succeeded: until then, what its actions tell is of an execution before. */
function viewsOf(stage: Stage, state: StageState | undefined): ActionView[][] {
  const states = new Map((state?.actionStates ?? []).map((it) => [it.actionName, it]));
  let reached = true;
  return groupsOf(stage.actions).map((group) => {
    const views = group.map((action) => ({ action, state: reached ? states.get(action.name) : undefined }));
    reached &&= group.every(({ name }) => states.get(name)?.latestExecution?.status === 'Succeeded');
    return views;
  });
}

export const isActive = ({ status }: { status: string }) => status === 'InProgress' || status === 'Stopping';

/** Whether a stage’s latest execution may be retried there. */
export const isRetryable = (state: StageState | undefined) => ['Failed', 'Stopped'].includes(state?.latestExecution?.status ?? '');
