import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useAction } from '../../components/useAction';
import { randomPassword } from './api';
import { badPairs, pairsOf, textOf, type Pair } from './pairs';

const PASSWORD_LENGTH = 32;

interface Props {
  value: string;
  onChange: (value: string, fine: boolean) => void;
}

/** The value of a secret, edited as keys and values or as plain text. */
export function ValueEditor({ value, onChange }: Props) {
  const [pairs, setPairs] = useState<Pair[] | undefined>(() => (value === '' ? [{ key: '', value: '' }] : pairsOf(value)));
  const [busy, act] = useAction();
  // An empty form is not wrong, only not finished.
  const bad = pairs?.some(({ key, value: text }) => key || text) && badPairs(pairs);
  const changePairs = (next: Pair[]) => {
    setPairs(next);
    onChange(textOf(next), next.length > 0 && !badPairs(next));
  };
  const changePair = (at: number, part: Partial<Pair>) => pairs && changePairs(pairs.map((pair, index) => (index === at ? { ...pair, ...part } : pair)));
  const generate = (put: (password: string) => void) => act('No password was generated', async () => put(await randomPassword(PASSWORD_LENGTH)));
  return (
    <SpaceBetween size="m">
      <SegmentedControl
        label="How the value is edited"
        selectedId={pairs ? 'pairs' : 'text'}
        options={[
          { id: 'pairs', text: 'Key/value', disabled: !pairs && value !== '' && !pairsOf(value) },
          { id: 'text', text: 'Plaintext' },
        ]}
        onChange={({ detail }) => setPairs(detail.selectedId === 'pairs' ? pairsOf(value) ?? [{ key: '', value: '' }] : undefined)}
      />
      {pairs ? (
        <FormField label="Key/value pairs" errorText={bad} stretch>
          <AttributeEditor
            items={pairs}
            addButtonText="Add row"
            removeButtonText="Remove"
            empty="The secret has no keys."
            onAddButtonClick={() => changePairs([...pairs, { key: '', value: '' }])}
            onRemoveButtonClick={({ detail }) => changePairs(pairs.filter((_, at) => at !== detail.itemIndex))}
            definition={[
              { label: 'Key', control: ({ key }, at) => <Input value={key} spellcheck={false} onChange={({ detail }) => changePair(at, { key: detail.value })} /> },
              { label: 'Value', control: (pair, at) => <Input value={pair.value} spellcheck={false} autoComplete="off" onChange={({ detail }) => changePair(at, { value: detail.value })} /> },
              { label: '', control: (_, at) => <Button formAction="none" loading={busy} ariaLabel={`Generate the value of row ${at + 1}`} onClick={() => generate((password) => changePair(at, { value: password }))}>Generate</Button> },
            ]}
          />
        </FormField>
      ) : (
        <FormField label="Plaintext" stretch secondaryControl={<Button formAction="none" loading={busy} onClick={() => generate((password) => onChange(password, true))}>Generate</Button>}>
          <Textarea value={value} rows={8} spellcheck={false} onChange={({ detail }) => onChange(detail.value, detail.value !== '')} />
        </FormField>
      )}
    </SpaceBetween>
  );
}
