import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { JsonEditor } from '../../components/JsonEditor';
import { hasErrors, problemsOf, type Problem } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { Copied, ShownOnce } from '../../components/Shown';
import { createWebhook, deleteWebhook, updateWebhook, type Project, type Webhook } from './api';

const HOOKED = ['GITHUB', 'GITHUB_ENTERPRISE', 'GITLAB', 'GITLAB_SELF_MANAGED', 'BITBUCKET'];

/** By what a provider's events start builds of a project. */
export default function Triggers({ project, reload }: { project: Project; reload: () => void }) {
  const [open, setOpen] = useState<'edit' | 'delete'>();
  const [made, setMade] = useState<Webhook>();
  const { webhook } = project;
  if (!webhook && !HOOKED.includes(project.source.type)) {
    return (
      <Empty title="This source has no webhook">
        Pushes to a repository of CodeCommit start builds by a rule of EventBridge or a pipeline; GitHub, GitLab and Bitbucket by a webhook.
      </Empty>
    );
  }
  return (
    <>
      <Container
        header={
          <Header
            description="The provider tells the yard of pushes and pull requests; those that fit a filter group start a build."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {webhook && <Button onClick={() => setOpen('delete')}>Delete webhook</Button>}
                <Button onClick={() => setOpen('edit')}>{webhook ? 'Edit webhook' : 'Create webhook'}</Button>
              </SpaceBetween>
            }
          >
            Primary source webhook
          </Header>
        }
      >
        {webhook ? (
          <SpaceBetween size="m">
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'Payload URL', value: webhook.payloadUrl ? <Copied text={webhook.payloadUrl} label="the payload URL" /> : '–' },
                { label: 'URL at the provider', value: webhook.url ?? '–' },
                { label: 'Build type', value: webhook.buildType ?? 'BUILD' },
                { label: 'Status', value: [webhook.status, webhook.statusMessage].filter(Boolean).join(': ') || '–' },
                { label: 'Branch filter', value: webhook.branchFilter ?? '–' },
              ]}
            />
            <div>
              <Box variant="awsui-key-label">Filter groups</Box>
              <JsonView text={JSON.stringify(webhook.filterGroups ?? [])} label="Filter groups" />
            </div>
          </SpaceBetween>
        ) : (
          <Box color="text-body-secondary">There is none: builds are started by hand, by pipelines or by schedules.</Box>
        )}
      </Container>
      {open === 'edit' && (
        <EditWebhook
          project={project}
          onClose={() => setOpen(undefined)}
          onDone={(next) => {
            if (next.secret) setMade(next);
            reload();
          }}
        />
      )}
      {open === 'delete' && (
        <ConfirmDelete
          title="Delete webhook"
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            await deleteWebhook(project.name);
            notify({ type: 'success', header: `The webhook of ${project.name} was deleted` });
            reload();
          }}
        >
          What happens at the provider starts no builds of {project.name} any more.
        </ConfirmDelete>
      )}
      {made && (
        <ShownOnce
          title="Webhook"
          warning="The secret is shown this once. Where the webhook is made by hand, the provider needs both."
          fileName="webhook.csv"
          fields={[
            { label: 'Payload URL', value: made.payloadUrl ?? '' },
            { label: 'Secret', value: made.secret ?? '', secret: true },
          ]}
          onClose={() => setMade(undefined)}
        />
      )}
    </>
  );
}

const EXAMPLE = [[{ type: 'EVENT', pattern: 'PUSH' }, { type: 'HEAD_REF', pattern: '^refs/heads/main$' }]];

function EditWebhook({ project, onClose, onDone }: { project: Project; onClose: () => void; onDone: (webhook: Webhook) => void }) {
  const [buildType, setBuildType] = useState(project.webhook?.buildType ?? 'BUILD');
  const [isManual, setIsManual] = useState(false);
  const [rotates, setRotates] = useState(false);
  const [text, setText] = useState(JSON.stringify(project.webhook?.filterGroups ?? EXAMPLE, undefined, 2));
  const problems = useMemo(
    () => problemsOf(text, (root): Problem[] => (root.kind === 'array' ? [] : [{ from: root.from, to: root.to, severity: 'error', message: 'A list of lists of filters is wanted' }])),
    [text],
  );
  const save = async () => {
    const input = { projectName: project.name, buildType, filterGroups: JSON.parse(text) as unknown };
    const made = project.webhook ? updateWebhook({ ...input, rotateSecret: rotates || undefined }) : createWebhook({ ...input, manualCreation: isManual || undefined });
    onDone(await made);
    notify({ type: 'success', header: `The webhook of ${project.name} was saved` });
  };
  return (
    <FormModal title={project.webhook ? 'Edit webhook' : 'Create webhook'} action="Save" size="large" ready={!hasErrors(problems)} onSubmit={save} onClose={onClose}>
      <FormField label="Build type">
        <RadioGroup
          value={buildType}
          onChange={({ detail }) => setBuildType(detail.value)}
          items={[{ value: 'BUILD', label: 'Single build' }, { value: 'BUILD_BATCH', label: 'Batch build' }]}
        />
      </FormField>
      {!project.webhook && project.source.type.startsWith('GITHUB') && (
        <Checkbox checked={isManual} onChange={({ detail }) => setIsManual(detail.checked)} description="The yard asks nothing of GitHub: it tells the payload URL and a secret, once, to be entered there.">
          Create the webhook at GitHub by hand
        </Checkbox>
      )}
      {project.webhook && (
        <Checkbox checked={rotates} onChange={({ detail }) => setRotates(detail.checked)} description="What is signed with the secret that it has now is refused from then on.">
          Replace the secret
        </Checkbox>
      )}
      <FormField stretch label="Filter groups" description="A build starts if all filters of one group fit. Types: EVENT, HEAD_REF, BASE_REF, FILE_PATH, COMMIT_MESSAGE, ACTOR_ACCOUNT_ID, TAG_NAME, RELEASE_NAME, REPOSITORY_NAME, ORGANIZATION_NAME, WORKFLOW_NAME; patterns are regular expressions.">
        <JsonEditor ariaLabel="Filter groups" value={text} onChange={setText} problems={problems} rows={12} />
      </FormField>
    </FormModal>
  );
}
