import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { isAws, listPolicies, policyPath, type Policy } from './api';
import { deletePolicy } from './removal';

const KINDS = [
  { value: 'All', label: 'All types' },
  { value: 'Local', label: 'Customer managed' },
  { value: 'AWS', label: 'AWS managed' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

export default function PoliciesPage() {
  const [kind, setKind] = useState<Kind>('All');
  const policies = useResource(`iam policies ${kind}`, (signal) => listPolicies(kind, signal));
  const [deleted, setDeleted] = useState<Policy>();
  return (
    <>
      <ItemTable
        title="Policies"
        description="A policy says what is allowed and what is denied; it holds for whom it is attached to."
        resource={policies}
        idOf={({ Arn }) => Arn}
        textOf={({ PolicyName, Description }) => `${PolicyName} ${Description ?? ''}`}
        filters={
          <Select
            ariaLabel="Filter by type"
            selectedOption={KINDS.find(({ value }) => value === kind) ?? KINDS[0]}
            options={[...KINDS]}
            onChange={({ detail }) => setKind(detail.selectedOption.value as Kind)}
          />
        }
        selection="single"
        actions={([policy]) => (
          <>
            <Button disabled={!policy || isAws(policy.Arn)} disabledReason={policy && isAws(policy.Arn) ? 'AWS’s policies can’t be deleted' : undefined} onClick={() => setDeleted(policy)}>Delete</Button>
            <Button variant="primary" href="#/iam/create-policy">Create policy</Button>
          </>
        )}
        empty={<Empty title="There are no such policies">“Create policy” makes one that can be attached to many users, groups and roles.</Empty>}
        columns={[
          { id: 'name', header: 'Policy name', isRowHeader: true, sortBy: (it) => it.PolicyName, cell: ({ PolicyName, Arn }) => <Link href={`#${policyPath(Arn)}`}>{PolicyName}</Link> },
          { id: 'type', header: 'Type', minWidth: 170, sortBy: (it) => (isAws(it.Arn) ? 1 : 0), cell: ({ Arn }) => (isAws(Arn) ? 'AWS managed' : 'Customer managed') },
          { id: 'uses', header: 'Attached entities', sortBy: (it) => Number(it.AttachmentCount ?? 0), cell: ({ AttachmentCount }) => AttachmentCount ?? '0' },
          { id: 'description', header: 'Description', minWidth: 200, cell: ({ Description }) => Description || '–' },
        ]}
      />
      {deleted && (
        <ConfirmDelete
          title={`Delete the policy ${deleted.PolicyName}?`}
          typed={deleted.PolicyName}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await deletePolicy(deleted.Arn);
            notify({ type: 'success', header: `The policy ${deleted.PolicyName} is deleted` });
            policies.reload();
          }}
        >
          All its versions go with it. While it is attached it can’t be deleted.
        </ConfirmDelete>
      )}
    </>
  );
}
