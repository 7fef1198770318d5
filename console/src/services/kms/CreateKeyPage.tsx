import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { IAM, queryAll } from '../../api/query';
import { session } from '../../api/session';
import { useResource } from '../../api/useResource';
import { notify, notifyError } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { hasErrors } from '../../components/JsonText';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { Steps } from '../../components/Steps';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { aliasError, keyPath, kms, toKms, type Key } from './api';
import { keyPolicy } from './newKeyPolicy';

async function principals(signal: AbortSignal): Promise<string[]> {
  const [users, roles] = await Promise.all([
    queryAll<{ Arn: string }>(IAM, 'ListUsers', 'Users', {}, signal),
    queryAll<{ Arn: string }>(IAM, 'ListRoles', 'Roles', {}, signal),
  ]);
  return [...users, ...roles].map(({ Arn }) => Arn);
}

export default function CreateKeyPage() {
  const account = session.get()?.account ?? '';
  const [alias, setAlias] = useState('');
  const [description, setDescription] = useState('');
  const [tags, setTags] = useState<Tag[]>([]);
  const [administrators, setAdministrators] = useState<string[]>([]);
  const [users, setUsers] = useState<string[]>([]);
  const [deletable, setDeletable] = useState(true);
  const [edited, setEdited] = useState<string>();
  const known = useResource('key principals', principals);
  const { busy, error, submit } = useSubmit();

  const policy = edited ?? keyPolicy({ account, administrators, users, deletable });
  const problems = usePolicyProblems(policy, 'resource');
  const badAlias = alias === '' ? 'The key needs an alias' : aliasError(alias);
  const wrong = [false, badAlias || !areTags(tags), false, false, hasErrors(problems)];
  const choose = (label: string, chosen: string[], set: (arns: string[]) => void) => (
    <FormField label={label} constraintText={known.error && `Users and roles can’t be listed: ${known.error.shown}`}>
      <Multiselect
        selectedOptions={chosen.map((value) => ({ value, label: value.split(':').pop() }))}
        options={(known.data ?? []).map((value) => ({ value, label: value.split(':').pop() }))}
        placeholder="Choose users and roles"
        filteringType="auto"
        empty="There are no users and roles"
        onChange={({ detail }) => {
          setEdited(undefined);
          set(detail.selectedOptions.map(({ value }) => value ?? ''));
        }}
      />
    </FormField>
  );

  const create = () =>
    submit(async () => {
      const { KeyMetadata } = await kms<{ KeyMetadata: Key }>('CreateKey', { Description: description || undefined, Policy: policy, Tags: toKms(filled(tags)) });
      await kms('CreateAlias', { AliasName: `alias/${alias}`, TargetKeyId: KeyMetadata.KeyId }).then(
        () => notify({ type: 'success', header: `The key ${alias} is created` }),
        // The key is there: its page can give it another alias.
        (failure: unknown) => notifyError(`The key is created, but without the alias ${alias}`, failure),
      );
      go(keyPath(KeyMetadata.KeyId));
    });

  return (
    <Steps
      action="Finish"
      cancel="/kms/keys"
      wrong={wrong}
      busy={busy}
      onSubmit={() => void create()}
      steps={(tried) => [
        {
          title: 'Configure key',
          content: (
            <Container header={<Header description="This yard makes symmetric keys, of its own material and in one Region; it refuses others by name.">Key type</Header>}>
              <Tiles
                ariaLabel="Key type"
                value="symmetric"
                items={[
                  { value: 'symmetric', label: 'Symmetric', description: 'One key encrypts and decrypts (SYMMETRIC_DEFAULT: AES-256-GCM).' },
                  { value: 'asymmetric', label: 'Asymmetric', description: 'Not supported by this yard.', disabled: true },
                  { value: 'hmac', label: 'HMAC', description: 'Not supported by this yard.', disabled: true },
                ]}
              />
            </Container>
          ),
        },
        {
          title: 'Add labels',
          content: (
            <SpaceBetween size="l">
              <Container header={<Header>Alias and description</Header>}>
                <SpaceBetween size="m">
                  <FormField label="Alias" description="A name to use in place of the key’s id; it can name another key later." errorText={(tried || alias !== '') && badAlias}>
                    <Input value={alias} autoFocus onChange={({ detail }) => setAlias(detail.value)} />
                  </FormField>
                  <FormField label="Description">
                    <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
                  </FormField>
                </SpaceBetween>
              </Container>
              <Container header={<Header>Tags</Header>}>
                <TagFields tags={tags} onChange={setTags} />
              </Container>
            </SpaceBetween>
          ),
        },
        {
          title: 'Define key administrative permissions',
          isOptional: true,
          content: (
            <Container header={<Header description="Who may manage the key, beside those whose own policies say so.">Key administrators</Header>}>
              <SpaceBetween size="m">
                {choose('Administrators', administrators, setAdministrators)}
                <Checkbox
                  checked={deletable}
                  onChange={({ detail }) => {
                    setEdited(undefined);
                    setDeletable(detail.checked);
                  }}
                >
                  Allow key administrators to delete this key
                </Checkbox>
              </SpaceBetween>
            </Container>
          ),
        },
        {
          title: 'Define key usage permissions',
          isOptional: true,
          content: <Container header={<Header description="Who may encrypt and decrypt with the key, beside those whose own policies say so.">Key users</Header>}>{choose('Users', users, setUsers)}</Container>,
        },
        {
          title: 'Review',
          content: (
            <SpaceBetween size="l">
              <Container header={<Header>Key configuration</Header>}>
                <KeyValuePairs
                  columns={3}
                  items={[
                    { label: 'Alias', value: alias },
                    { label: 'Description', value: description || '–' },
                    { label: 'Key spec', value: 'SYMMETRIC_DEFAULT' },
                  ]}
                />
              </Container>
              <Container header={<Header>Key policy</Header>}>
                <PolicyEditor value={policy} onChange={setEdited} problems={problems} ariaLabel="Key policy" />
              </Container>
              {error && <Failure what="The key was not created" error={error} />}
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}
