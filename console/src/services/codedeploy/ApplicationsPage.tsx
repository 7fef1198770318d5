import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { createApplication, deleteApplication, listApplications } from './api';
import { badName } from './names';
import { places } from './places';

export default function ApplicationsPage() {
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<string>();
  const found = useResource('applications', listApplications);
  return (
    <>
      <ItemTable
        title="Applications"
        resource={found}
        idOf={({ applicationName }) => applicationName}
        textOf={({ applicationName }) => applicationName}
        selection="single"
        actions={(selected) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={selected.length === 0} onClick={() => setDoomed(selected[0]?.applicationName)}>Delete</Button>
            <Button variant="primary" onClick={() => setCreating(true)}>Create application</Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'Application name', isRowHeader: true, sortBy: (it) => it.applicationName, cell: ({ applicationName: name }) => <Link href={`#${places.application(name)}`}>{name}</Link> },
          { id: 'platform', header: 'Compute platform', cell: (it) => platformText(it.computePlatform) },
          { id: 'created', header: 'Created', sortBy: (it) => it.createTime ?? 0, cell: (it) => <Moment at={it.createTime} /> },
        ]}
        empty={
          <Empty title="There are no applications yet">
            An application has deployment groups, sets of hosts, and the revisions that are deployed to them. “Create application” makes the first.
          </Empty>
        }
      />
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
      {doomed && (
        <ConfirmDelete
          title={`Delete ${doomed}?`}
          typed={doomed}
          onConfirm={async () => {
            await deleteApplication(doomed);
            found.reload();
          }}
          onClose={() => setDoomed(undefined)}
        >
          Its deployment groups and registered revisions go with it. What is on the hosts, and the bundles in S3, stay.
        </ConfirmDelete>
      )}
    </>
  );
}

export const platformText = (platform: string | undefined) => (platform === 'Server' || !platform ? 'EC2/On-premises' : platform);

const PLATFORMS = [
  { value: 'Server', label: 'EC2/On-premises', description: 'This yard deploys to on-premises instances.' },
  { value: 'Lambda', label: 'AWS Lambda', description: 'Not supported by this yard', disabled: true },
  { value: 'ECS', label: 'Amazon ECS', description: 'Not supported by this yard', disabled: true },
];

function CreateDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const wrong = badName(name);
  const create = async () => {
    await createApplication(name);
    notify({ type: 'success', header: `The application ${name} was created`, content: 'Next, create a deployment group in it.' });
    go(places.application(name));
  };
  return (
    <FormModal title="Create an application" action="Create application" ready={!wrong} onSubmit={create} onClose={onClose}>
      <FormField label="Application name" constraintText="1 to 100 letters, digits and . _ + = , @ -" errorText={name !== '' && wrong}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Compute platform">
        <Select options={PLATFORMS} selectedOption={PLATFORMS[0]} ariaLabel="Compute platform" onChange={() => undefined} />
      </FormField>
    </FormModal>
  );
}
