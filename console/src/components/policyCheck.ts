// What is wrong with an IAM policy document, found before it is sent. The service's own answer
// decides; this says where.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

import type { JsonNode, Problem, Span } from './JsonText';

/** Where a document is used: identities' name no principals, a trust policy no resources. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** Prefixes of actions that this yard decides about. */
export const YARD_SERVICES = [
  'cloudtrail', 'codeartifact', 'codebuild', 'codecommit', 'codeconnections', 'codedeploy', 'codedeploy-commands-secure',
  'codepipeline', 'codestar-connections', 'codeyard-signin', 'events', 'iam', 'kms', 'logs', 's3', 'secretsmanager', 'ssm', 'sts',
];

const POLICY_KEYS = ['Version', 'Id', 'Statement'];
const STATEMENT_KEYS = ['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'];
const TRUST_ACTIONS = ['assumerole', 'assumerolewithsaml', 'assumerolewithwebidentity', 'assumeroot', 'setcontext', 'setsourceidentity', 'tagsession'];
const PRINCIPAL_KEYS = ['AWS', 'Service', 'Federated', 'CanonicalUser'];
const OPERATORS = [
  'StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', 'StringLike', 'StringNotLike',
  'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals',
  'DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals',
  'Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'Null',
];
const known = new Set(OPERATORS.map((name) => name.toLowerCase()));

type Tell = (at: Span, message: string, severity?: Problem['severity']) => void;

/** Everything that is wrong with a document of a kind. */
export function checkPolicy(root: JsonNode, kind: PolicyKind): Problem[] {
  const problems: Problem[] = [];
  const tell: Tell = ({ from, to }, message, severity = 'error') => problems.push({ from, to, message, severity });
  if (root.kind !== 'object') {
    tell(root, 'A policy is a JSON object');
    return problems;
  }
  const end = { from: root.to - 1, to: root.to };
  const members = new Map(root.members.map((member) => [member.key, member]));
  for (const { key, keySpan } of root.members) if (!POLICY_KEYS.includes(key)) tell(keySpan, unknown('A policy', key, POLICY_KEYS));

  const version = members.get('Version');
  if (!version) tell({ from: root.from, to: root.from + 1 }, 'Without "Version": "2012-10-17" policy variables such as ${aws:username} are mere text', 'warning');
  else if (version.value.kind !== 'string' || !['2012-10-17', '2008-10-17'].includes(version.value.text)) tell(version.value, 'Version is "2012-10-17"');
  else if (version.value.text === '2008-10-17') tell(version.value, 'By version 2008-10-17 policy variables are mere text; "2012-10-17" is the current one', 'warning');

  const statement = members.get('Statement');
  if (!statement) {
    tell(end, 'Statement is missing');
    return problems;
  }
  const items = statement.value.kind === 'array' ? statement.value.items : [statement.value];
  if (items.length === 0) tell(statement.value, 'Statement is empty: a policy needs one statement');
  const sids = new Set<string>();
  for (const item of items) checkStatement(item, kind, sids, tell);
  return problems;
}

function unknown(what: string, key: string, keys: string[]): string {
  const close = keys.find((it) => it.toLowerCase() === key.toLowerCase() || it.toLowerCase() === `${key.toLowerCase()}s` || `${it.toLowerCase()}s` === key.toLowerCase());
  return `${what} has no element "${key}"${close ? `: did you mean "${close}"?` : `; it has ${keys.join(', ')}`}`;
}

