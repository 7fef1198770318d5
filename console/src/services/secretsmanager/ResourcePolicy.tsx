import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { session } from '../../api/session';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { textGuard } from '../../components/guard';
import { hasErrors, pretty } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { secrets } from './api';

const fresh = () =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${session.get()?.account}:root` }, Action: 'secretsmanager:GetSecretValue', Resource: '*' }] }, null, 2);

const getPolicy = async (SecretId: string, signal?: AbortSignal) =>
  (await secrets<{ ResourcePolicy?: string }>('GetResourcePolicy', { SecretId }, signal)).ResourcePolicy;

/** The policy of the secret itself: who may reach it, beside what their own policies say. */
export function ResourcePolicy({ name }: { name: string }) {
  const policy = useResource(`secret policy ${name}`, async (signal) => ({ text: await getPolicy(name, signal) }));
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  if (policy.error && !policy.data) return <Failure what="The policy can't be shown" error={policy.error} retry={policy.reload} />;
  const text = policy.data?.text;
  return (
    <Container
      header={
        <Header
          description="Who may reach this secret, beside what their own policies say."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {text && <Button onClick={() => setDialog('delete')}>Delete policy</Button>}
              <Button disabled={!policy.data} onClick={() => setDialog('edit')}>Edit permissions</Button>
            </SpaceBetween>
          }
        >
          Resource permissions
        </Header>
      }
    >
      {text ? <JsonView text={text} label="the resource policy" /> : <Box>The secret has no policy of its own.</Box>}
      {dialog === 'edit' && <Edit name={name} policy={text} onDone={policy.reload} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && (
        <ConfirmDelete
          title="Delete the resource policy?"
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            await secrets('DeleteResourcePolicy', { SecretId: name });
            policy.reload();
          }}
        >
          Who reaches the secret by this policy alone no longer does.
        </ConfirmDelete>
      )}
    </Container>
  );
}

function Edit({ name, policy = '', onDone, onClose }: { name: string; policy?: string; onDone: () => void; onClose: () => void }) {
  const [edited, setEdited] = useState(policy ? pretty(policy) : fresh());
  const [block, setBlock] = useState(true);
  const problems = usePolicyProblems(edited, 'resource');
  return (
    <FormModal
      title={`Resource permissions of ${name}`}
      action="Save policy"
      size="large"
      ready={!hasErrors(problems)}
      onClose={onClose}
      guard={textGuard(policy, async () => (await getPolicy(name)) ?? '', (now) => setEdited(now ? pretty(now) : fresh()))}
      onSubmit={async () => {
        await secrets('PutResourcePolicy', { SecretId: name, ResourcePolicy: edited, BlockPublicPolicy: block });
        onDone();
      }}
    >
      <PolicyEditor value={edited} onChange={setEdited} problems={problems} ariaLabel="Resource policy" />
      <Checkbox checked={block} onChange={({ detail }) => setBlock(detail.checked)}>Refuse it if it gives access to everybody</Checkbox>
    </FormModal>
  );
}
