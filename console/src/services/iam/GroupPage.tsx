import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { entityPath, iam, iamAll, listUsers, seconds, type Group, type User } from './api';
import { Permissions } from './Permissions';
import { deleteGroup } from './removal';

type Dialog = 'add' | 'delete' | User[];

export default function GroupPage({ params: { name } }: PageProps) {
  const GroupName = name;
  const group = useResource(`iam group ${name}`, async (signal) => (await iam<{ Group: Group }>('GetGroup', { GroupName }, signal)).Group);
  const users = useResource(`iam group users ${name}`, (signal) => iamAll<User>('GetGroup', 'Users', { GroupName }, signal));
  const [dialog, setDialog] = useState<Dialog>();
  if (group.error && !group.data) return <Failure what="The group can't be shown" error={group.error} retry={group.reload} />;
  if (!group.data) return <Spinner size="large" />;
  const close = () => setDialog(undefined);
  return (
    <ContentLayout header={<Header variant="h1" actions={<Button onClick={() => setDialog('delete')}>Delete</Button>}>{name}</Header>}>
      <SpaceBetween size="l">
        <Container header={<Header>Summary</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'ARN', value: <span className="wrapped">{group.data.Arn}</span> },
              { label: 'Group id', value: group.data.GroupId },
              { label: 'Created', value: <Moment at={seconds(group.data.CreateDate)} /> },
            ]}
          />
        </Container>
        <Tabs
          ariaLabel={`About ${name}`}
          tabs={[
            {
              id: 'users',
              label: 'Users',
              content: (
                <ItemTable
                  level="part"
                  title="Users in this group"
                  resource={users}
                  idOf={({ UserName }) => UserName}
                  textOf={({ UserName }) => UserName}
                  selection="multi"
                  actions={(selected) => (
                    <>
                      <Button disabled={selected.length === 0} onClick={() => setDialog(selected)}>Remove</Button>
                      <Button onClick={() => setDialog('add')}>Add users</Button>
                    </>
                  )}
                  empty={<Empty title="The group has no users">“Add users” gives users what the group’s policies allow.</Empty>}
                  columns={[
                    { id: 'name', header: 'User name', isRowHeader: true, sortBy: (it) => it.UserName, cell: ({ UserName }) => <Link href={`#${entityPath('User', UserName)}`}>{UserName}</Link> },
                    { id: 'created', header: 'Created', sortBy: (it) => it.CreateDate, cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
                  ]}
                />
              ),
            },
            { id: 'permissions', label: 'Permissions', content: <Permissions noun="Group" name={name} /> },
          ]}
        />
      </SpaceBetween>
      {dialog === 'add' && <AddUsers group={name} except={users.data?.map(({ UserName }) => UserName) ?? []} onDone={users.reload} onClose={close} />}
      {Array.isArray(dialog) && (
        <ConfirmDelete
          title={`Remove ${dialog.length === 1 ? dialog[0].UserName : `${dialog.length} users`} from ${name}?`}
          action="Remove"
          onClose={close}
          onConfirm={async () => {
            for (const { UserName } of dialog) await iam('RemoveUserFromGroup', { GroupName, UserName });
            users.reload();
          }}
        >
          They lose what the group’s policies allow.
        </ConfirmDelete>
      )}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={`Delete the group ${name}?`}
          typed={name}
          onClose={close}
          onConfirm={async () => {
            const members = await iamAll<User>('GetGroup', 'Users', { GroupName });
            await deleteGroup(name, members.map(({ UserName }) => UserName));
            notify({ type: 'success', header: `The group ${name} is deleted` });
            go(pathOf('iam', 'groups'));
          }}
        >
          Its users stay, but lose what it allowed; its inline policies go with it. This can’t be undone.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function AddUsers({ group, except, onDone, onClose }: { group: string; except: string[]; onDone: () => void; onClose: () => void }) {
  const known = useResource('iam users', listUsers);
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <FormModal
      title={`Add users to ${group}`}
      action="Add users"
      ready={chosen.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        for (const UserName of chosen) await iam('AddUserToGroup', { GroupName: group, UserName });
        onDone();
      }}
    >
      <FormField label="Users" errorText={known.error?.shown}>
        <Multiselect
          selectedOptions={chosen.map((value) => ({ value, label: value }))}
          options={(known.data ?? []).filter(({ UserName }) => !except.includes(UserName)).map(({ UserName }) => ({ value: UserName, label: UserName }))}
          placeholder="Choose users"
          filteringType="auto"
          empty="There are no other users"
          onChange={({ detail }) => setChosen(detail.selectedOptions.map(({ value }) => value ?? ''))}
        />
      </FormField>
    </FormModal>
  );
}
