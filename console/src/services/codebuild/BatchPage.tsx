import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useEffect, useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Elapsed, Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { idOf, isOfProject, type Build } from './api';
import { BatchGraph } from './BatchGraph';
import { deleteBatch, getBatch, retryBatch, stopBatch, type Batch } from './batches';
import { projectOfBuild } from './names';
import { Status } from './status';
import { Timeline } from './Timeline';

/** How often a batch that goes on is read, in milliseconds. */
const AGAIN = 2000;

export default function BatchPage({ params: { id } }: PageProps) {
  const of = useResource(`batch ${id}`, (signal) => getBatch(id, signal), (arn) => isOfProject(arn, projectOfBuild(id)));
  if (of.error && !of.data) return <Failure what="The batch can't be shown" error={of.error} retry={of.reload} />;
  if (!of.data && of.loading) return <Spinner size="large" />;
  if (!of.data) return <Empty title={`There is no batch ${id}`}>It may have been deleted, or be in another region.</Empty>;
  return <Shown {...of.data} reload={of.reload} />;
}

function Shown({ batch, builds, reload }: { batch: Batch; builds: Map<string, Build>; reload: () => void }) {
  const [busy, act] = useAction();
  const [deleting, setDeleting] = useState(false);
  // Its builds tell of themselves; of the batch, which ends behind the last of them, there are no events.
  useEffect(() => {
    if (batch.complete) return;
    const timer = setInterval(() => document.hidden || reload(), AGAIN);
    return () => clearInterval(timer);
  }, [batch.complete, reload]);
  const name = `${batch.projectName} batch #${batch.buildBatchNumber ?? ''}`;
  const groups = batch.buildGroups ?? [];
  const retry = (kind: 'RETRY_ALL_BUILDS' | 'RETRY_FAILED_BUILDS') =>
    act(`${name} was not retried`, async () => {
      const next = await retryBatch(batch.id, kind);
      go(pathOf('codebuild', 'batches', next.id));
      reload();
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          info={<Status word={batch.buildBatchStatus} />}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {batch.complete && <Button onClick={() => setDeleting(true)}>Delete</Button>}
              {batch.complete ? (
                // CodeBuild retries no batch that succeeded.
                <ButtonDropdown
                  loading={busy}
                  disabled={batch.buildBatchStatus === 'SUCCEEDED'}
                  disabledReason="Only batches that did not succeed can be retried."
                  items={[
                    { id: 'RETRY_FAILED_BUILDS', text: 'Retry failed builds' },
                    { id: 'RETRY_ALL_BUILDS', text: 'Retry all builds' },
                  ]}
                  onItemClick={({ detail }) => retry(detail.id as 'RETRY_ALL_BUILDS')}
                >
                  Retry batch
                </ButtonDropdown>
              ) : (
                <Button
                  loading={busy}
                  onClick={() =>
                    act(`${name} was not stopped`, async () => {
                      await stopBatch(batch.id);
                      reload();
                    })
                  }
                >
                  Stop batch
                </Button>
              )}
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Started', value: <Moment at={batch.startTime} /> },
              { label: 'Duration', value: <Elapsed start={batch.startTime} end={batch.endTime} /> },
              { label: 'Started by', value: batch.initiator ?? '–' },
              { label: 'Version', value: batch.resolvedSourceVersion ?? batch.sourceVersion ?? '–' },
            ]}
          />
        </Container>
        <Container header={<Header description="Each build, and the lines from what it waits for.">Batch graph</Header>}>
          {groups.length > 0 ? <BatchGraph groups={groups} builds={builds} /> : <Empty title="There are no builds yet">The batch section of the buildspec is read first.</Empty>}
        </Container>
        <Table
          items={groups}
          trackBy="identifier"
          wrapLines
          enableKeyboardNavigation
          ariaLabels={{ tableLabel: 'Builds of the batch' }}
          header={<Header counter={`(${groups.length})`}>Builds</Header>}
          empty={<Empty title="There are no builds yet">The batch section of the buildspec is read first.</Empty>}
          columnDefinitions={[
            {
              id: 'id',
              header: 'Build identifier',
              isRowHeader: true,
              cell: ({ identifier, currentBuildSummary: it }) => (it?.arn ? <Link href={`#${pathOf('codebuild', 'builds', idOf(it.arn))}`}>{identifier}</Link> : identifier),
            },
            { id: 'status', header: 'Status', minWidth: 155, cell: ({ currentBuildSummary: it }) => <Status word={it?.buildStatus} /> },
            { id: 'after', header: 'Waits for', cell: ({ dependsOn }) => dependsOn?.join(', ') || '–' },
            {
              id: 'took',
              header: 'Duration',
              cell: ({ currentBuildSummary: it }) => {
                const build = it?.arn ? builds.get(it.arn) : undefined;
                return <Elapsed start={build?.startTime} end={build?.endTime} />;
              },
            },
            { id: 'ignored', header: 'Failure', cell: ({ ignoreFailure }) => (ignoreFailure ? 'Is ignored' : 'Fails the batch') },
            { id: 'prior', header: 'Earlier attempts', cell: ({ priorBuildSummaryList: all }) => all?.length ?? 0 },
          ]}
        />
        <Timeline of={batch} />
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete ${name}`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteBatch(batch.id);
            notify({ type: 'success', header: `${name} was deleted` });
            go(`${pathOf('codebuild', 'projects', batch.projectName)}?tab=batches`);
          }}
        >
          Its builds are deleted too.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}
