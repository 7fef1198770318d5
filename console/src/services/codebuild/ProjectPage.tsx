import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense, useState } from 'react';
import { useReading } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { useAction } from '../../components/useAction';
import { deleteProject, invalidateCache, startBuild } from './api';
import { BatchHistory, BuildHistory } from './History';
import { project as readProject } from './readings';

const Details = lazy(() => import('./ProjectDetails'));
const Triggers = lazy(() => import('./Triggers'));
const Sharing = lazy(() => import('./Sharing'));

export default function ProjectPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const tab = query.get('tab') ?? 'history';
  const [starting, start] = useAction();
  const [acting, act] = useAction();
  const [deleting, setDeleting] = useState(false);
  const project = useReading(readProject(name));
  const here = pathOf('codebuild', 'projects', name);

  const found = project.data?.[0];
  if (project.data && !found) {
    return <Empty title={`There is no project ${name}`}>It may have been deleted, or be in another region.</Empty>;
  }
  const more = (id: string) => {
    if (id === 'edit') go(pathOf('codebuild', 'projects', name, 'edit'));
    else if (id === 'delete') setDeleting(true);
    else if (id === 'cache') {
      void act('The cache was not invalidated', async () => {
        await invalidateCache(name);
        notify({ type: 'success', header: `The cache of ${name} was invalidated`, content: 'The next build begins without it.' });
      });
    }
  };
  const part = (id: string, label: string, content: React.ReactNode) => ({
    id,
    label,
    content: tab === id && <Suspense fallback={<Spinner />}>{content}</Suspense>,
  });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={found?.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <ButtonDropdown
                loading={acting}
                items={[
                  { id: 'edit', text: 'Edit' },
                  { id: 'cache', text: 'Invalidate cache' },
                  { id: 'delete', text: 'Delete' },
                ]}
                onItemClick={({ detail }) => more(detail.id)}
              >
                Actions
              </ButtonDropdown>
              <Button href={`#${pathOf('codebuild', 'projects', name, 'start')}`}>Start with overrides</Button>
              <Button
                variant="primary"
                loading={starting}
                onClick={() => start(`No build of ${name} was started`, async () => go(pathOf('codebuild', 'builds', (await startBuild({ projectName: name })).id)))}
              >
                Start build
              </Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {project.error && <Failure what="The project can't be shown" error={project.error} retry={project.reload} />}
        <Tabs
          ariaLabel={`Project ${name}`}
          activeTabId={tab}
          onChange={({ detail }) => go(detail.activeTabId === 'history' ? here : `${here}?tab=${detail.activeTabId}`)}
          tabs={[
            part('history', 'Build history', <BuildHistory project={name} />),
            part('batches', 'Batch history', <BatchHistory project={name} />),
            part('details', 'Project details', found && <Details project={found} />),
            part('triggers', 'Webhook', found && <Triggers project={found} reload={project.reload} />),
            part('sharing', 'Badge and public builds', found && <Sharing project={found} reload={project.reload} />),
          ]}
        />
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete ${name}`}
          typed="delete"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteProject(name);
            notify({ type: 'success', header: `Project ${name} was deleted` });
            go('/codebuild/projects');
          }}
        >
          The project can’t be had back. Its builds stay until they expire; its logs and artifacts stay where they are.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}
