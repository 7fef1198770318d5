import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import { useState } from 'react';
import { session } from '../../api/session';
import { notify, notifyError } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { hasErrors } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { Steps } from '../../components/Steps';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { entityPath, iam, nameError } from './api';
import { PolicyPicker } from './PolicyPicker';
import { SERVICE_ROLES, trustAccount, trustService } from './trust';

type Kind = 'service' | 'account' | 'custom';

export default function CreateRolePage() {
  const own = session.get()?.account ?? '';
  const [kind, setKind] = useState<Kind>('service');
  const [service, setService] = useState(SERVICE_ROLES[0]);
  const [account, setAccount] = useState(own);
  const [withMfa, setWithMfa] = useState(false);
  const [custom, setCustom] = useState(trustService(SERVICE_ROLES[0].principal));
  const [policies, setPolicies] = useState<string[]>([]);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [tags, setTags] = useState<Tag[]>([]);
  const { busy, error, submit } = useSubmit();

  const trust = kind === 'service' ? trustService(service.principal) : kind === 'account' ? trustAccount(account, withMfa) : custom;
  const problems = usePolicyProblems(custom, 'trust');
  const badAccount = kind === 'account' && !/^\d{12}$/.test(account) && 'An account id has twelve digits';
  const badName = name === '' ? 'The role needs a name' : nameError(name);
  const wrong = [badAccount || (kind === 'custom' && hasErrors(problems)), false, badName || !areTags(tags)];

  const create = () =>
    submit(async () => {
      await iam('CreateRole', { RoleName: name, Description: description || undefined, AssumeRolePolicyDocument: trust, Tags: filled(tags) });
      let failed = 0;
      for (const PolicyArn of policies) {
        await iam('AttachRolePolicy', { RoleName: name, PolicyArn }).catch((failure: unknown) => {
          failed++;
          notifyError(`${PolicyArn} was not attached`, failure);
        });
      }
      if (failed === 0) notify({ type: 'success', header: `The role ${name} is created` });
      go(entityPath('Role', name));
    });

  return (
    <Steps
      action="Create role"
      cancel="/iam/roles"
      wrong={wrong}
      busy={busy}
      onSubmit={() => void create()}
      steps={(tried) => [
        {
          title: 'Select trusted entity',
          content: (
            <SpaceBetween size="l">
              <Container header={<Header>Trusted entity type</Header>}>
                <Tiles
                  ariaLabel="Trusted entity type"
                  value={kind}
                  onChange={({ detail }) => setKind(detail.value as Kind)}
                  items={[
                    { value: 'service', label: 'AWS service', description: 'A service of this yard acts by the role.' },
                    { value: 'account', label: 'AWS account', description: 'Users and roles of an account assume it.' },
                    { value: 'custom', label: 'Custom trust policy', description: 'You write who may.' },
                  ]}
                />
              </Container>
              {kind === 'service' && (
                <Container header={<Header>Use case</Header>}>
                  <RadioGroup
                    ariaLabel="Use case"
                    value={service.id}
                    onChange={({ detail }) => setService(SERVICE_ROLES.find(({ id }) => id === detail.value) ?? SERVICE_ROLES[0])}
                    items={SERVICE_ROLES.map(({ id, title, description: about }) => ({ value: id, label: title, description: about }))}
                  />
                </Container>
              )}
              {kind === 'account' && (
                <Container header={<Header>Account</Header>}>
                  <SpaceBetween size="m">
                    <FormField label="Account id" errorText={tried && badAccount}>
                      <Input value={account} onChange={({ detail }) => setAccount(detail.value)} />
                    </FormField>
                    <Checkbox checked={withMfa} onChange={({ detail }) => setWithMfa(detail.checked)}>Require MFA</Checkbox>
                  </SpaceBetween>
                </Container>
              )}
              {kind === 'custom' && (
                <Container header={<Header>Custom trust policy</Header>}>
                  <PolicyEditor value={custom} onChange={setCustom} problems={problems} ariaLabel="Trust policy" />
                </Container>
              )}
            </SpaceBetween>
          ),
        },
        {
          title: 'Add permissions',
          isOptional: true,
          content: (
            <Container header={<Header description="What the role may do. Policies can be attached, and written, later too.">Permissions policies</Header>}>
              <SpaceBetween size="m">
                {kind === 'service' && (
                  <Box>
                    Often used with {service.title}: {service.policies.map((arn) => arn.split('/').pop()).join(', ')}. Narrower policies of your own are better where many share the yard.
                  </Box>
                )}
                <PolicyPicker chosen={policies} onChange={setPolicies} />
              </SpaceBetween>
            </Container>
          ),
        },
        {
          title: 'Name, review and create',
          content: (
            <SpaceBetween size="l">
              <Container header={<Header>Role details</Header>}>
                <SpaceBetween size="m">
                  <FormField label="Role name" errorText={(tried || name !== '') && badName}>
                    <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
                  </FormField>
                  <FormField label="Description">
                    <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
                  </FormField>
                </SpaceBetween>
              </Container>
              <Container header={<Header>Review</Header>}>
                <SpaceBetween size="m">
                  <KeyValuePairs items={[{ label: 'Policies', value: policies.map((arn) => arn.split('/').pop()).join(', ') || 'None' }]} />
                  <JsonView text={trust} label="the trust policy" />
                </SpaceBetween>
              </Container>
              <Container header={<Header>Tags</Header>}>
                <TagFields tags={tags} onChange={setTags} />
              </Container>
              {error && <Failure what="The role was not created" error={error} />}
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}
