import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { useAction } from '../../components/useAction';
import { createFolder } from './api';

interface Props {
  bucket: string;
  prefix: string;
  onClose: () => void;
  onDone: () => void;
}

export function CreateFolder({ bucket, prefix, onClose, onDone }: Props) {
  const [name, setName] = useState('');
  const [busy, act] = useAction();
  const bad = name.includes('/') ? 'A folder’s name has no slash.' : name === '.' || name === '..' ? 'Browsers resolve “.” and “..”.' : undefined;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!name || bad || busy) return;
    void act(`The folder ${name} was not created`, async () => {
      await createFolder(bucket, `${prefix}${name}/`);
      onDone();
      onClose();
    });
  };
  return (
    <Modal
      visible
      header="Create folder"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!name || !!bad} onClick={() => submit()}>Create folder</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={submit}>
        <FormField label="Folder name" description="S3 has no folders: an empty object whose key ends with a slash stands for one." errorText={bad}>
          <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      </form>
    </Modal>
  );
}
