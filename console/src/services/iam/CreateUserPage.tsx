import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify, notifyError } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { PageForm } from '../../components/PageForm';
import { PasswordField } from '../../components/Shown';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { entityPath, iam, listGroups, nameError } from './api';
import { PolicyPicker } from './PolicyPicker';

export default function CreateUserPage() {
  const [name, setName] = useState('');
  const [console_, setConsole] = useState(false);
  const [password, setPassword] = useState('');
  const [reset, setReset] = useState(true);
  const [groups, setGroups] = useState<string[]>([]);
  const [policies, setPolicies] = useState<string[]>([]);
  const [tags, setTags] = useState<Tag[]>([]);
  const known = useResource('iam groups', listGroups);
  const { busy, error, submit } = useSubmit();
  const badName = nameError(name);
  const ready = name !== '' && !badName && areTags(tags) && (!console_ || password !== '');

  const create = () =>
    void submit(async () => {
      const user = { UserName: name };
      await iam('CreateUser', { ...user, Tags: filled(tags) });
      // The user is there: what of the rest fails is told, and can be done on its page.
      const steps: [string, () => Promise<unknown>][] = [
        ...groups.map((GroupName): [string, () => Promise<unknown>] => [`${name} was not added to ${GroupName}`, () => iam('AddUserToGroup', { ...user, GroupName })]),
        ...policies.map((PolicyArn): [string, () => Promise<unknown>] => [`${PolicyArn} was not attached`, () => iam('AttachUserPolicy', { ...user, PolicyArn })]),
      ];
      if (console_) steps.push([`${name} has no password`, () => iam('CreateLoginProfile', { ...user, Password: password, PasswordResetRequired: reset })]);
      let failed = 0;
      for (const [what, step] of steps) {
        await step().catch((failure: unknown) => {
          failed++;
          notifyError(what, failure);
        });
      }
      if (failed === 0) notify({ type: 'success', header: `The user ${name} is created` });
      go(entityPath('User', name));
    });

  return (
    <PageForm title="Create user" action="Create user" cancel="/iam/users" busy={busy} ready={ready} onSubmit={create}>
      <Container header={<Header>User details</Header>}>
        <SpaceBetween size="m">
          <FormField label="User name" errorText={badName}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <Checkbox checked={console_} onChange={({ detail }) => setConsole(detail.checked)}>Give access to this console</Checkbox>
          {console_ && (
            <SpaceBetween size="m">
              <PasswordField label="Console password" description="Eight characters or more, of three kinds of upper case, lower case, digits and symbols." value={password} onChange={setPassword} />
              <Checkbox checked={reset} onChange={({ detail }) => setReset(detail.checked)}>The user must replace it at the first sign-in</Checkbox>
              {reset && <Alert type="info">That takes iam:ChangePassword: attach the policy IAMUserChangePassword, or one like it.</Alert>}
            </SpaceBetween>
          )}
        </SpaceBetween>
      </Container>
      <Container header={<Header description="Best by groups: whoever does the same work has the same permissions.">Permissions</Header>}>
        <SpaceBetween size="m">
          <FormField label="User groups" errorText={known.error?.shown}>
            <Multiselect
              selectedOptions={groups.map((value) => ({ value, label: value }))}
              options={(known.data ?? []).map(({ GroupName }) => ({ value: GroupName, label: GroupName }))}
              placeholder="Choose groups"
              filteringType="auto"
              empty="There are no groups"
              onChange={({ detail }) => setGroups(detail.selectedOptions.map(({ value }) => value ?? ''))}
            />
          </FormField>
          <Box variant="awsui-key-label">Policies attached directly</Box>
          <PolicyPicker chosen={policies} onChange={setPolicies} />
        </SpaceBetween>
      </Container>
      <Container header={<Header>Tags</Header>}>
        <TagFields tags={tags} onChange={setTags} />
      </Container>
      {error && <Failure what="The user was not created" error={error} />}
    </PageForm>
  );
}
