import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense } from 'react';
import { useReading } from '../../api/useResource';
import { go, pathOf, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { LogView } from '../../components/LogView';
import { Elapsed, Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { idOf, retryBuild, stopBuild, type Build } from './api';
import { build as readBuild } from './readings';
import { Status } from './status';
import { Timeline } from './Timeline';
import { useLog } from './useLog';

const Artifacts = lazy(() => import('./Artifacts'));
const Details = lazy(() => import('./BuildDetails'));
const BuildReports = lazy(() => import('./BuildReports'));

export default function BuildPage({ params: { id } }: PageProps) {
  const { data, error, reload } = useReading(readBuild(id));
  if (error && !data) return <Failure what="The build can't be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const build = data[0];
  if (!build) return <Empty title={`There is no build ${id}`}>It may have been deleted, or be in another region.</Empty>;
  return <Shown key={id} build={build} reload={reload} />;
}

function Shown({ build, reload }: { build: Build; reload: () => void }) {
  const { query } = useAddress();
  const tab = query.get('tab') ?? 'log';
  const [busy, act] = useAction();
  const { groupName, streamName } = build.logs ?? {};
  const live = useLog(groupName, streamName, build.buildComplete);
  const name = `${build.projectName} #${build.buildNumber ?? ''}`;
  const here = pathOf('codebuild', 'builds', build.id);
  const queued = build.currentPhase === 'QUEUED';

  const stop = () =>
    act(`${name} was not stopped`, async () => {
      await stopBuild(build.id);
      reload();
    });
  const retry = () =>
    act(`${name} was not started again`, async () => go(pathOf('codebuild', 'builds', (await retryBuild(build.id)).id)));
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
          info={<Status word={queued ? 'QUEUED' : build.buildStatus} />}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {build.buildComplete ? (
                <Button loading={busy} onClick={retry}>Retry</Button>
              ) : (
                <Button loading={busy} onClick={stop}>Stop</Button>
              )}
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {queued && <Alert type="info">It waits for a slot: as many builds run at once as the yard has, and the project allows. Projects take turns.</Alert>}
        <Container>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Started', value: <Moment at={build.startTime} /> },
              { label: 'Duration', value: <Elapsed start={build.startTime} end={build.endTime} /> },
              { label: 'Started by', value: build.initiator ?? '–' },
              { label: 'Version', value: build.resolvedSourceVersion ?? build.sourceVersion ?? '–' },
              ...(build.buildBatchArn ? [{ label: 'Batch', value: <Link href={`#${pathOf('codebuild', 'batches', idOf(build.buildBatchArn))}`}>{idOf(build.buildBatchArn)}</Link> }] : []),
            ]}
          />
        </Container>
        <Tabs
          ariaLabel={`Build ${name}`}
          activeTabId={tab}
          onChange={({ detail }) => go(detail.activeTabId === 'log' ? here : `${here}?tab=${detail.activeTabId}`)}
          tabs={[
            part(
              'log',
              'Phases and log',
              <SpaceBetween size="l">
                <Timeline of={build} />
                <Container header={<Header>Log</Header>}>
                  <SpaceBetween size="s">
                    {live.error && <Failure what="The log can't be shown" error={live.error} />}
                    {!groupName && build.buildComplete ? (
                      <Empty title="This build kept no log in CloudWatch Logs">The project’s settings of logs say where they go.</Empty>
                    ) : (
                      <LogView log={live.log} version={live.version} growing={live.growing && !live.error} fromEnd={!build.buildComplete} fileName={`${build.id.replace(':', '-')}.log`} />
                    )}
                  </SpaceBetween>
                </Container>
              </SpaceBetween>,
            ),
            part('reports', `Reports (${build.reportArns?.length ?? 0})`, <BuildReports arns={build.reportArns ?? []} />),
            part('artifacts', 'Artifacts', <Artifacts build={build} />),
            part('details', 'Build details', <Details build={build} />),
          ]}
        />
      </SpaceBetween>
    </ContentLayout>
  );
}
