import { expect, test } from 'vitest';
import type { ChangedFile } from '../src/components/diff';
import { activityOf, didWhat } from '../src/services/codecommit/pull-requests/activity';
import type { Comment, CommentGroup, Conflict, Hunk } from '../src/services/codecommit/pull-requests/api';
import { buildsOf } from '../src/services/codecommit/pull-requests/builds';
import { Brought } from '../src/services/codecommit/pull-requests/commits';
import { isDecided, isOfLines, merged, resolutionOf, type HunkChoice } from '../src/services/codecommit/pull-requests/resolution';
import { contentOfRule, formOfRule, memberOf, ruleInWords, wrongIn } from '../src/services/codecommit/pull-requests/rules';
import { linesOfThreads, placed, placeKey, threadsOf } from '../src/services/codecommit/pull-requests/threads';

const comment = (commentId: string, at: number, more: Partial<Comment> = {}): Comment => ({
  commentId, content: commentId, creationDate: at, lastModifiedDate: at, authorArn: 'arn:aws:iam::000000000000:user/ann', ...more,
});

test('replies are with what they answer, in order', () => {
  const groups: CommentGroup[] = [
    { comments: [comment('c', 3, { inReplyTo: 'b' }), comment('a', 1), comment('b', 2, { inReplyTo: 'a' })] },
    { comments: [comment('gone', 4, { deleted: true })] },
    { comments: [comment('kept', 5, { deleted: true }), comment('reply', 6, { inReplyTo: 'kept' })] },
    // Whose first comment is out of sight stands for itself.
    { comments: [comment('orphan', 7, { inReplyTo: 'elsewhere' })] },
    // Nothing the yard makes, and no reason to hang.
    { comments: [comment('x', 8, { inReplyTo: 'y' }), comment('y', 9, { inReplyTo: 'x' })] },
  ];
  const threads = threadsOf(groups);
  expect(threads.slice(0, 3).map(({ first, replies }) => [first.commentId, ...replies.map((it) => it.commentId)])).toEqual([['a', 'b', 'c'], ['kept', 'reply'], ['orphan']]);
});

test('comments stand at their lines until what they are about has changed', () => {
  const files: ChangedFile[] = [
    { type: 'M', before: { path: 'a b.txt', blobId: '1', mode: '100644' }, after: { path: 'a b.txt', blobId: '2', mode: '100644' } },
  ];
  const at = (id: string, location: CommentGroup['location'], beforeBlobId = '1', afterBlobId = '2'): CommentGroup => ({ location, beforeBlobId, afterBlobId, comments: [comment(id, 1)] });
  const where = placed(
    threadsOf([
      at('whole', undefined),
      at('after', { filePath: 'a b.txt', filePosition: 7, relativeFileVersion: 'AFTER' }),
      at('before', { filePath: 'a b.txt', filePosition: 3, relativeFileVersion: 'BEFORE' }, '1', 'other'),
      at('file', { filePath: 'a b.txt' }),
      at('old', { filePath: 'a b.txt', filePosition: 7, relativeFileVersion: 'AFTER' }, '1', 'other'),
      at('lost', { filePath: 'c.txt', filePosition: 1, relativeFileVersion: 'AFTER' }),
    ]),
    files,
  );
  const ids = (threads: { first: Comment }[] | undefined) => threads?.map(({ first }) => first.commentId);
  expect(ids(where.whole)).toEqual(['whole']);
  expect(ids(where.atLines.get(placeKey('a b.txt', { side: 'AFTER', line: 7 })))).toEqual(['after']);
  expect(ids(where.atLines.get(placeKey('a b.txt', { side: 'BEFORE', line: 3 })))).toEqual(['before']);
  expect(ids(where.onFiles.get('a b.txt'))).toEqual(['file']);
  expect(ids(where.outdated.get('a b.txt'))).toEqual(['old']);
  expect(ids(where.outdated.get('c.txt'))).toEqual(['lost']);
  expect(linesOfThreads(where).get('a b.txt')).toEqual([{ side: 'AFTER', line: 7 }, { side: 'BEFORE', line: 3 }]);
});

