import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import { Fragment, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { imageUrl, sizeText, type FileContent } from './content';
import './diff.css';
import { diffLines, linesOf } from './lineDiff';
import { Code, type Highlight, type Span } from './Code';
import { rowsOf, type GapRow, type LineRef, type LineRow, type Side, type View } from './rows';
import { diffWords, type WordMarks } from './words';

/** Rows that are drawn at first, and each time that more are asked for. */
const MOST_ROWS = 1_000;
/** Lines that a click on hidden ones shows. */
const STEP = 20;

/** What stands at lines: comments and their forms. */
export interface Slots {
  /** What is below a line, if anything. */
  below?: (at: LineRef) => ReactNode;
  /** Lines that are shown with their surroundings even where nothing differs. */
  pinned?: LineRef[];
  /** With it the numbers of lines are buttons. */
  onLine?: (at: LineRef) => void;
  /** What those buttons do: `Comment on`. */
  lineAction?: string;
}

interface Props extends Slots {
  /** Where the file is, or was. */
  path: string;
  /** What it was; nothing where it was added. */
  before?: FileContent;
  /** What it is; nothing where it was removed. */
  after?: FileContent;
  view: View;
  highlight?: Highlight;
}

/** How one file differs. */
export function FileDiff(props: Props) {
  const { path, before, after } = props;
  const images = [imageUrl(path, before), imageUrl(path, after)];
  if (before?.kind === 'large' || after?.kind === 'large') {
    return <Note>The file is larger than what the yard gives at once: fetch it with git to compare it.</Note>;
  }
  const isText = before?.kind !== 'binary' && after?.kind !== 'binary';
  return (
    <>
      {(images[0] || images[1]) && (
        <div className="diff-images">
          {before && <Picture title={`Before, ${sizeText(before.size)}`} url={images[0]} path={path} />}
          {after && <Picture title={`After, ${sizeText(after.size)}`} url={images[1]} path={path} />}
        </div>
      )}
      {isText ? (
        <TextDiff {...props} before={textOf(before)} after={textOf(after)} />
      ) : (
        !images[0] && !images[1] && <Note>A binary file: {change(before, after)}.</Note>
      )}
    </>
  );
}

const textOf = (content: FileContent | undefined) => (content?.kind === 'text' ? content.text : undefined);

function change(before: FileContent | undefined, after: FileContent | undefined): string {
  const size = (content: FileContent | undefined) => (content && content.kind !== 'large' ? sizeText(content.size) : 'nothing');
  return `${size(before)} before, ${size(after)} after`;
}

function Note({ children }: { children: ReactNode }) {
  return <Box padding="m" color="text-body-secondary">{children}</Box>;
}

function Picture({ title, url, path }: { title: string; url?: string; path: string }) {
  return (
    <figure>
      {url ? <img src={url} alt={`${path}, ${title}`} /> : <Box color="text-body-secondary">Not shown</Box>}
      <figcaption>{title}</figcaption>
    </figure>
  );
}

type TextProps = Omit<Props, 'before' | 'after'> & { before?: string; after?: string };

function TextDiff({ path, before, after, view, highlight, below, pinned, onLine, lineAction = 'Choose' }: TextProps) {
  const [revealed, setRevealed] = useState<[number, number][]>([]);
  const [most, setMost] = useState(MOST_ROWS);
  const old = useMemo(() => linesOf(before ?? ''), [before]);
  const now = useMemo(() => linesOf(after ?? ''), [after]);
  const blocks = useMemo(() => diffLines(old, now), [old, now]);
  const rows = useMemo(
    () => rowsOf(blocks, old.length, now.length, view, { revealed, pinned: pinned ?? [] }),
    [blocks, old, now, view, revealed, pinned],
  );
  const oldSpans = useHighlight(highlight, path, old);
  const newSpans = useHighlight(highlight, path, now);
  const words = useMemo(() => new Map<LineRow, WordMarks | undefined>(), [rows]);
  const marksOf = (row: LineRow): WordMarks | undefined => {
    const a = row.old ?? (row.kind === 'added' ? row.pair : undefined);
    const b = row.new ?? (row.kind === 'removed' ? row.pair : undefined);
    if (row.kind === 'same' || a === undefined || b === undefined) return undefined;
    if (!words.has(row)) words.set(row, diffWords(old[a], now[b]));
    return words.get(row);
  };
  const caption = useId();

  if (blocks.length === 0 && (before ?? '') === (after ?? '') && !pinned?.length) {
    return <Note>{before === undefined || after === undefined ? 'An empty file.' : 'The content is the same.'}</Note>;
  }

  const reveal = (from: number, to: number) => setRevealed([...revealed, [from, to]]);
  const split = view === 'split';
  const columns = split ? 4 : 3;
  const line = (side: Side, index: number | undefined, focusable: boolean) => (
    <LineNumber side={side} index={index} action={onLine && lineAction} onLine={onLine} focusable={focusable} />
  );
  const code = (side: Side, row: LineRow) => {
    const index = side === 'BEFORE' ? row.old : row.new;
    if (index === undefined) return null;
    const marks = marksOf(row);
    return (
      <Code
        text={side === 'BEFORE' ? old[index] : now[index]}
        spans={(side === 'BEFORE' ? oldSpans : newSpans)?.[index]}
        marks={side === 'BEFORE' ? marks?.before : marks?.after}
      />
    );
  };
  const slots = (row: LineRow) => {
    const found = below
      ? ([row.old !== undefined && below({ side: 'BEFORE', line: row.old + 1 }), row.new !== undefined && below({ side: 'AFTER', line: row.new + 1 })] as const)
      : undefined;
    if (!found?.[0] && !found?.[1]) return null;
    if (!split) return <tr><td colSpan={columns} className="diff-slot">{found[0]}{found[1]}</td></tr>;
    return (
      <tr>
        <td colSpan={2} className="diff-slot">{found[0]}</td>
        <td colSpan={2} className="diff-slot">{found[1]}</td>
      </tr>
    );
  };
  // One stop of the tab key for all lines; the arrows go from line to line.
  const first = rows.findIndex((row) => row.type === 'line');

  return (
    <div className="diff">
      <table className={split ? 'diff-table diff-split' : 'diff-table'} aria-labelledby={caption} onKeyDown={onLine && moveByKeys}>
        <caption id={caption} className="diff-unseen">
          {`Differences of ${path}${onLine ? '. The arrow keys go from line to line, N and P from change to change.' : ''}`}
        </caption>
        {/* The head is out of sight: without it columns have no widths. */}
        <colgroup>
          <col className="diff-column" />
          {split && <col />}
          <col className="diff-column" />
          <col />
        </colgroup>
        <thead className="diff-unseen">
          <tr>
            <th scope="col">Line before</th>
            {split && <th scope="col">Before</th>}
            <th scope="col">Line after</th>
            <th scope="col">{split ? 'After' : 'Text'}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row, at) =>
            row.type === 'gap' ? (
              <Gap key={`gap ${row.oldFrom}`} row={row} columns={columns} atTop={at === 0} atEnd={at === rows.length - 1} reveal={reveal} />
            ) : split ? (
              <Fragment key={`${row.old} ${row.new}`}>
                <tr data-kind={row.kind}>
                  {line('BEFORE', row.old, at === first)}
                  <td className={cellClass(row.kind, row.old, 'removed')}>
                    {row.kind !== 'same' && row.old !== undefined && <Sign kind="removed" />}
                    {code('BEFORE', row)}
                  </td>
                  {line('AFTER', row.new, at === first && row.old === undefined)}
                  <td className={cellClass(row.kind, row.new, 'added')}>
                    {row.kind !== 'same' && row.new !== undefined && <Sign kind="added" />}
                    {code('AFTER', row)}
                  </td>
                </tr>
                {slots(row)}
              </Fragment>
            ) : (
              <Fragment key={`${row.old} ${row.new}`}>
                <tr data-kind={row.kind}>
                  {line('BEFORE', row.old, at === first && row.new === undefined)}
                  {line('AFTER', row.new, at === first)}
                  <td className={`diff-code diff-${row.kind}`}>
                    {row.kind !== 'same' && <Sign kind={row.kind} />}
                    {code(row.new === undefined ? 'BEFORE' : 'AFTER', row)}
                  </td>
                </tr>
                {slots(row)}
              </Fragment>
            ),
          )}
        </tbody>
      </table>
      {rows.length > most && (
        <Box textAlign="center" padding="s">
          <Button formAction="none" onClick={() => setMost(most + 4 * MOST_ROWS)}>
            {`Show more: ${(rows.length - most).toLocaleString()} rows are left`}
          </Button>
        </Box>
      )}
      <EndOfFile before={before} after={after} />
    </div>
  );
}

