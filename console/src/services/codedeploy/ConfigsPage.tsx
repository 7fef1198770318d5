import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { createConfig, deleteConfig, listConfigs } from './api';
import { badName } from './names';
import type { Config } from './types';

const RESERVED = 'CodeDeployDefault.';
const isOwn = ({ deploymentConfigName }: Config) => !deploymentConfigName.startsWith(RESERVED);

const healthy = ({ minimumHealthyHosts: { type, value } = {} }: Config) =>
  type === 'FLEET_PERCENT' ? `${value} % of the hosts` : `${value} ${value === 1 ? 'host' : 'hosts'}`;

export default function ConfigsPage() {
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<string>();
  const found = useResource('deployment configuration details', listConfigs);
  return (
    <>
      <ItemTable
        title="Deployment configurations"
        resource={found}
        idOf={({ deploymentConfigName }) => deploymentConfigName}
        textOf={({ deploymentConfigName }) => deploymentConfigName}
        selection="single"
        actions={([config]) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!config || !isOwn(config)} disabledReason={config && 'It is AWS’s own.'} onClick={() => setDoomed(config.deploymentConfigName)}>Delete</Button>
            <Button variant="primary" onClick={() => setCreating(true)}>Create deployment configuration</Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.deploymentConfigName, cell: (it) => it.deploymentConfigName },
          { id: 'healthy', header: 'Hosts that stay healthy', cell: healthy },
          { id: 'own', header: 'Made by', cell: (it) => (isOwn(it) ? 'You' : 'AWS') },
          { id: 'created', header: 'Created', cell: (it) => (isOwn(it) ? <Moment at={it.createTime} /> : '–') },
        ]}
        empty={<Empty title="There are none">A configuration says how many hosts of a group may be away at once.</Empty>}
      />
      {creating && <CreateDialog onClose={() => setCreating(false)} onCreated={found.reload} />}
      {doomed && (
        <ConfirmDelete
          title={`Delete ${doomed}?`}
          onConfirm={async () => {
            await deleteConfig(doomed);
            found.reload();
          }}
          onClose={() => setDoomed(undefined)}
        >
          Groups that use it must be given another first.
        </ConfirmDelete>
      )}
    </>
  );
}

function CreateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: () => void }) {
  const [name, setName] = useState('');
  const [type, setType] = useState('FLEET_PERCENT');
  const [value, setValue] = useState('75');
  const number = Number(value);
  const wrongName = badName(name) ?? (name.startsWith(RESERVED) ? `Names that begin with ${RESERVED} are AWS’s own` : undefined);
  const wrongValue = value !== '' && Number.isInteger(number) && number >= 0 && (type === 'HOST_COUNT' || number <= 99) ? undefined : type === 'HOST_COUNT' ? 'A whole number, 0 or more' : 'A whole number from 0 to 99';
  const create = async () => {
    await createConfig(name, { type, value: number });
    onCreated();
  };
  return (
    <FormModal title="Create a deployment configuration" action="Create" ready={!wrongName && !wrongValue} onSubmit={create} onClose={onClose}>
      <FormField label="Name" errorText={name !== '' && wrongName}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Minimum healthy hosts">
        <RadioGroup value={type} onChange={({ detail }) => setType(detail.value)} items={[{ value: 'FLEET_PERCENT', label: 'Percentage' }, { value: 'HOST_COUNT', label: 'Number' }]} />
      </FormField>
      <FormField label="Value" errorText={wrongValue}>
        <Input value={value} inputMode="numeric" onChange={({ detail }) => setValue(detail.value)} />
      </FormField>
    </FormModal>
  );
}
