import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { textGuard } from '../../components/guard';
import { ItemTable } from '../../components/ItemTable';
import { hasErrors, pretty } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { documentOf, iam, iamAll, isAws, nameError, NEW_POLICY, policyDocument, policyPath, type AttachedPolicy, type Noun } from './api';
import { PolicyPicker } from './PolicyPicker';

interface Held {
  name: string;
  /** Of a managed policy; an inline one has none. */
  arn?: string;
}

type Dialog = { kind: 'attach' | 'create' } | { kind: 'edit' | 'remove' | 'show'; policy: Held };

/** The policies of a user, group or role: attached and inline. */
export function Permissions({ noun, name }: { noun: Noun; name: string }) {
  const named = { [`${noun}Name`]: name };
  const policies = useResource(`${noun} policies ${name}`, async (signal): Promise<Held[]> => {
    const attached = await iamAll<AttachedPolicy>(`ListAttached${noun}Policies`, 'AttachedPolicies', named, signal);
    const inline = await iamAll<string>(`List${noun}Policies`, 'PolicyNames', named, signal);
    return [...attached.map(({ PolicyName, PolicyArn }) => ({ name: PolicyName, arn: PolicyArn })), ...inline.map((it) => ({ name: it }))];
  });
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  return (
    <>
      <ItemTable
        level="part"
        title="Permissions policies"
        resource={policies}
        idOf={({ name, arn }) => arn ?? name}
        textOf={(it) => it.name}
        selection="single"
        actions={([policy]) => (
          <>
            <Button disabled={!policy} onClick={() => setDialog({ kind: 'remove', policy })}>Remove</Button>
            <ButtonDropdown
              items={[{ id: 'attach', text: 'Attach policies' }, { id: 'create', text: 'Create inline policy' }]}
              onItemClick={({ detail }) => setDialog({ kind: detail.id as 'attach' | 'create' })}
            >
              Add permissions
            </ButtonDropdown>
          </>
        )}
        empty={<Empty title="There are no permissions">What no policy allows is denied. Attach a managed policy, or write one for this {noun.toLowerCase()} alone.</Empty>}
        columns={[
          {
            id: 'name', header: 'Policy name', isRowHeader: true, sortBy: (it) => it.name,
            cell: (it) => (it.arn ? <Link href={`#${policyPath(it.arn)}`}>{it.name}</Link> : <Button variant="inline-link" onClick={() => setDialog({ kind: 'edit', policy: it })}>{it.name}</Button>),
          },
          { id: 'type', header: 'Type', sortBy: (it) => it.arn ?? '', cell: ({ arn }) => <Badge color={arn ? 'blue' : 'grey'}>{!arn ? 'Inline' : isAws(arn) ? 'AWS managed' : 'Customer managed'}</Badge> },
          { id: 'document', header: 'Document', cell: (it) => <Button variant="inline-link" ariaLabel={`Show the document of ${it.name}`} onClick={() => setDialog({ kind: 'show', policy: it })}>Show</Button> },
        ]}
      />
      {dialog?.kind === 'attach' && <Attach noun={noun} name={name} except={policies.data?.flatMap(({ arn }) => arn ?? []) ?? []} onDone={policies.reload} onClose={close} />}
      {dialog?.kind === 'create' && <Inline noun={noun} name={name} onDone={policies.reload} onClose={close} />}
      {dialog?.kind === 'edit' && <Inline noun={noun} name={name} policy={dialog.policy.name} onDone={policies.reload} onClose={close} />}
      {dialog?.kind === 'show' && <Document noun={noun} name={name} policy={dialog.policy} onClose={close} />}
      {dialog?.kind === 'remove' && (
        <ConfirmDelete
          title={dialog.policy.arn ? `Detach ${dialog.policy.name}?` : `Delete the inline policy ${dialog.policy.name}?`}
          action={dialog.policy.arn ? 'Detach' : 'Delete'}
          onClose={close}
          onConfirm={async () => {
            const { name: policy, arn } = dialog.policy;
            if (arn) await iam(`Detach${noun}Policy`, { ...named, PolicyArn: arn });
            else await iam(`Delete${noun}Policy`, { ...named, PolicyName: policy });
            policies.reload();
          }}
        >
          {dialog.policy.arn ? `${name} loses what it allows; the policy itself stays.` : 'It is kept nowhere else: this can’t be undone.'}
        </ConfirmDelete>
      )}
    </>
  );
}

interface DialogProps {
  noun: Noun;
  name: string;
  onDone: () => void;
  onClose: () => void;
}

