import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useResource } from '../../../api/useResource';
import { Empty } from '../../../components/Empty';
import { Failure } from '../../../components/Failure';
import { Moment } from '../../../components/time';
import { timeOf } from '../api';
import { places } from '../places';
import { listCommits, type Target } from './api';
import { Brought, MOST_COMMITS } from './commits';
import { CommitLink } from './DetailsTab';

async function read(name: string, { mergeBase, sourceCommit }: Target, signal: AbortSignal) {
  const brought = new Brought(mergeBase, sourceCommit);
  let token: string | undefined;
  do {
    const page = await listCommits(name, sourceCommit, token, signal);
    for (const { commit } of page.commits) if (commit) brought.take(commit);
    token = page.nextToken;
  } while (token && !brought.isDone && !brought.isTooMany);
  return { commits: brought.commits, more: !brought.isDone && token !== undefined };
}

/** The commits that the source has and the destination has not. */
export function CommitsTab({ name, target }: { name: string; target: Target }) {
  const { data, error, reload } = useResource(`commits ${name} ${target.mergeBase} ${target.sourceCommit}`, (signal) => read(name, target, signal));
  if (error && !data) return <Failure what="The commits can't be listed" error={error} retry={reload} />;
  return (
    <Table
      items={data?.commits ?? []}
      trackBy="commitId"
      loading={!data}
      loadingText="Reading commits"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Commits' }}
      header={
        <Header counter={data && `(${data.commits.length}${data.more ? '+' : ''})`} description={data?.more && `Only the first ${MOST_COMMITS.toLocaleString()} commits were looked through.`}>
          Commits
        </Header>
      }
      empty={<Empty title="There are no commits">The destination has all that the source has.</Empty>}
      columnDefinitions={[
        { id: 'id', header: 'Commit', minWidth: 130, cell: (it) => <CommitLink name={name} commit={it.commitId} /> },
        {
          id: 'message',
          header: 'Message',
          isRowHeader: true,
          minWidth: 200,
          cell: (it) => <Link href={`#${places.commit(name, it.commitId)}`}>{(it.message ?? '').split('\n')[0] || '(no message)'}</Link>,
        },
        { id: 'author', header: 'Author', cell: (it) => <span title={it.author?.email}>{it.author?.name || '–'}</span> },
        { id: 'date', header: 'Date', minWidth: 160, cell: (it) => <Moment at={timeOf(it.author)} /> },
      ]}
    />
  );
}
