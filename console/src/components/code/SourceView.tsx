import './code.css';
import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { linesOf } from '../diff/lineDiff';
import { Code, type Span } from '../diff/Code';
import { highlight } from './highlight';
import { rangeOf, textOf, type LineRange } from './lines';

/** Height of a row in pixels, as in the style sheet. */
const ROW = 20;
/** Files of more lines have only those in sight in the page. */
const MOST_ROWS = 1_500;
/** Browsers draw nothing that is much higher; beyond, a pixel of scrolling is more than one of text. */
const TALLEST = 10_000_000;
const AROUND = 20;
/** Characters of a line that are shown. */
const LONGEST = 5_000;

/** What is beside a line, and whether something new begins there. */
export type Gutter = (line: number) => { content: ReactNode; begins: boolean };

interface Props {
  path: string;
  text: string;
  /** Lines that are marked and brought into sight. */
  chosen?: LineRange;
  onChoose?: (lines: LineRange | undefined) => void;
  gutter?: Gutter;
  /** More controls above the lines. */
  controls?: ReactNode;
}

/** A file's lines with their numbers and, once its language is loaded, colours. */
export function SourceView({ path, text, chosen, onChoose, gutter, controls }: Props) {
  const lines = useMemo(() => linesOf(text), [text]);
  const [spans, setSpans] = useState<Span[][]>();
  const [wrap, setWrap] = useState(false);
  const [wanted, setWanted] = useState('');
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const box = useRef<HTMLDivElement>(null);
  const windowed = lines.length > MOST_ROWS;

  useEffect(() => {
    let current = true;
    setSpans(undefined);
    // Without its colours a file can be read all the same.
    highlight(path, lines).then((found) => current && setSpans(found), () => undefined);
    return () => {
      current = false;
    };
  }, [path, lines]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !windowed) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [windowed]);

  const full = lines.length * ROW;
  const drawn = windowed ? Math.min(full, TALLEST) : full;
  const scale = drawn < full ? (full - height) / Math.max(1, drawn - height) : 1;
  const offset = top * scale;
  const first = windowed ? Math.max(0, Math.floor(offset / ROW) - AROUND) : 0;
  const last = windowed ? Math.min(lines.length, Math.ceil((offset + height) / ROW) + AROUND) : lines.length;

  const from = chosen?.from;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || from === undefined || from > lines.length) return;
    if (windowed) element.scrollTop = Math.max(0, (from - 1) * ROW - element.clientHeight / 3) / scale;
    else element.querySelector(`[data-line="${from}"]`)?.scrollIntoView({ block: 'center' });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only where other lines are chosen
  }, [from, lines]);

  const choose = (event: MouseEvent) => {
    const line = Number((event.target as HTMLElement).closest<HTMLElement>('.code-number')?.dataset.line);
    if (!line || !onChoose) return;
    if (event.shiftKey && chosen) onChoose({ from: Math.min(chosen.from, line), to: Math.max(chosen.from, line) });
    else onChoose(chosen?.from === line && chosen.to === line ? undefined : { from: line, to: line });
  };
  const find = () => {
    const range = rangeOf(wanted);
    if (range && range.from <= lines.length) onChoose?.({ from: range.from, to: Math.min(range.to, lines.length) });
  };
  const bad = wanted !== '' && (rangeOf(wanted)?.from ?? Infinity) > lines.length;

  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        {onChoose && (
          <Input
            type="search"
            value={wanted}
            invalid={bad}
            ariaLabel="Go to line, like 10 or 10-20"
            placeholder="Line, like 10 or 10-20"
            onChange={({ detail }) => setWanted(detail.value)}
            onKeyDown={({ detail }) => detail.key === 'Enter' && find()}
          />
        )}
        {!windowed && <Toggle checked={wrap} onChange={({ detail }) => setWrap(detail.checked)}>Wrap lines</Toggle>}
        <Box variant="small">
          {lines.length === 1 ? '1 line' : `${lines.length.toLocaleString()} lines`}
          {chosen && chosen.from <= lines.length ? `, ${textOf(chosen)} chosen` : ''}
        </Box>
        {controls}
      </SpaceBetween>
      <div
        ref={box}
        className={`code${windowed ? ' code-window' : ''}${wrap ? ' code-wrapped' : ''}`}
        role="region"
        aria-label={`Content of ${path}`}
        tabIndex={0}
        onScroll={windowed ? (event) => setTop(event.currentTarget.scrollTop) : undefined}
        onClick={choose}
      >
        <div className="code-space" style={windowed ? { height: drawn } : undefined}>
          <div className="code-rows" style={windowed ? { transform: `translateY(${top - offset + first * ROW}px)` } : undefined}>
            {lines.slice(first, last).map((line, index) => {
              const number = first + index + 1;
              const beside = gutter?.(number);
              const is = chosen && chosen.from <= number && number <= chosen.to;
              return (
                <div key={number} className={`code-row${is ? ' code-chosen' : ''}${beside?.begins ? ' code-begins' : ''}`}>
                  {beside && <span className="code-gutter">{beside.content}</span>}
                  <span className="code-number" data-line={number} aria-hidden="true" />
                  <span className="code-text">
                    <Code text={line.length > LONGEST ? line.slice(0, LONGEST) : line} spans={spans?.[number - 1]} />
                    {line.length > LONGEST && (
                      <span className="code-cut">{(line.length - LONGEST).toLocaleString()} more characters: download the file to see them</span>
                    )}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </SpaceBetween>
  );
}
