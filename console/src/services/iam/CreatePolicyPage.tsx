import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { hasErrors } from '../../components/JsonText';
import { PageForm } from '../../components/PageForm';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { iam, nameError, NEW_POLICY, policyPath, type Policy } from './api';
import { EXAMPLES } from './examples';

export default function CreatePolicyPage() {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [text, setText] = useState(NEW_POLICY);
  const [tags, setTags] = useState<Tag[]>([]);
  const problems = usePolicyProblems(text, 'identity');
  const { busy, error, submit } = useSubmit();
  const badName = nameError(name, 128);
  const ready = name !== '' && !badName && !hasErrors(problems) && areTags(tags);

  const create = () =>
    void submit(async () => {
      const { Policy } = await iam<{ Policy: Policy }>('CreatePolicy', { PolicyName: name, Description: description || undefined, PolicyDocument: text, Tags: filled(tags) });
      notify({ type: 'success', header: `The policy ${name} is created` });
      go(policyPath(Policy.Arn));
    });

  return (
    <PageForm title="Create policy" action="Create policy" cancel="/iam/policies" busy={busy} ready={ready} onSubmit={create}>
      <Container header={<Header>Policy details</Header>}>
        <SpaceBetween size="m">
          <FormField label="Policy name" errorText={badName}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="Description" description="It can’t be changed later.">
            <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header
            description="JSON in IAM’s policy language."
            actions={
              <Select
                ariaLabel="Begin with an example"
                selectedOption={null}
                placeholder="Begin with an example"
                options={EXAMPLES.map(({ title }) => ({ value: title, label: title }))}
                onChange={({ detail }) => {
                  const found = EXAMPLES.find(({ title }) => title === detail.selectedOption.value);
                  if (found) setText(found.document);
                }}
              />
            }
          >
            Permissions
          </Header>
        }
      >
        <SpaceBetween size="m">
          <PolicyEditor value={text} onChange={setText} problems={problems} />
          {error && <Failure what="The policy was not created" error={error} />}
        </SpaceBetween>
      </Container>
      <Container header={<Header>Tags</Header>}>
        <TagFields tags={tags} onChange={setTags} />
      </Container>
    </PageForm>
  );
}
