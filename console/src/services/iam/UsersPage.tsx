import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { entityPath, listUsers, seconds, type User } from './api';
import { deleteUser } from './removal';

export default function UsersPage() {
  const users = useResource('iam users', listUsers);
  const [deleted, setDeleted] = useState<User>();
  return (
    <>
      <ItemTable
        title="Users"
        description="A user is a person or an application with credentials of its own."
        resource={users}
        idOf={({ UserName }) => UserName}
        textOf={({ UserName, Path }) => `${Path}${UserName}`}
        selection="single"
        actions={([user]) => (
          <>
            <Button disabled={!user} onClick={() => setDeleted(user)}>Delete</Button>
            <Button variant="primary" href="#/iam/create-user">Create user</Button>
          </>
        )}
        empty={
          <Empty title="There are no users yet">
            Make one for each person and application, and keep root’s credentials for what only root can do.
          </Empty>
        }
        columns={[
          { id: 'name', header: 'User name', isRowHeader: true, sortBy: (it) => it.UserName, cell: ({ UserName }) => <Link href={`#${entityPath('User', UserName)}`}>{UserName}</Link> },
          { id: 'path', header: 'Path', sortBy: (it) => it.Path, cell: ({ Path }) => Path },
          { id: 'signed-in', header: 'Last sign-in', sortBy: (it) => it.PasswordLastUsed ?? '', cell: ({ PasswordLastUsed }) => (PasswordLastUsed ? <Moment at={seconds(PasswordLastUsed)} /> : 'Never') },
          { id: 'created', header: 'Created', sortBy: (it) => it.CreateDate, cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
          { id: 'arn', header: 'ARN', cell: ({ Arn }) => <span className="wrapped">{Arn}</span> },
        ]}
      />
      {deleted && (
        <ConfirmDelete
          title={`Delete the user ${deleted.UserName}?`}
          typed={deleted.UserName}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await deleteUser(deleted.UserName);
            notify({ type: 'success', header: `The user ${deleted.UserName} is deleted` });
            users.reload();
          }}
        >
          Its password, keys, MFA devices and inline policies go with it, its policies are detached and its groups lose it. This can’t be undone.
        </ConfirmDelete>
      )}
    </>
  );
}
