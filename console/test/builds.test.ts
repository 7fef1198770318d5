import { expect, test } from 'vitest';
import { badgeOf } from '../src/services/codebuild/badge';
import { layout } from '../src/services/codebuild/graph';
import { getAt, setAt } from '../src/services/codebuild/lens';
import { inputOf, newProject, updateOf, wrongOf } from '../src/services/codebuild/projectInput';
import { wrongOverrides } from '../src/services/codebuild/startInput';
import type { Project } from '../src/services/codebuild/api';

test('members are read and set by their path, and what is empty goes', () => {
  const input = { name: 'a', source: { type: 'S3' } };
  expect(getAt(input, 'source.type')).toBe('S3');
  expect(getAt(input, 'source.type.more')).toBeUndefined();
  expect(setAt(input, 'logsConfig.s3Logs.status', 'ENABLED')).toEqual({ ...input, logsConfig: { s3Logs: { status: 'ENABLED' } } });
  expect(setAt({ a: { b: { c: 1 } }, d: 0 }, 'a.b.c', '')).toEqual({ d: 0 });
  expect(setAt({ a: { b: false } }, 'a.b', 0)).toEqual({ a: { b: 0 } });
  expect(input).toEqual({ name: 'a', source: { type: 'S3' } });
});

test('builds are drawn behind what they wait for', () => {
  const { nodes, edges, columns, rows } = layout([
    { id: 'deploy', dependsOn: ['test', 'lint'] },
    { id: 'test', dependsOn: ['compile'] },
    { id: 'compile', dependsOn: [] },
    { id: 'lint', dependsOn: [] },
    { id: 'lone', dependsOn: ['nobody'] },
  ]);
  const at = Object.fromEntries(nodes.map(({ id, column }) => [id, column]));
  expect(at).toEqual({ compile: 0, lint: 0, lone: 0, test: 1, deploy: 2 });
  expect([columns, rows]).toEqual([3, 3]);
  const via = edges.flatMap((edge) => edge.via);
  // The line from lint to deploy crosses the column of test.
  expect(via.map(({ column }) => column)).toEqual([1]);
  const places = [...nodes, ...via].map(({ column, row }) => `${column},${row}`);
  expect(new Set(places).size).toBe(places.length);
  expect(layout([])).toEqual({ nodes: [], edges: [], columns: 0, rows: 0 });
  // CodeBuild refuses circles; a drawing of one must come to an end all the same.
  expect(layout([{ id: 'a', dependsOn: ['b'] }, { id: 'b', dependsOn: ['a'] }]).nodes).toHaveLength(2);
});

const project: Project = {
  name: 'p1',
  arn: 'arn:aws:codebuild:us-east-1:1:project/p1',
  description: 'old',
  source: { type: 'NO_SOURCE', buildspec: 'x' },
  artifacts: { type: 'NO_ARTIFACTS' },
  environment: { type: 'LINUX_CONTAINER', image: 'i', computeType: 'BUILD_GENERAL1_SMALL' },
  serviceRole: 'arn:aws:iam::1:role/r',
  badge: { badgeEnabled: true },
  created: 1,
};

test('an update says what changed, and takes away what was emptied', () => {
  const before = inputOf(project);
  expect(before.arn).toBeUndefined();
  expect(before.badgeEnabled).toBe(true);
  expect(updateOf(before, before)).toEqual({ name: 'p1' });
  const { description: _, badgeEnabled: __, ...rest } = before;
  expect(updateOf(before, { ...rest, timeoutInMinutes: 9 })).toEqual({ name: 'p1', description: '', badgeEnabled: false, timeoutInMinutes: 9 });
  const { serviceRole: ___, ...without } = before;
  expect(() => updateOf(before, without)).toThrow('not taken away');
});

test('a project that is fine has nothing wrong, and others are told where', () => {
  expect(wrongOf(inputOf(project))).toEqual({});
  expect(Object.keys(wrongOf(newProject)).sort()).toEqual(['name', 'serviceRole', 'source.location']);
  const bad = {
    ...inputOf(project),
    timeoutInMinutes: 'x',
    cache: { type: 'LOCAL' },
    artifacts: { type: 'CODEPIPELINE' },
    environment: { ...project.environment, environmentVariables: [{ name: 'A', value: '' }, { name: 'A', value: '' }] },
  };
  expect(Object.keys(wrongOf(bad)).sort()).toEqual(['artifacts.type', 'cache.modes', 'environment.environmentVariables', 'timeoutInMinutes']);
});

test('overrides are bounded', () => {
  expect(wrongOverrides({ projectName: 'p', timeoutInMinutesOverride: 5 })).toEqual({});
  expect(Object.keys(wrongOverrides({ timeoutInMinutesOverride: 4, autoRetryLimitOverride: 11, queuedTimeoutInMinutesOverride: '5' })).sort()).toEqual([
    'autoRetryLimitOverride', 'queuedTimeoutInMinutesOverride', 'timeoutInMinutesOverride',
  ]);
});

test('a badge is of a branch', () => {
  const { url, path, markdown } = badgeOf('http://yard:1/_codebuild/badges?uuid=u&branch=main', 'feature/a b', 'p]');
  expect(url).toBe('http://yard:1/_codebuild/badges?uuid=u&branch=feature%2Fa+b');
  expect(path).toBe('/_codebuild/badges?uuid=u&branch=feature%2Fa+b');
  expect(markdown).toBe(`![p](${url})`);
});
