// Changes of a structure, each a new structure: what the form does not know stays as it was.

import type { Action, ActionType, ActionTypeId, Pipeline, Stage } from '../types';
import { groupsOf } from '../graph/model';

export const withStage = (pipeline: Pipeline, at: number, stage: Stage): Pipeline => ({ ...pipeline, stages: pipeline.stages.map((it, index) => (index === at ? stage : it)) });

export const withoutStage = (pipeline: Pipeline, at: number): Pipeline => ({ ...pipeline, stages: pipeline.stages.filter((_, index) => index !== at) });

export function withNewStage(pipeline: Pipeline, at: number): Pipeline {
  const name = free('Stage', pipeline.stages.map((it) => it.name));
  return { ...pipeline, stages: pipeline.stages.toSpliced(at, 0, { name, actions: [] }) };
}

export function movedStage(pipeline: Pipeline, at: number, by: 1 | -1): Pipeline {
  const stages = [...pipeline.stages];
  const [stage] = stages.splice(at, 1);
  stages.splice(at + by, 0, stage);
  return { ...pipeline, stages };
}

/** The first of `Stage1`, `Stage2`, … that is free. */
export function free(word: string, taken: string[]): string {
  for (let number = taken.length + 1; ; number++) if (!taken.includes(`${word}${number}`)) return `${word}${number}`;
}

/** Gives the groups of a stage the run orders 1, 2, 3, …; those that became empty are gone. */
const numbered = (groups: Action[][]): Action[] =>
  groups.filter((group) => group.length > 0).flatMap((group, at) => group.map((action) => ({ ...action, runOrder: at + 1 })));

/** Moves an action to the group before or behind, or into a new one at the end of the stage. */
export function movedAction(stage: Stage, name: string, by: 1 | -1): Stage {
  const groups = groupsOf(stage.actions);
  const from = groups.findIndex((group) => group.some((action) => action.name === name));
  const action = groups[from]?.find((it) => it.name === name);
  if (!action) return stage;
  const to = from + by;
  const rest = groups.map((group) => group.filter((it) => it !== action));
  if (to < 0) rest.unshift([action]);
  else if (to >= rest.length) rest.push([action]);
  else rest[to].push(action);
  return { ...stage, actions: numbered(rest) };
}

export const withoutAction = (stage: Stage, at: number): Stage => ({ ...stage, actions: stage.actions.filter((_, index) => index !== at) });

/** Puts an action in the place of another, or behind all others. */
export const withAction = (stage: Stage, at: number | undefined, action: Action): Stage => ({
  ...stage,
  actions: at === undefined ? [...stage.actions, action] : stage.actions.map((it, index) => (index === at ? action : it)),
});

/** Artifacts that actions before a stage's group make. */
export function artifactsBefore(pipeline: Pipeline, stage: number, runOrder: number): string[] {
  return pipeline.stages.flatMap((it, at) =>
    it.actions.filter((action) => at < stage || (at === stage && (action.runOrder ?? 1) < runOrder)).flatMap((action) => (action.outputArtifacts ?? []).map(({ name }) => name)),
  );
}

export const sameType = (a: ActionTypeId, b: ActionTypeId) => a.category === b.category && a.owner === b.owner && a.provider === b.provider && a.version === b.version;

/** An action of a type, as it begins: with the artifacts that the type asks for. */
export function newAction(pipeline: Pipeline, stage: number, runOrder: number, type: ActionType): Action {
  const made = pipeline.stages.flatMap((it) => it.actions.flatMap((action) => (action.outputArtifacts ?? []).map(({ name }) => name)));
  const before = artifactsBefore(pipeline, stage, runOrder);
  const isSource = type.id.category === 'Source';
  const output = isSource && !made.includes('SourceArtifact') ? 'SourceArtifact' : type.id.category === 'Build' && !made.includes('BuildArtifact') ? 'BuildArtifact' : free('Artifact', made);
  return {
    name: '',
    actionTypeId: type.id,
    runOrder,
    configuration: isSource ? { PollForSourceChanges: 'true' } : {},
    inputArtifacts: type.inputArtifactDetails.minimumCount > 0 ? before.slice(-1).map((name) => ({ name })) : [],
    outputArtifacts: type.outputArtifactDetails.minimumCount > 0 ? [{ name: output }] : [],
  };
}

/** What is sent: texts that were emptied are not there. */
export function cleaned(pipeline: Pipeline): Pipeline {
  const full = (values: Record<string, string> | undefined) => values && Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
  const stages = pipeline.stages.map((stage) => ({
    ...stage,
    actions: stage.actions.map((action) => ({ ...action, configuration: full(action.configuration), namespace: action.namespace || undefined, roleArn: action.roleArn || undefined })),
  }));
  const variables = pipeline.variables?.map((it) => ({ ...it, defaultValue: it.defaultValue || undefined, description: it.description || undefined }));
  return { ...pipeline, stages, variables: variables && variables.length > 0 ? variables : undefined };
}
