import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Icon from '@cloudscape-design/components/icon';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { CommitLine } from './CommitLine';
import { getContent, parentOf, type Entry, type Folder } from './contents';
import { listCommits } from './history';
import { places } from './places';
import { Readme } from './Readme';
import { shortId } from './words';

/** Rows that are shown at first. */
const MOST = 300;

const ICONS = { folder: 'folder', file: 'file', link: 'external', submodule: 'folder-open' } as const;
const KINDS = { folder: 'Folder', file: 'File', link: 'Symbolic link', submodule: 'Submodule' };

const isReadme = (entry: Entry) => entry.kind === 'file' && /^readme(\.(md|markdown|txt))?$/i.test(entry.name);

/** What is in a folder, its last commit, and what its README says. */
export function FolderView({ repository, reference, folder }: { repository: string; reference: string; folder: Folder }) {
  const { path, commitId } = folder;
  const [most, setMost] = useState(MOST);
  // Who may see files may not yet see history: then the line is left out.
  const last = useResource(`last ${repository} ${commitId} ${path}`, (signal) =>
    listCommits({ repositoryName: repository, commitSpecifiers: [commitId], filePath: path || undefined, maxResults: 1 }, signal));
  const readme = folder.entries.find(isReadme);
  const text = useResource(`readme ${repository} ${readme?.id}`, (signal) =>
    readme ? getContent(repository, readme.id, signal) : Promise.resolve(undefined));
  const commit = last.data?.commits[0]?.commit;
  const up: Entry[] = path ? [{ kind: 'folder', name: '..', path: parentOf(path), id: '' }] : [];

  return (
    <SpaceBetween size="m">
      <Table
        variant="container"
        items={[...up, ...folder.entries.slice(0, most)]}
        trackBy="name"
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: path || 'Files' }}
        header={
          <Header
            variant="h2"
            counter={`(${folder.entries.length})`}
            actions={<Button href={`#${path ? places.history(repository, reference, path) : places.commits(repository, reference)}`}>History</Button>}
            description={commit && <CommitLine repository={repository} commit={commit} />}
          >
            {path || repository}
          </Header>
        }
        empty={<Empty title="This folder is empty">Git keeps files only: a folder is there as long as something is in it.</Empty>}
        footer={
          folder.entries.length > most && (
            <Box textAlign="center">
              <Button onClick={() => setMost(most + 10 * MOST)}>{`Show more of ${folder.entries.length.toLocaleString()}`}</Button>
            </Box>
          )
        }
        columnDefinitions={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            cell: (entry) => (
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <Icon name={ICONS[entry.kind]} />
                <Link href={`#${places.browse(repository, reference, entry.path)}`} ariaLabel={entry.name === '..' ? 'The folder above' : undefined}>{entry.name}</Link>
              </SpaceBetween>
            ),
          },
          {
            id: 'kind',
            header: 'Type',
            cell: (entry) => (entry.kind === 'submodule' ? `Submodule at ${shortId(entry.id)}` : entry.mode === 'EXECUTABLE' ? 'File, executable' : KINDS[entry.kind]),
          },
        ]}
      />
      {readme && text.data?.content.kind === 'text' && (
        <Container header={<Header>{readme.name}</Header>}>
          <Readme repository={repository} reference={reference} path={readme.path} text={text.data.content.text} />
        </Container>
      )}
    </SpaceBetween>
  );
}
