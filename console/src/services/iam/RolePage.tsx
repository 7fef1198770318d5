import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { textGuard } from '../../components/guard';
import { hasErrors, pretty } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { TagPanel } from '../../components/TagPanel';
import { duration, Moment } from '../../components/time';
import { documentOf, iam, listTags, saveTags, seconds, type Role } from './api';
import { Boundary, Permissions } from './Permissions';
import { deleteRole } from './removal';
import { trusted } from './trust';

const getRole = async (RoleName: string, signal?: AbortSignal) => (await iam<{ Role: Role }>('GetRole', { RoleName }, signal)).Role;

const trustOf = ({ AssumeRolePolicyDocument }: Role) => pretty(documentOf(AssumeRolePolicyDocument));

/** What the form changes of a role. */
const edited = ({ Description, MaxSessionDuration }: Role) => ({ description: Description ?? '', time: Number(MaxSessionDuration ?? 3600) });

export default function RolePage({ params: { name } }: PageProps) {
  const RoleName = name;
  const role = useResource(`iam role ${name}`, (signal) => getRole(name, signal));
  const tags = useResource(`iam role tags ${name}`, (signal) => listTags('Role', { RoleName }, signal));
  const [dialog, setDialog] = useState<'edit' | 'trust' | 'delete'>();
  if (role.error && !role.data) return <Failure what="The role can't be shown" error={role.error} retry={role.reload} />;
  if (!role.data) return <Spinner size="large" />;
  const { Arn, CreateDate, Description, MaxSessionDuration, PermissionsBoundary } = role.data;
  const trust = trustOf(role.data);
  const close = () => setDialog(undefined);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={Description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button href={`#/iam/simulator?principal=${encodeURIComponent(Arn)}`}>Simulate</Button>
              <Button onClick={() => setDialog('edit')}>Edit</Button>
              <Button onClick={() => setDialog('delete')}>Delete</Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header>Summary</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'ARN', value: <span className="wrapped">{Arn}</span> },
              { label: 'Created', value: <Moment at={seconds(CreateDate)} /> },
              { label: 'Longest session', value: duration(Number(MaxSessionDuration ?? 3600)) },
              { label: 'Trusted entities', value: trusted(trust).join(', ') || '–' },
            ]}
          />
        </Container>
        <Tabs
          ariaLabel={`About ${name}`}
          tabs={[
            {
              id: 'permissions',
              label: 'Permissions',
              content: (
                <SpaceBetween size="l">
                  <Permissions noun="Role" name={name} />
                  <Boundary noun="Role" name={name} arn={PermissionsBoundary?.PermissionsBoundaryArn} onChange={role.reload} />
                </SpaceBetween>
              ),
            },
            {
              id: 'trust',
              label: 'Trust relationships',
              content: (
                <Container header={<Header description="Who may assume the role, and when." actions={<Button onClick={() => setDialog('trust')}>Edit trust policy</Button>}>Trusted entities</Header>}>
                  <JsonView text={trust} label="the trust policy" />
                </Container>
              ),
            },
            { id: 'tags', label: 'Tags', content: <TagPanel resource={tags} save={(changes) => saveTags('Role', { RoleName }, changes)} /> },
          ]}
        />
      </SpaceBetween>
      {dialog === 'edit' && <Edit role={role.data} onDone={role.reload} onClose={close} />}
      {dialog === 'trust' && <EditTrust name={name} trust={trust} onDone={role.reload} onClose={close} />}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={`Delete the role ${name}?`}
          typed={name}
          onClose={close}
          onConfirm={async () => {
            await deleteRole(name);
            notify({ type: 'success', header: `The role ${name} is deleted` });
            go(pathOf('iam', 'roles'));
          }}
        >
          Projects, pipelines and rules that act by it fail from now on. Its inline policies go with it. This can’t be undone.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Edit({ role, onDone, onClose }: { role: Role; onDone: () => void; onClose: () => void }) {
  const [description, setDescription] = useState(role.Description ?? '');
  const [hours, setHours] = useState(String(Number(role.MaxSessionDuration ?? 3600) / 3600));
  const time = Math.round(Number(hours) * 3600);
  const bad = !(time >= 3600 && time <= 43_200) && 'From 1 to 12 hours';
  return (
    <FormModal
      title={`Edit ${role.RoleName}`}
      action="Save changes"
      ready={!bad}
      onClose={onClose}
      guard={{
        opened: edited(role),
        read: async () => edited(await getRole(role.RoleName)),
        shown: (now) => `${now.description || 'No description'}; sessions of up to ${duration(now.time)}`,
        load: (now) => {
          setDescription(now.description);
          setHours(String(now.time / 3600));
        },
      }}
      onSubmit={async () => {
        await iam('UpdateRole', { RoleName: role.RoleName, Description: description, MaxSessionDuration: time });
        onDone();
      }}
    >
      <FormField label="Description">
        <Textarea value={description} rows={3} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField label="Longest session in hours" errorText={bad}>
        <Input value={hours} inputMode="decimal" onChange={({ detail }) => setHours(detail.value)} />
      </FormField>
    </FormModal>
  );
}

function EditTrust({ name, trust, onDone, onClose }: { name: string; trust: string; onDone: () => void; onClose: () => void }) {
  const [text, setText] = useState(trust);
  const problems = usePolicyProblems(text, 'trust');
  return (
    <FormModal
      title={`Trust policy of ${name}`}
      action="Update policy"
      size="large"
      ready={!hasErrors(problems)}
      onClose={onClose}
      guard={textGuard(trust, async () => trustOf(await getRole(name)), setText)}
      onSubmit={async () => {
        await iam('UpdateAssumeRolePolicy', { RoleName: name, PolicyDocument: text });
        onDone();
      }}
    >
      <PolicyEditor value={text} onChange={setText} problems={problems} ariaLabel="Trust policy" />
    </FormModal>
  );
}
