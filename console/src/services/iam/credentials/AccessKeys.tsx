import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Empty } from '../../../components/Empty';
import { ItemTable } from '../../../components/ItemTable';
import { ShownOnce } from '../../../components/Shown';
import { Moment } from '../../../components/time';
import { useAction } from '../../../components/useAction';
import { iam, iamAll, seconds, type AccessKey } from '../api';

interface Used {
  LastUsedDate?: string;
  ServiceName?: string;
}

const MOST = 2;

/** The access keys of a user; a new one's secret is told once. */
export function AccessKeys({ user }: { user: string }) {
  const keys = useResource(`access keys ${user}`, async (signal) => {
    const found = await iamAll<AccessKey>('ListAccessKeys', 'AccessKeyMetadata', { UserName: user }, signal);
    const uses = await Promise.allSettled(found.map(({ AccessKeyId }) => iam<{ AccessKeyLastUsed: Used }>('GetAccessKeyLastUsed', { AccessKeyId }, signal)));
    return found.map((key, at) => {
      const use = uses[at];
      return { ...key, used: use.status === 'fulfilled' ? use.value.AccessKeyLastUsed : undefined };
    });
  });
  const [made, setMade] = useState<AccessKey>();
  const [deleted, setDeleted] = useState<AccessKey>();
  const [busy, act] = useAction();
  const create = () =>
    act('No access key was made', async () => {
      setMade((await iam<{ AccessKey: AccessKey }>('CreateAccessKey', { UserName: user })).AccessKey);
      keys.reload();
    });
  const turn = ({ AccessKeyId, Status }: AccessKey) =>
    act(`The access key ${AccessKeyId} was not changed`, async () => {
      await iam('UpdateAccessKey', { UserName: user, AccessKeyId, Status: Status === 'Active' ? 'Inactive' : 'Active' });
      keys.reload();
    });
  return (
    <>
      <ItemTable
        level="part"
        title="Access keys"
        description="For the AWS CLI, SDKs and the API. A user has two at most, so that one can replace the other."
        resource={keys}
        idOf={({ AccessKeyId }) => AccessKeyId}
        selection="single"
        actions={([key]) => (
          <>
            <Button disabled={!key} loading={busy && !!key} onClick={() => turn(key)}>{key?.Status === 'Inactive' ? 'Activate' : 'Deactivate'}</Button>
            <Button disabled={!key} onClick={() => setDeleted(key)}>Delete</Button>
            <Button loading={busy} disabled={(keys.data?.length ?? MOST) >= MOST} onClick={create}>Create access key</Button>
          </>
        )}
        empty={<Empty title="There are no access keys">“Create access key” makes one; its secret is shown once.</Empty>}
        columns={[
          { id: 'id', header: 'Access key id', isRowHeader: true, cell: ({ AccessKeyId }) => AccessKeyId },
          { id: 'status', header: 'Status', cell: ({ Status }) => <StatusIndicator type={Status === 'Active' ? 'success' : 'stopped'}>{Status}</StatusIndicator> },
          { id: 'created', header: 'Created', cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
          { id: 'used', header: 'Last used', cell: ({ used }) => (used?.LastUsedDate ? <><Moment at={seconds(used.LastUsedDate)} /> with {used.ServiceName}</> : used ? 'Never' : '–') },
        ]}
      />
      {made && (
        <ShownOnce
          title="Access key created"
          warning="This is the only time that the secret is shown. Keep it now; lost, it is replaced by a new key."
          fileName={`${user}_accessKeys.csv`}
          fields={[
            { label: 'Access key ID', value: made.AccessKeyId },
            { label: 'Secret access key', value: made.SecretAccessKey ?? '', secret: true },
          ]}
          onClose={() => setMade(undefined)}
        />
      )}
      {deleted && (
        <ConfirmDelete
          title={`Delete the access key ${deleted.AccessKeyId}?`}
          typed={deleted.AccessKeyId}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await iam('DeleteAccessKey', { UserName: user, AccessKeyId: deleted.AccessKeyId });
            keys.reload();
          }}
        >
          What signs with it is refused from now on. Deactivate it first where you are not sure: that can be undone.
        </ConfirmDelete>
      )}
    </>
  );
}
