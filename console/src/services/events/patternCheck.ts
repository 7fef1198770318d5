// What is wrong with an event pattern, found before it is sent:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

import type { JsonNode, Problem, Span } from '../../components/JsonText';

const FIELDS = ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail', '$or'];
const OPERATORS = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'anything-but', 'numeric', 'cidr', 'exists'];

/** Everything that is wrong with a pattern. */
export function checkPattern(root: JsonNode): Problem[] {
  const problems: Problem[] = [];
  const tell = ({ from, to }: Span, message: string, severity: Problem['severity'] = 'error') => problems.push({ from, to, message, severity });

  const matcher = (node: JsonNode) => {
    if (node.kind === 'array') return tell(node, 'A list within a list matches nothing');
    if (node.kind !== 'object') return;
    if (node.members.length !== 1) return tell(node, 'A match has one operator, as {"prefix": "main"}');
    const [{ key, keySpan, value }] = node.members;
    if (!OPERATORS.includes(key)) return tell(keySpan, `There is no operator "${key}": there are ${OPERATORS.join(', ')}`);
    if (key === 'exists' && value.kind !== 'boolean') tell(value, 'exists is true or false');
    if (key === 'numeric' && value.kind !== 'array') tell(value, 'numeric holds comparisons, as [">", 0, "<=", 5]');
    if ((key === 'cidr' || key === 'wildcard') && value.kind !== 'string') tell(value, `${key} is a string`);
  };

  const pattern = (node: JsonNode, top: boolean) => {
    if (node.kind !== 'object') return tell(node, 'A pattern is a JSON object');
    if (node.members.length === 0) tell(node, 'An empty object matches nothing');
    for (const { key, keySpan, value } of node.members) {
      if (top && !FIELDS.includes(key)) tell(keySpan, `Events have no field "${key}": they have ${FIELDS.slice(0, -1).join(', ')}`, 'warning');
      if (key === '$or') {
        if (value.kind !== 'array' || value.items.length < 2) tell(value, '$or is a list of two patterns or more');
        else value.items.forEach((item) => pattern(item, false));
      } else if (value.kind === 'object') pattern(value, false);
      else if (value.kind !== 'array') tell(value, `What "${key}" may be is in a list: [${value.kind === 'string' ? JSON.stringify(value.text) : value.text}]`);
      else if (value.items.length === 0) tell(value, `The list of "${key}" is empty: it matches nothing`);
      else value.items.forEach(matcher);
    }
  };
  pattern(root, true);
  return problems;
}

/** What an event must have for the tester. */
export function checkEvent(root: JsonNode): Problem[] {
  if (root.kind !== 'object') return [{ from: root.from, to: root.to, message: 'An event is a JSON object', severity: 'error' }];
  const missing = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'].filter((name) => !root.members.some(({ key }) => key === name));
  return missing.map((name) => ({ from: root.from, to: root.from + 1, message: `The event has no "${name}"`, severity: 'error' as const }));
}
