// Form fields that are members of an API input.

import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Textarea from '@cloudscape-design/components/textarea';
import type { ReactNode } from 'react';
import type { Variable } from './api';
import { getAt, setAt, type Input as ApiInput } from './lens';

/** A form's input, what is wrong with it by path, and how it is changed. */
export interface Editing {
  input: ApiInput;
  wrong: Record<string, string>;
  change: (input: ApiInput) => void;
}

interface Field {
  of: Editing;
  /** `source.location` */
  path: string;
  label: string;
  description?: ReactNode;
}

export type Choice = { value: string; label?: string; description?: string };

const textAt = ({ of, path }: Field) => String(getAt(of.input, path) ?? '');
const put = ({ of, path }: Field, value: unknown) => of.change(setAt(of.input, path, value));

export function TextField(field: Field & { placeholder?: string; readOnly?: boolean }) {
  return (
    <FormField label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Input value={textAt(field)} placeholder={field.placeholder} readOnly={field.readOnly} spellcheck={false} onChange={({ detail }) => put(field, detail.value)} />
    </FormField>
  );
}

export function NumberField(field: Field & { placeholder?: string }) {
  return (
    <FormField label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Input
        value={textAt(field)}
        placeholder={field.placeholder}
        inputMode="numeric"
        // What is no number stays to be seen, and is said to be wrong.
        onChange={({ detail }) => put(field, /^\d+$/.test(detail.value) ? Number(detail.value) : detail.value)}
      />
    </FormField>
  );
}

export function AreaField(field: Field & { rows?: number; placeholder?: string }) {
  return (
    <FormField stretch label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Textarea value={textAt(field)} rows={field.rows ?? 12} placeholder={field.placeholder} spellcheck={false} disableBrowserAutocorrect onChange={({ detail }) => put(field, detail.value)} />
    </FormField>
  );
}

/** One of some. With `none` it may be left as it is. */
export function ChoiceField(field: Field & { choices: Choice[]; none?: string; onChange?: (value: string) => void }) {
  const options = field.none ? [{ value: '', label: field.none }, ...field.choices] : field.choices;
  const value = textAt(field);
  return (
    <FormField label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Select
        options={options}
        selectedOption={options.find((it) => it.value === value) ?? { value, label: value }}
        onChange={({ detail }) => (field.onChange ?? ((next: string) => put(field, next)))(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

export function ManyField(field: Field & { choices: Choice[] }) {
  const values = (getAt(field.of.input, field.path) ?? []) as string[];
  return (
    <FormField label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Multiselect
        options={field.choices}
        selectedOptions={field.choices.filter(({ value }) => values.includes(value))}
        placeholder="Choose"
        onChange={({ detail }) => put(field, detail.selectedOptions.length > 0 ? detail.selectedOptions.map(({ value }) => value) : undefined)}
      />
    </FormField>
  );
}

export function CheckField(field: Field) {
  return (
    <Checkbox checked={getAt(field.of.input, field.path) === true} description={field.description} onChange={({ detail }) => put(field, detail.checked || undefined)}>
      {field.label}
    </Checkbox>
  );
}

/** Text, with what is known to fit. */
export function SuggestField(field: Field & { choices: Choice[]; placeholder?: string }) {
  return (
    <FormField label={field.label} description={field.description} errorText={field.of.wrong[field.path]}>
      <Autosuggest
        value={textAt(field)}
        options={field.choices}
        placeholder={field.placeholder}
        enteredTextLabel={(value) => `Use “${value}”`}
        empty="None is known"
        onChange={({ detail }) => put(field, detail.value)}
      />
    </FormField>
  );
}

const KINDS: Choice[] = [
  { value: 'PLAINTEXT', label: 'Plaintext' },
  { value: 'PARAMETER_STORE', label: 'Parameter Store' },
  { value: 'SECRETS_MANAGER', label: 'Secrets Manager' },
];

export function VariablesField({ of, path, label, empty }: Omit<Field, 'description'> & { empty: string }) {
  const items = (getAt(of.input, path) ?? []) as Variable[];
  const set = (next: Variable[]) => of.change(setAt(of.input, path, next.length > 0 ? next : undefined));
  const change = (at: number, part: Partial<Variable>) => set(items.map((item, index) => (index === at ? { ...item, ...part } : item)));
  return (
    <SpaceBetween size="xs">
      <Box variant="awsui-key-label">{label}</Box>
      <Box color="text-body-secondary" fontSize="body-s">
        Plaintext is seen by whoever may read the project: secrets belong in Parameter Store or Secrets Manager.
      </Box>
      <AttributeEditor
        items={items}
        addButtonText="Add a variable"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ name }) => `Remove the variable ${name}`}
        empty={empty}
        onAddButtonClick={() => set([...items, { name: '', value: '', type: 'PLAINTEXT' }])}
        onRemoveButtonClick={({ detail }) => set(items.filter((_, at) => at !== detail.itemIndex))}
        definition={[
          { label: 'Variable', control: (item, at) => <Input value={item.name} spellcheck={false} onChange={({ detail }) => change(at, { name: detail.value })} /> },
          { label: 'Value', control: (item, at) => <Input value={item.value} spellcheck={false} onChange={({ detail }) => change(at, { value: detail.value })} /> },
          {
            label: 'Type',
            control: (item, at) => (
              <Select
                options={KINDS}
                selectedOption={KINDS.find(({ value }) => value === (item.type ?? 'PLAINTEXT')) ?? null}
                onChange={({ detail }) => change(at, { type: detail.selectedOption.value as Variable['type'] })}
              />
            ),
          },
        ]}
      />
      {of.wrong[path] && <StatusIndicator type="error">{of.wrong[path]}</StatusIndicator>}
    </SpaceBetween>
  );
}
