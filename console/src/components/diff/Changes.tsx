import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { ApiError } from '../../api/errors';
import { Failure } from '../Failure';
import type { Highlight } from './Code';
import type { FileContent } from './content';
import { FileDiff, type Slots } from './FileDiff';
import { nameOf, withRenames, type ChangedFile } from './files';
import { diffLines, linesOf } from './lineDiff';
import type { LineRef, View } from './rows';

/** More files than these begin folded. */
const MOST_OPEN = 50;
const KEY = 'codeyard-diff-view';

export interface Sides {
  before?: FileContent;
  after?: FileContent;
}

interface Props {
  files: ChangedFile[];
  /** Reads a file's two contents; called when the file comes near what is in sight. */
  load: (file: ChangedFile, signal: AbortSignal) => Promise<Sides>;
  highlight?: Highlight;
  /** Rises or changes whenever what `load` gives for the same file would be different. */
  version?: string;
  /** What is below a line of a file. */
  below?: (file: ChangedFile, at: LineRef) => ReactNode;
  pinned?: (file: ChangedFile) => LineRef[] | undefined;
  onLine?: (file: ChangedFile, at: LineRef) => void;
  lineAction?: string;
  /** Buttons in a file's header. */
  actions?: (file: ChangedFile) => ReactNode;
  /** What is above a file's lines. */
  above?: (file: ChangedFile) => ReactNode;
  /** How many things stand at a file, for the list of files. */
  count?: (file: ChangedFile) => number;
  /** Said where no file differs. */
  empty: ReactNode;
}

/** Files that differ: their list, and how each differs. */
export function Changes({ files, empty, count, ...props }: Props) {
  const [view, setView] = useState<View>(() => (localStorage.getItem(KEY) === 'split' ? 'split' : 'unified'));
  const [filter, setFilter] = useState('');
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const all = useMemo(() => withRenames(files), [files]);
  const list = useRef<HTMLDivElement>(null);
  const isOpen = (file: ChangedFile) => !(folded.get(nameOf(file)) ?? all.length > MOST_OPEN);
  const fold = (file: ChangedFile, is: boolean) => setFolded(new Map(folded).set(nameOf(file), is));
  const fitting = all.filter((file) => nameOf(file).toLowerCase().includes(filter.toLowerCase()));

  const choose = (next: View) => {
    setView(next);
    localStorage.setItem(KEY, next);
  };
  const show = (file: ChangedFile, at: number) => {
    fold(file, false);
    // Its place is right only when the files above have their heights.
    const section = list.current?.children[at] as HTMLElement | undefined;
    section?.scrollIntoView();
    section?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true });
  };

  if (all.length === 0) return <>{empty}</>;
  return (
    <div className="changes">
      <div className="changes-bar">
        <Box variant="strong">{`${all.length.toLocaleString()} ${all.length === 1 ? 'file differs' : 'files differ'}`}</Box>
        <SegmentedControl
          selectedId={view}
          label="View of differences"
          options={[{ id: 'unified', text: 'Unified' }, { id: 'split', text: 'Side by side' }]}
          onChange={({ detail }) => choose(detail.selectedId === 'split' ? 'split' : 'unified')}
        />
        <Button formAction="none" onClick={() => setFolded(new Map(all.map((file) => [nameOf(file), all.some(isOpen)])))}>
          {all.some(isOpen) ? 'Fold all' : 'Unfold all'}
        </Button>
      </div>
      <div className={all.length > 1 ? 'changes-with-list' : undefined}>
        {all.length > 1 && (
          <nav className="changes-list" aria-label="Changed files">
            <Input type="search" value={filter} placeholder="Find a file" ariaLabel="Find a changed file" onChange={({ detail }) => setFilter(detail.value)} />
            <ul>
              {fitting.map((file) => {
                const stands = count?.(file) ?? 0;
                return (
                  <li key={nameOf(file)}>
                    <button type="button" onClick={() => show(file, all.indexOf(file))} title={nameOf(file)}>
                      <span className={`changes-letter changes-${file.type}`}>
                        <span aria-hidden="true">{file.type}</span>
                        <span className="diff-unseen">{WORDS[file.type]}: </span>
                      </span>
                      <span className="changes-name"><bdi>{nameOf(file)}</bdi></span>
                      {stands > 0 && <span className="changes-count">{stands}<span className="diff-unseen"> comments</span></span>}
                    </button>
                  </li>
                );
              })}
              {fitting.length === 0 && <li><Box color="text-body-secondary">No file is called so.</Box></li>}
            </ul>
          </nav>
        )}
        <div ref={list} className="changes-files">
          {all.map((file) => (
            <File key={nameOf(file)} {...props} file={file} view={view} open={isOpen(file)} onFold={(is) => fold(file, is)} />
          ))}
        </div>
      </div>
    </div>
  );
}

