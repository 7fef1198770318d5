import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { now, session } from '../../api/session';
import { notifyError } from '../../app/notifications';
import { addressOf } from './objects';

interface Props {
  bucket: string;
  objectKey: string;
  versionId?: string;
  onClose: () => void;
}

/** An address by which somebody else can load an object for some minutes. */
export function Share({ bucket, objectKey, versionId, onClose }: Props) {
  const [minutes, setMinutes] = useState('15');
  const [url, setUrl] = useState('');
  const left = Math.floor((Date.parse(session.get()?.expiration ?? '') - now().getTime()) / 60_000);
  const count = Number(minutes);
  const bad = Number.isInteger(count) && count >= 1 && count <= left ? undefined : `From 1 to ${left} minutes: it ends with your session.`;
  const make = () => {
    try {
      setUrl(location.origin + addressOf(bucket, objectKey, versionId, 60 * count));
    } catch (error) {
      notifyError('No address was made', error);
    }
  };
  return (
    <Modal visible header={`Share ${objectKey}`} closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="m">
        <FormField label="Minutes that it is good for" description="Whoever has the address can load the object, with your rights and without signing in." errorText={bad}>
          <SpaceBetween direction="horizontal" size="xs">
            <Input value={minutes} inputMode="numeric" ariaLabel="Minutes" onChange={({ detail }) => setMinutes(detail.value)} />
            <Button disabled={!!bad} onClick={make}>Make an address</Button>
          </SpaceBetween>
        </FormField>
        {url && <CopyToClipboard variant="button" copyButtonText="Copy the address" textToCopy={url} copySuccessText="Copied" copyErrorText="It could not be copied" />}
      </SpaceBetween>
    </Modal>
  );
}
