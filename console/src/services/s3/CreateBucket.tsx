import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { session } from '../../api/session';
import { notify, notifyError } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { createBucket } from './api';
import { badBucketName } from './names';
import { bucketPath } from './paths';
import { putVersioning } from './settings';

export function CreateBucket({ onClose }: { onClose: () => void }) {
  const region = session.get()?.region ?? 'us-east-1';
  const [name, setName] = useState('');
  const [versions, setVersions] = useState(false);
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<ApiError>();
  const bad = badBucketName(name);

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    setTried(true);
    if (bad || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await createBucket(name, region);
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
      setBusy(false);
      return;
    }
    try {
      if (versions) await putVersioning(name, 'Enabled');
      notify({ type: 'success', header: `Bucket ${name} was created` });
    } catch (failure) {
      notifyError(`Bucket ${name} was created, but its versioning was not turned on`, failure);
    }
    onClose();
    go(bucketPath(name));
  };

  return (
    <Modal
      visible
      header="Create bucket"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={busy} onClick={() => submit()}>Create bucket</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={submit}>
        <SpaceBetween size="m">
          <FormField
            label="Bucket name"
            constraintText="3 to 63 characters: lower-case letters, digits, dots and hyphens. It belongs to you alone on this yard."
            errorText={tried && bad}
          >
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="AWS Region">
            <Input value={region} readOnly />
          </FormField>
          <FormField label="Bucket Versioning" description="What is overwritten or deleted can be had back. Sources of pipelines need it.">
            <Checkbox checked={versions} onChange={({ detail }) => setVersions(detail.checked)}>Keep all versions</Checkbox>
          </FormField>
          {error && <Failure what="The bucket was not created" error={error} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
