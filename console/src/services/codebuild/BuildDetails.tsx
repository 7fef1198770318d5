import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { pathOf } from '../../app/router';
import { JsonView } from '../../components/JsonView';
import { streamPath } from '../logs/paths';
import { locationOf, objectPath } from '../s3/paths';
import { idOf, type Build } from './api';
import { VariableTable } from './VariableTable';

/** What a build was made of, and what it told. */
export default function BuildDetails({ build }: { build: Build }) {
  const { source, environment, logs, cache, autoRetryConfig: retries } = build;
  const s3Log = logs?.s3LogsArn ? locationOf(logs.s3LogsArn) : undefined;
  const other = (arn: string | undefined) => (arn ? <Link href={`#${pathOf('codebuild', 'builds', idOf(arn))}`}>{idOf(arn)}</Link> : '–');
  return (
    <SpaceBetween size="l">
      <Container header={<Header>Configuration</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Project', value: <Link href={`#${pathOf('codebuild', 'projects', build.projectName)}`}>{build.projectName}</Link> },
            { label: 'Build ARN', value: <Box fontSize="body-s">{build.arn}</Box> },
            { label: 'Source', value: source ? `${source.type}${source.location ? ` ${source.location}` : ''}` : '–' },
            { label: 'Source version', value: build.sourceVersion ?? '–' },
            { label: 'Resolved source version', value: build.resolvedSourceVersion ?? '–' },
            { label: 'Secondary sources', value: build.secondarySources?.map((it) => `${it.sourceIdentifier}: ${it.location ?? it.type}`).join(', ') || '–' },
            { label: 'Image', value: environment?.image ?? '–' },
            { label: 'Environment type', value: environment?.type ?? '–' },
            { label: 'Compute', value: environment?.computeType ?? '–' },
            { label: 'Service role', value: <Box fontSize="body-s">{build.serviceRole ?? '–'}</Box> },
            { label: 'Time limit', value: build.timeoutInMinutes === undefined ? '–' : `${build.timeoutInMinutes} minutes` },
            { label: 'Queued time limit', value: build.queuedTimeoutInMinutes === undefined ? '–' : `${build.queuedTimeoutInMinutes} minutes` },
            { label: 'Cache', value: [cache?.type, cache?.location].filter(Boolean).join(' ') || '–' },
            { label: 'Encryption key', value: build.encryptionKey ?? '–' },
            {
              label: 'CloudWatch logs',
              value: logs?.groupName && logs.streamName ? <Link href={`#${streamPath(logs.groupName, logs.streamName)}`}>{logs.groupName}</Link> : 'None',
            },
            { label: 'S3 log', value: s3Log ? <Link href={`#${objectPath(s3Log.bucket, s3Log.key)}`}>{s3Log.key}</Link> : 'None' },
            { label: 'Retried from', value: other(retries?.previousAutoRetry) },
            { label: 'Retried by', value: other(retries?.nextAutoRetry) },
          ]}
        />
      </Container>
      <VariableTable title="Exported variables" variables={build.exportedEnvironmentVariables ?? []} none="No variable was exported" />
      <VariableTable title="Environment variables" variables={environment?.environmentVariables ?? []} />
      <Container header={<Header>Buildspec</Header>}>
        {source?.buildspec ? <Box variant="pre">{source.buildspec}</Box> : <Box color="text-body-secondary">buildspec.yml at the top of the source</Box>}
      </Container>
      <ExpandableSection variant="container" headerText="As JSON">
        <JsonView text={JSON.stringify(build)} label="Build as JSON" />
      </ExpandableSection>
    </SpaceBetween>
  );
}
