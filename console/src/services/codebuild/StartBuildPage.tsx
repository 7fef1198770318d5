import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { useResource } from '../../api/useResource';
import { go, pathOf, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { useSubmit } from '../../components/useSubmit';
import { getProjects, startBuild } from './api';
import { startBatch } from './batches';
import { CACHES, CACHE_MODES, COMPUTE, ENVIRONMENTS, isGit, SOURCES, STATUSES } from './choices';
import { AreaField, CheckField, ChoiceField, ManyField, NumberField, SuggestField, TextField, VariablesField } from './fields';
import { FormAndJson } from './FormAndJson';
import { getAt, setAt, type Input } from './lens';
import { Part, useSuggestions } from './ProjectFields';
import { wrongOverrides } from './startInput';

const AS_IT_IS = 'As the project has it';

export default function StartBuildPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const [kind, setKind] = useState(query.get('batch') === null ? 'build' : 'batch');
  const [input, setInput] = useState<Input>({ projectName: name });
  const [tried, setTried] = useState(false);
  const [isJson, setIsJson] = useState(true);
  const { busy, error, submit } = useSubmit();
  const { images, roles } = useSuggestions();
  const project = useResource(`project ${name} to start`, (signal) => getProjects([name], signal));
  const batch = kind === 'batch';
  const wrong = wrongOverrides(input);
  const of = { input, wrong: tried ? wrong : {}, change: setInput };
  const sourceType = String(getAt(input, 'sourceTypeOverride') ?? project.data?.[0]?.source.type ?? '');
  const cache = String(getAt(input, 'cacheOverride.type') ?? '');
  const artifacts = String(getAt(input, 'artifactsOverride.type') ?? '');
  const timeout = batch ? 'buildTimeoutInMinutesOverride' : 'timeoutInMinutesOverride';

  const turn = (next: string) => {
    // The same time limit has another name there.
    const [from, to] = next === 'batch' ? ['timeoutInMinutesOverride', 'buildTimeoutInMinutesOverride'] : ['buildTimeoutInMinutesOverride', 'timeoutInMinutesOverride'];
    // What only the other has would be sent for nothing.
    const own = next === 'batch' ? 'autoRetryLimitOverride' : 'buildBatchConfigOverride';
    setInput(setAt(setAt(setAt(input, to, getAt(input, from)), from, undefined), own, undefined));
    setKind(next);
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(wrong).length > 0 || !isJson) return;
    void submit(async () => {
      if (batch) go(pathOf('codebuild', 'batches', (await startBatch(input)).id));
      else go(pathOf('codebuild', 'builds', (await startBuild(input)).id));
    });
  };
  const start = batch ? 'Start batch build' : 'Start build';

  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1" description="What is left empty is as the project has it.">{`Start a build of ${name}`}</Header>}
        errorText={tried && Object.values(wrong)[0]}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${pathOf('codebuild', 'projects', name)}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy}>{start}</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <FormAndJson label="Overrides" input={input} onChange={setInput} onValid={setIsJson}>
            <SpaceBetween size="l">
              <Part title="Build type">
                <RadioGroup
                  ariaLabel="Build type"
                  value={kind}
                  onChange={({ detail }) => turn(detail.value)}
                  items={[
                    { value: 'build', label: 'Single build' },
                    { value: 'batch', label: 'Batch build', description: 'The builds of the buildspec’s batch section.' },
                  ]}
                />
                {batch && (
                  <SpaceBetween size="m">
                    <SuggestField of={of} path="buildBatchConfigOverride.serviceRole" label="Batch service role" description="Needed where the project has none." choices={roles} />
                    <NumberField of={of} path="buildBatchConfigOverride.timeoutInMins" label="Batch timeout in minutes" />
                    <NumberField of={of} path="buildBatchConfigOverride.restrictions.maximumBuildsAllowed" label="Maximum builds allowed" />
                  </SpaceBetween>
                )}
              </Part>
              <Part title="Source">
                <ChoiceField of={of} path="sourceTypeOverride" label="Source provider" none={AS_IT_IS} choices={SOURCES} />
                <TextField of={of} path="sourceLocationOverride" label="Location" />
                <TextField of={of} path="sourceVersion" label="Version" description="A branch, a tag, a commit or, of a bucket, a version." />
                {isGit(sourceType) && (
                  <SpaceBetween size="m">
                    <NumberField of={of} path="gitCloneDepthOverride" label="Git clone depth" />
                    <CheckField of={of} path="gitSubmodulesConfigOverride.fetchSubmodules" label="Use Git submodules" />
                  </SpaceBetween>
                )}
                <AreaField of={of} path="buildspecOverride" label="Buildspec" description="The path of a file in the source, or the YAML itself." rows={8} />
              </Part>
              <Part title="Environment">
                <ChoiceField of={of} path="environmentTypeOverride" label="Environment type" none={AS_IT_IS} choices={ENVIRONMENTS} />
                <SuggestField of={of} path="imageOverride" label="Image" choices={images} />
                <ChoiceField of={of} path="computeTypeOverride" label="Compute" none={AS_IT_IS} choices={COMPUTE} />
                <ChoiceField
                  of={of}
                  path="privilegedModeOverride"
                  label="Privileged"
                  none={AS_IT_IS}
                  choices={[{ value: 'true', label: 'Yes' }, { value: 'false', label: 'No' }]}
                  onChange={(value) => setInput(setAt(input, 'privilegedModeOverride', value === '' ? undefined : value === 'true'))}
                />
                <SuggestField of={of} path="serviceRoleOverride" label="Service role" choices={roles} />
                <NumberField of={of} path={timeout} label="Time limit in minutes" />
                <NumberField of={of} path="queuedTimeoutInMinutesOverride" label="Queued time limit in minutes" />
                {!batch && <NumberField of={of} path="autoRetryLimitOverride" label="Auto-retry limit" />}
                <VariablesField of={of} path="environmentVariablesOverride" label="Environment variables" empty="No variable is overridden." />
                {!batch && <CheckField of={of} path="debugSessionEnabled" label="Enable session connection" description="`codebuild-breakpoint` in the buildspec stops the build for `codeyard shell`." />}
              </Part>
              <Part title="Artifacts">
                <ChoiceField
                  of={of}
                  path="artifactsOverride.type"
                  label="Artifacts"
                  none={AS_IT_IS}
                  choices={[{ value: 'NO_ARTIFACTS', label: 'No artifacts' }, { value: 'S3', label: 'Amazon S3' }]}
                  onChange={(type) => setInput(setAt(input, 'artifactsOverride', type ? { type } : undefined))}
                />
                {artifacts === 'S3' && (
                  <SpaceBetween size="m">
                    <TextField of={of} path="artifactsOverride.location" label="Bucket name" />
                    <TextField of={of} path="artifactsOverride.path" label="Path" />
                    <TextField of={of} path="artifactsOverride.name" label="Name" />
                    <ChoiceField of={of} path="artifactsOverride.packaging" label="Packaging" none="None" choices={[{ value: 'ZIP', label: 'Zip' }]} />
                  </SpaceBetween>
                )}
                <TextField of={of} path="encryptionKeyOverride" label="Encryption key" description="ARN or alias of a KMS key." />
              </Part>
              <Part title="Cache and logs">
                <ChoiceField of={of} path="cacheOverride.type" label="Cache type" none={AS_IT_IS} choices={CACHES} onChange={(type) => setInput(setAt(input, 'cacheOverride', type ? { type } : undefined))} />
                {cache === 'S3' && <TextField of={of} path="cacheOverride.location" label="Cache location" description="bucket/prefix" />}
                {cache === 'LOCAL' && <ManyField of={of} path="cacheOverride.modes" label="Cache modes" choices={CACHE_MODES} />}
                <ChoiceField of={of} path="logsConfigOverride.cloudWatchLogs.status" label="CloudWatch logs" none={AS_IT_IS} choices={STATUSES} />
                <ChoiceField of={of} path="logsConfigOverride.s3Logs.status" label="S3 logs" none={AS_IT_IS} choices={STATUSES} />
                {getAt(input, 'logsConfigOverride.s3Logs.status') === 'ENABLED' && <TextField of={of} path="logsConfigOverride.s3Logs.location" label="Location of the S3 log" description="bucket/prefix" />}
              </Part>
            </SpaceBetween>
          </FormAndJson>
          {project.data?.length === 0 && <Alert type="warning">There is no project {name} here.</Alert>}
          {error && <Failure what={batch ? 'The batch was not started' : 'The build was not started'} error={error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
