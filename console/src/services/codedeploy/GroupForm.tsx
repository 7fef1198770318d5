import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent } from 'react';
import { rolesFor } from '../../api/roles';
import { useResource } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { Suggest } from '../../components/Suggest';
import { useSubmit } from '../../components/useSubmit';
import { listConfigNames } from './api';
import { flawsOf, type GroupDraft, isFine } from './group';
import { TagLists } from './TagLists';

interface Props {
  title: string;
  action: string;
  initial: GroupDraft;
  cancel: string;
  onSubmit: (draft: GroupDraft) => Promise<void>;
}

export function GroupForm({ title, action, initial, cancel, onSubmit }: Props) {
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const { busy, error, submit } = useSubmit();
  const configs = useResource('deployment configurations', listConfigNames);
  const set = (part: Partial<GroupDraft>) => setDraft({ ...draft, ...part });
  const flaws = flawsOf(draft);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isFine(flaws)) void submit(() => onSubmit(draft));
  };
  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1">{title}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href={`#${cancel}`}>Cancel</Button>
            <Button variant="primary" loading={busy}>{action}</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {error && <Failure what="The deployment group was not saved" error={error} />}
          <Container header={<Header>Deployment group</Header>}>
            <SpaceBetween size="m">
              <FormField label="Deployment group name" errorText={tried && flaws.name}>
                <Input value={draft.name} onChange={({ detail }) => set({ name: detail.value })} />
              </FormField>
              <FormField label="Service role" description="CodeDeploy acts as this role." errorText={tried && flaws.role}>
                <Suggest value={draft.role} onChange={(role) => set({ role })} of="roles of codedeploy" load={rolesFor('codedeploy')} placeholder="arn:aws:iam::000000000000:role/deploy" />
              </FormField>
              <FormField label="Deployment type">
                <Box>In place. <Box variant="span" color="text-body-secondary">Blue/green deployments, Auto Scaling groups and load balancers are not supported by this yard.</Box></Box>
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header description="On-premises instances by their tags.">Hosts</Header>}>
            <TagLists lists={draft.lists} onChange={(lists) => set({ lists })} flaws={tried ? flaws.filters : []} />
          </Container>
          <Container header={<Header>Deployment settings</Header>}>
            <SpaceBetween size="m">
              <FormField label="Deployment configuration" description="How many hosts may be away at once." errorText={configs.error && `They can’t be listed: ${configs.error.code}`}>
                <Select
                  ariaLabel="Deployment configuration"
                  filteringType="auto"
                  selectedOption={{ value: draft.config }}
                  options={[...new Set([draft.config, ...(configs.data ?? [])])].sort().map((value) => ({ value }))}
                  onChange={({ detail }) => set({ config: detail.selectedOption.value ?? '' })}
                />
              </FormField>
              <FormField label="Rollbacks" description="The last revision that succeeded is deployed again.">
                <Checkbox checked={draft.rollbackOnFailure} onChange={({ detail }) => set({ rollbackOnFailure: detail.checked })}>Roll back when a deployment fails</Checkbox>
                <Checkbox checked={draft.rollbackOnStop} onChange={({ detail }) => set({ rollbackOnStop: detail.checked })}>Roll back when a deployment is stopped</Checkbox>
                <Checkbox checked={false} disabled>Roll back when an alarm sounds: not supported by this yard</Checkbox>
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