const WORDS: Record<ChangedFile['type'], string> = { A: 'Added', M: 'Changed', D: 'Removed', R: 'Renamed' };
const COLORS = { A: 'green', M: 'blue', D: 'red', R: 'grey' } as const;

type FileProps = Omit<Props, 'files' | 'empty' | 'count'> & { file: ChangedFile; view: View; open: boolean; onFold: (is: boolean) => void };

function File({ file, view, open, onFold, load, version, highlight, below, pinned, onLine, lineAction, actions, above }: FileProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box);
  const [state, setState] = useState<{ of: string; sides?: Sides; error?: ApiError }>();
  const [attempt, setAttempt] = useState(0);
  const of = `${file.before?.blobId} ${file.after?.blobId} ${version ?? ''} ${attempt}`;
  const latest = useRef(load);
  latest.current = load;
  const wanted = near && open;

  useEffect(() => {
    if (!wanted || state?.of === of) return;
    const control = new AbortController();
    latest.current(file, control.signal).then(
      (sides) => control.signal.aborted || setState({ of, sides }),
      (error: unknown) => {
        if (control.signal.aborted) return;
        setState({ of, error: error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error)) });
      },
    );
    return () => control.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `of` names the file's contents
  }, [wanted, of]);

  const name = nameOf(file);
  const slots: Slots = {
    below: below && ((at) => below(file, at)),
    pinned: pinned?.(file),
    onLine: onLine && ((at) => onLine(file, at)),
    lineAction,
  };
  const counts = useMemo(() => counted(state?.sides), [state?.sides]);
  const mode = file.before && file.after && file.before.mode !== file.after.mode ? `mode ${file.before.mode} → ${file.after.mode}` : '';
  return (
    <section ref={box} className="changes-file" aria-label={name}>
      <div className="changes-head">
        <Button formAction="none"
          variant="icon"
          iconName={open ? 'angle-down' : 'angle-right'}
          ariaLabel={`${open ? 'Fold' : 'Unfold'} ${name}`}
          ariaExpanded={open}
          onClick={() => onFold(open)}
        />
        <h3 tabIndex={-1}>{file.type === 'R' ? `${file.before?.path} → ${file.after?.path}` : name}</h3>
        <Badge color={COLORS[file.type]}>{WORDS[file.type]}</Badge>
        {mode && <Box variant="small">{mode}</Box>}
        {counts && (
          <span className="changes-counts">
            <span className="changes-A">+{counts.added}<span className="diff-unseen"> lines added</span></span>{' '}
            <span className="changes-D">−{counts.removed}<span className="diff-unseen"> lines removed</span></span>
          </span>
        )}
        <span className="changes-actions">{actions?.(file)}</span>
      </div>
      {open && (
        <>
          {above?.(file)}
          {state?.error && <Failure what="The file can't be compared" error={state.error} retry={() => setAttempt(attempt + 1)} />}
          {state?.sides && !state.error && (
            <FileDiff path={file.after?.path ?? file.before?.path ?? ''} {...state.sides} view={view} highlight={highlight} {...slots} />
          )}
          {!state && <div className="changes-wait">Reading the file…</div>}
        </>
      )}
    </section>
  );
}

function counted(sides: Sides | undefined): { added: number; removed: number } | undefined {
  const text = (content: FileContent | undefined) => (content === undefined ? '' : content.kind === 'text' ? content.text : undefined);
  const [before, after] = [text(sides?.before), text(sides?.after)];
  if (!sides || before === undefined || after === undefined) return undefined;
  const blocks = diffLines(linesOf(before), linesOf(after));
  return {
    added: blocks.reduce((sum, block) => sum + block.newCount, 0),
    removed: blocks.reduce((sum, block) => sum + block.oldCount, 0),
  };
}

/** Whether something has come near what is in sight. */
function useNear(box: React.RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element || near) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: '800px' },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, near]);
  return near;
}
