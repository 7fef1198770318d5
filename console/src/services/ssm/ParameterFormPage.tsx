import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { useGuard } from '../../components/guard';
import { PageForm } from '../../components/PageForm';
import { PasswordField } from '../../components/Shown';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useAction } from '../../components/useAction';
import { useSubmit } from '../../components/useSubmit';
import { aliasNames } from '../kms/api';
import { describeParameter, NAME, parameterPath, ssm, valueOf, type Metadata, type Type } from './api';

/** Bytes of a value by tier. */
const MOST: Record<string, number> = { Standard: 4096, Advanced: 8192, 'Intelligent-Tiering': 8192 };

/** Creates a parameter, or a new version of the one that the address names. */
export default function ParameterFormPage({ params: { name } }: PageProps) {
  const known = useResource(`parameter form ${name}`, (signal) => (name ? describeParameter(name, signal) : Promise.resolve(undefined)));
  if (known.error) return <Failure what="The parameter can't be edited" error={known.error} retry={known.reload} />;
  if (known.loading) return <Spinner size="large" />;
  return <ParameterForm known={known.data} />;
}

function ParameterForm({ known }: { known?: Metadata }) {
  const { query } = useAddress();
  const [name, setName] = useState(known?.Name ?? query.get('path') ?? '');
  const [description, setDescription] = useState(known?.Description ?? '');
  const [tier, setTier] = useState(known?.Tier ?? 'Standard');
  const [type, setType] = useState<Type>(known?.Type ?? 'String');
  const [key, setKey] = useState(known?.KeyId ?? '');
  const [value, setValue] = useState('');
  const [pattern, setPattern] = useState(known?.AllowedPattern ?? '');
  const [tags, setTags] = useState<Tag[]>([]);
  const keys = useResource('key aliases', aliasNames);
  const { busy, error, submit } = useSubmit();
  const [reading, act] = useAction();

  const badName = name !== '' && (!NAME.test(name) ? 'Letters, digits and . - _ between slashes' : /^\/?(aws|ssm)/i.test(name) ? 'It begins neither with aws nor with ssm' : undefined);
  const size = new TextEncoder().encode(value).length;
  const badValue = size > MOST[tier] ? `${size} bytes: ${tier} takes ${MOST[tier]}` : type === 'StringList' && value.split(',').some((item) => item.trim() === '') && value !== '' ? 'Items are separated by commas, and none is empty' : undefined;
  const ready = name !== '' && !badName && value !== '' && !badValue && areTags(tags);

  const load = () => act('The current value can’t be read', async () => setValue(await valueOf(name, type === 'SecureString')));
  const send = () =>
    void submit(async () => {
      if (!(await isUnchanged())) return;
      await ssm('PutParameter', {
        Name: name,
        // What is left out stays as it was: only an empty text takes one away.
        Description: known?.Description ? description : description || undefined,
        Value: value,
        Type: type,
        Tier: tier,
        KeyId: type === 'SecureString' && key ? key : undefined,
        AllowedPattern: known?.AllowedPattern ? pattern : pattern || undefined,
        Overwrite: !!known,
        Tags: known || filled(tags).length === 0 ? undefined : filled(tags),
      });
      notify({ type: 'success', header: known ? `${name} has a new version` : `The parameter ${name} is created` });
      go(parameterPath(name));
    });
  const { isUnchanged, question } = useGuard<Metadata | null>(
    {
      opened: known,
      read: async () => (await describeParameter(name)) ?? null,
      shown: (now) => (now ? `Version ${now.Version}, stored by ${now.LastModifiedUser}. Yours was made from version ${known?.Version}.` : 'Nothing: the parameter was deleted.'),
      load: (now) => {
        setDescription(now?.Description ?? '');
        setTier(now?.Tier ?? tier);
        setKey(now?.KeyId ?? '');
        setPattern(now?.AllowedPattern ?? '');
        if (now) void load();
      },
    },
    send,
  );

  return (
    <PageForm title={known ? `Edit ${known.Name}` : 'Create parameter'} action={known ? 'Save changes' : 'Create parameter'} cancel={known ? parameterPath(name) : '/ssm/parameters'} busy={busy} ready={ready} onSubmit={send}>
      <Container header={<Header>Parameter details</Header>}>
        <SpaceBetween size="m">
          <FormField label="Name" description="Slashes make a hierarchy: /my-app/prod/url." errorText={badName}>
            <Input value={name} autoFocus={!known} disabled={!!known} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="Description">
            <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
          <FormField label="Tier">
            <RadioGroup
              value={tier}
              onChange={({ detail }) => setTier(detail.value)}
              items={[
                { value: 'Standard', label: 'Standard', description: 'Values of up to 4 KB.', disabled: known?.Tier === 'Advanced' },
                { value: 'Advanced', label: 'Advanced', description: 'Values of up to 8 KB. It can’t become Standard again.' },
                { value: 'Intelligent-Tiering', label: 'Intelligent-Tiering', description: 'Advanced only where the value needs it.' },
              ]}
            />
          </FormField>
          <FormField label="Type" description={known && 'It can’t be changed.'}>
            <RadioGroup
              value={type}
              onChange={({ detail }) => setType(detail.value as Type)}
              items={[
                { value: 'String', label: 'String', disabled: !!known },
                { value: 'StringList', label: 'StringList', description: 'Separated by commas.', disabled: !!known },
                { value: 'SecureString', label: 'SecureString', description: 'Encrypted with a KMS key.', disabled: !!known },
              ]}
            />
          </FormField>
          {type === 'SecureString' && (
            <FormField label="KMS key" description="An alias, an id or an ARN; alias/aws/ssm unless you say otherwise.">
              <Autosuggest value={key} ariaLabel="KMS key" placeholder="alias/aws/ssm" options={(keys.data ?? []).map((it) => ({ value: it }))} enteredTextLabel={(it) => `Use ${it}`} empty="No aliases can be listed" onChange={({ detail }) => setKey(detail.value)} />
            </FormField>
          )}
          {known && (
            <Button formAction="none" loading={reading} onClick={load}>Begin with the current value</Button>
          )}
          {type === 'SecureString' ? (
            <PasswordField label="Value" value={value} onChange={setValue} errorText={badValue} autoComplete="off" />
          ) : (
            <FormField label="Value" errorText={badValue}>
              <Textarea value={value} rows={4} spellcheck={false} onChange={({ detail }) => setValue(detail.value)} />
            </FormField>
          )}
          <FormField label="Allowed pattern" description="A regular expression that values must fit.">
            <Input value={pattern} spellcheck={false} onChange={({ detail }) => setPattern(detail.value)} />
          </FormField>
        </SpaceBetween>
      </Container>
      {!known && (
        <Container header={<Header>Tags</Header>}>
          <TagFields tags={tags} onChange={setTags} />
        </Container>
      )}
      {question}
      {error && <Failure what={known ? 'The parameter was not changed' : 'The parameter was not created'} error={error} />}
    </PageForm>
  );
}
