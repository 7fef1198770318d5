// What is wrong with a pipeline's structure, before the yard is asked: the rules of
// https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
// The yard decides all the same; what only it knows is shown where its message says (place.ts).

import type { ActionType } from '../types';

export type Path = (string | number)[];

export interface Flaw {
  path: Path;
  message: string;
  severity: 'error' | 'warning';
}

const NAME = /^[A-Za-z0-9.@_-]{1,100}$/;
const ARTIFACT = /^[A-Za-z0-9_-]{1,100}$/;
const VARIABLE = /^[A-Za-z0-9@_-]{1,128}$/;
const ROLE = /^arn:aws(-\w+)*:iam::\d{12}:role\/.+$/;
const BUCKET = /^[a-zA-Z0-9.-]{3,63}$/;
const MAX_STAGES = 50;
const MAX_ACTIONS_OF_STAGE = 50;
const LONGEST_VALUE = 1000;

const PIPELINE = ['name', 'roleArn', 'artifactStore', 'artifactStores', 'stages', 'version', 'executionMode', 'pipelineType', 'variables', 'triggers'];
const STAGE = ['name', 'blockers', 'actions', 'onFailure', 'onSuccess', 'beforeEntry'];
const ACTION = [
  'name', 'actionTypeId', 'runOrder', 'configuration', 'commands', 'outputArtifacts', 'inputArtifacts',
  'outputVariables', 'roleArn', 'region', 'namespace', 'timeoutInMinutes', 'environmentVariables',
];

type Loose = Record<string, unknown>;
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Why a pipeline, a stage or an action can’t be called so. */
export function badName(name: unknown): string | undefined {
  if (name === undefined || name === '') return 'A name is needed';
  return typeof name === 'string' && NAME.test(name) ? undefined : 'A name has 1 to 100 letters, digits and . @ _ -';
}

/** An action, where it is, and when in its stage it runs. */
interface Placed {
  action: Loose;
  path: Path;
  stage: number;
  order: number;
}

class Checker {
  readonly flaws: Flaw[] = [];

  constructor(private readonly types: ActionType[] | undefined) {}

  add(path: Path, message: string | undefined, severity: Flaw['severity'] = 'error') {
    if (message) this.flaws.push({ path, message, severity });
  }

  pipeline(root: unknown) {
    if (!isObject(root)) return this.add([], 'A pipeline is an object: { "name": …, "roleArn": …, "stages": […] }');
    if (isObject(root.pipeline) && root.stages === undefined) return this.add(['pipeline'], 'This is what “aws codepipeline get-pipeline” answers: only what is in pipeline belongs here');
    this.known(root, [], PIPELINE, 'A pipeline');
    this.add(['name'], badName(root.name));
    if (!ROLE.test(textOf(root.roleArn))) this.add(['roleArn'], root.roleArn ? 'This is not the ARN of an IAM role' : 'A service role is needed');
    this.store(root);
    this.variables(root);
    if (!Array.isArray(root.stages)) return this.add(['stages'], 'A pipeline has a list of stages');
    if (root.stages.length < 2) this.add(['stages'], 'A pipeline has at least two stages');
    if (root.stages.length > MAX_STAGES) this.add(['stages'], `A pipeline has at most ${MAX_STAGES} stages`);
    const placed = root.stages.flatMap((stage, at) => this.stage(stage, at));
    this.unique(root.stages.map((stage, at) => [isObject(stage) ? stage.name : undefined, ['stages', at, 'name']]), 'Another stage has this name');
    this.artifacts(placed);
    this.namespaces(placed, root);
  }

  known(value: Loose, path: Path, names: string[], what: string) {
    for (const name of Object.keys(value)) if (!names.includes(name)) this.add([...path, name], `${what} has no ${name}: it would be lost`, 'warning');
  }

  unique(named: [unknown, Path][], message: string) {
    const seen = new Set<unknown>();
    for (const [name, path] of named) {
      if (name !== undefined && name !== '' && seen.has(name)) this.add(path, message);
      seen.add(name);
    }
  }

  store({ artifactStore, artifactStores }: Loose) {
    if (artifactStore !== undefined && artifactStores !== undefined) return this.add(['artifactStores'], 'Only one of artifactStore and artifactStores may be there');
    if (artifactStores !== undefined) return undefined;
    if (!isObject(artifactStore)) return this.add(['artifactStore'], 'A bucket for artifacts is needed');
    if (artifactStore.type !== 'S3') this.add(['artifactStore', 'type'], 'Its type is S3');
    if (!BUCKET.test(textOf(artifactStore.location))) this.add(['artifactStore', 'location'], artifactStore.location ? 'This is not the name of a bucket' : 'A bucket for artifacts is needed');
  }

