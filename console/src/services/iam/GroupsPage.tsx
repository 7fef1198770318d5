import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { entityPath, iam, listGroups, nameError, seconds } from './api';

export default function GroupsPage() {
  const groups = useResource('iam groups', listGroups);
  const [name, setName] = useState('');
  const [creating, setCreating] = useState(false);
  const badName = nameError(name, 128);
  return (
    <>
      <ItemTable
        title="User groups"
        description="Users of a group have the permissions of the group."
        resource={groups}
        idOf={({ GroupName }) => GroupName}
        textOf={({ GroupName, Path }) => `${Path}${GroupName}`}
        actions={() => <Button variant="primary" onClick={() => setCreating(true)}>Create group</Button>}
        empty={<Empty title="There are no user groups yet">Make one for each kind of work, attach policies to it, and add users.</Empty>}
        columns={[
          { id: 'name', header: 'Group name', isRowHeader: true, sortBy: (it) => it.GroupName, cell: ({ GroupName }) => <Link href={`#${entityPath('Group', GroupName)}`}>{GroupName}</Link> },
          { id: 'path', header: 'Path', sortBy: (it) => it.Path, cell: ({ Path }) => Path },
          { id: 'created', header: 'Created', sortBy: (it) => it.CreateDate, cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
        ]}
      />
      {creating && (
        <FormModal
          title="Create user group"
          action="Create group"
          ready={name !== '' && !badName}
          onClose={() => setCreating(false)}
          onSubmit={async () => {
            await iam('CreateGroup', { GroupName: name });
            go(entityPath('Group', name));
          }}
        >
          <FormField label="Group name" errorText={badName}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </FormModal>
      )}
    </>
  );
}
