import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { Fragment, useMemo, useState } from 'react';
import { useResource } from '../../../api/useResource';
import { highlight } from '../../../components/code/highlight';
import { Changes, contentOf, linesOf, nameOf, type ChangedFile, type LineRef } from '../../../components/diff';
import { Empty } from '../../../components/Empty';
import { Failure } from '../../../components/Failure';
import { getBlob } from '../api';
import { filesBetween, MOST_FILES, postComment, sidesOf, type Location, type Target } from './api';
import { CommentForm } from './CommentForm';
import { linesOfThreads, placed, placeKey, type Thread } from './threads';
import { ThreadView } from './ThreadView';
import { baseOf, explaining, short } from './words';

interface Props {
  name: string;
  id: string;
  target: Target;
  threads: Thread[];
  reload: () => void;
}

/** What the source brings, with what was said of it at its place. */
export function ChangesTab({ name, id, target, threads, reload }: Props) {
  const base = baseOf(target);
  const tip = target.sourceCommit;
  const [writing, setWriting] = useState<ReadonlySet<string>>(new Set());
  const { data, error, reload: again } = useResource(`changes ${name} ${base} ${tip}`, (signal) => explaining(filesBetween(name, base, tip, signal)));
  const files = data?.files;
  const where = useMemo(() => placed(threads, files ?? []), [threads, files]);
  const lines = useMemo(() => linesOfThreads(where), [where]);

  if (error && !data) return <Failure what="What differs can't be shown" error={error} retry={again} />;
  if (!data || !files) return <Spinner size="large" />;

  const write = (key: string, is: boolean) =>
    setWriting((old) => {
      const next = new Set(old);
      if (is) next.add(key);
      else next.delete(key);
      return next;
    });
  const form = (key: string, label: string, location: Location) =>
    writing.has(key) && (
      <CommentForm
        label={label}
        action="Comment"
        autoFocus
        onSubmit={async (text) => {
          await postComment({ repositoryName: name, pullRequestId: id, beforeCommitId: base, afterCommitId: tip, location }, text);
          reload();
        }}
        onClose={() => write(key, false)}
      />
    );
  const pathAt = (file: ChangedFile, side: LineRef['side']) => (side === 'BEFORE' ? file.before?.path : undefined) ?? nameOf(file);
  const below = (file: ChangedFile, at: LineRef) => {
    const key = placeKey(nameOf(file), at);
    const here = where.atLines.get(key);
    if (!here && !writing.has(key)) return null;
    const location = { filePath: pathAt(file, at.side), filePosition: at.line, relativeFileVersion: at.side };
    return (
      <>
        {here?.map((thread) => <ThreadView key={thread.first.commentId} thread={thread} onChange={reload} />)}
        {form(key, `Comment on line ${at.line} of ${location.filePath}`, location)}
      </>
    );
  };
  const above = (file: ChangedFile) => {
    const path = nameOf(file);
    const here = where.onFiles.get(path) ?? [];
    const old = where.outdated.get(path) ?? [];
    const key = `file ${path}`;
    if (here.length + old.length === 0 && !writing.has(key)) return null;
    return (
      <div className="changes-above">
        {here.map((thread) => <ThreadView key={thread.first.commentId} thread={thread} onChange={reload} />)}
        {form(key, `Comment on ${path}`, { filePath: pathAt(file, file.after ? 'AFTER' : 'BEFORE'), relativeFileVersion: file.after ? 'AFTER' : 'BEFORE' })}
        <Outdated name={name} threads={old} onChange={reload} />
      </div>
    );
  };
  const gone = [...where.outdated].filter(([path]) => !files.some((file) => nameOf(file) === path)).flatMap(([, of]) => of);

  return (
    <SpaceBetween size="m">
      {data.more && (
        <Alert type="warning">{`More than ${MOST_FILES.toLocaleString()} files differ; these are the first. Compare the branches with a git client to see all.`}</Alert>
      )}
      <Outdated name={name} threads={gone} onChange={reload} title="Comments on files that no longer differ" />
      <Changes
        files={files}
        highlight={highlight}
        load={(file, signal) => sidesOf(name, file, signal)}
        below={below}
        above={above}
        pinned={(file) => lines.get(nameOf(file))}
        onLine={(file, at) => write(placeKey(nameOf(file), at), true)}
        lineAction="Comment on"
        count={(file) =>
          (where.onFiles.get(nameOf(file))?.length ?? 0) +
          (lines.get(nameOf(file)) ?? []).reduce((sum, at) => sum + (where.atLines.get(placeKey(nameOf(file), at))?.length ?? 0), 0)
        }
        actions={(file) => (
          <Button variant="inline-link" ariaLabel={`Comment on file ${nameOf(file)}`} onClick={() => write(`file ${nameOf(file)}`, true)}>Comment on file</Button>
        )}
        empty={<Empty title="Nothing differs">The source has nothing that the destination has not.</Empty>}
      />
    </SpaceBetween>
  );
}

interface OutdatedProps {
  name: string;
  threads: Thread[];
  onChange: () => void;
  title?: string;
}

/** Comments on lines that have changed since, with the lines as they were. */
function Outdated({ name, threads, onChange, title = 'Outdated comments' }: OutdatedProps) {
  if (threads.length === 0) return null;
  return (
    <ExpandableSection headerText={`${title} (${threads.length})`} defaultExpanded>
      {threads.map((thread) => {
        const { location, afterCommitId, beforeBlobId, afterBlobId } = thread.group;
        const line = location?.filePosition ? ` at line ${location.filePosition}` : '';
        const blob = location?.relativeFileVersion === 'BEFORE' ? beforeBlobId : afterBlobId;
        return (
          <Fragment key={thread.first.commentId}>
            {blob && location?.filePosition && <LinesThen name={name} blob={blob} line={location.filePosition} />}
            <ThreadView thread={thread} note={`Outdated:${line} of ${short(afterCommitId)}`} onChange={onChange} />
          </Fragment>
        );
      })}
    </ExpandableSection>
  );
}

/** Lines that are shown above one that was commented on. */
const ABOVE = 2;

/** A line as it was, and those above it. Who may not read it, or where it is gone, sees the comment alone. */
function LinesThen({ name, blob, line }: { name: string; blob: string; line: number }) {
  const { data } = useResource(`lines ${name} ${blob}`, async (signal) => {
    const content = contentOf(await getBlob(name, blob, signal));
    return content.kind === 'text' ? linesOf(content.text) : [];
  });
  const shown = data?.slice(Math.max(0, line - 1 - ABOVE), line) ?? [];
  return shown.length > 0 ? <pre className="thread-lines">{shown.join('\n')}</pre> : null;
}
