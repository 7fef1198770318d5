import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { FormModal } from '../../components/FormModal';
import { kms, type Key } from './api';

interface Props {
  onDone: () => void;
  onClose: () => void;
}

export function EditDescription({ of: { KeyId, Description }, onDone, onClose }: Props & { of: Key }) {
  const [text, setText] = useState(Description ?? '');
  return (
    <FormModal
      title="Edit the description"
      action="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await kms('UpdateKeyDescription', { KeyId, Description: text });
        onDone();
      }}
    >
      <FormField label="Description">
        <Textarea value={text} rows={3} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormModal>
  );
}

export function ScheduleDeletion({ id, onDone, onClose }: Props & { id: string }) {
  const [days, setDays] = useState('30');
  const bad = !(/^\d+$/.test(days) && Number(days) >= 7 && Number(days) <= 30) && 'From 7 to 30 days';
  return (
    <FormModal
      title="Schedule key deletion"
      action="Schedule deletion"
      ready={!bad}
      onClose={onClose}
      onSubmit={async () => {
        await kms('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: Number(days) });
        onDone();
      }}
    >
      <Alert type="warning">Once the key is deleted, nothing that it encrypted can ever be read. Disable it instead where you are not sure.</Alert>
      <FormField label="Waiting period in days" errorText={bad}>
        <Input value={days} inputMode="numeric" onChange={({ detail }) => setDays(detail.value)} />
      </FormField>
    </FormModal>
  );
}
