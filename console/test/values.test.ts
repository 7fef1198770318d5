import { expect, test } from 'vitest';
import { hasErrors, problemsOf } from '../src/components/JsonText';
import { checkEvent, checkPattern } from '../src/services/events/patternCheck';
import { KINDS, patternFor, sample } from '../src/services/events/samples';
import { badPairs, pairsOf, textOf } from '../src/services/secretsmanager/pairs';
import { level, trailOf } from '../src/services/ssm/levels';

test('parameters stand in folders by their names', () => {
  const names = ['/a/b/c', '/a/b/d', '/a/e', '/f', 'g', 'h/i'];
  expect(level(names, '')).toEqual({ folders: ['/a/', 'h/'], own: ['/f', 'g'] });
  expect(level(names, '/a/')).toEqual({ folders: ['/a/b/'], own: ['/a/e'] });
  expect(level(names, '/a/b/')).toEqual({ folders: [], own: ['/a/b/c', '/a/b/d'] });
  expect(level(names, '/none/')).toEqual({ folders: [], own: [] });
  expect(trailOf('/a/b/')).toEqual(['/a/', '/a/b/']);
});

test('secrets are pairs only where that loses nothing', () => {
  expect(pairsOf('{"user":"a","password":"b"}')).toEqual([{ key: 'user', value: 'a' }, { key: 'password', value: 'b' }]);
  for (const text of ['plain', '["a"]', '{"port": 5432}', '{"a": {"b": "c"}}', 'null', '']) expect([text, pairsOf(text)]).toEqual([text, undefined]);
  expect(textOf([{ key: 'a', value: '"' }])).toBe('{"a":"\\""}');
  expect(badPairs([{ key: 'a', value: '' }, { key: 'a', value: '' }])).toBe('Two have the same key');
  expect(badPairs([{ key: '', value: 'x' }])).toBe('Each value needs a key');
  expect(badPairs([{ key: 'a', value: '' }])).toBeUndefined();
});

test('samples and their patterns are well-formed', () => {
  for (const kind of KINDS) {
    expect([kind.detailType, problemsOf(sample(kind), checkEvent)]).toEqual([kind.detailType, []]);
    expect([kind.detailType, problemsOf(patternFor(kind), checkPattern)]).toEqual([kind.detailType, []]);
  }
});

test('each mistake in a pattern is found', () => {
  const wrong: [string, RegExp][] = [
    ['[]', /A pattern is a JSON object/],
    ['{}', /empty object/],
    ['{"source": "aws.s3"}', /in a list: \["aws.s3"\]/],
    ['{"source": []}', /is empty/],
    ['{"source": [["a"]]}', /list within a list/],
    ['{"detail": {"a": [{"begins": "x"}]}}', /no operator "begins"/],
    ['{"detail": {"a": [{"exists": "yes"}]}}', /true or false/],
    ['{"detail": {"a": [{"numeric": 3}]}}', /comparisons/],
    ['{"detail": {"a": [{"prefix": "x", "suffix": "y"}]}}', /one operator/],
    ['{"$or": [{"source": ["a"]}]}', /two patterns or more/],
  ];
  for (const [text, message] of wrong) {
    const problems = problemsOf(text, checkPattern);
    expect([text, problems.map((it) => it.message).join('; ')]).toEqual([text, expect.stringMatching(message)]);
    expect(hasErrors(problems)).toBe(true);
  }
  expect(problemsOf('{"$or": [{"source": ["a"]}, {"detail": {"n": [{"numeric": [">", 1]}, null, {"anything-but": {"prefix": "x"}}]}}]}', checkPattern)).toEqual([]);
  expect(hasErrors(problemsOf('{"detail-typ": ["a"]}', checkPattern))).toBe(false);
});