const cellClass = (kind: LineRow['kind'], index: number | undefined, own: 'removed' | 'added') =>
  index === undefined ? 'diff-code diff-none' : `diff-code diff-${kind === 'same' ? 'same' : own}`;

/** `+` or `-`, which is not copied, and its word for who does not see it. */
function Sign({ kind }: { kind: string }) {
  return (
    <>
      <span className="diff-unseen">{kind === 'added' ? 'Added: ' : 'Removed: '}</span>
      <span className="diff-sign" aria-hidden="true">{kind === 'added' ? '+' : '-'}</span>
    </>
  );
}

interface NumberProps {
  side: Side;
  index: number | undefined;
  action?: string;
  onLine?: (at: LineRef) => void;
  focusable: boolean;
}

function LineNumber({ side, index, action, onLine, focusable }: NumberProps) {
  if (index === undefined) return <td className="diff-number" />;
  const line = index + 1;
  if (!onLine) return <td className="diff-number" data-line={line} />;
  return (
    <td className="diff-number">
      <button
        type="button"
        data-line={line}
        tabIndex={focusable ? 0 : -1}
        aria-label={`${action} line ${line} ${side === 'BEFORE' ? 'before' : 'after'}`}
        onClick={() => onLine({ side, line })}
      />
    </td>
  );
}

