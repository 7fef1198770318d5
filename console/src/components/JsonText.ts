// JSON read with positions, so that whatever is wrong can be shown at its place (RFC 8259).

export interface Span {
  /** Offset of the first character. */
  from: number;
  /** Offset behind the last one. */
  to: number;
}

export interface Problem extends Span {
  message: string;
  /** A warning does not keep anybody from going on. */
  severity: 'error' | 'warning';
}

export interface JsonMember {
  key: string;
  keySpan: Span;
  value: JsonNode;
}

export type JsonNode = Span &
  (
    | { kind: 'object'; members: JsonMember[] }
    | { kind: 'array'; items: JsonNode[] }
    | { kind: 'string'; text: string }
    | { kind: 'number' | 'boolean' | 'null'; text: string }
  );

export interface JsonText {
  /** Nothing where the text is no JSON. */
  root?: JsonNode;
  problems: Problem[];
}

/** Levels that documents may nest: the yard reads no more either. */
const MAX_DEPTH = 127;

class SyntaxProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

class Reader {
  at = 0;
  readonly problems: Problem[] = [];

  constructor(private readonly text: string) {}

  fail(message: string, from = this.at, to = Math.min(from + 1, this.text.length)): never {
    throw new SyntaxProblem({ from, to, message, severity: 'error' });
  }

  space() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'x')) this.at++;
  }

  peek = () => this.text[this.at];

  document(): JsonNode {
    const root = this.value(0);
    this.space();
    if (this.at < this.text.length) this.fail('Nothing may follow the end of the document');
    return root;
  }

  value(depth: number): JsonNode {
    this.space();
    if (depth > MAX_DEPTH) this.fail(`The document nests deeper than ${MAX_DEPTH} levels`);
    const first = this.peek();
    if (first === undefined) this.fail('A value is missing: the text ends here');
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return this.string();
    const from = this.at;
    const word = /^[-+.\w]+/.exec(this.text.slice(from, from + 400))?.[0] ?? '';
    const span = { from, to: from + word.length, text: word };
    if (word === 'true' || word === 'false') return this.after({ kind: 'boolean', ...span });
    if (word === 'null') return this.after({ kind: 'null', ...span });
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(word)) return this.after({ kind: 'number', ...span });
    if (first === "'") this.fail('Strings are in double quotation marks');
    this.fail(word ? `${word} is no JSON value: strings are in double quotation marks` : `A value is expected, not ${first}`, from, span.to || from + 1);
  }

  private after<T extends JsonNode>(node: T): T {
    this.at = node.to;
    return node;
  }

  private object(depth: number): JsonNode {
    const from = this.at++;
    const members: JsonMember[] = [];
    const known = new Set<string>();
    for (;;) {
      this.space();
      if (this.peek() === '}' && members.length === 0) break;
      if (this.peek() !== '"') this.fail(this.peek() === '}' ? 'A comma stands before the end of the object' : 'The name of a member in double quotation marks is expected');
      const name = this.string();
      const keySpan = { from: name.from, to: name.to };
      if (known.has(name.text)) this.problems.push({ ...keySpan, message: `"${name.text}" is there twice`, severity: 'error' });
      known.add(name.text);
      this.space();
      if (this.peek() !== ':') this.fail(`A colon is expected behind "${name.text}"`);
      this.at++;
      members.push({ key: name.text, keySpan, value: this.value(depth + 1) });
      this.space();
      if (this.peek() === ',') this.at++;
      else if (this.peek() === '}') break;
      else this.fail(this.peek() === undefined ? 'The object is not closed: } is missing' : 'A comma or } is expected');
    }
    return { kind: 'object', from, to: ++this.at, members };
  }

  private array(depth: number): JsonNode {
    const from = this.at++;
    const items: JsonNode[] = [];
    for (;;) {
      this.space();
      if (this.peek() === ']' && items.length === 0) break;
      if (this.peek() === ']') this.fail('A comma stands before the end of the list');
      items.push(this.value(depth + 1));
      this.space();
      if (this.peek() === ',') this.at++;
      else if (this.peek() === ']') break;
      else this.fail(this.peek() === undefined ? 'The list is not closed: ] is missing' : 'A comma or ] is expected');
    }
    return { kind: 'array', from, to: ++this.at, items };
  }

  private string(): JsonNode & { kind: 'string' } {
    const from = this.at++;
    for (;;) {
      const letter = this.text[this.at];
      if (letter === undefined || letter === '\n') this.fail('The string is not closed: " is missing', from, this.at);
      if (letter < ' ') this.fail('Control characters in strings are written as \\t, \\n or \\u00XX');
      this.at++;
      if (letter === '"') break;
      if (letter !== '\\') continue;
      const escape = /^(["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.text.slice(this.at, this.at + 5));
      if (!escape) this.fail('There is no such escape', this.at - 1, this.at + 1);
      this.at += escape[0].length;
    }
    return { kind: 'string', from, to: this.at, text: JSON.parse(this.text.slice(from, this.at)) as string };
  }
}

/** Reads a text; what is no JSON has one problem at its place. */
export function readJson(text: string): JsonText {
  const reader = new Reader(text);
  try {
    return { root: reader.document(), problems: reader.problems };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return { problems: [error.problem] };
  }
}

/** What is wrong with a text, first as JSON, then as what it is to be. */
export function problemsOf(text: string, check?: (root: JsonNode) => Problem[]): Problem[] {
  const { root, problems } = readJson(text);
  const found = root && check ? [...problems, ...check(root)] : problems;
  return found.sort((a, b) => a.from - b.from);
}

export const hasErrors = (problems: Problem[]) => problems.some(({ severity }) => severity === 'error');

/** Line and column of an offset, both from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - start + 1 };
}

/** A document as people read it; what is no JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export const memberOf = (node: JsonNode, key: string): JsonMember | undefined =>
  node.kind === 'object' ? node.members.find((member) => member.key === key) : undefined;