function checkStatement(node: JsonNode, kind: PolicyKind, sids: Set<string>, tell: Tell) {
  if (node.kind !== 'object') return tell(node, 'A statement is a JSON object');
  const members = new Map(node.members.map((member) => [member.key, member]));
  const start = { from: node.from, to: node.from + 1 };
  for (const { key, keySpan } of node.members) if (!STATEMENT_KEYS.includes(key)) tell(keySpan, unknown('A statement', key, STATEMENT_KEYS));

  const sid = members.get('Sid')?.value;
  if (sid && sid.kind !== 'string') tell(sid, 'Sid is a string');
  else if (sid?.kind === 'string' && sid.text) {
    if (kind !== 'resource' && !/^[0-9A-Za-z]*$/.test(sid.text)) tell(sid, 'Sid has letters and digits only');
    if (sids.has(sid.text)) tell(sid, `Another statement has the Sid "${sid.text}"`);
    sids.add(sid.text);
  }

  const effect = members.get('Effect')?.value;
  if (!effect) tell(start, 'Effect is missing: "Allow" or "Deny"');
  else if (effect.kind !== 'string' || !['Allow', 'Deny'].includes(effect.text)) tell(effect, 'Effect is "Allow" or "Deny", written so');

  const either = (name: string) => {
    const [plain, not] = [members.get(name), members.get(`Not${name}`)];
    if (plain && not) tell(not.keySpan, `${name} and Not${name} exclude each other`);
    return plain ?? not;
  };
  const action = either('Action');
  if (!action) tell(start, 'Action is missing');
  else for (const text of texts(action.value, action.key, tell)) checkAction(text, kind, action.key === 'NotAction', tell);

  const resource = either('Resource');
  if (kind === 'trust') {
    if (resource) tell(resource.keySpan, 'A trust policy names no resource: the role itself is it');
  } else if (!resource) tell(start, 'Resource is missing: an ARN, or "*"');
  else for (const text of texts(resource.value, resource.key, tell)) checkArn(text, tell);

  const principal = either('Principal');
  if (kind === 'identity') {
    if (principal) tell(principal.keySpan, 'A policy of an identity names no principal: whom it is attached to is meant');
  } else if (!principal) tell(start, 'Principal is missing: whom the statement is about');
  else {
    if (principal.key === 'NotPrincipal' && effect?.kind === 'string' && effect.text === 'Allow') tell(principal.keySpan, 'NotPrincipal goes with Deny only', kind === 'trust' ? 'error' : 'warning');
    checkPrincipal(principal.value, tell);
  }

  const condition = members.get('Condition');
  if (condition) checkCondition(condition.value, tell);
}

type Text = Span & { text: string };

function texts(node: JsonNode, name: string, tell: Tell): Text[] {
  const items = node.kind === 'array' ? node.items : [node];
  if (items.length === 0) tell(node, `${name} is empty`);
  return items.flatMap((item) => {
    if (item.kind === 'string') return [item];
    tell(item, `${name} is a string, or a list of strings`);
    return [];
  });
}

function checkAction(action: Text, kind: PolicyKind, inverted: boolean, tell: Tell) {
  const { text } = action;
  if (text === '*') {
    if (kind === 'trust') tell(action, 'A trust policy names actions of STS only, as sts:AssumeRole');
    return;
  }
  const [vendor, name, more] = text.split(':');
  if (more !== undefined) return tell(action, 'An action has one colon: service:Action');
  if (!vendor || !name) return tell(action, 'An action is service:Action, as codebuild:StartBuild or s3:Get*');
  if (vendor !== '*' && !/^[A-Za-z0-9.-]+$/.test(vendor)) return tell(action, `${vendor} is no service's prefix`);
  if (!/^[A-Za-z0-9*?_-]+$/.test(name)) return tell(action, `${name} is no action's name`);
  if (kind === 'trust') {
    const isSts = vendor.toLowerCase() === 'sts' && (TRUST_ACTIONS.includes(name.toLowerCase()) || /[*?]/.test(name));
    if (!isSts || inverted) tell(action, 'A trust policy names actions of STS only, as sts:AssumeRole');
  } else if (vendor !== '*' && !YARD_SERVICES.includes(vendor.toLowerCase())) {
    tell(action, `This yard has no service ${vendor}: the action is taken, but nothing here asks for it`, 'warning');
  }
}

