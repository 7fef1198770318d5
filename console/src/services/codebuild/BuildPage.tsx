import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notifyError } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { LogView } from '../../components/LogView';
import { Elapsed, Moment } from '../../components/time';
import { getBuilds, retryBuild, stopBuild, type Build } from './api';
import { Status } from './status';
import { Timeline } from './Timeline';
import { useLog } from './useLog';

export default function BuildPage({ params: { id } }: PageProps) {
  const { data, error, reload } = useResource(
    `build ${id}`,
    (signal) => getBuilds([id], signal),
    (arn) => arn.endsWith(`:build/${id}`),
  );
  if (error && !data) return <Failure what="The build can't be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const build = data[0];
  if (!build) return <Empty title={`There is no build ${id}`}>It may have been deleted, or be in another region.</Empty>;
  return <Shown build={build} reload={reload} />;
}

function Shown({ build, reload }: { build: Build; reload: () => void }) {
  const [busy, setBusy] = useState(false);
  const { groupName, streamName } = build.logs ?? {};
  const live = useLog(groupName, streamName, build.buildComplete);
  const name = `${build.projectName} #${build.buildNumber ?? ''}`;

  const act = async (what: string, action: () => Promise<void>) => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      notifyError(what, error);
    } finally {
      setBusy(false);
    }
  };
  const stop = () =>
    act(`${name} was not stopped`, async () => {
      await stopBuild(build.id);
      reload();
    });
  const retry = () =>
    act(`${name} was not started again`, async () => go(pathOf('codebuild', 'builds', (await retryBuild(build.id)).id)));

  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          info={<Status word={build.buildStatus} />}
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
        <Container>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Started', value: <Moment at={build.startTime} /> },
              { label: 'Duration', value: <Elapsed start={build.startTime} end={build.endTime} /> },
              { label: 'Started by', value: build.initiator ?? '–' },
              { label: 'Version', value: build.resolvedSourceVersion ?? build.sourceVersion ?? '–' },
            ]}
          />
        </Container>
        <Timeline build={build} />
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
      </SpaceBetween>
    </ContentLayout>
  );
}
