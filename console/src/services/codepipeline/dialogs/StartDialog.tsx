import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { notify } from '../../../app/notifications';
import { Failure } from '../../../components/Failure';
import { FormModal } from '../../../components/FormModal';
import { getPipeline, startExecution } from '../api';
import type { Action, PipelineVariable } from '../types';

interface Props {
  name: string;
  onClose: () => void;
  onStarted?: (executionId: string) => void;
}

/** The kinds of revision that a source action can be given. */
export function revisionKinds({ actionTypeId, configuration }: Action): { type: string; label: string }[] {
  if (actionTypeId.provider === 'CodeCommit') return [{ type: 'COMMIT_ID', label: 'Commit id' }];
  if (actionTypeId.provider !== 'S3') return [];
  const version = { type: 'S3_OBJECT_VERSION_ID', label: 'Version of the object' };
  return configuration?.AllowOverrideForS3ObjectKey === 'true' ? [version, { type: 'S3_OBJECT_KEY', label: 'Key of another object' }] : [version];
}

/** “Release change”: starts an execution, with variables and source revisions where they are wanted. */
export function StartDialog({ name, onClose, onStarted }: Props) {
  const { data, error } = useResource(`start ${name}`, (signal) => getPipeline(name, signal));
  const [variables, setVariables] = useState<Record<string, string>>({});
  const [revisions, setRevisions] = useState<Record<string, string>>({});
  const declared = data?.pipeline.variables ?? [];
  const sources = data?.pipeline.stages[0]?.actions ?? [];
  const lacking = declared.filter((it) => !it.defaultValue && !variables[it.name]);

  const start = async () => {
    const id = await startExecution({
      name,
      variables: given(listOf(variables).map(([key, value]) => ({ name: key, value }))),
      sourceRevisions: given(listOf(revisions).map(([key, revisionValue]) => {
        const [actionName, revisionType] = key.split('\n');
        return { actionName, revisionType, revisionValue };
      })),
    });
    notify({ type: 'success', header: `${name} was started`, content: `Execution ${id}` });
    onStarted?.(id);
  };

  return (
    <FormModal title={`Release a change with ${name}`} action="Release" ready={!!data && lacking.length === 0} onSubmit={start} onClose={onClose}>
      <Box color="text-body-secondary">The newest revision of each source goes through all stages, unless another one is given here.</Box>
      {error && <Failure what="The pipeline can’t be read" error={error} />}
      {!data && !error && <Spinner />}
      {declared.length > 0 && <Header variant="h3">Variables</Header>}
      {declared.map((it) => (
        <VariableField key={it.name} variable={it} value={variables[it.name] ?? ''} onChange={(value) => setVariables({ ...variables, [it.name]: value })} />
      ))}
      {sources.some((it) => revisionKinds(it).length > 0) && <Header variant="h3">Source revisions</Header>}
      {sources.flatMap((source) =>
        revisionKinds(source).map(({ type, label }) => {
          const key = `${source.name}\n${type}`;
          return (
            <FormField key={key} label={`${source.name}: ${label}`} description="Empty: the newest.">
              <Input value={revisions[key] ?? ''} spellcheck={false} onChange={({ detail }) => setRevisions({ ...revisions, [key]: detail.value })} />
            </FormField>
          );
        }),
      )}
    </FormModal>
  );
}

function VariableField({ variable, value, onChange }: { variable: PipelineVariable; value: string; onChange: (value: string) => void }) {
  const { name, description, defaultValue } = variable;
  return (
    <FormField label={name} description={description} constraintText={defaultValue ? `Empty: ${defaultValue}` : 'It has no default: a value is needed.'}>
      <Input value={value} placeholder={defaultValue} onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}

/** Lists of the operation have an item or are not there. */
const given = <T,>(list: T[]) => (list.length > 0 ? list : undefined);

/** What was filled in. */
const listOf = (values: Record<string, string>) => Object.entries(values).filter(([, value]) => value !== '');
