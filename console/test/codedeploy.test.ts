import { expect, test } from 'vitest';
import { progressOf } from '../src/services/codedeploy/counting';
import { draftOf, flawsOf, inputOf, isFine, listText, NEW, updateOf } from '../src/services/codedeploy/group';
import { badName } from '../src/services/codedeploy/names';
import { bundleOf, revisionText, s3LocationOf } from '../src/services/codedeploy/revision';
import { rangeOf } from '../src/services/codedeploy/timeRange';
import type { Group } from '../src/services/codedeploy/types';

const FINE = { ...NEW, name: 'staging', role: 'arn:aws:iam::000000000000:role/deploy', lists: [[{ Key: 'env', Value: 'x', Type: 'KEY_AND_VALUE' }]] };

test('one list of tags is filters, several are a tag set, and each takes the other away', () => {
  expect(inputOf(FINE)).toMatchObject({ onPremisesInstanceTagFilters: [{ Key: 'env', Value: 'x', Type: 'KEY_AND_VALUE' }], onPremisesTagSet: { onPremisesTagSetList: [] } });
  const two = [...FINE.lists, [{ Key: 'tier', Value: 'left from before', Type: 'KEY_ONLY' }]];
  expect(inputOf({ ...FINE, lists: two })).toMatchObject({ onPremisesInstanceTagFilters: [], onPremisesTagSet: { onPremisesTagSetList: [[{ Key: 'env' }], [{ Key: 'tier', Type: 'KEY_ONLY' }]] } });
  expect(inputOf({ ...FINE, lists: two }).onPremisesTagSet.onPremisesTagSetList[1][0]).not.toHaveProperty('Value');
});

test('rollbacks are on for what was chosen', () => {
  expect(inputOf(FINE).autoRollbackConfiguration).toEqual({ enabled: false, events: [] });
  expect(inputOf({ ...FINE, rollbackOnFailure: true }).autoRollbackConfiguration).toEqual({ enabled: true, events: ['DEPLOYMENT_FAILURE'] });
});

test('a group is edited as it is', () => {
  const group = {
    deploymentGroupName: 'staging', serviceRoleArn: FINE.role, deploymentConfigName: 'c',
    onPremisesInstanceTagFilters: FINE.lists[0], autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] },
  } as Group;
  const draft = draftOf(group);
  expect(draft).toMatchObject({ name: 'staging', config: 'c', lists: FINE.lists, rollbackOnFailure: false, rollbackOnStop: true });
  expect(draftOf({ ...group, autoRollbackConfiguration: { enabled: false, events: ['DEPLOYMENT_FAILURE'] } }).rollbackOnFailure).toBe(false);
});

test('what is not changed is not sent, and what the form does not show stays', () => {
  const group = {
    deploymentGroupName: 'staging', serviceRoleArn: FINE.role, deploymentConfigName: 'c', onPremisesInstanceTagFilters: FINE.lists[0],
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
  } as Group;
  const draft = draftOf(group);
  expect(updateOf(group, draft)).toEqual({});
  expect(updateOf(group, { ...draft, name: 'other', config: 'd' })).toEqual({ newDeploymentGroupName: 'other', deploymentConfigName: 'd' });
  expect(updateOf(group, { ...draft, rollbackOnFailure: false })).toEqual({ autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_STOP_ON_ALARM'] } });
  expect(updateOf(group, { ...draft, lists: [] })).toEqual({ onPremisesInstanceTagFilters: [], onPremisesTagSet: { onPremisesTagSetList: [] } });
});

test('what is missing is told at its field', () => {
  expect(isFine(flawsOf(FINE))).toBe(true);
  const flaws = flawsOf({ ...NEW, lists: [[{ Key: 'a', Type: 'KEY_ONLY' }, { Key: '', Type: 'KEY_ONLY' }, { Type: 'VALUE_ONLY' }]] });
  expect(flaws.name).toMatch(/needed/);
  expect(flaws.role).toMatch(/needed/);
  expect(flaws.filters[0].map(Boolean)).toEqual([false, true, true]);
  expect(isFine(flaws)).toBe(false);
  expect([badName('a b'), badName('a,b@c')].map(Boolean)).toEqual([true, false]);
});

test('tags are told in words', () => {
  expect(listText([{ Key: 'env', Value: 'x', Type: 'KEY_AND_VALUE' }, { Key: 'a', Type: 'KEY_ONLY' }, { Value: 'v', Type: 'VALUE_ONLY' }])).toBe('env=x or a with any value or any key with v');
});

test('progress is of lifecycle events, and a host that ended is done', () => {
  const event = (status: string) => ({ lifecycleEventName: status, status });
  const targets = [
    { targetId: 'a', status: 'Failed', lifecycleEvents: [event('Failed'), event('Skipped')] },
    { targetId: 'b', status: 'InProgress', lifecycleEvents: [event('Succeeded'), event('InProgress'), event('Pending'), event('Pending')] },
  ];
  const found = progressOf({ status: 'InProgress', deploymentOverview: { Failed: 1, InProgress: 1 } }, targets);
  expect(found).toMatchObject({ done: 1, all: 2, percent: 62 });
  expect(found.counts).toContainEqual(['Failed', 1]);
  expect(progressOf({ status: 'Created' }, [])).toMatchObject({ done: 0, all: 0, percent: 0 });
});

test('revisions are read and told', () => {
  expect(s3LocationOf('s3://bucket/a/b.zip')).toEqual({ bucket: 'bucket', key: 'a/b.zip' });
  for (const bad of ['', 'bucket/key', 's3://bucket', 's3://bucket/', 'https://x/y']) expect(s3LocationOf(bad), bad).toBeUndefined();
  expect(['a.zip', 'a.tar.gz', 'a.TGZ', 'a.tar', 'a'].map(bundleOf)).toEqual(['zip', 'tgz', 'tgz', 'tar', undefined]);
  expect(revisionText({ revisionType: 'S3', s3Location: { bucket: 'b', key: 'k', version: '7' } })).toBe('s3://b/k (version 7)');
  expect(revisionText(undefined)).toBe('–');
});

test('ranges of time are seconds', () => {
  expect(rangeOf(null, 1000)).toBeUndefined();
  expect(rangeOf({ type: 'relative', amount: 1, unit: 'day' }, 100_000)).toEqual({ start: 13_600 });
  expect(rangeOf({ type: 'absolute', startDate: '1970-01-01T00:01:00Z', endDate: '1970-01-01T00:02:00Z' }, 0)).toEqual({ start: 60, end: 120 });
  expect(rangeOf({ type: 'absolute', startDate: 'x', endDate: 'y' }, 0)).toEqual({ start: undefined, end: undefined });
});
