import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { listBuckets } from '../../s3/api';
import type { Pipeline, PipelineVariable } from '../types';
import { at, type Flaw } from './check';
import { Suggest } from '../../../components/Suggest';

interface Props {
  pipeline: Pipeline;
  onChange: (pipeline: Pipeline) => void;
  flaws: Flaw[];
}

const MODES = [
  { value: 'SUPERSEDED', label: 'Superseded', description: 'A newer execution overtakes those that wait.' },
  { value: 'QUEUED', label: 'Queued', description: 'One after the other, in order.' },
  { value: 'PARALLEL', label: 'Parallel', description: 'All at the same time.' },
];

/** Type, execution mode, variables: what is neither a stage nor asked only at the creation. */
export function ModeFields({ pipeline, onChange, flaws }: Props) {
  const mode = pipeline.executionMode ?? 'SUPERSEDED';
  return (
    <SpaceBetween size="m">
      <FormField label="Pipeline type" errorText={at(flaws, 'pipelineType')}>
        <Tiles
          columns={2}
          value={pipeline.pipelineType ?? 'V1'}
          onChange={({ detail }) => onChange({ ...pipeline, pipelineType: detail.value })}
          items={[
            { value: 'V1', label: 'V1', description: 'Stages and actions.' },
            { value: 'V2', label: 'V2', description: 'Also variables that are given when an execution starts.' },
          ]}
        />
      </FormField>
      <FormField label="Execution mode" errorText={at(flaws, 'executionMode')} description="A mode that this yard does not have is refused when the pipeline is saved.">
        <Select ariaLabel="Execution mode" options={MODES} selectedOption={MODES.find(({ value }) => value === mode) ?? { value: mode, label: mode }} onChange={({ detail }) => onChange({ ...pipeline, executionMode: detail.selectedOption.value })} />
      </FormField>
      {((pipeline.pipelineType ?? 'V1') === 'V2' || (pipeline.variables ?? []).length > 0) && (
        <VariablesField variables={pipeline.variables ?? []} onChange={(variables) => onChange({ ...pipeline, variables })} flaws={flaws} />
      )}
      {(pipeline.triggers ?? []).length > 0 && <Box color="text-status-warning">{at(flaws, 'triggers') ?? 'It has triggers, which are edited as JSON.'}</Box>}
    </SpaceBetween>
  );
}

function VariablesField({ variables, onChange, flaws }: { variables: PipelineVariable[]; onChange: (variables: PipelineVariable[]) => void; flaws: Flaw[] }) {
  const change = (index: number, part: Partial<PipelineVariable>) => onChange(variables.map((it, other) => (other === index ? { ...it, ...part } : it)));
  return (
    <FormField label="Variables" description="Actions read them as #{variables.NAME}." errorText={at(flaws, 'variables')} stretch>
      <AttributeEditor
        items={variables}
        addButtonText="Add a variable"
        removeButtonText="Remove"
        removeButtonAriaLabel={({ name }) => `Remove the variable ${name}`}
        empty="There are no variables."
        onAddButtonClick={() => onChange([...variables, { name: '' }])}
        onRemoveButtonClick={({ detail }) => onChange(variables.filter((_, index) => index !== detail.itemIndex))}
        definition={[
          {
            label: 'Variable name',
            control: (it, index) => <Input value={it.name} onChange={({ detail }) => change(index, { name: detail.value })} />,
            errorText: (_, index) => at(flaws, 'variables', index, 'name'),
          },
          {
            label: 'Default value',
            control: (it, index) => <Input value={it.defaultValue ?? ''} onChange={({ detail }) => change(index, { defaultValue: detail.value || undefined })} />,
            errorText: (_, index) => at(flaws, 'variables', index, 'defaultValue'),
          },
          { label: 'Description', control: (it, index) => <Input value={it.description ?? ''} onChange={({ detail }) => change(index, { description: detail.value || undefined })} /> },
        ]}
      />
    </FormField>
  );
}

export function BucketField({ pipeline, onChange, flaws }: Props) {
  const store = pipeline.artifactStore;
  return (
    <FormField label="Artifact bucket" description="What actions give to each other is kept there." errorText={at(flaws, 'artifactStore') ?? at(flaws, 'artifactStore', 'location') ?? at(flaws, 'artifactStores')}>
      <Suggest
        value={store?.location ?? ''}
        onChange={(location) => onChange({ ...pipeline, artifactStore: { ...store, type: 'S3', location } })}
        of="buckets"
        load={async (signal) => (await listBuckets(signal)).map(({ name }) => name)}
      />
    </FormField>
  );
}
