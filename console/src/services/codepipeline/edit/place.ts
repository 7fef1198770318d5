// Where in a structure something is: for people, in the text of a JSON document, and in the words
// of the yard's refusals.

import type { ApiError } from '../../../api/errors';
import { type JsonNode, memberOf, type Problem, type Span } from '../../../components/JsonText';
import type { Pipeline, Stage } from '../types';
import type { Flaw, Path } from './check';

const WORDS: Record<string, string> = {
  roleArn: 'service role',
  artifactStore: 'artifact bucket',
  actionTypeId: 'action type',
  inputArtifacts: 'input artifacts',
  outputArtifacts: 'output artifacts',
  runOrder: 'run order',
  executionMode: 'execution mode',
  pipelineType: 'pipeline type',
  timeoutInMinutes: 'time limit',
};

/** `Stage Build, action Compile, configuration, ProjectName`. */
export function describe(path: Path, pipeline: Pick<Pipeline, 'stages'>): string {
  const words: string[] = [];
  let rest = path;
  if (path[0] === 'stages' && typeof path[1] === 'number') {
    const stage = pipeline.stages[path[1]] as Stage | undefined;
    words.push(`stage ${stage?.name || path[1] + 1}`);
    rest = path.slice(2);
    if (rest[0] === 'actions' && typeof rest[1] === 'number') {
      words.push(`action ${stage?.actions?.[rest[1]]?.name || rest[1] + 1}`);
      rest = rest.slice(2);
    }
  }
  for (const part of rest) words.push(typeof part === 'number' ? String(part + 1) : (WORDS[part] ?? part));
  const text = words.join(', ') || 'pipeline';
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The span of a place in a document, or of the nearest thing around it that is there. */
export function spanOf(root: JsonNode, path: Path): Span {
  let node = root;
  let span: Span = { from: root.from, to: Math.min(root.to, root.from + 1) };
  for (const part of path) {
    if (node.kind === 'object') {
      const member = memberOf(node, String(part));
      if (!member) return span;
      span = member.keySpan;
      node = member.value;
    } else if (node.kind === 'array' && node.items[Number(part)]) {
      node = node.items[Number(part)];
      span = { from: node.from, to: Math.min(node.to, node.from + 1) };
    } else {
      return span;
    }
  }
  return node.kind === 'object' || node.kind === 'array' ? span : { from: node.from, to: node.to };
}

export const problemOf = (root: JsonNode, { path, message, severity }: Flaw): Problem => ({ ...spanOf(root, path), message, severity });

/** What a refusal says of a structure, at its place; nothing where it is not the structure that is refused. */
export function flawsOf({ code, shown }: ApiError, pipeline: Pick<Pipeline, 'stages'>): Flaw[] {
  const isOfStructure = /^(Invalid|Validation|LimitExceeded)/.test(code);
  return isOfStructure ? [{ path: placeOf(shown, pipeline), message: shown, severity: 'error' }] : [];
}

const MEMBERS = ['roleArn', 'artifactStores', 'artifactStore', 'executionMode', 'pipelineType', 'triggers', 'variables'];

/** The place that a refusal of CreatePipeline or UpdatePipeline names. */
export function placeOf(message: string, pipeline: Pick<Pipeline, 'stages'>): Path {
  const constrained = /at '(?:pipeline\.)?([^']+)' failed to satisfy/.exec(message)?.[1];
  if (constrained) return membersOf(constrained);
  const found = placeOfAction(message, pipeline.stages) ?? placeOfStage(message, pipeline.stages);
  if (found) return found;
  if (/\brole\b|AssumeRole/.test(message)) return ['roleArn'];
  if (/^Variable name/.test(message)) return ['variables'];
  const member = MEMBERS.find((name) => message.includes(name));
  if (member) return [member];
  if (/stage\(s\)|stages/.test(message)) return ['stages'];
  return /^Pipeline name|pipeline with name/i.test(message) ? ['name'] : [];
}

/** `stages.1.member.actions.2.member.name`, whose numbers begin with 1. */
function membersOf(text: string): Path {
  const path: Path = [];
  const parts = text.split('.');
  for (let index = 0; index < parts.length; index++) {
    const number = /^\d+$/.test(parts[index]);
    if (number) path.push(Number(parts[index]) - 1);
    else if (parts[index] !== 'member' || !/^\d+$/.test(parts[index - 1] ?? '')) path.push(parts[index]);
  }
  return path;
}

function placeOfAction(message: string, stages: Stage[]): Path | undefined {
  const name = /ActionName=\[([^\]]+)\]/.exec(message)?.[1] ?? /\b[Aa]ction '([^']+)'/.exec(message)?.[1] ?? /\baction ([A-Za-z0-9.@_-]+)/.exec(message)?.[1] ?? /\b([A-Za-z0-9.@_-]+) is not one$/.exec(message)?.[1];
  if (!name) return undefined;
  const inStage = stageOf(message);
  const candidates = stages.flatMap((stage, at) => stage.actions.map((action, index) => ({ stage, action, path: ['stages', at, 'actions', index] as Path })));
  const named = candidates.filter(({ action }) => action.name === name.replace(/\.$/, ''));
  const found = named.find(({ stage }) => stage.name === inStage) ?? named[0];
  if (!found) return undefined;
  const key = /ActionConfigurationKey=\[([^\]]+)\]/.exec(message)?.[1] ?? /configuration '([^']+)'/.exec(message)?.[1] ?? /sets '([^']+)'/.exec(message)?.[1] ?? /for '([^']+)':/.exec(message)?.[1];
  if (key) return [...found.path, 'configuration', key];
  const part = [['input artifact', 'inputArtifacts'], ['output artifact', 'outputArtifacts'], ['ActionType', 'actionTypeId'], ['Namespace', 'namespace'], ['timeoutInMinutes', 'timeoutInMinutes'], ['in region', 'region']].find(([word]) => message.includes(word));
  if (/EnvironmentVariables/.test(message)) return [...found.path, 'configuration', 'EnvironmentVariables'];
  return part ? [...found.path, part[1]] : found.path;
}

const stageOf = (message: string) => /StageName=\[([^\]]+)\]/.exec(message)?.[1] ?? /\b[Ss]tage '([^']+)'/.exec(message)?.[1] ?? /\b[Ss]tage ([A-Za-z0-9.@_-]*[A-Za-z0-9@_-])/.exec(message)?.[1];

function placeOfStage(message: string, stages: Stage[]): Path | undefined {
  const name = stageOf(message);
  const repeated = /^Stage name must be unique.*\. (\S+) has been used/.exec(message)?.[1];
  const index = repeated ? stages.findLastIndex((stage) => stage.name === repeated) : stages.findIndex((stage) => stage.name === name);
  return index < 0 ? undefined : ['stages', index];
}