interface GapProps {
  row: GapRow;
  columns: number;
  atTop: boolean;
  atEnd: boolean;
  reveal: (from: number, to: number) => void;
}

/** Equal lines that are not shown, and buttons to show them. */
function Gap({ row: { oldFrom, newFrom, count }, columns, atTop, atEnd, reveal }: GapProps) {
  const to = oldFrom + count;
  const where = `from line ${newFrom + 1}`;
  return (
    <tr className="diff-gap">
      <td colSpan={columns}>
        {count > STEP && !atTop && (
          <Button formAction="none" variant="inline-link" iconName="angle-down" ariaLabel={`Show ${STEP} lines ${where}`} onClick={() => reveal(oldFrom, oldFrom + STEP)}>{`${STEP} more`}</Button>
        )}
        <Button formAction="none" variant="inline-link" iconName="expand" ariaLabel={`Show all ${count} equal lines ${where}`} onClick={() => reveal(oldFrom, to)}>
          {`${count.toLocaleString()} equal lines`}
        </Button>
        {count > STEP && !atEnd && (
          <Button formAction="none" variant="inline-link" iconName="angle-up" ariaLabel={`Show ${STEP} lines up to line ${newFrom + count}`} onClick={() => reveal(to - STEP, to)}>{`${STEP} more`}</Button>
        )}
      </td>
    </tr>
  );
}

/** Tells where only the end of the last line differs, or the ends of lines. */
function EndOfFile({ before, after }: { before?: string; after?: string }) {
  const endless = (text: string | undefined) => text !== undefined && text !== '' && !text.endsWith('\n');
  const windows = (text: string | undefined) => text?.includes('\r\n') ?? false;
  const notes: string[] = [];
  if (endless(before) && endless(after)) notes.push('The file ends without a line end');
  else if (endless(before)) notes.push('Before, the file ended without a line end');
  else if (endless(after)) notes.push('The file ends without a line end now');
  if (before !== undefined && after !== undefined && windows(before) !== windows(after)) {
    notes.push(windows(after) ? 'Lines end with CR LF now' : 'Lines ended with CR LF before');
  }
  return notes.length > 0 ? <div className="diff-note">{notes.join('. ')}.</div> : null;
}

function useHighlight(highlight: Highlight | undefined, path: string, lines: string[]): Span[][] | undefined {
  const [found, setFound] = useState<{ lines: string[]; spans?: Span[][] }>();
  const latest = useRef(lines);
  latest.current = lines;
  useEffect(() => {
    if (!highlight || lines.length === 0) return;
    // Without colours the text is as true: what fails here is not worth a word.
    highlight(path, lines).then((spans) => latest.current === lines && setFound({ lines, spans }), () => undefined);
  }, [highlight, path, lines]);
  return found?.lines === lines ? found.spans : undefined;
}

function moveByKeys(event: KeyboardEvent<HTMLTableElement>) {
  const here = event.target;
  if (!(here instanceof HTMLButtonElement) || !here.dataset.line || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button[data-line]')];
  // A row has one or two numbers: the last stands for it.
  const ofRows = all.filter((button, at) => button.closest('tr') !== all[at + 1]?.closest('tr'));
  const at = ofRows.findIndex((button) => button.closest('tr') === here.closest('tr'));
  const kind = (index: number) => ofRows[index]?.closest('tr')?.dataset.kind;
  const begins = (index: number) => kind(index) !== 'same' && (index === 0 || kind(index - 1) === 'same');
  const next = (step: number) => {
    for (let index = at + step; index >= 0 && index < ofRows.length; index += step) if (begins(index)) return index;
    return at;
  };
  const pairOf = (button: HTMLButtonElement) => all.find((it) => it !== button && it.closest('tr') === button.closest('tr'));
  const moves: Record<string, () => HTMLButtonElement | undefined> = {
    ArrowDown: () => ofRows[at + 1],
    ArrowUp: () => ofRows[at - 1],
    ArrowLeft: () => pairOf(here),
    ArrowRight: () => pairOf(here),
    Home: () => ofRows[0],
    End: () => ofRows[ofRows.length - 1],
    n: () => ofRows[next(1)],
    p: () => ofRows[next(-1)],
  };
  const goal = moves[event.key]?.();
  if (!goal) return;
  event.preventDefault();
  all.forEach((button) => (button.tabIndex = -1));
  goal.tabIndex = 0;
  goal.focus();
}
