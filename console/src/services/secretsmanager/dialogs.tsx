import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { readValue, secrets, type Secret } from './api';
import { ValueEditor } from './ValueEditor';

interface Props {
  onDone: () => void;
  onClose: () => void;
}

/** What the form changes of a secret. */
const detailsOf = ({ Description, KmsKeyId }: Secret) => ({ description: Description ?? '', key: KmsKeyId ?? '' });

export function EditDetails({ secret, onDone, onClose }: Props & { secret: Secret }) {
  const [description, setDescription] = useState(secret.Description ?? '');
  const [key, setKey] = useState(secret.KmsKeyId ?? '');
  return (
    <FormModal
      title={`Edit ${secret.Name}`}
      action="Save changes"
      onClose={onClose}
      guard={{
        opened: detailsOf(secret),
        read: async () => detailsOf(await secrets<Secret>('DescribeSecret', { SecretId: secret.Name })),
        shown: (now) => `${now.description || 'No description'}; encrypted with ${now.key || 'aws/secretsmanager'}`,
        load: (now) => {
          setDescription(now.description);
          setKey(now.key);
        },
      }}
      onSubmit={async () => {
        await secrets('UpdateSecret', { SecretId: secret.Name, Description: description, KmsKeyId: key && key !== secret.KmsKeyId ? key : undefined });
        onDone();
      }}
    >
      <FormField label="Description">
        <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Encryption key" description="An alias, an id or an ARN. The versions that are in use are encrypted anew.">
        <Input value={key} placeholder="aws/secretsmanager" onChange={({ detail }) => setKey(detail.value)} />
      </FormField>
    </FormModal>
  );
}

/** Reads the value, which whoever edits it asks for, and stores it as a new version. */
export function EditValue({ name, onDone, onClose }: Props & { name: string }) {
  const read = async () => {
    try {
      const { SecretString, SecretBinary, VersionId } = await readValue(name);
      return { text: SecretString ?? '', isBinary: SecretBinary !== undefined, version: VersionId };
    } catch (error) {
      // A secret that was made without a value has none yet.
      if (error instanceof ApiError && error.code === 'ResourceNotFoundException') return { text: '', isBinary: false, version: '' };
      throw error;
    }
  };
  const current = useResource(`secret to edit ${name}`, read);
  // The editor takes its text when it is made.
  const [loaded, setLoaded] = useState(0);
  const [edited, setEdited] = useState<{ text: string; fine: boolean }>();
  return (
    <FormModal
      title={`Edit the value of ${name}`}
      action="Save as a new version"
      size="large"
      ready={!!edited?.fine && edited.text !== current.data?.text}
      onClose={onClose}
      guard={{
        opened: current.data,
        read,
        shown: ({ version }) => `The version ${version ?? ''}, whose value is not shown unless you edit it.`,
        load: ({ text }) => {
          setEdited({ text, fine: true });
          setLoaded((count) => count + 1);
        },
      }}
      onSubmit={async () => {
        await secrets('PutSecretValue', { SecretId: name, SecretString: edited?.text });
        notify({ type: 'success', header: `${name} has a new version` });
        onDone();
      }}
    >
      {current.error && <Failure what="The value can't be read" error={current.error} />}
      {current.error?.isDenied && <Alert type="info">It can still be replaced, if a policy allows it.</Alert>}
      {current.data?.isBinary && <Alert type="warning">The value is binary, which can’t be edited here: what you store replaces it by text.</Alert>}
      {current.loading ? (
        <Spinner />
      ) : (
        <ValueEditor key={current.data ? `read ${loaded}` : 'unread'} value={edited?.text ?? current.data?.text ?? ''} onChange={(text, fine) => setEdited({ text, fine })} />
      )}
    </FormModal>
  );
}

export function DeleteSecret({ name, onDone, onClose }: Props & { name: string }) {
  const [days, setDays] = useState('30');
  const [force, setForce] = useState(false);
  const [typed, setTyped] = useState('');
  const bad = !force && !(/^\d+$/.test(days) && Number(days) >= 7 && Number(days) <= 30) && 'From 7 to 30 days';
  return (
    <FormModal
      title={`Delete ${name}?`}
      action={force ? 'Delete now' : 'Schedule deletion'}
      ready={!bad && (!force || typed === name)}
      onClose={onClose}
      onSubmit={async () => {
        await secrets('DeleteSecret', { SecretId: name, RecoveryWindowInDays: force ? undefined : Number(days), ForceDeleteWithoutRecovery: force || undefined });
        if (force) {
          notify({ type: 'success', header: `${name} is deleted` });
          go('/secrets');
        } else onDone();
      }}
    >
      <FormField label="Waiting period in days" description="So long it can be restored, and not be read." errorText={bad}>
        <Input value={days} inputMode="numeric" disabled={force} onChange={({ detail }) => setDays(detail.value)} />
      </FormField>
      <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)}>Delete it now, without recovery</Checkbox>
      {force && (
        <FormField label={`To confirm, type ${name}`}>
          <Input value={typed} ariaLabel={`Type ${name} to confirm`} onChange={({ detail }) => setTyped(detail.value)} />
        </FormField>
      )}
    </FormModal>
  );
}
