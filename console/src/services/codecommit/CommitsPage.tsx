import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { getRepository, isOfRepository } from './api';
import { CommitsFrame } from './CommitsFrame';
import { CommitTable, type CommitRow } from './CommitTable';
import { fileHistory, listCommits } from './history';
import { getPlace } from './contents';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { useMore } from './useMore';
import { kindOf, shownReference } from './words';

/** What a branch, a tag or a commit stands on. */
export default function CommitsPage({ params: { name, reference } }: PageProps) {
  const at = useDefault(name, reference);
  return (
    <CommitsFrame name={name} view="commits" reference={reference}>
      <Unready {...at} />
      {at.reference && <Commits name={name} reference={at.reference} />}
    </CommitsFrame>
  );
}

/** The reference of an address, or the default branch. */
export function useDefault(name: string, reference: string | undefined) {
  const { data, error, reload } = useResource(`default of ${name} ${reference ?? ''}`, async (signal) =>
    reference ?? (await getRepository(name, signal)).defaultBranch ?? '', (arn) => !reference && isOfRepository(arn, name));
  return { reference: data, error, reload, empty: data === '' };
}

export function Unready({ reference, error, reload, empty }: ReturnType<typeof useDefault>) {
  if (error && reference === undefined) return <Failure what="The repository can't be shown" error={error} retry={reload} />;
  if (empty) return <Empty title="There are no commits yet">Create a file under “Code”, or clone the repository and push to it.</Empty>;
  return reference === undefined ? <Spinner /> : null;
}

function Commits({ name, reference }: { name: string; reference: string }) {
  const listing = useMore<CommitRow>(
    `commits ${name} ${reference}`,
    async (nextToken, signal) => {
      const page = await listCommits({ repositoryName: name, commitSpecifiers: [reference], maxResults: 50, nextToken }, signal);
      return { items: page.commits, nextToken: page.nextToken };
    },
    (arn) => kindOf(reference) !== 'commit' && isOfRepository(arn, name),
  );
  return (
    <SpaceBetween size="m">
      <ReferencePicker repository={name} value={reference} label="Branch, tag or commit" onChange={(next) => go(places.commits(name, next))} />
      {listing.error && !listing.items ? (
        <Failure what="The history can't be shown" error={listing.error} retry={listing.reload} />
      ) : (
        <CommitTable
          repository={name}
          rows={listing.items}
          header={<Header>{`Commits of ${shownReference(reference)}`}</Header>}
          empty={<Empty title="There are no commits">A branch has at least one.</Empty>}
          more={listing.more}
          busy={listing.busy}
        />
      )}
    </SpaceBetween>
  );
}

/** The commits that changed a file, across renames, or a folder. */
export function HistoryPage({ params: { name, reference, path } }: PageProps) {
  const concerns = (arn: string) => kindOf(reference) !== 'commit' && isOfRepository(arn, name);
  const listing = useMore<CommitRow>(
    `history ${name} ${reference} ${path}`,
    async (nextToken, signal) => {
      // A page token tells which of the two it is of.
      const [kind, token] = nextToken === undefined ? [undefined, undefined] : [nextToken.slice(0, 1), nextToken.slice(1)];
      const isFolder = kind ? kind === 'd' : 'folder' in (await getPlace(name, reference, path, signal).catch(() => ({}) as object));
      if (isFolder) {
        const page = await listCommits({ repositoryName: name, commitSpecifiers: [reference], filePath: path, maxResults: 50, nextToken: token }, signal);
        return { items: page.commits.map(({ commit }) => ({ commit })), nextToken: page.nextToken && `d${page.nextToken}` };
      }
      const page = await fileHistory({ repositoryName: name, commitSpecifier: reference, filePath: path, maxResults: 50, nextToken: token }, signal);
      return { items: (page.revisionDag ?? []).map(({ commit, path: there }) => ({ commit, path: there })), nextToken: page.nextToken && `f${page.nextToken}` };
    },
    concerns,
  );
  return (
    <CommitsFrame name={name} reference={reference}>
      {listing.error && !listing.items ? (
        <Failure what={`The history of ${path} can't be shown`} error={listing.error} retry={listing.reload} />
      ) : (
        <CommitTable
          repository={name}
          rows={listing.items}
          header={
            <Header
              description={<Box color="text-body-secondary">{`At ${shownReference(reference)}. `}<Link href={`#${places.browse(name, reference, path)}`}>Show it</Link></Box>}
            >
              {`History of ${path}`}
            </Header>
          }
          empty={<Empty title="No commit has it">{`Nothing called ${path} is in the history of ${shownReference(reference)}.`}</Empty>}
          more={listing.more}
          busy={listing.busy}
        />
      )}
    </CommitsFrame>
  );
}
