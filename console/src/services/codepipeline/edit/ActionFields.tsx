import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { Action, ActionType } from '../types';
import { BuildVariables } from './BuildVariables';
import { at, type Flaw } from './check';
import { sameType } from './draft';
import { CATEGORIES, helpOf, providersElsewhere, shownProvider } from './providers';
import { Suggest } from '../../../components/Suggest';

interface Props {
  action: Action;
  onChange: (action: Action) => void;
  /** All that the yard has. */
  types: ActionType[];
  /** Categories that may stand here. */
  categories?: string[];
  /** Another type was chosen. */
  onType: (type: ActionType) => void;
  /** Artifacts that are made before. */
  artifacts: string[];
  /** What is wrong with this action, by places within it. */
  flaws: Flaw[];
}

const keyOf = ({ id }: ActionType) => `${id.category} ${id.owner} ${id.provider} ${id.version}`;

export function ActionFields({ action, onChange, types, categories = CATEGORIES, onType, artifacts, flaws }: Props) {
  const type = types.find(({ id }) => sameType(id, action.actionTypeId));
  const set = (part: Partial<Action>) => onChange({ ...action, ...part });
  const configuration = action.configuration ?? {};
  const configure = (key: string, value: string) => set({ configuration: { ...configuration, [key]: value } });
  const outputs = (action.outputArtifacts ?? []).map(({ name }) => name);
  const inputs = (action.inputArtifacts ?? []).map(({ name }) => name);
  return (
    <SpaceBetween size="m">
      <FormField label="Action name" errorText={at(flaws, 'name')}>
        <Input value={action.name} onChange={({ detail }) => set({ name: detail.value })} />
      </FormField>
      <FormField label="Action provider" errorText={at(flaws, 'actionTypeId') ?? at(flaws, 'actionTypeId', 'category')}>
        <Select
          ariaLabel="Action provider"
          placeholder="Choose a provider"
          selectedOption={type ? { value: keyOf(type), label: shownProvider(type.id.provider) } : action.actionTypeId.provider ? { value: 'unknown', label: action.actionTypeId.provider } : null}
          options={optionsOf(types, categories)}
          onChange={({ detail }) => {
            const chosen = types.find((it) => keyOf(it) === detail.selectedOption.value);
            if (chosen) onType(chosen);
          }}
        />
      </FormField>
      {type && type.inputArtifactDetails.maximumCount > 0 && (
        <FormField label="Input artifacts" errorText={at(flaws, 'inputArtifacts') ?? flaws.find(({ path }) => path[0] === 'inputArtifacts')?.message}>
          <Multiselect
            ariaLabel="Input artifacts"
            placeholder="Choose artifacts"
            selectedOptions={inputs.map((value) => ({ value, label: value }))}
            options={[...new Set([...artifacts, ...inputs])].map((value) => ({ value, label: value }))}
            onChange={({ detail }) => set({ inputArtifacts: detail.selectedOptions.map(({ value }) => ({ name: value ?? '' })) })}
            deselectAriaLabel={({ label }) => `Take ${label} away`}
            empty="No action before this one makes any."
          />
        </FormField>
      )}
      {(type?.actionConfigurationProperties ?? []).map(({ name, required, description }) => (
        <ConfigurationField
          key={name}
          name={name}
          action={action}
          optional={!required}
          refusal={description}
          value={configuration[name] ?? ''}
          onChange={(value) => configure(name, value)}
          flaws={flaws}
        />
      ))}
      {Object.keys(configuration).filter((key) => type && !type.actionConfigurationProperties?.some(({ name }) => name === key)).map((key) => (
        <FormField key={key} label={key} errorText={at(flaws, 'configuration', key)}>
          <Input value={configuration[key]} onChange={({ detail }) => configure(key, detail.value)} />
        </FormField>
      ))}
      {type && type.outputArtifactDetails.maximumCount > 0 && (
        <FormField
          label={type.outputArtifactDetails.minimumCount > 0 ? 'Output artifacts' : 'Output artifacts – optional'}
          description={type.outputArtifactDetails.maximumCount > 1 ? 'Names, separated by commas' : undefined}
          errorText={at(flaws, 'outputArtifacts') ?? flaws.find(({ path }) => path[0] === 'outputArtifacts')?.message}
        >
          <Input value={outputs.join(', ')} onChange={({ detail }) => set({ outputArtifacts: namesOf(detail.value) })} />
        </FormField>
      )}
      {type && type.id.category !== 'Approval' && (
        <FormField label="Variable namespace – optional" description="Later actions read what this one gives as #{namespace.variable}." errorText={at(flaws, 'namespace')}>
          <Input value={action.namespace ?? ''} onChange={({ detail }) => set({ namespace: detail.value || undefined })} />
        </FormField>
      )}
      {type?.id.category === 'Approval' && (
        <FormField label="Time limit in minutes – optional" constraintText="7 days, if it is empty" errorText={at(flaws, 'timeoutInMinutes')}>
          <Input value={String(action.timeoutInMinutes ?? '')} inputMode="numeric" onChange={({ detail }) => set({ timeoutInMinutes: detail.value ? Number(detail.value) : undefined })} />
        </FormField>
      )}
    </SpaceBetween>
  );
}

/** Typed as `a, b`: what is between commas, the last one also while it is empty. */
const namesOf = (text: string) => (text.trim() === '' ? [] : text.split(',').map((name) => ({ name: name.trim() })));

function optionsOf(types: ActionType[], categories: string[]) {
  return categories.flatMap((category) => {
    const here = types.filter(({ id }) => id.category === category);
    const missing = providersElsewhere(category, here.map(({ id }) => id.provider));
    const options = [
      ...here.map((it) => ({ value: keyOf(it), label: shownProvider(it.id.provider) })),
      ...missing.map((provider) => ({ value: provider, label: provider, disabled: true, description: 'Not supported by this yard' })),
    ];
    return options.length > 0 ? [{ label: category, options }] : [];
  });
}

interface ConfigurationProps {
  name: string;
  action: Action;
  optional: boolean;
  /** Why the yard refuses some values. */
  refusal?: string;
  value: string;
  onChange: (value: string) => void;
  flaws: Flaw[];
}

function ConfigurationField({ name, action, optional, refusal, value, onChange, flaws }: ConfigurationProps) {
  const { label, description, kind = 'text', suggest, needs = [] } = helpOf(action.actionTypeId, name);
  const said = [description, refusal && `This yard refuses some of it: ${refusal}.`].filter(Boolean).join(' ');
  const wrong = at(flaws, 'configuration', name);
  if (kind === 'flag') {
    return (
      <FormField errorText={wrong}>
        <Checkbox checked={value === 'true'} description={said} onChange={({ detail }) => onChange(String(detail.checked))}>{label}</Checkbox>
      </FormField>
    );
  }
  const configuration = action.configuration ?? {};
  const of = `${action.actionTypeId.provider} ${name} ${needs.map((key) => configuration[key] ?? '').join('/')}`;
  return (
    <FormField label={optional ? `${label} – optional` : label} description={said} errorText={wrong} stretch={kind === 'variables'}>
      {kind === 'variables' ? (
        <BuildVariables text={value} onChange={onChange} />
      ) : kind === 'long' ? (
        <Textarea value={value} rows={3} onChange={({ detail }) => onChange(detail.value)} />
      ) : suggest ? (
        <Suggest value={value} onChange={onChange} of={of} load={(signal) => suggest(configuration, signal)} />
      ) : (
        <Input value={value} spellcheck={false} onChange={({ detail }) => onChange(detail.value)} />
      )}
    </FormField>
  );
}
