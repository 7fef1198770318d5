import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type FormEvent } from 'react';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { places } from './places';
import { badName, createRepository } from './settings';

export default function CreatePage() {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [key, setKey] = useState('');
  const [tags, setTags] = useState<Tag[]>([]);
  const [tried, setTried] = useState(false);
  const { busy, error, submit } = useSubmit();
  const bad = badName(name);
  const long = description.length > 1000 ? 'A description has at most 1,000 characters' : undefined;

  const create = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (bad || long || !areTags(tags) || busy) return;
    void submit(async () => {
      const given = filled(tags);
      await createRepository({
        repositoryName: name,
        repositoryDescription: description || undefined,
        kmsKeyId: key.trim() || undefined,
        tags: given.length > 0 ? Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) : undefined,
      });
      notify({ type: 'success', header: `The repository ${name} was created` });
      go(places.repository(name));
    });
  };

  return (
    <form onSubmit={create}>
      <Form
        header={<Header variant="h1" description="A secure place for your source with all its history.">Create repository</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${places.repositories}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy}>Create</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header>Repository settings</Header>}>
            <SpaceBetween size="m">
              <FormField label="Repository name" constraintText="At most 100 characters." errorText={(tried || name) && bad}>
                <Input value={name} autoFocus spellcheck={false} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label={<>Description – <i>optional</i></>} constraintText="At most 1,000 characters." errorText={long}>
                <Textarea value={description} rows={3} onChange={({ detail }) => setDescription(detail.value)} />
              </FormField>
              <TagFields tags={tags} onChange={setTags} />
              <ExpandableSection headerText="Additional configuration">
                <FormField label="AWS KMS encryption key" description="An id, ARN or alias. Left empty, the repository is sealed under the yard’s key for CodeCommit.">
                  <Input value={key} spellcheck={false} onChange={({ detail }) => setKey(detail.value)} />
                </FormField>
              </ExpandableSection>
            </SpaceBetween>
          </Container>
          {error && <Failure what="The repository was not created" error={error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
