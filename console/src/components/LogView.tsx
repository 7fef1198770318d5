import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useLayoutEffect, useMemo, useRef, useState } from 'react';
import { isFailure, type LogBuffer } from './LogBuffer';
import './log.css';
import { Rows } from './rows';

/** Height of a row in pixels, as in the style sheet. */
const ROW = 18;
/** Browsers draw nothing that is much higher; beyond, a pixel of scrolling is more than one of text. */
const TALLEST = 10_000_000;
const AROUND = 10;

interface Props {
  log: LogBuffer;
  /** Rises whenever the log grew. */
  version: number;
  /** Whether more is to come. */
  growing: boolean;
  /** Whether to begin at the end, where it grows. */
  fromEnd: boolean;
  fileName: string;
}

/** A log of any length: only the rows in sight are in the page. */
export function LogView({ log, version, growing, fromEnd, fileName }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(480);
  const [text, setText] = useState('');
  const [at, setAt] = useState(-1);
  const [follow, setFollow] = useState(fromEnd);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());

  // eslint-disable-next-line react-hooks/exhaustive-deps -- the log is one object that grows
  const rows = useMemo(() => new Rows(log.lines, log.sections, folded), [log, version, folded]);
  const sections = useMemo(() => new Map(log.sections.map((section) => [section.from, section])), [log, version]);
  const full = rows.count * ROW;
  const drawn = Math.min(full, TALLEST);
  const travel = Math.max(1, drawn - height);
  const scale = drawn < full ? (full - height) / travel : 1;
  const offset = top * scale;
  const first = Math.max(0, Math.floor(offset / ROW) - AROUND);
  const last = Math.min(rows.count, Math.ceil((offset + height) / ROW) + AROUND);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, version, height]);

  const show = (line: number) => {
    if (line < 0 || !box.current) return;
    setFollow(false);
    setAt(line);
    const section = log.sections.findLast((it) => it.from <= line);
    let visible = rows;
    if (section && folded.has(section.from)) {
      const open = new Set(folded);
      open.delete(section.from);
      visible = new Rows(log.lines, log.sections, open);
      setFolded(open);
    }
    box.current.scrollTop = Math.max(0, visible.row(line) * ROW - height / 3) / scale;
    box.current.scrollIntoView({ block: 'nearest' });
  };
  const wanted = text.toLowerCase();
  const hits = (line: string) => line.toLowerCase().includes(wanted);
  const search = (backwards: boolean) => {
    if (wanted) show(log.find(hits, backwards ? at - 1 : at + 1, backwards));
  };
  const toggle = (from: number) => {
    const next = new Set(folded);
    if (!next.delete(from)) next.add(from);
    setFolded(next);
    setFollow(false);
  };
  const download = () => {
    const url = URL.createObjectURL(new Blob(log.parts(), { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };

  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Input
          type="search"
          value={text}
          placeholder="Search the log"
          ariaLabel="Search the log"
          onChange={({ detail }) => setText(detail.value)}
          onKeyDown={({ detail }) => detail.key === 'Enter' && search(detail.shiftKey)}
        />
        <Button iconName="angle-up" ariaLabel="Previous match" disabled={!text} onClick={() => search(true)} />
        <Button iconName="angle-down" ariaLabel="Next match" disabled={!text} onClick={() => search(false)} />
        <Button onClick={() => show(log.find(isFailure, at + 1))}>Jump to error</Button>
        {log.sections.length > 0 && (
          <Button onClick={() => setFolded(folded.size > 0 ? new Set() : new Set(log.sections.map((it) => it.from)))}>
            {folded.size > 0 ? 'Unfold all' : 'Fold all'}
          </Button>
        )}
        <Button iconName="download" onClick={download}>Download</Button>
        {growing && <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>Follow</Toggle>}
        <Box variant="small">{log.lines.toLocaleString()} lines</Box>
      </SpaceBetween>
      <div
        ref={box}
        className="log"
        role="region"
        aria-label="Log"
        tabIndex={0}
        onScroll={(event) => {
          setTop(event.currentTarget.scrollTop);
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          if (follow && scrollHeight - scrollTop - clientHeight > 2 * ROW) setFollow(false);
        }}
      >
        <div className="log-space" style={{ height: drawn }}>
          <div className="log-rows" style={{ transform: `translateY(${top - offset + first * ROW}px)` }}>
            {Array.from({ length: Math.max(0, last - first) }, (_, index) => {
              const number = rows.line(first + index);
              const line = log.line(number);
              const section = sections.get(number);
              const mark = number === at ? ' log-at' : isFailure(line) ? ' log-error' : '';
              return (
                <div key={number} className={`log-row${mark}`}>
                  <span className="log-number" aria-hidden="true">{number + 1}</span>
                  {section && (
                    <button
                      type="button"
                      className="log-fold"
                      aria-expanded={!folded.has(number)}
                      aria-label={`Phase ${section.title}`}
                      onClick={() => toggle(number)}
                    >
                      {folded.has(number) ? '▸' : '▾'}
                    </button>
                  )}
                  <span>{line}</span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </SpaceBetween>
  );
}
