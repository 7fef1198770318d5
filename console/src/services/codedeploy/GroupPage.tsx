import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { TagPanel } from '../../components/TagPanel';
import { deleteGroup, getGroup, isOfGroup, listDeployments, listTags, tag, untag } from './api';
import { rollbackText } from './DeploymentPage';
import { DeploymentTable } from './DeploymentTable';
import { draftOf, listText } from './group';
import { arnOf, places } from './places';
import { addressOf, revisionText } from './revision';
import { MatchingHosts } from './TagLists';

const MOST = 100;

export default function GroupPage({ params: { name, group } }: PageProps) {
  const [deleting, setDeleting] = useState(false);
  const concerns = (arn: string) => isOfGroup(arn, name, group);
  const { data, error, reload } = useResource(`group ${name} ${group}`, (signal) => getGroup(name, group, signal), concerns);
  const deployments = useResource(
    `deployments of ${name} ${group}`,
    async (signal) => (await listDeployments({ applicationName: name, deploymentGroupName: group }, MOST, signal)).deployments,
    concerns,
  );
  const arn = arnOf('deploymentgroup', `${name}/${group}`);
  const tags = useResource(`tags ${arn}`, (signal) => listTags(arn, signal));
  if (error && !data) return <Failure what="The deployment group can’t be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const { lists } = draftOf(data);
  const s3 = data.targetRevision?.s3Location;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={`Deployment group of ${name}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={`#${places.editGroup(name, group)}`}>Edit</Button>
            <Button onClick={() => setDeleting(true)}>Delete</Button>
            <Button variant="primary" href={`#${places.deploy(name, { group, location: s3 && addressOf(s3), bundle: s3?.bundleType })}`}>Create deployment</Button>
          </SpaceBetween>
        }
      >
        {group}
      </Header>
      <Container header={<Header>Details</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Hosts', value: lists.length > 0 ? lists.map((list) => <div key={listText(list)}>{listText(list)}</div>) : 'None: it has no tags' },
            { label: 'Hosts that match now', value: <MatchingHosts lists={lists} /> },
            { label: 'Deployment configuration', value: data.deploymentConfigName },
            { label: 'Service role', value: data.serviceRoleArn },
            { label: 'Rollback', value: rollbackText(data.autoRollbackConfiguration) },
            { label: 'Revision', value: data.targetRevision ? revisionText(data.targetRevision) : 'None yet' },
          ]}
        />
      </Container>
      <DeploymentTable
        level="part"
        resource={deployments}
        empty={<Empty title="Nothing was deployed to this group yet">“Create deployment” brings it a revision.</Empty>}
      />
      <TagPanel
        resource={tags}
        save={async ({ set, gone }) => {
          if (set.length > 0) await tag(arn, set);
          if (gone.length > 0) await untag(arn, gone);
        }}
      />
      {deleting && (
        <ConfirmDelete
          title={`Delete ${group}?`}
          typed={group}
          onConfirm={async () => {
            await deleteGroup(name, group);
            go(places.application(name));
          }}
          onClose={() => setDeleting(false)}
        >
          What is on the hosts stays there.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}