  variables({ variables, pipelineType }: Loose) {
    const all = listOf(variables);
    if (all.length > 0 && pipelineType !== 'V2') this.add(['variables'], 'Only pipelines of type V2 have variables');
    this.unique(all.map((it, at) => [isObject(it) ? it.name : undefined, ['variables', at, 'name']]), 'Another variable has this name');
    all.forEach((it, at) => {
      if (!isObject(it)) return this.add(['variables', at], 'A variable is an object with a name');
      if (!VARIABLE.test(textOf(it.name))) this.add(['variables', at, 'name'], 'A variable’s name has 1 to 128 letters, digits and @ _ -');
      if (it.defaultValue !== undefined && !within(it.defaultValue, 1, LONGEST_VALUE)) this.add(['variables', at, 'defaultValue'], `A value has 1 to ${LONGEST_VALUE} characters`);
    });
  }

  stage(stage: unknown, at: number): Placed[] {
    const path = ['stages', at];
    if (!isObject(stage)) {
      this.add(path, 'A stage is an object with a name and actions');
      return [];
    }
    this.known(stage, path, STAGE, 'A stage');
    this.add([...path, 'name'], badName(stage.name));
    const actions = listOf(stage.actions);
    if (actions.length === 0) this.add([...path, 'actions'], 'A stage has at least one action');
    if (actions.length > MAX_ACTIONS_OF_STAGE) this.add([...path, 'actions'], `A stage has at most ${MAX_ACTIONS_OF_STAGE} actions`);
    this.unique(actions.map((it, index) => [isObject(it) ? it.name : undefined, [...path, 'actions', index, 'name']]), 'Another action of the stage has this name');
    return actions.flatMap((action, index) => this.action(action, [...path, 'actions', index], at));
  }

  action(action: unknown, path: Path, stage: number): Placed[] {
    if (!isObject(action)) {
      this.add(path, 'An action is an object');
      return [];
    }
    this.known(action, path, ACTION, 'An action');
    this.add([...path, 'name'], badName(action.name));
    const order = action.runOrder ?? 1;
    if (!Number.isInteger(order) || (order as number) < 1 || (order as number) > 999) this.add([...path, 'runOrder'], 'A run order is a whole number from 1 to 999');
    this.type(action, path, stage);
    return [{ action, path, stage, order: typeof order === 'number' ? order : 1 }];
  }

  type(action: Loose, path: Path, stage: number) {
    const id = action.actionTypeId;
    if (!isObject(id)) return this.add([...path, 'actionTypeId'], 'An action has a type: category, owner, provider and version');
    const isSource = id.category === 'Source';
    if (stage === 0 && !isSource) this.add([...path, 'actionTypeId', 'category'], 'The first stage has only source actions');
    if (stage > 0 && isSource) this.add([...path, 'actionTypeId', 'category'], 'Only the first stage has source actions');
    if (action.timeoutInMinutes !== undefined && id.category !== 'Approval') this.add([...path, 'timeoutInMinutes'], 'Only approvals have a time limit of their own');
    if (!this.types) return undefined;
    const type = this.types.find(({ id: it }) => it.category === id.category && it.owner === id.owner && it.provider === id.provider && it.version === id.version);
    if (!type) return this.add([...path, 'actionTypeId'], `This yard has no ${textOf(id.category)} action of ${textOf(id.owner)}’s ${textOf(id.provider) || 'provider'}, version ${textOf(id.version) || '?'}`);
    this.configuration(action.configuration, type, [...path, 'configuration']);
    this.count(action.inputArtifacts, type.inputArtifactDetails, [...path, 'inputArtifacts'], 'input');
    this.count(action.outputArtifacts, type.outputArtifactDetails, [...path, 'outputArtifacts'], 'output');
  }

  configuration(given: unknown, type: ActionType, path: Path) {
    if (given !== undefined && !isObject(given)) return this.add(path, 'A configuration is an object of texts');
    const values = given ?? {};
    const properties = type.actionConfigurationProperties ?? [];
    for (const { name, required } of properties) if (required && (values[name] === undefined || values[name] === '')) this.add([...path, name], `${name} is needed`);
    for (const [key, value] of Object.entries(values)) {
      if (!properties.some(({ name }) => name === key)) this.add([...path, key], `${type.id.provider} has no ${key}`);
      else if (typeof value !== 'string') this.add([...path, key], 'Values are texts, also numbers and true or false: in quotation marks');
      else if (value !== '' && !within(value, 1, LONGEST_VALUE)) this.add([...path, key], `A value has 1 to ${LONGEST_VALUE} characters`);
    }
  }

