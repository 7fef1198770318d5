// What may come out of Markdown that others wrote.

/** The address of a link, if it is one that may be followed: nothing that runs, nothing relative. */
export function outsideLink(href: string): string | undefined {
  return /^(https?:\/\/|mailto:)/i.test(href.trim()) ? href.trim() : undefined;
}

const ENTITIES: Record<string, string> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®', trade: '™', hellip: '…', mdash: '—', ndash: '–', rarr: '→', larr: '←', times: '×', middot: '·', bull: '•',
};

/** Character references as their characters; those that are not known stay as they are. */
export function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/gi, (whole, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  });
}

export type HtmlPart =
  | { type: 'text'; text: string }
  | { type: 'break' }
  | { type: 'image'; src: string; alt: string };

/** HTML within Markdown as its text, line breaks and images: no tag of others' reaches the page. */
export function htmlParts(html: string): HtmlPart[] {
  const parts: HtmlPart[] = [];
  const quiet = html.replace(/<!--[^]*?(-->|$)/g, '').replace(/<(script|style)\b[^]*?(<\/\1\s*>|$)/gi, '');
  for (const piece of quiet.split(/(<\/?[a-z][^>]*>)/i)) {
    if (/^<br\b/i.test(piece)) parts.push({ type: 'break' });
    else if (/^<img\b/i.test(piece)) parts.push({ type: 'image', src: attribute(piece, 'src'), alt: attribute(piece, 'alt') });
    else if (!/^<\/?[a-z][^>]*>$/i.test(piece) && piece !== '') parts.push({ type: 'text', text: decoded(piece) });
  }
  return parts;
}

function attribute(tag: string, name: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  return decoded(found?.[1] ?? found?.[2] ?? found?.[3] ?? '');
}

/** The name by which `#name` links to a heading, as GitHub makes it. */
export const anchorOf = (heading: string) =>
  heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
