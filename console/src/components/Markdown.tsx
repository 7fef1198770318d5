import Box from '@cloudscape-design/components/box';
import type { MarkedToken, Token, Tokens } from 'marked';
import { Fragment, useEffect, useMemo, useState, type JSX, type MouseEvent, type ReactNode } from 'react';
import { anchorOf, decoded, htmlParts, outsideLink } from './markdown';
import './markdown.css';
import { tokensOf } from './markdownTokens';

/** Texts with more quotes in quotes, which the browser would stumble over, are shown as they are. */
const DEEPEST = 60;

interface Props {
  text: string;
  /** The console's address (`#/…`) of a relative link; without it such links are text. */
  link?: (href: string) => string | undefined;
  /** A relative image as a `data:` address, which is all that the pages' policy lets be shown. */
  image?: (src: string) => Promise<string | undefined>;
  /** How a block of code is shown, `language` being what stands behind its fence. */
  code?: (text: string, language: string) => ReactNode;
}

/**
 * Markdown that others wrote, as GitHub has it. It becomes elements, never HTML: tags in it are
 * left out, and links go to `http`, `https` and `mailto` alone.
 */
export function Markdown({ text, ...how }: Props) {
  const tokens = useMemo(() => {
    const found = tokensOf(text);
    return found && depth(found) <= DEEPEST ? found : undefined;
  }, [text]);
  if (!tokens) return <pre className="markdown-plain">{text}</pre>;
  return (
    <div className="markdown" onClick={toHeading}>
      <Blocks tokens={tokens} how={how} />
    </div>
  );
}

/** How deep tokens are nested, as far as it matters. */
function depth(tokens: Token[]): number {
  let level = tokens;
  let deep = 0;
  while (level.length > 0 && deep <= DEEPEST) {
    deep++;
    level = (level as MarkedToken[]).flatMap((token) => (token.type === 'list' ? token.items : 'tokens' in token ? token.tokens ?? [] : []));
  }
  return deep;
}

type How = Omit<Props, 'text'>;

/** `#part` is a heading here, not an address of the console's. */
function toHeading(event: MouseEvent<HTMLDivElement>) {
  const name = (event.target as Element).closest('a')?.dataset.anchor;
  if (name === undefined) return;
  event.preventDefault();
  const headings = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-heading]')];
  const heading = headings.find((it) => it.dataset.heading === name);
  heading?.scrollIntoView();
  heading?.focus({ preventScroll: true });
}

function Blocks({ tokens, how }: { tokens: Token[]; how: How }) {
  return <>{(tokens as MarkedToken[]).map((token, at) => <Fragment key={at}>{block(token, how)}</Fragment>)}</>;
}

function block(token: MarkedToken, how: How): ReactNode {
  switch (token.type) {
    case 'heading': {
      // The page's own title is the first.
      const Heading = `h${Math.min(6, token.depth + 1)}` as keyof JSX.IntrinsicElements;
      return <Heading data-heading={anchorOf(token.text)} tabIndex={-1}><Inline tokens={token.tokens} how={how} /></Heading>;
    }
    case 'paragraph':
      return <p><Inline tokens={token.tokens} how={how} /></p>;
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} how={how} /> : decoded(token.text);
    case 'code':
      return how.code?.(token.text, token.lang ?? '') ?? <pre tabIndex={0}><code>{token.text}</code></pre>;
    case 'blockquote':
      return <blockquote><Blocks tokens={token.tokens} how={how} /></blockquote>;
    case 'list': {
      const items = token.items.map((item, at) => (
        <li key={at} className={item.task ? 'markdown-task' : undefined}><Blocks tokens={item.tokens} how={how} /></li>
      ));
      return token.ordered ? <ol start={token.start === '' ? undefined : token.start}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'table':
      return <Table token={token} how={how} />;
    case 'hr':
      return <hr />;
    case 'html':
      return <p><Html text={token.text} how={how} /></p>;
    case 'checkbox':
      return <Done is={token.checked} />;
    case 'space':
    case 'def':
      return null;
    default:
      return inline(token, how);
  }
}

function Table({ token, how }: { token: Tokens.Table; how: How }) {
  const cell = (it: Tokens.TableCell) => <Inline tokens={it.tokens} how={how} />;
  const side = (it: Tokens.TableCell) => (it.align ? `markdown-${it.align}` : undefined);
  return (
    <div className="markdown-table" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>{token.header.map((it, at) => <th key={at} scope="col" className={side(it)}>{cell(it)}</th>)}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, at) => (
            <tr key={at}>{row.map((it, column) => <td key={column} className={side(it)}>{cell(it)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Inline({ tokens, how }: { tokens: Token[] | undefined; how: How }) {
  return <>{((tokens ?? []) as MarkedToken[]).map((token, at) => <Fragment key={at}>{inline(token, how)}</Fragment>)}</>;
}

function inline(token: MarkedToken, how: How): ReactNode {
  switch (token.type) {
    case 'strong':
      return <strong><Inline tokens={token.tokens} how={how} /></strong>;
    case 'em':
      return <em><Inline tokens={token.tokens} how={how} /></em>;
    case 'del':
      return <del><Inline tokens={token.tokens} how={how} /></del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Anchor href={token.href} how={how}><Inline tokens={token.tokens} how={how} /></Anchor>;
    case 'image':
      return <Picture src={token.href} alt={token.text} how={how} />;
    case 'html':
      return <Html text={token.text} how={how} />;
    case 'escape':
      return token.text;
    case 'checkbox':
      return <Done is={token.checked} />;
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} how={how} /> : decoded(token.text);
    default:
      return token.raw;
  }
}

function Anchor({ href, how, children }: { href: string; how: How; children: ReactNode }) {
  if (href.startsWith('#')) return <a href={href} data-anchor={anchorOf(href.slice(1))}>{children}</a>;
  const outside = outsideLink(href);
  if (outside) return <a href={outside} target="_blank" rel="noreferrer noopener">{children}</a>;
  const inside = /^[a-z][a-z\d+.-]*:|^\/\//i.test(href) ? undefined : how.link?.(href);
  return inside?.startsWith('#') ? <a href={inside}>{children}</a> : <>{children}</>;
}

function Html({ text, how }: { text: string; how: How }) {
  return (
    <>
      {htmlParts(text).map((part, at) => (
        <Fragment key={at}>
          {part.type === 'break' ? <br /> : part.type === 'image' ? <Picture {...part} how={how} /> : part.text}
        </Fragment>
      ))}
    </>
  );
}

/** An image of the repository; one from elsewhere would tell its server who reads, and is a link. */
function Picture({ src, alt, how: { image } }: { src: string; alt: string; how: How }) {
  const [url, setUrl] = useState<string>();
  const outside = outsideLink(src);
  useEffect(() => {
    let current = true;
    if (!outside) image?.(src).then((found) => current && setUrl(found), () => undefined);
    return () => {
      current = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- made anew with each drawing
  }, [src, outside]);
  if (outside) return <a href={outside} target="_blank" rel="noreferrer noopener">{alt || 'image'}</a>;
  if (url?.startsWith('data:image/')) return <img src={url} alt={alt} />;
  return <Box variant="span" color="text-body-secondary">{alt || 'image'}</Box>;
}

function Done({ is }: { is: boolean }) {
  return <input type="checkbox" checked={is} readOnly disabled aria-label={is ? 'Done' : 'Not done'} />;
}
