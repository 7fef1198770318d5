import Select from '@cloudscape-design/components/select';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Pagination from '@cloudscape-design/components/pagination';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { isAws, listPolicies } from './api';

const PAGE = 10;
const KINDS = [
  { value: 'All', label: 'All types' },
  { value: 'AWS', label: 'AWS managed' },
  { value: 'Local', label: 'Customer managed' },
];

interface Props {
  /** ARNs of those that are chosen. */
  chosen: string[];
  onChange: (arns: string[]) => void;
  /** ARNs that are attached already. */
  except?: string[];
  only?: 'one';
}

/** Managed policies to choose from. */
export function PolicyPicker({ chosen, onChange, except = [], only }: Props) {
  const policies = useResource('iam policies', (signal) => listPolicies('All', signal));
  const [text, setText] = useState('');
  const [kind, setKind] = useState('All');
  const [page, setPage] = useState(1);
  if (policies.error && !policies.data) return <Failure what="The policies can't be listed" error={policies.error} retry={policies.reload} />;
  const fitting = (policies.data ?? []).filter(
    ({ Arn, PolicyName }) => !except.includes(Arn) && (kind === 'All' || (kind === 'AWS') === isAws(Arn)) && PolicyName.toLowerCase().includes(text.toLowerCase()));
  return (
    <Table
      variant="embedded"
      items={fitting.slice((page - 1) * PAGE, page * PAGE)}
      trackBy="Arn"
      loading={!policies.data}
      loadingText="Reading policies"
      selectionType={only === 'one' ? 'single' : 'multi'}
      selectedItems={(policies.data ?? []).filter(({ Arn }) => chosen.includes(Arn))}
      onSelectionChange={({ detail }) => onChange(detail.selectedItems.map(({ Arn }) => Arn))}
      ariaLabels={{ tableLabel: 'Policies', selectionGroupLabel: 'Choose policies', itemSelectionLabel: (_, { PolicyName }) => `Choose ${PolicyName}`, allItemsSelectionLabel: () => 'Choose all' }}
      wrapLines
      empty="No policy fits."
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find a policy"
            filteringAriaLabel="Find a policy by its name"
            onChange={({ detail }) => {
              setText(detail.filteringText);
              setPage(1);
            }}
          />
          <Select
            ariaLabel="Type of policies"
            selectedOption={KINDS.find(({ value }) => value === kind) ?? KINDS[0]}
            options={KINDS}
            onChange={({ detail }) => {
              setKind(detail.selectedOption.value ?? 'All');
              setPage(1);
            }}
          />
        </SpaceBetween>
      }
      pagination={fitting.length > PAGE && <Pagination currentPageIndex={page} pagesCount={Math.ceil(fitting.length / PAGE)} onChange={({ detail }) => setPage(detail.currentPageIndex)} />}
      columnDefinitions={[
        { id: 'name', header: 'Policy name', isRowHeader: true, cell: ({ PolicyName }) => PolicyName },
        { id: 'type', header: 'Type', cell: ({ Arn }) => (isAws(Arn) ? 'AWS managed' : 'Customer managed') },
        { id: 'uses', header: 'Attached entities', cell: ({ AttachmentCount }) => AttachmentCount ?? '–' },
      ]}
    />
  );
}