function checkArn(resource: Text, tell: Tell) {
  const { text } = resource;
  if (text === '*') return;
  const parts = text.split(':');
  if (parts[0] !== 'arn') return tell(resource, 'A resource is an ARN, or "*"');
  const [, partition = '', service, region, account, name] = parts;
  if (!['aws', 'aws-cn', 'aws-us-gov'].includes(partition) && !/[*$]/.test(partition)) return tell(resource, `There is no partition "${partition}": arn:aws:…`);
  if (service === '' || (service === undefined && partition !== '*')) return tell(resource, 'The ARN names no service: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE');
  if (name === undefined) {
    if (!text.includes('*')) tell(resource, 'The ARN is not complete: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE', 'warning');
    return;
  }
  if (service === 's3' && (region || account)) tell(resource, 'ARNs of S3 have neither region nor account: arn:aws:s3:::bucket/key', 'warning');
  else if (['iam'].includes(service) && region) tell(resource, 'ARNs of IAM have no region: arn:aws:iam::ACCOUNT:…', 'warning');
  else if (account && !/^(\d{12}|.*[*?$].*|aws)$/.test(account)) tell(resource, `${account} is no account id: twelve digits`, 'warning');
  if (/\$\{[^}]*$/.test(text)) tell(resource, 'The policy variable is not closed: } is missing');
}

function checkPrincipal(node: JsonNode, tell: Tell) {
  if (node.kind === 'string') {
    if (node.text !== '*') tell(node, 'A principal is "*", or an object such as {"Service": "codebuild.amazonaws.com"}');
    return;
  }
  if (node.kind !== 'object') return tell(node, 'A principal is "*", or an object such as {"Service": "codebuild.amazonaws.com"}');
  for (const { key, keySpan, value } of node.members) {
    if (!PRINCIPAL_KEYS.includes(key)) {
      tell(keySpan, unknown('Principal', key, PRINCIPAL_KEYS));
      continue;
    }
    for (const name of texts(value, key, tell)) {
      if (key === 'Service' && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(name.text)) tell(name, 'A service is named like codepipeline.amazonaws.com');
      if (key === 'AWS' && !/^(\*|\d{12}|arn:.+|A[A-Z0-9]{15,})$/.test(name.text)) tell(name, 'An AWS principal is an account id, an ARN, or "*"');
    }
  }
}

function checkCondition(node: JsonNode, tell: Tell) {
  if (node.kind !== 'object') return tell(node, 'Condition is an object: {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}');
  for (const { key, keySpan, value } of node.members) {
    const [first, second] = key.split(':');
    const quantified = second !== undefined;
    if (quantified && !['forallvalues', 'foranyvalue'].includes(first.toLowerCase())) tell(keySpan, 'Before an operator stands ForAllValues: or ForAnyValue:, or nothing');
    const operator = (quantified ? second : first).replace(/IfExists$/i, '');
    if (!known.has(operator.toLowerCase())) tell(keySpan, `There is no condition operator ${operator}`);
    if (value.kind !== 'object') {
      tell(value, `${key} holds an object of condition keys and their values`);
      continue;
    }
    for (const { key: name, keySpan: at, value: values } of value.members) {
      if (!/^[A-Za-z0-9-]+:.+/.test(name)) tell(at, 'A condition key is service:Key, as aws:SourceIp or codecommit:References');
      for (const item of values.kind === 'array' ? values.items : [values]) {
        if (item.kind === 'object' || item.kind === 'array' || item.kind === 'null') tell(item, 'A value is a string, a number or a truth value');
        else checkValue(operator.toLowerCase(), item, tell);
      }
    }
  }
}

function checkValue(operator: string, value: Text, tell: Tell) {
  const { text } = value;
  if (text.includes('${')) return;
  if ((operator === 'bool' || operator === 'null') && !['true', 'false'].includes(text.toLowerCase())) tell(value, 'The value is true or false');
  if (operator.startsWith('numeric') && !/^-?\d+(\.\d+)?$/.test(text)) tell(value, `${text} is no number`);
  if (operator.startsWith('date') && !/^\d+$/.test(text) && Number.isNaN(Date.parse(text))) tell(value, `${text} is no time, as 2026-01-31T12:00:00Z`);
  if (operator.endsWith('ipaddress') && !/^[0-9a-fA-F.:]+(\/\d{1,3})?$/.test(text)) tell(value, `${text} is no address range, as 203.0.113.0/24`);
}