  count(given: unknown, { minimumCount, maximumCount }: ActionType['inputArtifactDetails'], path: Path, what: string) {
    const count = listOf(given).length;
    if (count >= minimumCount && count <= maximumCount) return;
    const wanted = minimumCount === maximumCount ? (minimumCount === 0 ? `no ${what} artifacts` : `${minimumCount} ${what} artifact${minimumCount === 1 ? '' : 's'}`) : `${minimumCount} to ${maximumCount} ${what} artifacts`;
    this.add(path, `It has ${count}; an action of this type has ${wanted}`);
  }

  artifacts(placed: Placed[]) {
    const made = new Map<string, Placed>();
    for (const at of placed) {
      listOf(at.action.outputArtifacts).forEach((artifact, index) => {
        const path = [...at.path, 'outputArtifacts', index, 'name'];
        const name = isObject(artifact) ? textOf(artifact.name) : '';
        if (!ARTIFACT.test(name)) this.add(path, 'An artifact’s name has 1 to 100 letters, digits and _ -');
        else if (made.has(name)) this.add(path, `Another action makes ${name}`);
        else made.set(name, at);
      });
    }
    for (const at of placed) {
      listOf(at.action.inputArtifacts).forEach((artifact, index) => {
        const name = isObject(artifact) ? textOf(artifact.name) : '';
        const by = made.get(name);
        if (!by) this.add([...at.path, 'inputArtifacts', index, 'name'], `No action makes ${name || 'it'}`);
        else if (!isBefore(by, at)) this.add([...at.path, 'inputArtifacts', index, 'name'], `${name} is made later, by ${textOf(by.action.name)}`);
      });
    }
  }

  namespaces(placed: Placed[], root: Loose) {
    const made = new Map<string, Placed>();
    const declared = listOf(root.variables).map((it) => (isObject(it) ? it.name : undefined));
    for (const at of placed) {
      const { namespace } = at.action;
      if (namespace === undefined) continue;
      const path = [...at.path, 'namespace'];
      if (!VARIABLE.test(textOf(namespace))) this.add(path, 'A namespace has letters, digits and @ _ -');
      else if (namespace === 'codepipeline' || namespace === 'variables') this.add(path, `${namespace} is reserved`);
      else if (made.has(textOf(namespace))) this.add(path, 'Another action has this namespace');
      else made.set(textOf(namespace), at);
    }
    for (const at of placed) {
      if (!isObject(at.action.configuration)) continue;
      for (const [key, value] of Object.entries(at.action.configuration)) {
        for (const [, reference] of textOf(value).matchAll(/#\{([^}]*)\}/g)) this.add([...at.path, 'configuration', key], wrongReference(reference, at, made, declared));
      }
    }
  }
}

function wrongReference(reference: string, at: Placed, made: Map<string, Placed>, declared: unknown[]): string | undefined {
  const [, namespace, key] = /^([\w@-]+)\.([\w@-]+)$/.exec(reference) ?? [];
  if (!namespace) return `#{${reference}} is not of the form #{namespace.variable}`;
  if (namespace === 'codepipeline') return key === 'PipelineExecutionId' ? undefined : `codepipeline has no ${key}, only PipelineExecutionId`;
  if (namespace === 'variables') return declared.includes(key) ? undefined : `The pipeline has no variable ${key}`;
  const by = made.get(namespace);
  if (!by) return `No action has the namespace ${namespace}`;
  return isBefore(by, at) ? undefined : `${namespace} is filled later, by ${textOf(by.action.name)}`;
}

const isBefore = (a: Placed, b: Placed) => a.stage < b.stage || (a.stage === b.stage && a.order < b.order);
const within = (value: unknown, least: number, most: number) => typeof value === 'string' && value.length >= least && value.length <= most;

/** All that is wrong with a structure. Without the yard’s action types these are not compared. */
export function check(pipeline: unknown, types?: ActionType[]): Flaw[] {
  const checker = new Checker(types);
  checker.pipeline(pipeline);
  return checker.flaws;
}

export const startsWith = (path: Path, beginning: Path) => beginning.every((part, at) => path[at] === part);

/** What is said of exactly this place. */
export function at(flaws: Flaw[], ...path: Path): string | undefined {
  return flaws.find((flaw) => flaw.path.length === path.length && startsWith(flaw.path, path))?.message;
}

/** What is said of this place or anything in it. */
export const inside = (flaws: Flaw[], ...path: Path) => flaws.filter((flaw) => startsWith(flaw.path, path));
