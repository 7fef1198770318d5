import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type FormEvent } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { aliasNames } from '../kms/api';
import { NAME, secretPath, secrets } from './api';
import { ValueEditor } from './ValueEditor';

export default function CreateSecretPage() {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [fine, setFine] = useState(false);
  const [tags, setTags] = useState<Tag[]>([]);
  // The same token again makes no second version, where the answer was lost.
  const [token] = useState(newToken);
  const keys = useResource('key aliases', aliasNames);
  const { busy, error, submit } = useSubmit();
  const badName = name !== '' && !NAME.test(name) && 'Letters, digits and / _ + = . @ -';
  const ready = name !== '' && !badName && fine && areTags(tags);
  const store = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void submit(async () => {
      await secrets('CreateSecret', { Name: name, Description: description || undefined, KmsKeyId: key || undefined, SecretString: value, Tags: filled(tags), ClientRequestToken: token });
      notify({ type: 'success', header: `The secret ${name} is stored` });
      go(secretPath(name));
    });
  };
  return (
    <form onSubmit={store}>
      <Form
        header={<Header variant="h1">Store a new secret</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href="#/secrets">Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!ready}>Store</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header>Secret value</Header>}>
            <ValueEditor
              value={value}
              onChange={(text, isFine) => {
                setValue(text);
                setFine(isFine);
              }}
            />
          </Container>
          <Container header={<Header>Name and description</Header>}>
            <SpaceBetween size="m">
              <FormField label="Secret name" errorText={badName}>
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label="Description">
                <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
              </FormField>
              <FormField label="Encryption key" description="An alias, an id or an ARN; aws/secretsmanager unless you say otherwise.">
                <Autosuggest value={key} ariaLabel="Encryption key" placeholder="aws/secretsmanager" options={(keys.data ?? []).map((it) => ({ value: it }))} enteredTextLabel={(it) => `Use ${it}`} empty="No aliases can be listed" onChange={({ detail }) => setKey(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header>Tags</Header>}>
            <TagFields tags={tags} onChange={setTags} />
          </Container>
          {error && <Failure what="The secret was not stored" error={error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** 32 to 64 characters, as ClientRequestToken wants them. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
