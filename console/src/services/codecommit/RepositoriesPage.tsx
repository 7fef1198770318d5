import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { getRepositories, listRepositoryNames } from './api';
import { places } from './places';

const PAGE = 25;

export default function RepositoriesPage() {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const concerns = (arn: string) => arn.includes(':codecommit:');
  const names = useResource('repository names', listRepositoryNames, concerns);
  const fitting = (names.data ?? []).filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  const shown = fitting.slice((page - 1) * PAGE, page * PAGE);
  // Who may list repositories may not yet read them: names are shown all the same.
  const details = useResource(
    `repositories ${shown.join()}`,
    (signal) => (shown.length > 0 ? getRepositories(shown, signal) : Promise.resolve([])),
    concerns,
  );
  const byName = new Map(details.data?.map((it) => [it.repositoryName, it]));

  if (names.error && !names.data) return <Failure what="The repositories can't be listed" error={names.error} retry={names.reload} />;
  return (
    <Table
      variant="full-page"
      items={shown.map((name) => ({ name, repository: byName.get(name) }))}
      trackBy="name"
      loading={!names.data}
      loadingText="Reading repositories"
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Repositories' }}
      header={
        <Header
          variant="h1"
          counter={names.data && `(${names.data.length})`}
          description={details.error && `Their settings can't be shown: ${details.error.shown}`}
          actions={<Button variant="primary" href={`#${places.create}`}>Create repository</Button>}
        >
          Repositories
        </Header>
      }
      filter={
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Find a repository"
          filteringAriaLabel="Find a repository by its name"
          onChange={({ detail }) => {
            setText(detail.filteringText);
            setPage(1);
          }}
        />
      }
      pagination={
        <Pagination
          currentPageIndex={page}
          pagesCount={Math.max(1, Math.ceil(fitting.length / PAGE))}
          onChange={({ detail }) => setPage(detail.currentPageIndex)}
        />
      }
      empty={
        text ? (
          <Empty title="No repository is called so">Names are searched for the text anywhere in them.</Empty>
        ) : (
          <Empty title="There are no repositories yet">
            A repository keeps your source with all its history. <Link href={`#${places.create}`}>Create one</Link>, then
            push to it with git, or write its first file here.
          </Empty>
        )
      }
      columnDefinitions={[
        { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => <Link href={`#${places.repository(name)}`}>{name}</Link> },
        { id: 'description', header: 'Description', cell: ({ repository }) => repository?.repositoryDescription || '–' },
        { id: 'modified', header: 'Last modified', cell: ({ repository }) => <Moment at={repository?.lastModifiedDate} /> },
      ]}
    />
  );
}
