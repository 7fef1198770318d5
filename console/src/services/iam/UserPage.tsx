import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { entityPath, iam, iamAll, listGroups, listTags, saveTags, seconds, type Group, type User } from './api';
import { AccessKeys } from './credentials/AccessKeys';
import { GitCredentials } from './credentials/GitCredentials';
import { MfaDevices } from './credentials/MfaDevices';
import { ConsoleAccess } from './credentials/Password';
import { SshKeys } from './credentials/SshKeys';
import { Boundary, Permissions } from './Permissions';
import { deleteUser } from './removal';

export default function UserPage({ params: { name } }: PageProps) {
  const user = useResource(`iam user ${name}`, async (signal) => (await iam<{ User: User }>('GetUser', { UserName: name }, signal)).User);
  const tags = useResource(`iam user tags ${name}`, (signal) => listTags('User', { UserName: name }, signal));
  const [deleting, setDeleting] = useState(false);
  if (user.error && !user.data) return <Failure what="The user can't be shown" error={user.error} retry={user.reload} />;
  if (!user.data) return <Spinner size="large" />;
  const { Arn, CreateDate, PasswordLastUsed, PermissionsBoundary, UserId } = user.data;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button href={`#/iam/simulator?principal=${encodeURIComponent(Arn)}`}>Simulate</Button>
              <Button onClick={() => setDeleting(true)}>Delete</Button>
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
              { label: 'User id', value: UserId },
              { label: 'Created', value: <Moment at={seconds(CreateDate)} /> },
              { label: 'Last sign-in', value: PasswordLastUsed ? <Moment at={seconds(PasswordLastUsed)} /> : 'Never' },
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
                  <Permissions noun="User" name={name} />
                  <Boundary noun="User" name={name} arn={PermissionsBoundary?.PermissionsBoundaryArn} onChange={user.reload} />
                </SpaceBetween>
              ),
            },
            { id: 'groups', label: 'Groups', content: <Groups user={name} /> },
            {
              id: 'credentials',
              label: 'Security credentials',
              content: (
                <SpaceBetween size="l">
                  <ConsoleAccess user={name} />
                  <MfaDevices user={name} />
                  <AccessKeys user={name} />
                  <SshKeys user={name} />
                  <GitCredentials user={name} />
                </SpaceBetween>
              ),
            },
            { id: 'tags', label: 'Tags', content: <TagPanel resource={tags} save={(changes) => saveTags('User', { UserName: name }, changes)} /> },
            { id: 'activity', label: 'Activity', content: <Link href={`#/cloudtrail/events?Username=${encodeURIComponent(name)}`}>What {name} did, in the event history of CloudTrail</Link> },
          ]}
        />
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete the user ${name}?`}
          typed={name}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteUser(name);
            notify({ type: 'success', header: `The user ${name} is deleted` });
            go(pathOf('iam', 'users'));
          }}
        >
          Its password, keys, MFA devices and inline policies go with it, its policies are detached and its groups lose it. This can’t be undone.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Groups({ user }: { user: string }) {
  const groups = useResource(`groups of ${user}`, (signal) => iamAll<Group>('ListGroupsForUser', 'Groups', { UserName: user }, signal));
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Group>();
  return (
    <>
      <ItemTable
        level="part"
        title="User groups"
        resource={groups}
        idOf={({ GroupName }) => GroupName}
        selection="single"
        actions={([group]) => (
          <>
            <Button disabled={!group} onClick={() => setRemoved(group)}>Remove</Button>
            <Button onClick={() => setAdding(true)}>Add user to groups</Button>
          </>
        )}
        empty={<Empty title={`${user} is in no group`}>A user has the permissions of all its groups.</Empty>}
        columns={[
          { id: 'name', header: 'Group name', isRowHeader: true, cell: ({ GroupName }) => <Link href={`#${entityPath('Group', GroupName)}`}>{GroupName}</Link> },
          { id: 'arn', header: 'ARN', cell: ({ Arn }) => <span className="wrapped">{Arn}</span> },
        ]}
      />
      {adding && <AddToGroups user={user} except={groups.data?.map(({ GroupName }) => GroupName) ?? []} onDone={groups.reload} onClose={() => setAdding(false)} />}
      {removed && (
        <ConfirmDelete
          title={`Remove ${user} from ${removed.GroupName}?`}
          action="Remove"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await iam('RemoveUserFromGroup', { UserName: user, GroupName: removed.GroupName });
            groups.reload();
          }}
        >
          {user} loses what the group’s policies allow.
        </ConfirmDelete>
      )}
    </>
  );
}

function AddToGroups({ user, except, onDone, onClose }: { user: string; except: string[]; onDone: () => void; onClose: () => void }) {
  const known = useResource('iam groups', listGroups);
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <FormModal
      title={`Add ${user} to groups`}
      action="Add to groups"
      ready={chosen.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        for (const GroupName of chosen) await iam('AddUserToGroup', { UserName: user, GroupName });
        onDone();
      }}
    >
      <FormField label="User groups" errorText={known.error?.shown}>
        <Multiselect
          selectedOptions={chosen.map((value) => ({ value, label: value }))}
          options={(known.data ?? []).filter(({ GroupName }) => !except.includes(GroupName)).map(({ GroupName }) => ({ value: GroupName, label: GroupName }))}
          placeholder="Choose groups"
          filteringType="auto"
          empty="There are no other groups"
          onChange={({ detail }) => setChosen(detail.selectedOptions.map(({ value }) => value ?? ''))}
        />
      </FormField>
    </FormModal>
  );
}
