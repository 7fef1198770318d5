import { expect, test } from 'vitest';
import { ApiError } from '../src/api/errors';
import { formOf, list, valueOf } from '../src/api/query';
import { parseXml } from '../src/api/xml';
import { hasErrors, placeOf, problemsOf, readJson } from '../src/components/JsonText';
import { checkPolicy, type PolicyKind } from '../src/components/policyCheck';
import { decidedBy, decisionOf, entityOf, refusalOf, remedy, suggestion } from '../src/components/refusal';
import { tagChanges } from '../src/components/TagPanel';
import { EXAMPLES } from '../src/services/iam/examples';
import { trustAccount, trusted, trustService } from '../src/services/iam/trust';
import { keyPolicy } from '../src/services/kms/newKeyPolicy';

/** Problems as `line:column message`. */
const said = (text: string, kind?: PolicyKind) =>
  problemsOf(text, kind && ((root) => checkPolicy(root, kind))).map(({ from, message }) => {
    const { line, column } = placeOf(text, from);
    return `${line}:${column} ${message}`;
  });

test('JSON is read as JSON.parse reads it', () => {
  const good = ['{}', '[]', ' [1, -0.5e+3, true, false, null, "a\\u00e4\\n"] ', '{"a": {"b": [{}]}}', '0', '""'];
  const bad = ['', '{', '[1,]', '{"a":1,}', "{'a':1}", '{"a" 1}', '{"a":1 "b":2}', '01', '+1', '.5', '1.', 'tru', '"a', '"a\nb"', '"\\x"', '"\t"', '{} {}', '[1 2]', '{a:1}', '\u00a0{}'];
  for (const text of good) {
    expect([text, readJson(text).problems]).toEqual([text, []]);
  }
  for (const text of bad) {
    expect(() => JSON.parse(text)).toThrow();
    expect([text, readJson(text).problems.length]).toEqual([text, 1]);
  }
});

test('what is wrong is told at its place', () => {
  expect(said('{\n  "a": 1,\n  "b" 2\n}')).toEqual(['3:7 A colon is expected behind "b"']);
  expect(said('{\n  "a": 1\n  "b": 2}')).toEqual(['3:3 A comma or } is expected']);
  expect(said('{"a": "x')).toEqual(['1:7 The string is not closed: " is missing']);
  expect(said('{"a": 1, "a": 2}')).toEqual(['1:10 "a" is there twice']);
  expect(said('[[1]')).toEqual(['1:5 The list is not closed: ] is missing']);
  expect(said('['.repeat(200))[0]).toMatch(/^1:129 The document nests deeper than 127 levels$/);
});

test('a good policy has no problems, of whichever kind', () => {
  for (const { document } of EXAMPLES) expect(said(document, 'identity')).toEqual([]);
  expect(said(trustService('codebuild.amazonaws.com'), 'trust')).toEqual([]);
  expect(said(trustAccount('123456789012', true), 'trust')).toEqual([]);
  const holders = ['arn:aws:iam::123456789012:user/ann'];
  expect(said(keyPolicy({ account: '123456789012', administrators: holders, users: holders, deletable: true }), 'resource')).toEqual([]);
});

test('each mistake in a policy is found', () => {
  const policy = (statement: string) => `{"Version":"2012-10-17","Statement":${statement}}`;
  const base = '"Effect":"Allow","Action":"s3:Get*","Resource":"*"';
  const wrong: [string, RegExp, PolicyKind?][] = [
    ['[]', /Statement is empty/],
    [`{${base},"Principal":"*"}`, /names no principal/],
    ['{"Effect":"allow","Action":"*","Resource":"*"}', /Effect is "Allow" or "Deny"/],
    ['{"Action":"*","Resource":"*"}', /Effect is missing/],
    ['{"Effect":"Allow","Resource":"*"}', /Action is missing/],
    ['{"Effect":"Allow","Action":"*"}', /Resource is missing/],
    ['{"Effect":"Allow","Action":"StartBuild","Resource":"*"}', /An action is service:Action/],
    ['{"Effect":"Allow","Action":"a:b:c","Resource":"*"}', /one colon/],
    ['{"Effect":"Allow","Action":["s3:Get*",7],"Resource":"*"}', /string, or a list of strings/],
    ['{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}', /A resource is an ARN/],
    ['{"Effect":"Allow","Action":"s3:*","Resource":"arn:cloud:s3:::b"}', /no partition "cloud"/],
    ['{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}', /exclude each other/],
    [`{${base},"Sid":"no spaces"}`, /letters and digits only/],
    [`[{${base},"Sid":"a"},{${base},"Sid":"a"}]`, /Another statement has the Sid/],
    [`{${base},"Condition":{"StringEqual":{"aws:username":"a"}}}`, /no condition operator StringEqual/],
    [`{${base},"Condition":{"Bool":{"aws:SecureTransport":"maybe"}}}`, /true or false/],
    [`{${base},"Condition":{"NumericLessThan":{"s3:max-keys":"x"}}}`, /no number/],
    [`{${base},"Condition":{"IpAddress":{"aws:SourceIp":"here"}}}`, /no address range/],
    [`{${base},"Condition":{"EachValue:StringLike":{"aws:TagKeys":"a"}}}`, /ForAllValues/],
    [`{${base},"Condition":{"StringLike":{"username":"a"}}}`, /condition key is service:Key/],
    [`{${base}}`, /Principal is missing/, 'resource'],
    [`{${base},"Principal":{"AWS":"ann"}}`, /account id, an ARN/, 'resource'],
    [`{${base},"Principal":{"User":"ann"}}`, /no element "User"/, 'resource'],
    ['{"Effect":"Allow","Principal":{"Service":"codebuild"},"Action":"sts:AssumeRole"}', /named like codepipeline.amazonaws.com/, 'trust'],
    [`{${base},"Principal":"*"}`, /names no resource/, 'trust'],
    ['{"Effect":"Allow","Principal":"*","Action":"s3:Get*"}', /actions of STS only/, 'trust'],
  ];
  for (const [statement, message, kind = 'identity'] of wrong) {
    const problems = problemsOf(policy(statement), (root) => checkPolicy(root, kind));
    expect([statement, problems.map((it) => it.message).join('; ')]).toEqual([statement, expect.stringMatching(message)]);
    expect(hasErrors(problems)).toBe(true);
  }
});

