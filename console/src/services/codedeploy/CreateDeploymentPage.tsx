import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { useResource } from '../../api/useResource';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { Suggest } from '../../components/Suggest';
import { useSubmit } from '../../components/useSubmit';
import { createDeployment, listConfigNames, listGroupNames, listRevisions } from './api';
import { places } from './places';
import { addressOf, bundleOf, BUNDLES, s3LocationOf } from './revision';

const OF_GROUP = { value: '', label: 'As the group has it' };
const SOURCES = [
  { value: 's3', label: 'My application is stored in Amazon S3' },
  { value: 'github', label: 'My application is stored in GitHub', disabled: true, description: 'Not supported by this yard' },
];

export default function CreateDeploymentPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const [group, setGroup] = useState(query.get('group') ?? '');
  const [location, setLocation] = useState(query.get('location') ?? '');
  const [bundle, setBundle] = useState(query.get('bundle') ?? '');
  const [version, setVersion] = useState(query.get('version') ?? '');
  const [description, setDescription] = useState('');
  const [config, setConfig] = useState('');
  const [exists, setExists] = useState('DISALLOW');
  const [ignoreStop, setIgnoreStop] = useState(false);
  const [rollback, setRollback] = useState('group');
  const [tried, setTried] = useState(false);
  const { busy, error, submit } = useSubmit();

  const groups = useResource(`group names ${name}`, (signal) => listGroupNames(name, signal));
  const configs = useResource('deployment configurations', listConfigNames);
  const place = s3LocationOf(location);
  const type = bundle || (place && bundleOf(place.key)) || '';
  const flaws = {
    group: group ? undefined : 'A deployment group is needed',
    location: place ? undefined : 'The place of the bundle is needed: s3://bucket/key',
    bundle: type ? undefined : 'The name does not tell how it is packed: choose',
  };

  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(flaws).some(Boolean)) return;
    void submit(async () => {
      const id = await createDeployment({
        applicationName: name,
        deploymentGroupName: group,
        revision: { revisionType: 'S3', s3Location: { ...place, bundleType: type, version: version || undefined } },
        deploymentConfigName: config || undefined,
        description: description || undefined,
        fileExistsBehavior: exists,
        ignoreApplicationStopFailures: ignoreStop,
        autoRollbackConfiguration: rollback === 'group' ? undefined : { enabled: rollback === 'failure', events: rollback === 'failure' ? ['DEPLOYMENT_FAILURE'] : [] },
      });
      go(places.deployment(id));
    });
  };

  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1">Create a deployment of {name}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href={`#${places.application(name)}`}>Cancel</Button>
            <Button variant="primary" loading={busy}>Create deployment</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {error && <Failure what="The deployment was not created" error={error} />}
          <Container header={<Header>Deployment settings</Header>}>
            <SpaceBetween size="m">
              <FormField label="Deployment group" errorText={(tried && flaws.group) || (groups.error && `They can’t be listed: ${groups.error.code}`)}>
                <Select
                  ariaLabel="Deployment group"
                  placeholder="Choose a group"
                  filteringType="auto"
                  selectedOption={group ? { value: group } : null}
                  options={[...new Set([...(groups.data ?? []), ...(group ? [group] : [])])].map((value) => ({ value }))}
                  empty="The application has no groups yet."
                  onChange={({ detail }) => setGroup(detail.selectedOption.value ?? '')}
                />
              </FormField>
              <FormField label="Revision type">
                <RadioGroup value="s3" items={SOURCES} onChange={() => undefined} />
              </FormField>
              <FormField label="Revision location" description="Where the bundle with the AppSpec file is. Revisions that are known are offered." constraintText="s3://bucket/key" errorText={tried && flaws.location}>
                <Suggest
                  value={location}
                  onChange={setLocation}
                  of={`revisions ${name}`}
                  placeholder="s3://revisions/site-1.zip"
                  load={async (signal) => (await listRevisions(name, signal)).flatMap(({ s3Location }) => (s3Location ? addressOf(s3Location) : []))}
                />
              </FormField>
              <FormField label="Revision file type" errorText={tried && place && flaws.bundle}>
                <Select ariaLabel="Revision file type" placeholder="As the name tells" selectedOption={type ? { value: type, label: `.${type}` } : null} options={BUNDLES.map((value) => ({ value, label: `.${value}` }))} onChange={({ detail }) => setBundle(detail.selectedOption.value ?? '')} />
              </FormField>
              <FormField label="Version of the object – optional" description="Empty: the newest.">
                <Input value={version} onChange={({ detail }) => setVersion(detail.value)} />
              </FormField>
              <FormField label="Description – optional">
                <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header>Behavior</Header>}>
            <SpaceBetween size="m">
              <FormField label="Lifecycle events">
                <Checkbox checked={ignoreStop} onChange={({ detail }) => setIgnoreStop(detail.checked)} description="Where the scripts of the revision before are broken.">
                  Don’t fail a host because ApplicationStop fails
                </Checkbox>
              </FormField>
              <FormField label="When a file is there already that no deployment brought">
                <RadioGroup
                  value={exists}
                  onChange={({ detail }) => setExists(detail.value)}
                  items={[
                    { value: 'DISALLOW', label: 'Fail the deployment' },
                    { value: 'OVERWRITE', label: 'Overwrite it' },
                    { value: 'RETAIN', label: 'Retain it' },
                  ]}
                />
              </FormField>
              <FormField label="Deployment configuration">
                <Select
                  ariaLabel="Deployment configuration"
                  selectedOption={config ? { value: config, label: config } : OF_GROUP}
                  options={[OF_GROUP, ...(configs.data ?? []).map((value) => ({ value, label: value }))]}
                  onChange={({ detail }) => setConfig(detail.selectedOption.value ?? '')}
                />
              </FormField>
              <FormField label="Rollback">
                <RadioGroup
                  value={rollback}
                  onChange={({ detail }) => setRollback(detail.value)}
                  items={[
                    { value: 'group', label: 'As the group has it' },
                    { value: 'failure', label: 'Roll back when it fails' },
                    { value: 'off', label: 'Don’t roll back' },
                  ]}
                />
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
