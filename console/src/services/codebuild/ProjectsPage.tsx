import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { useReading } from '../../api/useResource';
import { pathOf } from '../../app/router';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { projectNames, projects, ROWS } from './readings';

export default function ProjectsPage() {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const names = useReading(projectNames);
  const fitting = (names.data ?? []).filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  const pages = Math.max(1, Math.ceil(fitting.length / ROWS));
  const shown = fitting.slice((page - 1) * ROWS, page * ROWS);
  // Who may list projects may not yet read them: names are shown all the same.
  const details = useReading(projects(shown));
  const byName = new Map(details.data?.map((project) => [project.name, project]));

  if (names.error && !names.data) return <Failure what="The projects can't be listed" error={names.error} retry={names.reload} />;
  return (
    <Table
      variant="full-page"
      items={shown.map((name) => ({ name, project: byName.get(name) }))}
      trackBy="name"
      loading={!names.data}
      loadingText="Reading projects"
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Build projects' }}
      header={
        <Header
          variant="h1"
          counter={names.data && `(${names.data.length})`}
          description={details.error && `Their settings can't be shown: ${details.error.shown}`}
          actions={<Button variant="primary" href="#/codebuild/create-project">Create project</Button>}
        >
          Build projects
        </Header>
      }
      filter={
        <TextFilter
          filteringText={text}
          filteringPlaceholder="Find a project"
          filteringAriaLabel="Find a project by its name"
          onChange={({ detail }) => {
            setText(detail.filteringText);
            setPage(1);
          }}
        />
      }
      pagination={<Pagination currentPageIndex={page} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} />}
      empty={
        text ? (
          <Empty title="No project is called so">Names are searched for the text anywhere in them.</Empty>
        ) : (
          <Empty title="There are no build projects yet">
            A project says where the source is, what to run and with which rights. <Link href="#/codebuild/create-project">Create one</Link>, or get a
            whole pipeline with <Box variant="code">codeyard quickstart</Box>.
          </Empty>
        )
      }
      columnDefinitions={[
        {
          id: 'name',
          header: 'Name',
          isRowHeader: true,
          cell: ({ name }) => <Link href={`#${pathOf('codebuild', 'projects', name)}`}>{name}</Link>,
        },
        { id: 'source', header: 'Source', cell: ({ project }) => (project ? project.source.location ?? project.source.type : '–') },
        { id: 'image', header: 'Image', cell: ({ project }) => project?.environment.image ?? '–' },
        { id: 'modified', header: 'Changed', cell: ({ project }) => <Moment at={project?.lastModified} /> },
      ]}
    />
  );
}
