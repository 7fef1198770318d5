import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';

interface Variable {
  name: string;
  value: string;
  type?: string;
}

/** The list in a configuration's text; nothing where the text is something else. */
export function variablesOf(text: string | undefined): Variable[] | undefined {
  if (!text) return [];
  try {
    const value: unknown = JSON.parse(text);
    const fits = Array.isArray(value) && value.every((it) => typeof it === 'object' && it !== null && typeof (it as Variable).name === 'string' && typeof (it as Variable).value === 'string');
    return fits ? (value as Variable[]) : undefined;
  } catch {
    return undefined;
  }
}

const TYPES = ['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'].map((value) => ({ value }));

/** The environment variables that a pipeline gives a build: JSON in a text, edited as a list. */
export function BuildVariables({ text, onChange }: { text: string | undefined; onChange: (text: string) => void }) {
  const variables = variablesOf(text);
  if (!variables) {
    return (
      <>
        <Input value={text ?? ''} spellcheck={false} onChange={({ detail }) => onChange(detail.value)} />
        <Box variant="small">A list: {'[{"name": "A", "value": "b", "type": "PLAINTEXT"}]'}</Box>
      </>
    );
  }
  const set = (next: Variable[]) => onChange(next.length > 0 ? JSON.stringify(next) : '');
  const change = (at: number, part: Partial<Variable>) => set(variables.map((it, index) => (index === at ? { ...it, ...part } : it)));
  return (
    <AttributeEditor
      items={variables}
      addButtonText="Add a variable"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ name }) => `Remove ${name}`}
      empty="The project’s variables are as they are."
      onAddButtonClick={() => set([...variables, { name: '', value: '', type: 'PLAINTEXT' }])}
      onRemoveButtonClick={({ detail }) => set(variables.filter((_, at) => at !== detail.itemIndex))}
      definition={[
        { label: 'Name', control: (it, at) => <Input value={it.name} onChange={({ detail }) => change(at, { name: detail.value })} /> },
        { label: 'Value', control: (it, at) => <Input value={it.value} placeholder="#{SourceVariables.CommitId}" onChange={({ detail }) => change(at, { value: detail.value })} /> },
        {
          label: 'Type',
          control: (it, at) => (
            <Select options={TYPES} selectedOption={{ value: it.type ?? 'PLAINTEXT' }} ariaLabel="Type" onChange={({ detail }) => change(at, { type: detail.selectedOption.value })} />
          ),
        },
      ]}
    />
  );
}
