// XML as AWS's Query and REST-XML protocols have it: elements and text. Attributes are read over, namespaces
// are dropped, and there are no documents with entities of their own.

export interface Element {
  /** Without its namespace's prefix. */
  name: string;
  /** What it says itself, entities resolved. */
  text: string;
  children: Element[];
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Text with its entities resolved. */
export const unescapeXml = (text: string) =>
  text.replace(/&(#x[0-9a-f]+|#\d+|lt|gt|amp|quot|apos);/gi, (whole, name: string) => {
    if (name[0] !== '#') return NAMED[name] ?? whole;
    const code = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

/** Text as the content of an element. */
export const escapeXml = (text: string) =>
  // A carriage return that is not written as an entity comes out as a line feed.
  text.replace(/[<>&\r]/g, (it) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '\r': '&#13;' })[it] ?? it);

/** A mark: comment, CDATA, declaration, or the beginning or end of an element. */
const MARK = /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<(\/?)([^\s/>]+)(?:"[^"]*"|'[^']*'|[^>"'])*?(\/?)>/g;

/** The root of a document. Throws where there is none, or where elements don't end as they begin. */
export function parseXml(source: string): Element {
  const top: Element = { name: '', text: '', children: [] };
  const open = [top];
  let at = 0;
  for (const mark of source.matchAll(MARK)) {
    const inner = open[open.length - 1];
    inner.text += unescapeXml(source.slice(at, mark.index));
    at = mark.index + mark[0].length;
    const [, cdata, closes, name, empty] = mark;
    if (cdata !== undefined) inner.text += cdata;
    if (name === undefined) continue;
    const local = name.slice(name.indexOf(':') + 1);
    if (closes) {
      if (open.length < 2 || inner.name !== local) throw new Error(`The answer is no XML: </${local}> ends nothing.`);
      open.pop();
      continue;
    }
    const element: Element = { name: local, text: '', children: [] };
    inner.children.push(element);
    if (!empty) open.push(element);
  }
  const root = top.children[0];
  if (!root || open.length > 1) throw new Error('The answer is no XML, or is cut off.');
  return root;
}

/** The first child with that name. */
export const child = (element: Element | undefined, name: string) => element?.children.find((it) => it.name === name);

/** All children with that name. */
export const childrenOf = (element: Element | undefined, name: string) => element?.children.filter((it) => it.name === name) ?? [];

/** The text below a path of names, or nothing where there is no such element. */
export function textAt(element: Element | undefined, ...path: string[]): string | undefined {
  return path.reduce<Element | undefined>(child, element)?.text;
}

/** What becomes an element: text, its children by name, or several elements of the same name. */
export type Content = string | number | boolean | undefined | { [name: string]: Content } | Content[];

/** An element, or nothing where the content is `undefined`. */
export function xml(name: string, content: Content): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((it) => xml(name, it)).join('');
  if (typeof content === 'object') {
    return `<${name}>${Object.entries(content).map(([inner, it]) => xml(inner, it)).join('')}</${name}>`;
  }
  return `<${name}>${escapeXml(String(content))}</${name}>`;
}
