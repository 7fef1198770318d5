import { expect, test } from 'vitest';
import { EventParser } from '../src/api/changes';
import { ApiError } from '../src/api/errors';
import { match, pathOf } from '../src/app/router';
import { isOfProject } from '../src/services/codebuild/api';

test('events are told however the stream is cut', () => {
  const stream = ': watching\n\nevent: change\ndata: {"arn":"a"}\n\n:\n\nevent: lost\ndata: {}\n\n';
  for (let size = 1; size <= stream.length; size++) {
    const told: string[] = [];
    const parser = new EventParser((event, data) => told.push(`${event} ${data}`));
    for (let at = 0; at < stream.length; at += size) parser.take(stream.slice(at, at + size));
    expect(told).toEqual(['change {"arn":"a"}', 'lost {}']);
  }
});

test('addresses carry any name', () => {
  const path = pathOf('codebuild', 'builds', 'a/b:1 2%');
  expect(match('/codebuild/builds/:id', path)).toEqual({ id: 'a/b:1 2%' });
  expect(match('/codebuild/builds/:id', '/codebuild/projects/x')).toBeUndefined();
  expect(match('/codebuild/builds/:id', '/codebuild/builds/%zz')).toEqual({ id: '%zz' });
});

test('a change concerns its own project alone', () => {
  const arn = (rest: string) => `arn:aws:codebuild:us-east-1:1:${rest}`;
  expect(isOfProject(arn('build/p:1-2'), 'p')).toBe(true);
  expect(isOfProject(arn('build/pp:1-2'), 'p')).toBe(false);
  expect(isOfProject(arn('project/p'), 'p')).toBe(true);
});

test('refusals say who can help, without what only a decoder can read', () => {
  const error = new ApiError(400, 'AccessDeniedException', 'User: x is not authorized. Encoded authorization failure message: abc-_1');
  expect(error.shown).toBe('User: x is not authorized.');
  expect(error.advice).toContain('IAM');
  expect(new ApiError(0, 'Unreachable', '').advice).toContain('running');
});

test('what is gone or refused is told from what is out of reach', () => {
  const isGone = (status: number, code: string) => new ApiError(status, code, '').isGone;
  expect([isGone(400, 'PipelineNotFoundException'), isGone(400, 'RepositoryDoesNotExistException'), isGone(404, 'NoSuchKey'), isGone(403, 'AccessDenied')]).toEqual([true, true, true, true]);
  expect([isGone(0, 'Unreachable'), isGone(500, 'InternalFailure'), isGone(400, 'ThrottlingException')]).toEqual([false, false, false]);
});
