import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { Moment } from '../../components/time';
import { timeOf, type Commit } from './api';
import { places } from './places';
import { authorOf, shortId, shownReference, subjectOf } from './words';

export interface CommitRow {
  commit: Commit;
  references?: string[];
  /** The file's path there, where one file's history is shown. */
  path?: string;
}

interface Props {
  repository: string;
  rows: CommitRow[] | undefined;
  header: ReactNode;
  empty: ReactNode;
  more?: () => void;
  busy?: boolean;
}

/** Branches and tags that point at a commit. */
export function Pointers({ references }: { references: string[] | undefined }) {
  return (references ?? []).map((reference) => (
    <Badge key={reference} color={reference.startsWith('refs/tags/') ? 'grey' : 'blue'}>{shownReference(reference)}</Badge>
  ));
}

/** Commits, newest first. */
export function CommitTable({ repository, rows, header, empty, more, busy }: Props) {
  const withPath = rows?.some((row) => row.path !== undefined);
  return (
    <Table
      variant="container"
      items={rows ?? []}
      trackBy={({ commit, path }) => `${commit.commitId} ${path}`}
      loading={!rows}
      loadingText="Reading history"
      enableKeyboardNavigation
      wrapLines
      ariaLabels={{ tableLabel: 'Commits' }}
      header={header}
      empty={empty}
      footer={more && <Box textAlign="center"><Button loading={busy} onClick={more}>Show more</Button></Box>}
      columnDefinitions={[
        {
          id: 'id',
          header: 'Commit ID',
          minWidth: 130,
          cell: ({ commit }) => (
            <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
              <Link href={`#${places.commit(repository, commit.commitId)}`}>{shortId(commit.commitId)}</Link>
              <CopyToClipboard variant="icon" textToCopy={commit.commitId} copyButtonAriaLabel={`Copy the id of ${shortId(commit.commitId)}`} copySuccessText="Copied" copyErrorText="The browser does not let it be copied" />
            </SpaceBetween>
          ),
        },
        {
          id: 'message',
          header: 'Commit message',
          isRowHeader: true,
          minWidth: 200,
          cell: ({ commit, references }) => (
            <SpaceBetween direction="horizontal" size="xs">
              <span>{subjectOf(commit.message)}</span>
              <Pointers references={references} />
            </SpaceBetween>
          ),
        },
        ...(withPath ? [{ id: 'path', header: 'Path', cell: ({ path }: CommitRow) => path ?? '–' }] : []),
        { id: 'date', header: 'Commit date', minWidth: 150, cell: ({ commit }) => <Moment at={timeOf(commit.committer)} /> },
        { id: 'author', header: 'Author', cell: ({ commit }) => authorOf(commit) },
        {
          id: 'actions',
          header: 'Actions',
          minWidth: 120,
          cell: ({ commit, path }) => (
            <Link href={`#${places.browse(repository, commit.commitId, path)}`} ariaLabel={`${path ? 'Show file' : 'Browse'} at ${shortId(commit.commitId)}`}>
              {path ? 'Show file' : 'Browse'}
            </Link>
          ),
        },
      ]}
    />
  );
}
