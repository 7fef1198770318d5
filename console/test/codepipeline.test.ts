import { describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/errors';
import { readJson } from '../src/components/JsonText';
import { check } from '../src/services/codepipeline/edit/check';
import { artifactsBefore, cleaned, movedAction, movedStage, withNewStage } from '../src/services/codepipeline/edit/draft';
import { parsed } from '../src/services/codepipeline/edit/parsed';
import { describe as words, flawsOf, placeOf, spanOf } from '../src/services/codepipeline/edit/place';
import { barOf, span } from '../src/services/codepipeline/gantt';
import { groupsOf, stagesOf } from '../src/services/codepipeline/graph/model';
import { outcome, revision, safeUrl } from '../src/services/codepipeline/links';
import type { Action, ActionType, Pipeline, PipelineState } from '../src/services/codepipeline/types';

const type = (category: string, provider: string, properties: [string, boolean][] = [], inputs = [0, 0], outputs = [0, 0]): ActionType => ({
  id: { category, owner: 'AWS', provider, version: '1' },
  actionConfigurationProperties: properties.map(([name, required]) => ({ name, required, secret: false })),
  inputArtifactDetails: { minimumCount: inputs[0], maximumCount: inputs[1] },
  outputArtifactDetails: { minimumCount: outputs[0], maximumCount: outputs[1] },
});
const TYPES = [
  type('Source', 'CodeCommit', [['RepositoryName', true], ['BranchName', true]], [0, 0], [1, 1]),
  type('Build', 'CodeBuild', [['ProjectName', true], ['EnvironmentVariables', false]], [1, 5], [0, 5]),
  type('Approval', 'Manual', [['CustomData', false]]),
];

const action = (name: string, at: number, more: Partial<Action> = {}): Action => ({ name, actionTypeId: TYPES[at].id, ...more });
const good = (): Pipeline => ({
  name: 'release',
  roleArn: 'arn:aws:iam::000000000000:role/pipeline',
  artifactStore: { type: 'S3', location: 'artifacts' },
  pipelineType: 'V2',
  variables: [{ name: 'PLACE', defaultValue: 'staging' }],
  stages: [
    { name: 'Source', actions: [action('Take', 0, { namespace: 'Source', configuration: { RepositoryName: 'r', BranchName: 'main' }, outputArtifacts: [{ name: 'code' }] })] },
    { name: 'Build', actions: [action('Compile', 1, { configuration: { ProjectName: 'p' }, inputArtifacts: [{ name: 'code' }], outputArtifacts: [{ name: 'built' }] })] },
    { name: 'Ask', actions: [action('Approve', 2, { configuration: { CustomData: '#{Source.CommitId} to #{variables.PLACE}' } })] },
  ],
});

describe('what is wrong with a structure', () => {
  test('a good one has nothing wrong', () => expect(check(good(), TYPES)).toEqual([]));

  const cases: [string, (pipeline: any) => void, string, RegExp][] = [
    ['no name', (p) => delete p.name, 'name', /needed/],
    ['a bad name', (p) => (p.name = 'a b'), 'name', /letters/],
    ['no role', (p) => (p.roleArn = 'pipeline'), 'roleArn', /not the ARN/],
    ['no bucket', (p) => delete p.artifactStore, 'artifactStore', /bucket/],
    ['two kinds of stores', (p) => (p.artifactStores = {}), 'artifactStores', /Only one/],
    ['one stage', (p) => p.stages.splice(1), 'stages', /two/],
    ['stages that are none', (p) => (p.stages = {}), 'stages', /list/],
    ['a stage twice', (p) => (p.stages[2].name = 'Build'), 'stages.2.name', /Another/],
    ['an empty stage', (p) => (p.stages[1].actions = []), 'stages.1.actions', /at least one/],
    ['a source too late', (p) => (p.stages[2].actions[0] = { ...p.stages[0].actions[0], name: 'x', namespace: undefined, outputArtifacts: [{ name: 'y' }] }), 'stages.2.actions.0.actionTypeId.category', /first/],
    ['another provider', (p) => (p.stages[1].actions[0].actionTypeId.provider = 'Jenkins'), 'stages.1.actions.0.actionTypeId', /Jenkins/],
    ['a missing key', (p) => delete p.stages[1].actions[0].configuration.ProjectName, 'stages.1.actions.0.configuration.ProjectName', /needed/],
    ['a key too much', (p) => (p.stages[1].actions[0].configuration.Project = 'x'), 'stages.1.actions.0.configuration.Project', /has no/],
    ['a number as a value', (p) => (p.stages[1].actions[0].configuration.ProjectName = 1), 'stages.1.actions.0.configuration.ProjectName', /quotation/],
    ['an artifact of nobody', (p) => (p.stages[1].actions[0].inputArtifacts[0].name = 'no'), 'stages.1.actions.0.inputArtifacts.0.name', /No action makes/],
    ['an artifact twice', (p) => (p.stages[1].actions[0].outputArtifacts[0].name = 'code'), 'stages.1.actions.0.outputArtifacts.0.name', /Another/],
    ['too few artifacts', (p) => (p.stages[0].actions[0].outputArtifacts = []), 'stages.0.actions.0.outputArtifacts', /1 output/],
    ['a run order of 0', (p) => (p.stages[1].actions[0].runOrder = 0), 'stages.1.actions.0.runOrder', /999/],
    ['a namespace of nobody', (p) => (p.stages[2].actions[0].configuration.CustomData = '#{Nobody.X}'), 'stages.2.actions.0.configuration.CustomData', /Nobody/],
    ['a variable that is not declared', (p) => (p.variables = []), 'stages.2.actions.0.configuration.CustomData', /no variable PLACE/],
    ['variables of a V1 pipeline', (p) => (p.pipelineType = 'V1'), 'variables', /V2/],
    ['a reserved namespace', (p) => (p.stages[0].actions[0].namespace = 'variables'), 'stages.0.actions.0.namespace', /reserved/],
    ['a time limit of a build', (p) => (p.stages[1].actions[0].timeoutInMinutes = 5), 'stages.1.actions.0.timeoutInMinutes', /approvals/],
  ];
  test.each(cases)('%s', (_, change, path, message) => {
    const pipeline = structuredClone(good());
    change(pipeline);
    const flaw = check(pipeline, TYPES).find((it) => it.path.join('.') === path);
    expect(flaw?.message).toMatch(message);
  });

  test('whatever a document holds, it is told and not fallen over', () => {
    for (const value of [null, 1, 'x', [], {}, { stages: [null, 1, { actions: [null, 'x', { actionTypeId: 3, configuration: 4, inputArtifacts: [5] }] }] }, { variables: [1], artifactStore: 2 }]) {
      expect(check(value, TYPES).length).toBeGreaterThan(0);
    }
  });

  test('what would be lost is a warning', () => {
    expect(check({ ...good(), nmae: 'x' }, TYPES)).toMatchObject([{ path: ['nmae'], severity: 'warning' }]);
  });
});

describe('places', () => {
  test('of refusals', () => {
    const { stages } = good();
    const cases: [string, string][] = [
      ["Value '' at 'pipeline.stages.2.member.actions.1.member.name' failed to satisfy constraint: …", 'stages.1.actions.0.name'],
      ['executionMode QUEUED is not possible: execution modes of V2 pipelines are not supported yet', 'executionMode'],
      ['triggers of V2 pipelines are not supported yet', 'triggers'],
      ["Action configuration for action 'Compile' is missing required configuration 'ProjectName'", 'stages.1.actions.0.configuration.ProjectName'],
      ["ActionType (Category: 'Deploy', Provider: 'ECS', Owner: 'AWS', Version: '1') in action 'Compile' is not supported yet", 'stages.1.actions.0.actionTypeId'],
      ['… StageName=[Ask], ActionName=[Approve], ActionConfigurationKey=[CustomData], VariableReferenceText=[x]', 'stages.2.actions.0.configuration.CustomData'],
      ["Action 'Compile' has 0 input artifacts. CodeBuild Build actions take at least 1 and at most 5", 'stages.1.actions.0.inputArtifacts'],
      ['Stage Ask must have at least one action', 'stages.2'],
      ['Stage Build declares onFailure: conditions of V2 pipelines are not supported yet', 'stages.1'],
      ['The service role could not be assumed: sts:AssumeRole', 'roleArn'],
      ['Something else', ''],
    ];
    for (const [message, path] of cases) expect(placeOf(message, { stages }).join('.'), message).toBe(path);
  });

  test('of refusals that are not of the structure there are none', () => {
    expect(flawsOf(new ApiError(403, 'AccessDeniedException', 'not authorized to perform: iam:PassRole on role x'), good())).toEqual([]);
    expect(flawsOf(new ApiError(400, 'InvalidStructureException', 'Stage Ask must have at least one action'), good())).toMatchObject([{ path: ['stages', 2] }]);
  });

  test('in a document, or of the nearest thing around them', () => {
    const text = '{"name": "a", "stages": [{"name": "b"}]}';
    const { root } = readJson(text);
    const cut = (path: (string | number)[]) => {
      const { from, to } = spanOf(root!, path);
      return text.slice(from, to);
    };
    expect(cut(['name'])).toBe('"a"');
    expect(cut(['stages', 0, 'name'])).toBe('"b"');
    expect(cut(['stages', 0, 'actions', 3])).toBe('{');
    expect(cut(['roleArn'])).toBe('{');
  });

  test('in words', () => {
    expect(words(['stages', 1, 'actions', 0, 'configuration', 'ProjectName'], good())).toBe('Stage Build, action Compile, configuration, ProjectName');
    expect(words([], good())).toBe('Pipeline');
    expect(words(['stages', 9], good())).toBe('Stage 10');
  });
});

describe('editing', () => {
  test('actions move between groups, which are numbered anew', () => {
    const stage = { name: 's', actions: [action('a', 1, { runOrder: 1 }), action('b', 1, { runOrder: 1 }), action('c', 1, { runOrder: 5 })] };
    const orders = (moved: typeof stage) => Object.fromEntries(moved.actions.map(({ name, runOrder }) => [name, runOrder]));
    expect(orders(movedAction(stage, 'b', 1))).toEqual({ a: 1, b: 2, c: 2 });
    expect(orders(movedAction(stage, 'c', 1))).toEqual({ a: 1, b: 1, c: 2 });
    expect(orders(movedAction(stage, 'a', -1))).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('stages are added under a free name, and moved', () => {
    const more = withNewStage(good(), 1);
    expect(more.stages.map(({ name }) => name)).toEqual(['Source', 'Stage4', 'Build', 'Ask']);
    expect(movedStage(more, 1, 1).stages.map(({ name }) => name)).toEqual(['Source', 'Build', 'Stage4', 'Ask']);
  });

  test('an action takes what was made before it', () => {
    expect(artifactsBefore(good(), 1, 1)).toEqual(['code']);
    expect(artifactsBefore(good(), 1, 2)).toEqual(['code', 'built']);
  });

  test('what was emptied is not sent, and what the form does not know is', () => {
    const pipeline = { ...good(), variables: [], other: 1 } as Pipeline;
    pipeline.stages[1].actions[0].configuration = { ProjectName: 'p', EnvironmentVariables: '' };
    const sent = cleaned(pipeline);
    expect(sent).toMatchObject({ other: 1, stages: [{}, { actions: [{ configuration: { ProjectName: 'p' } }] }, {}] });
    expect(sent.stages[1].actions[0].configuration).not.toHaveProperty('EnvironmentVariables');
    expect(sent.variables).toBeUndefined();
  });

  test('only what the form can hold goes into it', () => {
    expect(parsed(JSON.stringify(good()))?.name).toBe('release');
    for (const text of ['', '{', '[]', '{}', 'null', '{"stages": [{"name": 1, "actions": []}]}', '{"stages": [{"name": "a", "actions": [{"name": "b"}]}]}']) expect(parsed(text), text).toBeUndefined();
  });
});

describe('the graph', () => {
  const state = (actions: [string, string | undefined][]): PipelineState => ({
    pipelineName: 'p',
    pipelineVersion: 1,
    stageStates: [{ stageName: 's', latestExecution: { pipelineExecutionId: 'e', status: 'InProgress' }, actionStates: actions.map(([actionName, status]) => ({ actionName, latestExecution: { status } })) }],
  });
  const stages = [{ name: 's', actions: [action('c', 1, { runOrder: 2 }), action('a', 1), action('b', 1)] }];

  test('groups are in the order of their numbers', () => {
    expect(groupsOf(stages[0].actions).map((group) => group.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
  });

  test('what an execution before did is not shown as done', () => {
    const shown = (statuses: [string, string | undefined][]) => stagesOf({ ...good(), stages }, state(statuses), [])[0].groups.flat().map(({ action: { name }, state: it }) => [name, it?.latestExecution?.status]);
    expect(shown([['a', 'Succeeded'], ['b', 'InProgress'], ['c', 'Succeeded']])).toEqual([['a', 'Succeeded'], ['b', 'InProgress'], ['c', undefined]]);
    expect(shown([['a', 'Succeeded'], ['b', 'Succeeded'], ['c', 'Failed']])).toEqual([['a', 'Succeeded'], ['b', 'Succeeded'], ['c', 'Failed']]);
  });
});

describe('timelines', () => {
  test('bars are shares of the whole, and go on until now', () => {
    const whole = span([{ start: 10, end: 20 }, { start: 15 }, {}], 30);
    expect(whole).toEqual({ from: 10, to: 30 });
    expect(barOf({ start: 10, end: 20 }, whole, 30)).toEqual({ left: 0, width: 50 });
    expect(barOf({ start: 15 }, whole, 30)).toEqual({ left: 25, width: 75 });
    expect(barOf({}, whole, 30)).toBeUndefined();
    expect(span([], 5).to).toBeGreaterThan(5);
  });
});

describe('links', () => {
  test('only to the web', () => {
    expect(safeUrl('https://example.com/a')).toBe('https://example.com/a');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'nowhere', '', undefined]) expect(safeUrl(bad)).toBeUndefined();
  });

  test('to builds, deployments and commits', () => {
    expect(outcome(TYPES[1].id, {}, 'p:1')?.href).toBe('#/codebuild/builds/p%3A1');
    expect(outcome({ ...TYPES[1].id, provider: 'CodeDeploy' }, {}, 'd-1')?.href).toBe('#/codedeploy/deployments/d-1');
    expect(outcome(TYPES[2].id, {}, 'x')).toBeUndefined();
    expect(revision(TYPES[0].id, { RepositoryName: 'r' }, '0123456789')).toEqual({ text: '01234567', href: '#/codecommit/repositories/r/commit/0123456789' });
    expect(revision(undefined, undefined, 'v1')).toEqual({ text: 'v1' });
  });
});
