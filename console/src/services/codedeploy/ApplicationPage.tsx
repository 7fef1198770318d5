import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { deleteApplication, describeRevisions, getApplication, isOfApplication, listGroups, listTags, renameApplication, tag, untag } from './api';
import { platformText } from './ApplicationsPage';
import { badName } from './names';
import { arnOf, places } from './places';
import { addressOf, revisionText } from './revision';
import { Status } from './status';

export default function ApplicationPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const tab = query.get('tab') ?? 'groups';
  const [asked, setAsked] = useState<'rename' | 'delete'>();
  const application = useResource(`application ${name}`, (signal) => getApplication(name, signal));
  const close = () => setAsked(undefined);
  if (application.error && !application.data) return <Failure what="The application can’t be shown" error={application.error} retry={application.reload} />;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setAsked('rename')}>Rename</Button>
            <Button onClick={() => setAsked('delete')}>Delete application</Button>
            <Button variant="primary" href={`#${places.deploy(name)}`}>Create deployment</Button>
          </SpaceBetween>
        }
      >
        {name}
      </Header>
      <Container>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Compute platform', value: platformText(application.data?.computePlatform) },
            { label: 'Created', value: <Moment at={application.data?.createTime} /> },
            { label: 'Application id', value: application.data?.applicationId ?? '–' },
          ]}
        />
      </Container>
      <Tabs
        ariaLabel={`Parts of ${name}`}
        activeTabId={tab}
        onChange={({ detail }) => go(places.application(name, detail.activeTabId))}
        tabs={[
          { id: 'groups', label: 'Deployment groups', content: tab === 'groups' && <Groups name={name} /> },
          { id: 'revisions', label: 'Revisions', content: tab === 'revisions' && <Revisions name={name} /> },
          { id: 'tags', label: 'Tags', content: tab === 'tags' && <Tags name={name} /> },
        ]}
      />
      {asked === 'rename' && <RenameDialog name={name} onClose={close} />}
      {asked === 'delete' && (
        <ConfirmDelete
          title={`Delete ${name}?`}
          typed={name}
          onConfirm={async () => {
            await deleteApplication(name);
            go(places.applications);
          }}
          onClose={close}
        >
          Its deployment groups and registered revisions go with it. What is on the hosts, and the bundles in S3, stay.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}

function RenameDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const [to, setTo] = useState(name);
  const wrong = badName(to);
  const rename = async () => {
    await renameApplication(name, to);
    go(places.application(to));
  };
  return (
    <FormModal title={`Rename ${name}`} action="Rename" ready={!wrong && to !== name} onSubmit={rename} onClose={onClose}>
      <p>Pipelines that deploy {name} name it, and must be told the new name.</p>
      <FormField label="New name" errorText={wrong}>
        <Input value={to} autoFocus onChange={({ detail }) => setTo(detail.value)} />
      </FormField>
    </FormModal>
  );
}

function Groups({ name }: { name: string }) {
  const found = useResource(`groups ${name}`, (signal) => listGroups(name, signal), (arn) => isOfApplication(arn, name));
  return (
    <ItemTable
      title="Deployment groups"
      level="part"
      resource={found}
      idOf={({ deploymentGroupName }) => deploymentGroupName}
      textOf={({ deploymentGroupName }) => deploymentGroupName}
      actions={() => <Button variant="primary" href={`#${places.createGroup(name)}`}>Create deployment group</Button>}
      columns={[
        { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.deploymentGroupName, cell: (it) => <Link href={`#${places.group(name, it.deploymentGroupName)}`}>{it.deploymentGroupName}</Link> },
        { id: 'status', header: 'Latest deployment', cell: ({ lastAttemptedDeployment: last }) => (last?.deploymentId ? <><Status word={last.status} /> <Link href={`#${places.deployment(last.deploymentId)}`}>{last.deploymentId}</Link></> : 'None yet') },
        { id: 'attempted', header: 'Last attempted', cell: (it) => <Moment at={it.lastAttemptedDeployment?.createTime} /> },
        { id: 'succeeded', header: 'Last successful', cell: (it) => <Moment at={it.lastSuccessfulDeployment?.endTime} /> },
        { id: 'config', header: 'Deployment configuration', cell: (it) => it.deploymentConfigName },
      ]}
      empty={<Empty title="There are no deployment groups yet">A group is the hosts with certain tags, and how deployments go over them.</Empty>}
    />
  );
}

function Revisions({ name }: { name: string }) {
  const found = useResource(`revisions ${name}`, (signal) => describeRevisions(name, signal), (arn) => isOfApplication(arn, name));
  return (
    <ItemTable
      title="Revisions"
      level="part"
      resource={found}
      idOf={({ revisionLocation }) => revisionText(revisionLocation)}
      textOf={({ revisionLocation }) => revisionText(revisionLocation)}
      selection="single"
      actions={([revision]) => {
        const s3 = revision?.revisionLocation.s3Location;
        return (
          <Button disabled={!s3} href={s3 && `#${places.deploy(name, { location: addressOf(s3), bundle: s3.bundleType, version: s3.version })}`}>Deploy revision</Button>
        );
      }}
      columns={[
        { id: 'location', header: 'Revision location', isRowHeader: true, cell: (it) => revisionText(it.revisionLocation) },
        { id: 'last', header: 'Last used', cell: (it) => <Moment at={it.genericRevisionInfo?.lastUsedTime} /> },
        { id: 'first', header: 'First used', cell: (it) => <Moment at={it.genericRevisionInfo?.firstUsedTime} /> },
        { id: 'registered', header: 'Registered', cell: (it) => <Moment at={it.genericRevisionInfo?.registerTime} /> },
        { id: 'groups', header: 'Where it is deployed', cell: (it) => it.genericRevisionInfo?.deploymentGroups?.join(', ') || '–' },
      ]}
      empty={<Empty title="No revision is known yet">“aws deploy push” bundles a folder, stores it in S3 and registers it; deployments register what they bring.</Empty>}
    />
  );
}

function Tags({ name }: { name: string }) {
  const arn = arnOf('application', name);
  const tags = useResource(`tags ${arn}`, (signal) => listTags(arn, signal));
  return (
    <TagPanel
      resource={tags}
      save={async ({ set, gone }) => {
        if (set.length > 0) await tag(arn, set);
        if (gone.length > 0) await untag(arn, gone);
      }}
    />
  );
}
