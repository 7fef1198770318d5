import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { pathOf } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Elapsed, Moment } from '../../components/time';
import { deleteBuilds, isOfProject, type Build } from './api';
import { listBatches, type Batch } from './batches';
import { BUILD_STATUSES } from './choices';
import { reason, Status } from './status';
import { useBuildPages } from './useBuildPages';
import { usePages } from './usePages';

const ANY = { value: '', label: 'Any status' };

const version = (it: Build | Batch) => (it.resolvedSourceVersion ?? it.sourceVersion ?? '–').slice(0, 12);

/** Builds of a project, or of all, the newest first. */
export function BuildHistory({ project, level = 'h2' }: { project?: string; level?: 'h1' | 'h2' }) {
  const [status, setStatus] = useState('');
  const [chosen, setChosen] = useState<Build[]>([]);
  const [deleting, setDeleting] = useState(false);
  const pages = useBuildPages(project, status);
  const { error, reload } = pages;
  if (error && !pages.builds) return <Failure what="The builds can't be listed" error={error} retry={reload} />;
  const shown = pages.builds ?? [];
  const remove = async () => {
    const kept = await deleteBuilds(chosen.map(({ id }) => id));
    setChosen([]);
    reload();
    if (kept.length > 0) notify({ type: 'warning', header: `${kept.length} builds were not deleted`, content: kept.map(({ id, statusCode }) => `${id}: ${statusCode ?? ''}`).join(', ') });
    else notify({ type: 'success', header: 'The builds were deleted' });
  };
  return (
    <>
      <Table
        variant={level === 'h1' ? 'full-page' : 'container'}
        items={shown}
        trackBy="id"
        loading={!pages.builds}
        loadingText="Reading builds"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        isItemDisabled={({ buildComplete }) => !buildComplete}
        enableKeyboardNavigation
        wrapLines
        ariaLabels={{
          tableLabel: project ? `Builds of ${project}` : 'Build history',
          selectionGroupLabel: 'Choose builds',
          allItemsSelectionLabel: () => 'Choose all',
          itemSelectionLabel: (_, { id }) => `Choose ${id}`,
        }}
        header={
          <Header
            variant={level}
            counter={pages.counted}
            actions={<Button disabled={chosen.length === 0} onClick={() => setDeleting(true)}>Delete builds</Button>}
          >
            Build history
          </Header>
        }
        filter={
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel="Status"
              options={[ANY, ...BUILD_STATUSES]}
              selectedOption={[ANY, ...BUILD_STATUSES].find(({ value }) => value === status) ?? ANY}
              onChange={({ detail }) => setStatus(detail.selectedOption.value ?? '')}
            />
          </SpaceBetween>
        }
        pagination={pages.pagination}
        empty={
          status && pages.counted !== '(0)' ? (
            <Empty title="No build on this page has that status">CodeBuild lists builds by their time alone, a hundred at a time: the next page may have some.</Empty>
          ) : (
            <Empty title="Nothing was built yet">“Start build” runs the buildspec of the project’s source.</Empty>
          )
        }
        columnDefinitions={[
          {
            id: 'build',
            header: 'Build run',
            minWidth: 150,
            isRowHeader: true,
            cell: (build) => (
              <Link href={`#${pathOf('codebuild', 'builds', build.id)}`}>
                {project ? '' : `${build.projectName} `}#{build.buildNumber ?? build.id.split(':').pop()}
              </Link>
            ),
          },
          { id: 'status', header: 'Status', minWidth: 155, cell: (build) => <Status word={build.currentPhase === 'QUEUED' ? 'QUEUED' : build.buildStatus} /> },
          { id: 'why', header: 'Why it failed', cell: (build) => reason(build) || '–' },
          { id: 'version', header: 'Source version', cell: (it) => version(it) },
          { id: 'by', header: 'Submitter', cell: ({ initiator }) => initiator ?? '–' },
          { id: 'start', header: 'Started', cell: ({ startTime }) => <Moment at={startTime} /> },
          { id: 'took', header: 'Duration', cell: ({ startTime, endTime }) => <Elapsed start={startTime} end={endTime} /> },
        ]}
      />
      {deleting && (
        <ConfirmDelete title={chosen.length === 1 ? `Delete build ${chosen[0].id}` : `Delete ${chosen.length} builds`} onClose={() => setDeleting(false)} onConfirm={remove}>
          They can’t be had back. Their logs and artifacts stay where they are.
        </ConfirmDelete>
      )}
    </>
  );
}

/** Batches of a project, the newest first. */
export function BatchHistory({ project }: { project: string }) {
  const [status, setStatus] = useState('');
  const pages = usePages();
  const of = useResource(
    `batches ${project} ${status} ${pages.token ?? ''}`,
    (signal) => listBatches(project, status || undefined, pages.token, signal),
    (arn) => isOfProject(arn, project),
  );
  if (of.error && !of.data) return <Failure what="The batches can't be listed" error={of.error} retry={of.reload} />;
  return (
    <Table
      items={of.data?.batches ?? []}
      trackBy="id"
      loading={!of.data}
      loadingText="Reading batches"
      enableKeyboardNavigation
      wrapLines
      ariaLabels={{ tableLabel: `Batches of ${project}` }}
      header={
        <Header
          counter={of.data && `(${of.data.batches.length}${of.data.next ? '+' : ''})`}
          actions={<Button href={`#${pathOf('codebuild', 'projects', project, 'start')}?batch`}>Start batch build</Button>}
        >
          Batch history
        </Header>
      }
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <Select
            ariaLabel="Status of batches"
            options={[ANY, ...BUILD_STATUSES]}
            selectedOption={[ANY, ...BUILD_STATUSES].find(({ value }) => value === status) ?? ANY}
            onChange={({ detail }) => {
              setStatus(detail.selectedOption.value ?? '');
              pages.restart();
            }}
          />
        </SpaceBetween>
      }
      pagination={pages.pagination(of.data?.next)}
      empty={<Empty title="There are no batches">“Start batch build” runs the builds of a buildspec’s batch section: a list, a graph or a matrix.</Empty>}
      columnDefinitions={[
        { id: 'batch', header: 'Batch', isRowHeader: true, cell: (it) => <Link href={`#${pathOf('codebuild', 'batches', it.id)}`}>#{it.buildBatchNumber ?? it.id.split(':').pop()}</Link> },
        { id: 'status', header: 'Status', minWidth: 155, cell: (it) => <Status word={it.buildBatchStatus} /> },
        { id: 'builds', header: 'Builds', cell: (it) => it.buildGroups?.length ?? 0 },
        { id: 'version', header: 'Source version', cell: (it) => version(it) },
        { id: 'start', header: 'Started', cell: (it) => <Moment at={it.startTime} /> },
        { id: 'took', header: 'Duration', cell: (it) => <Elapsed start={it.startTime} end={it.endTime} /> },
      ]}
    />
  );
}
