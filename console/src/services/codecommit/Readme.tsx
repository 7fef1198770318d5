import { useState, useEffect, useMemo } from 'react';
import { Code, type Span } from '../../components/diff/Code';
import { imageUrl } from '../../components/diff/content';
import { highlight } from '../../components/code';
import { Markdown } from '../../components/Markdown';
import { getPlace, lastOf } from './contents';
import { resolved } from './links';
import { places } from './places';

interface Props {
  repository: string;
  reference: string;
  path: string;
  text: string;
}

/** A file's text as it is meant to be read: Markdown, or plain. Links and images are the repository's. */
export function Readme({ repository, reference, path, text }: Props) {
  if (!/\.(md|markdown)$/i.test(path)) return <pre className="commit-body">{text}</pre>;
  const link = (href: string) => {
    const target = resolved(path, href);
    return target === undefined ? undefined : `#${places.browse(repository, reference, target)}`;
  };
  const image = async (src: string) => {
    const target = resolved(path, src);
    if (target === undefined) return undefined;
    const place = await getPlace(repository, reference, target);
    return 'file' in place ? imageUrl(lastOf(target), place.file.content) : undefined;
  };
  return <Markdown text={text} link={link} image={image} code={(block, language) => <Block text={block} language={language} />} />;
}

/** A block of code within a text. */
function Block({ text, language }: { text: string; language: string }) {
  const lines = useMemo(() => text.split('\n'), [text]);
  const [spans, setSpans] = useState<Span[][]>();
  useEffect(() => {
    let current = true;
    const word = language.split(/\s/, 1)[0].toLowerCase();
    highlight(`block.${ENDINGS[word] ?? word}`, lines).then((found) => current && setSpans(found), () => undefined);
    return () => {
      current = false;
    };
  }, [language, lines]);
  return (
    <pre tabIndex={0}>
      <code>
        {lines.map((line, at) => (
          <span key={at}>
            {at > 0 && '\n'}
            {line && <Code text={line} spans={spans?.[at]} />}
          </span>
        ))}
      </code>
    </pre>
  );
}

/** Names of languages behind fences that are no endings of files. */
const ENDINGS: Record<string, string> = {
  rust: 'rs', python: 'py', javascript: 'js', typescript: 'ts', shell: 'sh', console: 'sh', yaml: 'yml', csharp: 'cs', ruby: 'rb',
  golang: 'go', kotlin: 'kt', haskell: 'hs', powershell: 'ps1', docker: 'dockerfile', perl: 'pl', make: 'mk', makefile: 'mk', terraform: 'tf', hcl: 'tf',
};
