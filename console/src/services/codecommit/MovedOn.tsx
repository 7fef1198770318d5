import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useEffect, useRef } from 'react';
import { useResource } from '../../api/useResource';
import { Changes, changedFiles, type ChangedFile } from '../../components/diff';
import { Failure } from '../../components/Failure';
import { getBranch, getDifferences } from './api';
import { compared } from './compared';
import { shortId } from './words';

/** Differences that are read to see whether the same files changed. */
const MOST = 1_000;

interface Props {
  repository: string;
  branch: string;
  base?: string;
  /** What the refused commit would have changed. */
  paths: string[];
  busy: boolean;
  onTop: (tip: string) => void;
  onNewBranch: () => void;
}

/** Somebody else committed meanwhile: what they changed, and the ways on. */
export function MovedOn({ repository, branch, base, paths, busy, onTop, onNewBranch }: Props) {
  const { data, error, reload } = useResource(`moved ${repository} ${branch} ${base}`, async (signal) => {
    const tip = await getBranch(repository, branch, signal);
    if (!base) return { tip, same: [] as ChangedFile[], all: false };
    const input = { repositoryName: repository, beforeCommitSpecifier: base, afterCommitSpecifier: tip, MaxResults: MOST };
    const page = await getDifferences(input, signal);
    const same = changedFiles(page.differences ?? []).filter((file) => [file.before?.path, file.after?.path].some((path) => path && paths.includes(path)));
    return { tip, same, all: !page.NextToken };
  });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In new browsers it gives a promise, which is nothing to clean up by.
    void box.current?.scrollIntoView({ block: 'nearest' });
  }, [data]);
  if (error) return <Failure what={`${branch} moved on, and what changed can't be told`} error={error} retry={reload} />;
  if (!data) return <Spinner />;
  const clash = data.same.length > 0 || !data.all;
  return (
    <div ref={box}>
      <Alert
        type="warning"
        header={`${branch} has moved on to ${shortId(data.tip)} since you began: nothing was committed`}
        action={
          <SpaceBetween direction="horizontal" size="xs">
            {base && <Button formAction="none" disabled={busy} onClick={onNewBranch}>Commit to a new branch</Button>}
            <Button formAction="none" loading={busy} onClick={() => onTop(data.tip)}>{clash ? 'Replace their changes with mine' : 'Commit on top of it'}</Button>
          </SpaceBetween>
        }
      >
        {clash ? (
          <SpaceBetween size="s">
            <div>
              {data.same.length > 0
                ? 'The same file was changed there. Below is what the others did to it. A new branch keeps both, to be merged by a pull request.'
                : 'So much changed there that it can’t be told here whether the same file did. A new branch keeps both.'}
            </div>
            {data.same.length > 0 && <Changes files={data.same} load={compared(repository)} empty="" />}
          </SpaceBetween>
        ) : (
          <div>Nobody changed the same files: your commit can stand on top of the others’ work.</div>
        )}
      </Alert>
    </div>
  );
}
