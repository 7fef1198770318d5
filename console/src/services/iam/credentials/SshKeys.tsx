import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Empty } from '../../../components/Empty';
import { FormModal } from '../../../components/FormModal';
import { ItemTable } from '../../../components/ItemTable';
import { Moment } from '../../../components/time';
import { useAction } from '../../../components/useAction';
import { iam, iamAll, seconds } from '../api';

interface SshKey {
  SSHPublicKeyId: string;
  Status: string;
  UploadDate: string;
}

/** SSH public keys with which a user reaches repositories. */
export function SshKeys({ user }: { user: string }) {
  const named = { UserName: user };
  const keys = useResource(`ssh keys ${user}`, (signal) => iamAll<SshKey>('ListSSHPublicKeys', 'SSHPublicKeys', named, signal));
  const [uploading, setUploading] = useState(false);
  const [deleted, setDeleted] = useState<SshKey>();
  const [body, setBody] = useState('');
  const [busy, act] = useAction();
  const turn = ({ SSHPublicKeyId, Status }: SshKey) =>
    act(`The key ${SSHPublicKeyId} was not changed`, async () => {
      await iam('UpdateSSHPublicKey', { ...named, SSHPublicKeyId, Status: Status === 'Active' ? 'Inactive' : 'Active' });
      keys.reload();
    });
  return (
    <>
      <ItemTable
        level="part"
        title="SSH public keys for CodeCommit"
        description="The id of the key is the user name of an SSH address."
        resource={keys}
        idOf={({ SSHPublicKeyId }) => SSHPublicKeyId}
        selection="single"
        actions={([key]) => (
          <>
            <Button disabled={!key} loading={busy} onClick={() => turn(key)}>{key?.Status === 'Inactive' ? 'Activate' : 'Deactivate'}</Button>
            <Button disabled={!key} onClick={() => setDeleted(key)}>Delete</Button>
            <Button onClick={() => setUploading(true)}>Upload SSH public key</Button>
          </>
        )}
        empty={<Empty title="There are no SSH public keys">Upload one to clone and push over SSH.</Empty>}
        columns={[
          { id: 'id', header: 'SSH key id', isRowHeader: true, cell: ({ SSHPublicKeyId }) => SSHPublicKeyId },
          { id: 'status', header: 'Status', cell: ({ Status }) => <StatusIndicator type={Status === 'Active' ? 'success' : 'stopped'}>{Status}</StatusIndicator> },
          { id: 'uploaded', header: 'Uploaded', cell: ({ UploadDate }) => <Moment at={seconds(UploadDate)} /> },
        ]}
      />
      {uploading && (
        <FormModal
          title="Upload an SSH public key"
          action="Upload SSH public key"
          ready={body.trim() !== ''}
          onClose={() => setUploading(false)}
          onSubmit={async () => {
            await iam('UploadSSHPublicKey', { ...named, SSHPublicKeyBody: body });
            setBody('');
            keys.reload();
          }}
        >
          <FormField label="Public key" description="What is in the file that ends in .pub: it begins with ssh-rsa, ssh-ed25519 or the like, or is in PEM.">
            <Textarea value={body} rows={6} spellcheck={false} onChange={({ detail }) => setBody(detail.value)} />
          </FormField>
        </FormModal>
      )}
      {deleted && (
        <ConfirmDelete
          title={`Delete the SSH public key ${deleted.SSHPublicKeyId}?`}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await iam('DeleteSSHPublicKey', { ...named, SSHPublicKeyId: deleted.SSHPublicKeyId });
            keys.reload();
          }}
        >
          Whoever connects with it is refused from now on.
        </ConfirmDelete>
      )}
    </>
  );
}
