import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { notify } from '../../app/notifications';
import { useAction } from '../../components/useAction';
import { setVisibility, updateProject, type Project } from './api';
import { isGit } from './choices';
import { badgeOf } from './badge';

/** What of a project is seen without signing in. */
export default function Sharing({ project, reload }: { project: Project; reload: () => void }) {
  return (
    <SpaceBetween size="l">
      <Badge project={project} reload={reload} />
      <PublicBuilds key={project.resourceAccessRole ?? ''} project={project} reload={reload} />
    </SpaceBetween>
  );
}

function Badge({ project, reload }: { project: Project; reload: () => void }) {
  const [branch, setBranch] = useState(project.sourceVersion ?? 'main');
  const [busy, act] = useAction();
  const { badgeEnabled: on, badgeRequestUrl: url } = project.badge ?? {};
  const turn = () =>
    act('The badge was not changed', async () => {
      await updateProject({ name: project.name, badgeEnabled: !on });
      reload();
    });
  const badge = url ? badgeOf(url, branch, project.name) : undefined;
  return (
    <Container
      header={
        <Header
          description="A picture of how the last build of a branch ended, for a README. Whoever has its address sees it."
          actions={<Button loading={busy} disabled={!on && !isGit(project.source.type)} onClick={turn}>{on ? 'Disable badge' : 'Enable badge'}</Button>}
        >
          Build badge
        </Header>
      }
    >
      {on && badge ? (
        <SpaceBetween size="m">
          <FormField label="Branch">
            <Input value={branch} onChange={({ detail }) => setBranch(detail.value)} />
          </FormField>
          <img src={badge.path} alt={`Build status of ${branch}`} height={20} />
          <Box variant="code">{badge.markdown}</Box>
          <SpaceBetween direction="horizontal" size="xs">
            <CopyToClipboard variant="button" copyButtonText="Copy as Markdown" textToCopy={badge.markdown} copySuccessText="Copied" copyErrorText="It could not be copied" />
            <CopyToClipboard variant="button" copyButtonText="Copy the address" textToCopy={badge.url} copySuccessText="Copied" copyErrorText="It could not be copied" />
          </SpaceBetween>
        </SpaceBetween>
      ) : (
        <Box color="text-body-secondary">{isGit(project.source.type) ? 'The badge is off.' : 'Only sources that are git repositories have badges.'}</Box>
      )}
    </Container>
  );
}

function PublicBuilds({ project, reload }: { project: Project; reload: () => void }) {
  const [role, setRole] = useState(project.resourceAccessRole ?? '');
  const [busy, act] = useAction();
  const isPublic = project.projectVisibility === 'PUBLIC_READ';
  const address = `${location.origin}/_codebuild/public/${project.publicProjectAlias ?? ''}`;
  const turn = () =>
    act('The visibility was not changed', async () => {
      await setVisibility(project.arn, isPublic ? 'PRIVATE' : 'PUBLIC_READ', role || undefined);
      notify({ type: isPublic ? 'success' : 'warning', header: isPublic ? `Builds of ${project.name} are private` : `Builds of ${project.name} are public` });
      reload();
    });
  return (
    <Container
      header={
        <Header
          description="Builds with their logs and artifacts, for whoever has the address, without signing in."
          actions={<Button loading={busy} onClick={turn}>{isPublic ? 'Make private' : 'Make public'}</Button>}
        >
          Public builds
        </Header>
      }
    >
      <SpaceBetween size="m">
        {isPublic && <CopyToClipboard variant="inline" textToCopy={address} copyButtonAriaLabel="Copy the public address" copySuccessText="Copied" copyErrorText="It could not be copied" />}
        {isPublic ? (
          <Box color="text-body-secondary">Logs and artifacts are read as {project.resourceAccessRole ?? 'no role: they are not shown'}.</Box>
        ) : (
          <FormField label="Resource access role" description="Logs and artifacts are read with its rights; without one they are not shown.">
            <Input value={role} placeholder="arn:aws:iam::ACCOUNT:role/NAME" onChange={({ detail }) => setRole(detail.value)} />
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}
