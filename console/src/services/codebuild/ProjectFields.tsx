import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { IAM, queryAll } from '../../api/query';
import { useResource } from '../../api/useResource';
import { curatedImages } from './api';
import { ARTIFACTS, CACHES, CACHE_MODES, COMPUTE, ENVIRONMENTS, isGit, LOCATIONS, SOURCES, STATUSES } from './choices';
import { AreaField, CheckField, ChoiceField, ManyField, NumberField, SuggestField, TextField, VariablesField, type Editing } from './fields';
import { getAt, setAt } from './lens';

export function Part({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  return (
    <Container header={<Header description={description}>{title}</Header>}>
      <SpaceBetween size="m">{children}</SpaceBetween>
    </Container>
  );
}

/** Names that a field suggests; nothing where they may not be read. */
export function useSuggestions() {
  const images = useResource('curated images', curatedImages);
  const roles = useResource('roles', (signal) => queryAll<{ Arn: string; RoleName: string }>(IAM, 'ListRoles', 'Roles', {}, signal));
  return {
    images: (images.data ?? []).map(({ name, description }) => ({ value: name, description })),
    roles: (roles.data ?? []).map(({ Arn }) => ({ value: Arn })),
  };
}

const BUILDSPEC = `version: 0.2
phases:
  build:
    commands:
      - echo building`;

/** All of a project that a form has; the JSON beside it has the rest. */
export function ProjectFields({ of, isNew }: { of: Editing; isNew: boolean }) {
  const { images, roles } = useSuggestions();
  const text = (path: string) => String(getAt(of.input, path) ?? '');
  const source = text('source.type');
  const artifacts = text('artifacts.type');
  const cache = text('cache.type') || 'NO_CACHE';

  const changeSource = (type: string) => {
    // Another kind of source is another place, and what is CodePipeline's goes with CodePipeline's.
    const buildspec = getAt(of.input, 'source.buildspec');
    let next = setAt(of.input, 'source', buildspec === undefined ? { type } : { type, buildspec });
    if (type === 'CODEPIPELINE') next = setAt(next, 'artifacts', { type });
    else if (artifacts === 'CODEPIPELINE') next = setAt(next, 'artifacts', { type: 'NO_ARTIFACTS' });
    of.change(next);
  };

  return (
    <SpaceBetween size="l">
      <Part title="Project configuration">
        <TextField of={of} path="name" label="Project name" readOnly={!isNew} />
        <TextField of={of} path="description" label="Description" />
        {isGit(source) && <CheckField of={of} path="badgeEnabled" label="Enable build badge" description="Anybody who has its address sees how the last build of a branch ended." />}
        <NumberField of={of} path="concurrentBuildLimit" label="Concurrent build limit" description="Builds of this project that run at once at most; all that the yard has slots for if empty." />
        <NumberField of={of} path="autoRetryLimit" label="Auto-retry limit" description="How often a failed build is started again by itself." />
      </Part>
      <Part title="Source">
        <ChoiceField of={of} path="source.type" label="Source provider" choices={SOURCES} onChange={changeSource} />
        {LOCATIONS[source] && <TextField of={of} path="source.location" label="Location" description={LOCATIONS[source]} />}
        {isGit(source) && (
          <SpaceBetween size="m">
            <TextField of={of} path="sourceVersion" label="Source version" description="A branch, a tag or a commit; the repository’s default branch if empty." />
            <NumberField of={of} path="source.gitCloneDepth" label="Git clone depth" description="How many commits back; all of the history with 0 or if empty." />
            <CheckField of={of} path="source.gitSubmodulesConfig.fetchSubmodules" label="Use Git submodules" />
            {source !== 'CODECOMMIT' && <CheckField of={of} path="source.reportBuildStatus" label="Report build statuses to the source provider" />}
            {source === 'GITHUB_ENTERPRISE' && <CheckField of={of} path="source.insecureSsl" label="Ignore wrong certificates of the source provider" />}
          </SpaceBetween>
        )}
      </Part>
      <Part title="Environment">
        <ChoiceField of={of} path="environment.type" label="Environment type" choices={ENVIRONMENTS} />
        <SuggestField of={of} path="environment.image" label="Image" description="An image that CodeBuild manages, or one of a registry where the yard has containers." choices={images} />
        <ChoiceField of={of} path="environment.computeType" label="Compute" choices={COMPUTE} />
        <CheckField of={of} path="environment.privilegedMode" label="Privileged" description="For building Docker images. The yard must have been started so that it allows this." />
        <SuggestField of={of} path="serviceRole" label="Service role" description="Builds have the rights of this role." placeholder="arn:aws:iam::ACCOUNT:role/NAME" choices={roles} />
        <NumberField of={of} path="timeoutInMinutes" label="Timeout in minutes" placeholder="60" />
        <NumberField of={of} path="queuedTimeoutInMinutes" label="Queued timeout in minutes" placeholder="480" />
        <VariablesField of={of} path="environment.environmentVariables" label="Environment variables" empty="There are no variables." />
      </Part>
      <Part title="Buildspec" description="What the build does: YAML written here, or the path of a file in the source. buildspec.yml at the top of the source if empty.">
        <AreaField of={of} path="source.buildspec" label="Buildspec" placeholder={BUILDSPEC} />
      </Part>
      <Part title="Artifacts">
        <ChoiceField of={of} path="artifacts.type" label="Type" choices={ARTIFACTS} onChange={(type) => of.change(setAt(of.input, 'artifacts', type === 'S3' ? { type, name: text('name') || undefined } : { type }))} />
        {artifacts === 'S3' && (
          <SpaceBetween size="m">
            <TextField of={of} path="artifacts.location" label="Bucket name" />
            <TextField of={of} path="artifacts.path" label="Path" description="Folder of the bucket." />
            <TextField of={of} path="artifacts.name" label="Name" description="Of the folder or the ZIP file." />
            <ChoiceField of={of} path="artifacts.namespaceType" label="Namespace type" none="None" choices={[{ value: 'BUILD_ID', label: 'Build ID' }]} />
            <ChoiceField of={of} path="artifacts.packaging" label="Artifacts packaging" none="None: files as they are" choices={[{ value: 'ZIP', label: 'Zip' }]} />
            <CheckField of={of} path="artifacts.overrideArtifactName" label="Enable semantic versioning" description="The buildspec’s artifacts name counts." />
            <CheckField of={of} path="artifacts.encryptionDisabled" label="Disable artifacts encryption" />
          </SpaceBetween>
        )}
      </Part>
      <Part title="Cache">
        <ChoiceField of={of} path="cache.type" label="Cache type" none="As it is by default: no cache" choices={CACHES} onChange={(type) => of.change(setAt(of.input, 'cache', type ? { type } : undefined))} />
        {cache === 'S3' && <TextField of={of} path="cache.location" label="Cache location" description="bucket/prefix" />}
        {cache === 'LOCAL' && <ManyField of={of} path="cache.modes" label="Cache modes" choices={CACHE_MODES} />}
      </Part>
      <Part title="Logs">
        <ChoiceField of={of} path="logsConfig.cloudWatchLogs.status" label="CloudWatch logs" none="As it is by default: enabled" choices={STATUSES} />
        {text('logsConfig.cloudWatchLogs.status') === 'ENABLED' && (
          <SpaceBetween size="m">
            <TextField of={of} path="logsConfig.cloudWatchLogs.groupName" label="Group name" />
            <TextField of={of} path="logsConfig.cloudWatchLogs.streamName" label="Stream name prefix" />
          </SpaceBetween>
        )}
        <ChoiceField of={of} path="logsConfig.s3Logs.status" label="S3 logs" none="As it is by default: disabled" choices={STATUSES} />
        {text('logsConfig.s3Logs.status') === 'ENABLED' && (
          <SpaceBetween size="m">
            <TextField of={of} path="logsConfig.s3Logs.location" label="Location" description="bucket/prefix" />
            <CheckField of={of} path="logsConfig.s3Logs.encryptionDisabled" label="Disable encryption of the log" />
          </SpaceBetween>
        )}
      </Part>
      <ExpandableSection variant="container" headerText="Batch configuration" headerDescription="For builds of a buildspec with a batch section.">
        <SpaceBetween size="m">
          <SuggestField of={of} path="buildBatchConfig.serviceRole" label="Batch service role" description="Starts the builds of a batch." choices={roles} />
          <NumberField of={of} path="buildBatchConfig.timeoutInMins" label="Batch timeout in minutes" />
          <NumberField of={of} path="buildBatchConfig.restrictions.maximumBuildsAllowed" label="Maximum builds allowed" />
          <CheckField of={of} path="buildBatchConfig.combineArtifacts" label="Combine all artifacts of a batch in one place" />
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
