import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useResource } from '../../api/useResource';
import { listInstanceNames } from './api';
import './codedeploy.css';
import { listsOf } from './group';
import type { TagFilter } from './types';

interface Props {
  lists: TagFilter[][];
  onChange: (lists: TagFilter[][]) => void;
  flaws: (string | undefined)[][];
}

const TYPES = [
  { value: 'KEY_AND_VALUE', label: 'Key and value' },
  { value: 'KEY_ONLY', label: 'Key only' },
  { value: 'VALUE_ONLY', label: 'Value only' },
];
/** Most lists of a group, and most filters of a list. */
const MOST_LISTS = 3;
const MOST_FILTERS = 10;
const BLANK: TagFilter = { Key: '', Value: '', Type: 'KEY_AND_VALUE' };

/** Tag groups: a host belongs to the deployment group if it fits one filter of each. */
export function TagLists({ lists, onChange, flaws }: Props) {
  const set = (at: number, list: TagFilter[]) => onChange(lists.map((it, index) => (index === at ? list : it)));
  return (
    <SpaceBetween size="m">
      {lists.map((list, at) => {
        const change = (index: number, part: Partial<TagFilter>) => set(at, list.map((it, other) => (other === index ? { ...it, ...part } : it)));
        return (
          <div key={at} className="tag-group" role="group" aria-label={`Tag group ${at + 1}`}>
            <Header variant="h3" description={at === 0 ? 'One of these must fit.' : 'And one of these.'} actions={<Button formAction="none" onClick={() => onChange(lists.filter((_, index) => index !== at))} ariaLabel={`Remove group ${at + 1}`}>Remove group</Button>}>
              Tag group {at + 1}
            </Header>
            <AttributeEditor
              items={list}
              addButtonText="Add a tag"
              removeButtonText="Remove"
              removeButtonAriaLabel={({ Key }) => `Remove the tag ${Key}`}
              disableAddButton={list.length >= MOST_FILTERS}
              onAddButtonClick={() => set(at, [...list, BLANK])}
              onRemoveButtonClick={({ detail }) => set(at, list.filter((_, index) => index !== detail.itemIndex))}
              definition={[
                {
                  label: 'Key',
                  control: (it, index) => <Input value={it.Key ?? ''} disabled={it.Type === 'VALUE_ONLY'} onChange={({ detail }) => change(index, { Key: detail.value })} />,
                  errorText: (_, index) => flaws[at]?.[index],
                },
                { label: 'Value', control: (it, index) => <Input value={it.Value ?? ''} disabled={it.Type === 'KEY_ONLY'} onChange={({ detail }) => change(index, { Value: detail.value })} /> },
                {
                  label: 'What is compared',
                  control: (it, index) => (
                    <Select ariaLabel="What is compared" options={TYPES} selectedOption={TYPES.find(({ value }) => value === it.Type) ?? TYPES[0]} onChange={({ detail }) => change(index, { Type: detail.selectedOption.value })} />
                  ),
                },
              ]}
            />
          </div>
        );
      })}
      <Button formAction="none" disabled={lists.length >= MOST_LISTS} onClick={() => onChange([...lists, [BLANK]])}>Add tag group</Button>
      <MatchingHosts lists={lists} />
    </SpaceBetween>
  );
}

const isWhole = ({ Key, Value, Type }: TagFilter) => (Type === 'VALUE_ONLY' ? !!Value : !!Key);

/** The hosts that fit now. */
export function MatchingHosts({ lists }: { lists: TagFilter[][] }) {
  const asked = listsOf(lists);
  const whole = asked.length > 0 && asked.every((list) => list.every(isWhole));
  const { data, error } = useResource(`hosts ${whole ? JSON.stringify(asked) : ''}`, async (signal) => {
    if (!whole) return undefined;
    const found = await Promise.all(asked.map((tagFilters) => listInstanceNames({ registrationStatus: 'Registered', tagFilters }, signal)));
    return found.reduce((some, names) => some.filter((name) => names.includes(name)));
  });
  if (error) return <StatusIndicator type="warning">Matching hosts can’t be listed: {error.code}</StatusIndicator>;
  if (!data) return <StatusIndicator type="info">{asked.length === 0 ? 'A group without tags has no hosts.' : 'The hosts that match are listed here.'}</StatusIndicator>;
  if (data.length === 0) return <StatusIndicator type="warning">No host matches now. “codeyard host add” makes one on the yard’s machine.</StatusIndicator>;
  return <StatusIndicator type="success">{data.length === 1 ? '1 host matches' : `${data.length} hosts match`}: {data.slice(0, 10).join(', ')}{data.length > 10 && ' …'}</StatusIndicator>;
}
