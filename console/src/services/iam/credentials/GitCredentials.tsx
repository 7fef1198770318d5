import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { list } from '../../../api/query';
import { useResource } from '../../../api/useResource';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Empty } from '../../../components/Empty';
import { ItemTable } from '../../../components/ItemTable';
import { ShownOnce } from '../../../components/Shown';
import { Moment } from '../../../components/time';
import { useAction } from '../../../components/useAction';
import { iam, seconds } from '../api';

interface Credential {
  ServiceSpecificCredentialId: string;
  ServiceUserName: string;
  ServicePassword?: string;
  ServiceName: string;
  Status: string;
  CreateDate: string;
}

const SERVICE = 'codecommit.amazonaws.com';
const MOST = 2;

/** User names and passwords for Git over HTTPS; a password is told once. */
export function GitCredentials({ user }: { user: string }) {
  const named = { UserName: user };
  const credentials = useResource(`git credentials ${user}`, async (signal) => {
    const found = await iam<{ ServiceSpecificCredentials: Credential[] | '' }>('ListServiceSpecificCredentials', { ...named, ServiceName: SERVICE }, signal);
    return list(found.ServiceSpecificCredentials);
  });
  const [made, setMade] = useState<Credential>();
  const [deleted, setDeleted] = useState<Credential>();
  const [busy, act] = useAction();
  const obtain = (failed: string, action: string, input: object) =>
    act(failed, async () => {
      const answer = await iam<{ ServiceSpecificCredential: Credential }>(action, { ...named, ...input });
      setMade(answer.ServiceSpecificCredential);
      credentials.reload();
    });
  const turn = ({ ServiceSpecificCredentialId, Status, ServiceUserName }: Credential) =>
    act(`${ServiceUserName} was not changed`, async () => {
      await iam('UpdateServiceSpecificCredential', { ...named, ServiceSpecificCredentialId, Status: Status === 'Active' ? 'Inactive' : 'Active' });
      credentials.reload();
    });
  return (
    <>
      <ItemTable
        level="part"
        title="HTTPS Git credentials for CodeCommit"
        description="A user name and a password for Git. A user has two at most."
        resource={credentials}
        idOf={({ ServiceSpecificCredentialId }) => ServiceSpecificCredentialId}
        selection="single"
        actions={([it]) => (
          <>
            <Button disabled={!it} loading={busy} onClick={() => turn(it)}>{it?.Status === 'Inactive' ? 'Activate' : 'Deactivate'}</Button>
            <Button disabled={!it} loading={busy} onClick={() => obtain('The password was not reset', 'ResetServiceSpecificCredential', { ServiceSpecificCredentialId: it.ServiceSpecificCredentialId })}>Reset password</Button>
            <Button disabled={!it} onClick={() => setDeleted(it)}>Delete</Button>
            <Button loading={busy} disabled={(credentials.data?.length ?? MOST) >= MOST} onClick={() => obtain('No credentials were made', 'CreateServiceSpecificCredential', { ServiceName: SERVICE })}>Generate credentials</Button>
          </>
        )}
        empty={<Empty title="There are no Git credentials">Generate a pair for <code>git clone</code> over HTTP and HTTPS.</Empty>}
        columns={[
          { id: 'name', header: 'User name', isRowHeader: true, cell: ({ ServiceUserName }) => ServiceUserName },
          { id: 'status', header: 'Status', cell: ({ Status }) => <StatusIndicator type={Status === 'Active' ? 'success' : 'stopped'}>{Status}</StatusIndicator> },
          { id: 'created', header: 'Created', cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
        ]}
      />
      {made && (
        <ShownOnce
          title="Git credentials"
          warning="This is the only time that the password is shown. Keep it now; lost, it is reset."
          fileName={`${user}_codecommit_credentials.csv`}
          fields={[
            { label: 'User Name', value: made.ServiceUserName },
            { label: 'Password', value: made.ServicePassword ?? '', secret: true },
          ]}
          onClose={() => setMade(undefined)}
        />
      )}
      {deleted && (
        <ConfirmDelete
          title={`Delete the credentials ${deleted.ServiceUserName}?`}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await iam('DeleteServiceSpecificCredential', { ...named, ServiceSpecificCredentialId: deleted.ServiceSpecificCredentialId });
            credentials.reload();
          }}
        >
          Git that uses them is refused from now on.
        </ConfirmDelete>
      )}
    </>
  );
}
