import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { pathOf } from '../../app/router';
import { JsonView } from '../../components/JsonView';
import { Moment } from '../../components/time';
import type { Project } from './api';
import { VariableTable } from './VariableTable';

const minutes = (count: number | undefined, usual: number) => `${count ?? usual} minutes`;

/** All that a project is made of. */
export default function ProjectDetails({ project }: { project: Project }) {
  const { source, environment, artifacts, cache, logsConfig } = project;
  const cloudWatch = logsConfig?.cloudWatchLogs;
  const s3 = logsConfig?.s3Logs;
  const group = cloudWatch?.groupName ?? `/aws/codebuild/${project.name}`;
  return (
    <SpaceBetween size="l">
      <Container header={<Header actions={<Button href={`#${pathOf('codebuild', 'projects', project.name, 'edit')}`}>Edit</Button>}>Settings</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Source', value: `${source.type}${source.location ? ` ${source.location}` : ''}` },
            { label: 'Version', value: project.sourceVersion ?? 'The source’s default' },
            { label: 'Secondary sources', value: project.secondarySources?.map((it) => it.sourceIdentifier).join(', ') || '–' },
            { label: 'Image', value: `${environment.image} (${environment.computeType})` },
            { label: 'Environment type', value: environment.type },
            { label: 'Privileged', value: environment.privilegedMode ? 'Yes' : 'No' },
            { label: 'Service role', value: <Box fontSize="body-s">{project.serviceRole}</Box> },
            { label: 'Time limit', value: minutes(project.timeoutInMinutes, 60) },
            { label: 'Queued time limit', value: minutes(project.queuedTimeoutInMinutes, 480) },
            { label: 'Concurrent builds', value: project.concurrentBuildLimit ?? 'No limit' },
            { label: 'Auto-retry limit', value: project.autoRetryLimit ?? 0 },
            { label: 'Artifacts', value: artifacts?.location ? <Link href={`#${pathOf('s3', 'buckets', artifacts.location)}`}>{artifacts.location}</Link> : artifacts?.type ?? '–' },
            { label: 'Cache', value: cache ? [cache.type, cache.location, ...(cache.modes ?? [])].filter(Boolean).join(' ') : '–' },
            { label: 'CloudWatch logs', value: cloudWatch?.status === 'DISABLED' ? 'Disabled' : <Link href={`#${pathOf('logs', 'groups', group)}`}>{group}</Link> },
            { label: 'S3 logs', value: s3?.status === 'ENABLED' ? s3.location ?? 'Enabled' : 'Disabled' },
            { label: 'ARN', value: <Box fontSize="body-s">{project.arn}</Box> },
            { label: 'Created', value: <Moment at={project.created} /> },
            { label: 'Changed', value: <Moment at={project.lastModified} /> },
            { label: 'Tags', value: project.tags?.map(({ key, value }) => `${key}=${value}`).join(', ') || '–' },
          ]}
        />
      </Container>
      <VariableTable title="Environment variables" variables={environment.environmentVariables ?? []} />
      <Container header={<Header>Buildspec</Header>}>
        {source.buildspec ? <Box variant="pre">{source.buildspec}</Box> : <Box color="text-body-secondary">buildspec.yml at the top of the source</Box>}
      </Container>
      <ExpandableSection variant="container" headerText="As JSON">
        <JsonView text={JSON.stringify(project)} label="Project as JSON" />
      </ExpandableSection>
    </SpaceBetween>
  );
}
