import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { shownName } from '../../api/session';
import { Moment } from '../../components/time';
import { outcome } from './links';
import { Status } from './status';
import type { ActionExecution, Artifact } from './types';

/** What an action was given, and what it made. */
export function ActionDetail({ action, onClose }: { action: ActionExecution; onClose: () => void }) {
  const { input, output } = action;
  const result = output?.executionResult;
  const configuration = input?.resolvedConfiguration ?? input?.configuration;
  const made = input?.actionTypeId && outcome(input.actionTypeId, input.configuration, result?.externalExecutionId);
  const error = result?.errorDetails;
  return (
    <Container header={<Header info={<Status word={action.status} />} actions={<Button iconName="close" variant="icon" ariaLabel="Close the details" onClick={onClose} />}>{action.actionName}</Header>}>
      <SpaceBetween size="l">
        {error && <Box color="text-status-error"><span className="pipeline-said">{error.code && <strong>{error.code}: </strong>}{error.message}</span></Box>}
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Action execution id', value: action.actionExecutionId },
            { label: 'Started', value: <Moment at={action.startTime} /> },
            { label: 'Last change', value: <Moment at={action.lastUpdateTime} /> },
            ...(action.updatedBy ? [{ label: 'Decided by', value: shownName(action.updatedBy) }] : []),
            ...(result?.externalExecutionSummary ? [{ label: 'Summary', value: <span className="pipeline-said">{result.externalExecutionSummary}</span> }] : []),
            ...(result?.externalExecutionId ? [{ label: made?.text ?? 'External execution id', value: made ? <Link href={made.href}>{result.externalExecutionId}</Link> : result.externalExecutionId }] : []),
            ...(input?.roleArn ? [{ label: 'Role', value: input.roleArn }] : []),
            ...(input?.namespace ? [{ label: 'Namespace', value: input.namespace }] : []),
          ]}
        />
        <ColumnLayout columns={2}>
          <Pairs title="Configuration, variables put in" values={configuration} none="It has none." />
          <Pairs title="Output variables" values={output?.outputVariables} none="It gave none." />
          <Artifacts title="Input artifacts" artifacts={input?.inputArtifacts} />
          <Artifacts title="Output artifacts" artifacts={output?.outputArtifacts} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}

function Pairs({ title, values, none }: { title: string; values: Record<string, string> | undefined; none: string }) {
  const all = Object.entries(values ?? {});
  return (
    <SpaceBetween size="xs">
      <Header variant="h3">{title}</Header>
      {all.length === 0 ? <Box color="text-body-secondary">{none}</Box> : <KeyValuePairs items={all.map(([label, value]) => ({ label, value: <span className="pipeline-said">{value}</span> }))} />}
    </SpaceBetween>
  );
}

function Artifacts({ title, artifacts }: { title: string; artifacts: Artifact[] | undefined }) {
  return (
    <SpaceBetween size="xs">
      <Header variant="h3">{title}</Header>
      {(artifacts ?? []).length === 0 ? (
        <Box color="text-body-secondary">None.</Box>
      ) : (
        <KeyValuePairs
          items={(artifacts ?? []).map(({ name, s3location }) => ({
            label: name ?? '',
            value: s3location?.bucket ? <Box variant="code">{`s3://${s3location.bucket}/${s3location.key ?? ''}`}</Box> : '–',
          }))}
        />
      )}
    </SpaceBetween>
  );
}
