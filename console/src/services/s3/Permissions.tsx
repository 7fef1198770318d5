import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { textGuard, useGuard } from '../../components/guard';
import { hasErrors, pretty } from '../../components/JsonText';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { useAction } from '../../components/useAction';
import { Setting } from './Properties';
import { BLOCKS, deletePolicy, getBlocks, getPolicy, putBlocks, putPolicy, type Blocks } from './settings';

const EXPLAINED: Record<(typeof BLOCKS)[number], string> = {
  BlockPublicAcls: 'Block public access granted through new access control lists',
  IgnorePublicAcls: 'Ignore public access granted through any access control lists',
  BlockPublicPolicy: 'Block public access granted through new bucket policies',
  RestrictPublicBuckets: 'Block public and cross-account access through any public bucket policies',
};

export default function Permissions({ bucket }: { bucket: string }) {
  const blocks = useResource(`blocks ${bucket}`, (signal) => getBlocks(bucket, signal));
  const policy = useResource(`policy ${bucket}`, (signal) => getPolicy(bucket, signal));
  return (
    <SpaceBetween size="l">
      <Setting title="Block public access" of={blocks}>
        {(now) => <BlocksForm key={JSON.stringify(now)} bucket={bucket} now={now} onDone={blocks.reload} />}
      </Setting>
      <Setting title="Bucket policy" of={policy} description="Who may do what with the bucket and its objects, beside what their own policies say.">
        {(now) => <PolicyForm key={now ?? ''} bucket={bucket} now={now} onDone={policy.reload} />}
      </Setting>
    </SpaceBetween>
  );
}

function BlocksForm({ bucket, now, onDone }: { bucket: string; now: Blocks; onDone: () => void }) {
  const [blocks, setBlocks] = useState(now);
  const [busy, act] = useAction();
  const changed = BLOCKS.some((name) => blocks[name] !== now[name]);
  const save = () =>
    act('Public access was not changed', async () => {
      if (!(await isUnchanged())) return;
      await putBlocks(bucket, blocks);
      notify({ type: 'success', header: `Public access to ${bucket} was changed` });
      onDone();
    });
  const { isUnchanged, question } = useGuard<Blocks>(
    { opened: now, read: () => getBlocks(bucket), load: setBlocks, shown: (is) => BLOCKS.filter((name) => is[name]).join(', ') || 'Nothing is blocked' },
    save,
  );
  return (
    <SpaceBetween size="s">
      {BLOCKS.map((name) => (
        <Checkbox key={name} checked={blocks[name]} onChange={({ detail }) => setBlocks({ ...blocks, [name]: detail.checked })}>
          {EXPLAINED[name]}
        </Checkbox>
      ))}
      {question}
      {changed && <Button loading={busy} onClick={save}>Save</Button>}
    </SpaceBetween>
  );
}

const template = (bucket: string) =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [{ Sid: 'Statement1', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::ACCOUNT:role/NAME' }, Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${bucket}/*` }],
    },
    undefined,
    2,
  );

function PolicyForm({ bucket, now, onDone }: { bucket: string; now: string | undefined; onDone: () => void }) {
  const [text, setText] = useState(now ? pretty(now) : '');
  const [deleting, setDeleting] = useState(false);
  const [busy, act] = useAction();
  const problems = usePolicyProblems(text, 'resource');
  const save = () =>
    act('The policy was not changed', async () => {
      if (!(await isUnchanged())) return;
      await putPolicy(bucket, text);
      notify({ type: 'success', header: `The policy of ${bucket} was changed` });
      onDone();
    });
  const load = (next: string) => setText(next ? pretty(next) : '');
  const { isUnchanged, question } = useGuard(textGuard(now ?? '', async () => (await getPolicy(bucket)) ?? '', load), save);
  return (
    <SpaceBetween size="s">
      {!now && !text && <Box color="text-body-secondary">There is no policy: only what users’ and roles’ own policies allow is allowed.</Box>}
      <PolicyEditor ariaLabel="Bucket policy" value={text} onChange={setText} problems={text.trim() ? problems : []} />
      {question}
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" loading={busy} disabled={!text.trim() || hasErrors(problems)} onClick={save}>Save policy</Button>
        {!text && <Button onClick={() => setText(template(bucket))}>Begin with an example</Button>}
        {now && <Button onClick={() => setDeleting(true)}>Delete policy</Button>}
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete the policy of ${bucket}`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deletePolicy(bucket);
            onDone();
          }}
        >
          Whoever had access through it alone loses it at once.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}