function Attach({ noun, name, except, onDone, onClose }: DialogProps & { except: string[] }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const attach = async () => {
    for (const PolicyArn of chosen) await iam(`Attach${noun}Policy`, { [`${noun}Name`]: name, PolicyArn });
    onDone();
  };
  return (
    <FormModal title={`Attach policies to ${name}`} action="Attach policies" size="large" ready={chosen.length > 0} onSubmit={attach} onClose={onClose}>
      <PolicyPicker chosen={chosen} onChange={setChosen} except={except} />
    </FormModal>
  );
}

const readInline = async (noun: Noun, name: string, policy: string, signal?: AbortSignal) => {
  const { PolicyDocument } = await iam<{ PolicyDocument: string }>(`Get${noun}Policy`, { [`${noun}Name`]: name, PolicyName: policy }, signal);
  return pretty(documentOf(PolicyDocument));
};

function Inline({ noun, name, policy, onDone, onClose }: DialogProps & { policy?: string }) {
  const read = useResource(`inline ${noun} ${name} ${policy}`, (signal) => (policy ? readInline(noun, name, policy, signal) : Promise.resolve(NEW_POLICY)));
  const [edited, setEdited] = useState<string>();
  const [newName, setNewName] = useState('');
  const text = edited ?? read.data ?? '';
  const problems = usePolicyProblems(text, 'identity');
  const policyName = policy ?? newName;
  const badName = nameError(policyName, 128);
  const save = async () => {
    await iam(`Put${noun}Policy`, { [`${noun}Name`]: name, PolicyName: policyName, PolicyDocument: text });
    onDone();
  };
  return (
    <FormModal
      title={policy ? `Inline policy ${policy}` : `Create an inline policy of ${name}`}
      action={policy ? 'Save changes' : 'Create policy'}
      size="large"
      ready={!!read.data && !hasErrors(problems) && !!policyName && !badName}
      onSubmit={save}
      onClose={onClose}
      guard={policy ? textGuard(read.data, () => readInline(noun, name, policy), setEdited) : undefined}
    >
      {!policy && (
        <FormField label="Policy name" errorText={badName}>
          <Input value={newName} autoFocus onChange={({ detail }) => setNewName(detail.value)} />
        </FormField>
      )}
      {read.error && <Failure what="The policy can't be shown" error={read.error} retry={read.reload} />}
      {read.data ? <PolicyEditor value={text} onChange={setEdited} problems={problems} /> : !read.error && <Spinner />}
    </FormModal>
  );
}

function Document({ noun, name, policy, onClose }: { noun: Noun; name: string; policy: Held; onClose: () => void }) {
  const { data, error, reload } = useResource(`document ${noun} ${name} ${policy.arn ?? policy.name}`, (signal) =>
    policy.arn ? policyDocument(policy.arn, undefined, signal) : readInline(noun, name, policy.name, signal));
  return (
    <Modal visible size="large" header={policy.name} closeAriaLabel="Close" onDismiss={onClose}>
      {error ? <Failure what="The policy can't be shown" error={error} retry={reload} /> : data ? <JsonView text={data} label={`the document of ${policy.name}`} /> : <Spinner />}
    </Modal>
  );
}

/** The most that a user or role may be allowed, whatever its policies say. */
export function Boundary({ noun, name, arn, onChange }: { noun: 'User' | 'Role'; name: string; arn?: string; onChange: () => void }) {
  const [dialog, setDialog] = useState<'set' | 'remove'>();
  const [chosen, setChosen] = useState<string[]>([]);
  const named = { [`${noun}Name`]: name };
  return (
    <Container
      header={
        <Header
          description="The most that it can be allowed: what the boundary does not allow, no policy can."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {arn && <Button onClick={() => setDialog('remove')}>Remove boundary</Button>}
              <Button onClick={() => setDialog('set')}>{arn ? 'Change boundary' : 'Set boundary'}</Button>
            </SpaceBetween>
          }
        >
          Permissions boundary
        </Header>
      }
    >
      {arn ? <Link href={`#${policyPath(arn)}`}>{arn}</Link> : <Box>Not set</Box>}
      {dialog === 'set' && (
        <FormModal
          title={`Permissions boundary of ${name}`}
          action="Set boundary"
          size="large"
          ready={chosen.length === 1}
          onClose={() => setDialog(undefined)}
          onSubmit={async () => {
            await iam(`Put${noun}PermissionsBoundary`, { ...named, PermissionsBoundary: chosen[0] });
            onChange();
          }}
        >
          <PolicyPicker only="one" chosen={chosen} onChange={setChosen} except={arn ? [arn] : []} />
        </FormModal>
      )}
      {dialog === 'remove' && (
        <ConfirmDelete
          title="Remove the permissions boundary?"
          action="Remove"
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            await iam(`Delete${noun}PermissionsBoundary`, named);
            onChange();
          }}
        >
          {name} can then do all that its policies allow.
        </ConfirmDelete>
      )}
    </Container>
  );
}
