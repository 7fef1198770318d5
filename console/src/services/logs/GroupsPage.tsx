import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { bytes } from '../../components/bytes';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { createGroup, deleteGroup, listGroups, setRetention, type LogGroup } from './api';
import { groupPath } from './paths';
import { retentionOf, retentionOptions, shownRetention } from './retention';

const MOST = 1000;

export default function GroupsPage() {
  const { data, ...rest } = useResource('log groups', (signal) => listGroups('', MOST, signal));
  const [open, setOpen] = useState<'create' | LogGroup[]>();
  const doomed = Array.isArray(open) ? open : undefined;
  return (
    <>
      <ItemTable
        title="Log groups"
        description={data?.more ? `The first ${MOST} by name: an address with the name leads to any other.` : undefined}
        resource={{ ...rest, data: data?.groups }}
        idOf={({ logGroupName }) => logGroupName}
        textOf={({ logGroupName }) => logGroupName}
        selection="multi"
        columns={[
          { id: 'name', header: 'Log group', isRowHeader: true, sortBy: (it) => it.logGroupName, cell: ({ logGroupName: name }) => <Link href={`#${groupPath(name)}`}>{name}</Link> },
          { id: 'retention', header: 'Retention', sortBy: (it) => it.retentionInDays ?? Infinity, cell: (it) => shownRetention(it.retentionInDays) },
          { id: 'bytes', header: 'Stored bytes', sortBy: (it) => it.storedBytes ?? 0, cell: ({ storedBytes }) => bytes(storedBytes) },
          { id: 'protection', header: 'Deletion protection', cell: ({ deletionProtectionEnabled: on }) => (on ? 'On' : 'Off') },
          { id: 'created', header: 'Creation time', sortBy: (it) => it.creationTime ?? 0, cell: ({ creationTime: at }) => <Moment at={at && at / 1000} /> },
        ]}
        actions={(selected) => (
          <>
            <Button disabled={selected.length === 0} onClick={() => setOpen(selected)}>Delete</Button>{' '}
            <Button variant="primary" onClick={() => setOpen('create')}>Create log group</Button>
          </>
        )}
        empty={<Empty title="There are no log groups yet">Builds make one each for their project, /aws/codebuild/NAME, when they first run.</Empty>}
      />
      {open === 'create' && <CreateGroup onClose={() => setOpen(undefined)} />}
      {doomed && (
        <ConfirmDelete
          title={doomed.length === 1 ? `Delete ${doomed[0].logGroupName}` : `Delete ${doomed.length} log groups`}
          typed="delete"
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            try {
              for (const { logGroupName } of doomed) await deleteGroup(logGroupName);
            } finally {
              rest.reload();
            }
          }}
        >
          All their streams and events are deleted. They can’t be had back: {doomed.map(({ logGroupName }) => logGroupName).join(', ')}
        </ConfirmDelete>
      )}
    </>
  );
}

function CreateGroup({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState<number>();
  const bad = name !== '' && !/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name) ? 'Letters, digits and . - _ / #, at most 512 of them' : undefined;
  const create = async () => {
    await createGroup(name);
    if (days !== undefined) await setRetention(name, days);
    notify({ type: 'success', header: `Log group ${name} was created` });
    go(groupPath(name));
  };
  return (
    <FormModal title="Create log group" action="Create" ready={!!name && !bad} onSubmit={create} onClose={onClose}>
      <FormField label="Log group name" errorText={bad}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Retention" description="Older events are deleted.">
        <Select
          selectedOption={{ value: String(days ?? ''), label: shownRetention(days) }}
          options={retentionOptions}
          onChange={({ detail }) => setDays(retentionOf(detail.selectedOption.value))}
        />
      </FormField>
    </FormModal>
  );
}