test('what IAM takes is a warning at most', () => {
  const text = '{"Statement":{"Effect":"Allow","Action":["lambda:*","codebuild:StartBuild"],"Resource":"arn:aws:s3:eu-west-1:1:b"}}';
  const problems = problemsOf(text, (root) => checkPolicy(root, 'identity'));
  expect(hasErrors(problems)).toBe(false);
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('2012-10-17'), expect.stringContaining('no service lambda'), expect.stringContaining('neither region nor account')]);
  const conditions = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","NotAction":"iam:*","NotResource":"*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a","b"]},"numericequals":{"s3:max-keys":7},"StringEquals":{"aws:username":"${aws:PrincipalTag/a}"}}}}';
  expect(said(conditions, 'identity')).toEqual([]);
});

test('refusals are read from their words', () => {
  const error = (message: string) => new ApiError(403, 'AccessDenied', `${message}. Encoded authorization failure message: abc`);
  expect(refusalOf(error('User: arn:aws:iam::1:user/rod is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::1:user/x because no identity-based policy allows the iam:CreateUser action'))).toEqual({
    who: 'arn:aws:iam::1:user/rod', action: 'iam:CreateUser', resource: 'arn:aws:iam::1:user/x', explicit: false, decidedBy: 'Identity',
  });
  expect(refusalOf(error('User: a is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/with a name with an explicit deny in a permissions boundary'))).toMatchObject({
    resource: 'arn:aws:s3:::b/with a name', explicit: true, decidedBy: 'Boundary',
  });
  expect(refusalOf(error('User: a is not authorized to perform: sts:AssumeRole on resource: r because no role trust policy allows the sts:AssumeRole action'))?.decidedBy).toBe('Trust');
  expect(refusalOf(new ApiError(403, 'AccessDenied', 'Access Denied'))).toBeUndefined();
  expect(error('No').encoded).toBe('abc');
});

test('a decoded message says what would allow the request', () => {
  const decision = decisionOf(JSON.stringify({
    allowed: false, explicitDeny: false, reason: 'ImplicitDeny(Resource)', matchedStatements: { items: [] }, failures: { items: [] },
    context: { principal: { id: 'AIDA', arn: 'arn:aws:iam::1:user/a' }, action: 'kms:Decrypt', resource: 'arn:aws:kms:r:1:key/k', conditions: { items: [{ key: 'aws:username', values: { items: [{ value: 'a' }] } }] } },
  }));
  expect(decision.conditions).toEqual([{ key: 'aws:username', values: ['a'] }]);
  const by = decidedBy(decision);
  const wanted = { action: decision.action, resource: decision.resource, principal: decision.principal.arn, by };
  expect(suggestion({ ...wanted, explicit: false })).toEqual({ Effect: 'Allow', Action: 'kms:Decrypt', Principal: { AWS: 'arn:aws:iam::1:user/a' }, Resource: 'arn:aws:kms:r:1:key/k' });
  // What a statement denies no other can allow.
  expect(suggestion({ ...wanted, explicit: true })).toBeUndefined();
  expect(remedy(true, 'Identity')).toContain('Narrow that statement');
  expect(entityOf('arn:aws:sts::1:assumed-role/builder/session')).toBe('arn:aws:iam::1:role/builder');
  expect(() => decisionOf('no JSON')).toThrow();
});

test('the Query protocol carries lists, objects and truth values', () => {
  expect(formOf({ Action: 'A', Names: ['x', 'y'], Empty: [], Tags: [{ Key: 'k', Value: '' }], Flag: false, None: undefined })).toEqual([
    ['Action', 'A'], ['Names.member.1', 'x'], ['Names.member.2', 'y'], ['Tags.member.1.Key', 'k'], ['Tags.member.1.Value', ''], ['Flag', 'false'],
  ]);
  const xml = '<R><Users><member><UserName>a&amp;b</UserName></member></Users><Groups/><Map><entry><key>Users</key><value>3</value></entry><entry><key>Roles</key><value>1</value></entry></Map><IsTruncated>false</IsTruncated></R>';
  const value = valueOf(parseXml(xml)) as Record<string, never>;
  expect(value).toEqual({ Users: [{ UserName: 'a&b' }], Groups: '', Map: { Users: '3', Roles: '1' }, IsTruncated: 'false' });
  expect(list(value.Groups)).toEqual([]);
});

test('trusted entities are told, whatever the form', () => {
  const trust = (principal: unknown) => JSON.stringify({ Statement: { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' } });
  expect(trusted(trust({ Service: ['a.amazonaws.com', 'b.amazonaws.com'], AWS: '1' }))).toEqual(['a.amazonaws.com', 'b.amazonaws.com', '1']);
  expect(trusted(trust('*'))).toEqual(['*']);
  expect(trusted('no JSON')).toEqual([]);
});

test('tags are set and taken away, and left alone where they are as they were', () => {
  const tag = (Key: string, Value: string) => ({ Key, Value });
  expect(tagChanges([tag('a', '1'), tag('b', '2'), tag('c', '3')], [tag('a', '1'), tag('b', '4'), tag('d', '5')])).toEqual({ set: [tag('b', '4'), tag('d', '5')], gone: ['c'] });
});
