import { memo } from 'react';
import type { Range } from './words';

/** Characters of a line that have a meaning in its language, and the class that shows it. */
export interface Span {
  from: number;
  to: number;
  className: string;
}

/** Finds the meanings in a file's lines; nothing where the language is not known. */
export type Highlight = (path: string, lines: string[]) => Promise<Span[][] | undefined>;

interface Props {
  text: string;
  spans?: Span[];
  /** What differs from the other file's line. */
  marks?: Range[];
}

/** A line of code. */
export const Code = memo(function Code({ text, spans = [], marks = [] }: Props) {
  if (spans.length === 0 && marks.length === 0) return <>{text}</>;
  const cuts = new Set([0, text.length]);
  for (const { from, to } of spans) cuts.add(from).add(to);
  for (const [from, to] of marks) cuts.add(from).add(to);
  const ends = [...cuts].filter((at) => at <= text.length).sort((one, other) => one - other);
  return (
    <>
      {ends.slice(1).map((to, index) => {
        const from = ends[index];
        const className = spans.find((span) => span.from <= from && to <= span.to)?.className;
        const part = text.slice(from, to);
        const marked = marks.some((mark) => mark[0] <= from && to <= mark[1]);
        return marked ? <mark key={from} className={className}>{part}</mark> : <span key={from} className={className}>{part}</span>;
      })}
    </>
  );
});