test('builds are read from the yard’s own comments only', () => {
  const content = '**SUCCEEDED**: build 12 of project p for commit aaaaaaaa\n\n[Log](https://log)\n\nBuild ID: p:1-2';
  const yard = 'codebuild.amazonaws.com';
  const comments = [
    comment('1', 1, { authorArn: yard, content }),
    comment('2', 2, { content }),
    comment('3', 3, { authorArn: yard, content: content.replace('aaaaaaaa', 'bbbbbbbb') }),
    comment('4', 4, { authorArn: yard, content: content.replace('\n\n[Log](https://log)', '').replace('project p', 'project a') }),
  ];
  expect(buildsOf(comments, 'a'.repeat(40)).map(({ project, status, number, id }) => [project, status, number, id])).toEqual([
    ['a', 'SUCCEEDED', 12, 'p:1-2'],
    ['p', 'SUCCEEDED', 12, 'p:1-2'],
  ]);
});

test('rules go from the form to JSON and back, and say what is wrong', () => {
  const form = { needed: 2, members: ['CodeCommitApprovers:000000000000:ann', 'arn:aws:sts::000000000000:assumed-role/r/*'] };
  expect(formOfRule(contentOfRule(form))).toEqual(form);
  expect(formOfRule(contentOfRule({ needed: 1, members: [] }))).toEqual({ needed: 1, members: [] });
  for (const more of ['{', '[]', '{"Version":"2018-11-08","Statements":[]}', '{"Version":"2018-11-08","DestinationReferences":["main"],"Statements":[{"Type":"Approvers","NumberOfApprovalsNeeded":1}]}']) {
    expect(formOfRule(more)).toBeUndefined();
  }
  expect(memberOf(' ann ', '000000000000')).toBe('CodeCommitApprovers:000000000000:ann');
  expect(memberOf('arn:aws:iam::1:user/x', '0')).toBe('arn:aws:iam::1:user/x');
  expect(wrongIn(form)).toEqual({ needed: undefined, members: undefined });
  expect(wrongIn({ needed: 0, members: ['ann b'] })).toEqual({ needed: expect.any(String), members: expect.any(String) });
  expect(ruleInWords(contentOfRule({ needed: 1, members: [form.members[0]] }))).toBe('Needs one approval by ann');
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const hunk = (isConflict: boolean, base: string, destination: string, source: string): Hunk => ({
  isConflict,
  base: { hunkContent: base64(base) },
  destination: { hunkContent: base64(destination) },
  source: { hunkContent: base64(source) },
});
const HUNKS = [
  hunk(false, 'a\n', 'a\n', 'a\n'),
  hunk(false, 'b\n', 'b\n', 'B\n'),
  hunk(true, 'c\n', 'ours\n', 'theirs\n'),
  hunk(false, 'd\n', 'D\n', 'd\n'),
  hunk(true, '', 'end', 'END'),
];
const decided = (one: HunkChoice, other: HunkChoice) => new TextDecoder().decode(merged(HUNKS, new Map([[2, one], [4, other]])));

test('decisions make a file of what each side has done', () => {
  expect(decided({ take: 'destination' }, { take: 'source' })).toBe('a\nB\nours\nD\nEND');
  expect(decided({ take: 'source' }, { take: 'destination' })).toBe('a\nB\ntheirs\nD\nend');
  expect(decided({ take: 'destination-source' }, { take: 'source-destination' })).toBe('a\nB\nours\ntheirs\nD\nEND\nend');
  expect(decided({ take: 'text', text: 'mine' }, { take: 'text', text: '' })).toBe('a\nB\nmine\nD\n');
  expect(() => merged(HUNKS, new Map())).toThrow('not decided');
  // Bytes that are no UTF-8 stay what they are.
  const odd = Buffer.from([0xff, 0xe4, 10]).toString('base64');
  expect(merged([{ isConflict: false, base: { hunkContent: odd }, destination: { hunkContent: odd }, source: { hunkContent: odd } }], new Map())).toEqual(new Uint8Array([0xff, 0xe4, 10]));
});

test('a merge is told of all decisions, and of none that is missing', () => {
  const text: Conflict = { filePath: 'a', numberOfConflicts: 1, contentConflict: true, objectTypes: { source: 'FILE', destination: 'FILE' }, mergeOperations: { source: 'M', destination: 'M' } };
  const gone: Conflict = { filePath: 'b', numberOfConflicts: 1, contentConflict: true, objectTypes: { destination: 'FILE' }, mergeOperations: { source: 'D', destination: 'M' } };
  const mode: Conflict = { filePath: 'c', numberOfConflicts: 1, fileModeConflict: true };
  expect([text, gone, { ...text, isBinaryFile: { source: true } }].map(isOfLines)).toEqual([true, false, false]);
  const hunks = [hunk(true, 'x\n', 'y\n', 'z\n')];
  expect(isDecided(text, { take: 'hunks', hunks: new Map() }, hunks)).toBe(false);
  expect(isDecided(text, { take: 'hunks', hunks: new Map() }, undefined)).toBe(false);
  expect(isDecided(text, { take: 'source', hunks: new Map() }, hunks)).toBe(true);
  expect(isDecided(gone, { hunks: new Map() }, undefined)).toBe(false);
  expect(isDecided(mode, { hunks: new Map() }, undefined)).toBe(false);
  expect(
    resolutionOf([
      { conflict: text, choice: { take: 'hunks', hunks: new Map([[0, { take: 'source' }]]) }, hunks },
      { conflict: gone, choice: { take: 'source', hunks: new Map() }, hunks: undefined },
      { conflict: mode, choice: { hunks: new Map(), mode: 'EXECUTABLE' }, hunks: undefined },
    ]),
  ).toEqual({
    replaceContents: [
      { filePath: 'a', replacementType: 'USE_NEW_CONTENT', content: base64('z\n'), fileMode: undefined },
      { filePath: 'b', replacementType: 'KEEP_SOURCE' },
    ],
    setFileModes: [{ filePath: 'c', fileMode: 'EXECUTABLE' }],
  });
});

test('a pull request brings what its base has not, through merges of the destination too', () => {
  // root ← A ← B (destination), A ← F1 ← M(F1, B) ← F2
  const brought = new Brought('B', 'F2');
  const parents: Record<string, string[]> = { F2: ['M'], M: ['F1', 'B'], F1: ['A'], B: ['A'], A: ['root'], root: [] };
  for (const commitId of ['F2', 'M', 'B', 'F1', 'A', 'root']) {
    if (brought.isDone) break;
    brought.take({ commitId, parents: parents[commitId] });
  }
  expect(brought.commits.map((it) => it.commitId)).toEqual(['F2', 'M', 'F1']);
  expect(brought.isDone).toBe(true);
  expect(new Brought('B', 'B').isDone).toBe(true);
});

test('activity is in order and in words', () => {
  const events = [
    { eventDate: 5, pullRequestEventType: 'PULL_REQUEST_APPROVAL_STATE_CHANGED', approvalStateChangedEventMetadata: { approvalStatus: 'APPROVE' as const } },
    { eventDate: 1, pullRequestEventType: 'PULL_REQUEST_CREATED', pullRequestCreatedEventMetadata: { sourceCommitId: '0123456789' } },
  ];
  const activity = activityOf(events, threadsOf([{ comments: [comment('a', 3)] }]));
  expect(activity.map((item) => (item.type === 'event' ? didWhat(item.event) : item.thread.first.content))).toEqual([
    'created the pull request at 01234567', 'a', 'approved the pull request',
  ]);
});

test('what is written by hand ends its lines as the file does', () => {
  const side = (text: string) => ({ startLine: 1, endLine: 1, hunkContent: btoa(text) });
  const hunk = (source: string, destination: string) => ({ isConflict: true, source: side(source), destination: side(destination), base: side('') }) as Hunk;
  const written = (one: Hunk) => new TextDecoder().decode(merged([one], new Map([[0, { take: 'text', text: 'x\ny' }]])));
  expect(written(hunk('a\r\n', 'b\r\n'))).toBe('x\r\ny\r\n');
  expect(written(hunk('a\n', 'b\r\n'))).toBe('x\ny\n');
});
