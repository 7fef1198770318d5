import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { type Loaded, useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Failure } from '../../components/Failure';
import { Elapsed, Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { createDeployment, getDeployment, isOfGroup, listTargets, stopDeployment } from './api';
import { places } from './places';
import { Progress } from './Progress';
import { revisionText } from './revision';
import { creatorText, isOver, readable, Status } from './status';
import { Targets } from './Targets';
import type { Deployment, Revision, Target } from './types';
import { useWhile } from './useWhile';

/** Lifecycle events tell nothing: while a deployment runs, they are looked at so often. */
const LOOK = 2000;

async function load(id: string, signal: AbortSignal): Promise<{ deployment: Deployment; targets: Target[] }> {
  const deployment = await getDeployment(id, signal);
  // Before it has begun it has no targets.
  const targets = await listTargets(id, signal);
  return { deployment, targets };
}

export default function DeploymentPage({ params: { id } }: PageProps) {
  const found: Loaded<Awaited<ReturnType<typeof load>>> = useResource(
    `deployment ${id}`,
    (signal) => load(id, signal),
    (arn) => !found.data || isOfGroup(arn, found.data.deployment.applicationName, found.data.deployment.deploymentGroupName),
  );
  const { data, error, reload } = found;
  useWhile(!!data && !isOver(data.deployment), reload, LOOK);
  if (error && !data) return <Failure what="The deployment can’t be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const { deployment, targets } = data;
  return (
    <SpaceBetween size="l">
      <Head deployment={deployment} reload={reload} />
      {error && <Failure what="What has changed can’t be read" error={error} retry={reload} />}
      {hasNotes(deployment) && <Notes deployment={deployment} />}
      <Progress deployment={deployment} targets={targets} />
      <Targets targets={targets} over={isOver(deployment)} />
      <Details deployment={deployment} />
    </SpaceBetween>
  );
}

/** What makes a deployment as this one was, with its revision or another. */
const again = (it: Deployment, revision: Revision | undefined) => ({
  applicationName: it.applicationName,
  deploymentGroupName: it.deploymentGroupName,
  deploymentConfigName: it.deploymentConfigName,
  revision,
  description: it.description,
  ignoreApplicationStopFailures: it.ignoreApplicationStopFailures,
  fileExistsBehavior: it.fileExistsBehavior,
  autoRollbackConfiguration: it.autoRollbackConfiguration,
});

function Head({ deployment, reload }: { deployment: Deployment; reload: () => void }) {
  const [busy, act] = useAction();
  const [stopping, setStopping] = useState<{ rollback: boolean }>();
  const { deploymentId: id, revision, previousRevision } = deployment;
  const deploy = (of: Revision | undefined, what: string) =>
    act(`${id} was not deployed again`, async () => {
      const next = await createDeployment(again(deployment, of));
      notify({ type: 'success', header: `${what}: ${next}` });
      go(places.deployment(next));
    });
  const copy = places.deploy(deployment.applicationName, {
    group: deployment.deploymentGroupName,
    location: revision?.s3Location ? `s3://${revision.s3Location.bucket}/${revision.s3Location.key}` : undefined,
    bundle: revision?.s3Location?.bundleType,
    version: revision?.s3Location?.version,
  });
  return (
    <>
      <Header
        variant="h1"
        info={<Status word={deployment.status} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="refresh" ariaLabel="Read the deployment anew" onClick={reload} />
            {isOver(deployment) ? (
              <SpaceBetween direction="horizontal" size="xs">
                <Button href={`#${copy}`}>Copy deployment</Button>
                <Button disabled={!previousRevision} disabledReason="The group had no revision before." loading={busy} onClick={() => deploy(previousRevision, 'The revision before is deployed')}>
                  Roll back
                </Button>
                <Button variant="primary" loading={busy} onClick={() => deploy(revision, 'The revision is deployed again')}>Retry deployment</Button>
              </SpaceBetween>
            ) : (
              <ButtonDropdown
                variant="primary"
                loading={busy}
                onItemClick={({ detail }) => setStopping({ rollback: detail.id === 'rollback' })}
                items={[
                  { id: 'stop', text: 'Stop deployment' },
                  { id: 'rollback', text: 'Stop and roll back deployment' },
                ]}
              >
                Stop
              </ButtonDropdown>
            )}
          </SpaceBetween>
        }
      >
        {id}
      </Header>
      {stopping && (
        <ConfirmDelete
          title={stopping.rollback ? `Stop ${id} and roll back?` : `Stop ${id}?`}
          action={stopping.rollback ? 'Stop and roll back' : 'Stop'}
          onConfirm={async () => {
            const { statusMessage } = await stopDeployment(id, stopping.rollback);
            notify({ type: 'info', header: `${id} is stopping`, content: statusMessage });
            reload();
          }}
          onClose={() => setStopping(undefined)}
        >
          Lifecycle events that run are finished, and hosts that have the revision keep it.
          {stopping.rollback && ' Then a new deployment brings the last revision that succeeded to the whole group.'}
        </ConfirmDelete>
      )}
    </>
  );
}

const hasNotes = ({ errorInformation, rollbackInfo, deploymentStatusMessages = [] }: Deployment) => !!errorInformation || !!rollbackInfo || deploymentStatusMessages.length > 0;

/** What went wrong, and which deployment rolls back which. */
function Notes({ deployment: { errorInformation: error, rollbackInfo: rollback, deploymentStatusMessages: messages = [] } }: { deployment: Deployment }) {
  const by = rollback?.rollbackDeploymentId;
  const of = rollback?.rollbackTriggeringDeploymentId;
  return (
    <SpaceBetween size="s">
      {error && <Alert type="error" header={error.code && readable(error.code.toLowerCase().replace(/_/g, ' '))}>{error.message}</Alert>}
      {rollback && (
        <Alert type="info" header={by ? 'It was rolled back' : of ? 'It rolls another deployment back' : 'Rollback'}>
          {rollback.rollbackMessage}{' '}
          {by && <>Rolled back by <Link href={`#${places.deployment(by)}`}>{by}</Link>.</>}{' '}
          {of && <>Because of <Link href={`#${places.deployment(of)}`}>{of}</Link>.</>}
        </Alert>
      )}
      {messages.map((message) => <Alert key={message} type="info">{message}</Alert>)}
    </SpaceBetween>
  );
}

const ROLLBACKS: Record<string, string> = {
  DEPLOYMENT_FAILURE: 'when it fails',
  DEPLOYMENT_STOP_ON_ALARM: 'when an alarm sounds',
  DEPLOYMENT_STOP_ON_REQUEST: 'when it is stopped',
};

export const rollbackText = (rollback: Deployment['autoRollbackConfiguration']) =>
  rollback?.enabled ? `Automatically ${(rollback.events ?? []).map((event) => ROLLBACKS[event] ?? event).join(' and ')}` : 'Off';

function Details({ deployment: it }: { deployment: Deployment }) {
  const end = isOver(it) ? (it.completeTime ?? it.createTime) : undefined;
  return (
    <Container header={<Header>Deployment details</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Application', value: <Link href={`#${places.application(it.applicationName)}`}>{it.applicationName}</Link> },
          { label: 'Deployment group', value: <Link href={`#${places.group(it.applicationName, it.deploymentGroupName)}`}>{it.deploymentGroupName}</Link> },
          { label: 'Deployment configuration', value: it.deploymentConfigName },
          { label: 'Created', value: <Moment at={it.createTime} /> },
          { label: 'Duration', value: <Elapsed start={it.startTime ?? it.createTime} end={end} /> },
          { label: 'Initiated by', value: creatorText(it.creator) },
          { label: 'Revision', value: revisionText(it.revision) },
          { label: 'Revision before', value: it.previousRevision ? revisionText(it.previousRevision) : 'None' },
          { label: 'Deployment type', value: it.deploymentStyle?.deploymentType === 'BLUE_GREEN' ? 'Blue/green' : 'In place' },
          { label: 'Rollback', value: rollbackText(it.autoRollbackConfiguration) },
          { label: 'Files that exist', value: it.fileExistsBehavior ?? 'DISALLOW' },
          { label: 'Description', value: it.description ?? '–' },
        ]}
      />
    </Container>
  );
}
