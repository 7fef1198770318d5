import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { notify } from '../../../app/notifications';
import { FormModal } from '../../../components/FormModal';
import { stopExecution } from '../api';
import { firstLine } from '../Revisions';
import type { ExecutionSummary } from '../types';

interface Props {
  name: string;
  /** The executions that may be stopped, the newest first. */
  active: ExecutionSummary[];
  onClose: () => void;
  onStopped: () => void;
}

/** Most characters of a comment. */
const LONGEST = 200;

export function StopDialog({ name, active, onClose, onStopped }: Props) {
  const [id, setId] = useState(active[0]?.pipelineExecutionId ?? '');
  const [mode, setMode] = useState('wait');
  const [reason, setReason] = useState('');
  const options = active.map(({ pipelineExecutionId: value, sourceRevisions, status }) => ({
    value,
    label: value,
    description: [status, firstLine(sourceRevisions?.[0]?.revisionSummary)].filter(Boolean).join(': '),
  }));
  const stop = async () => {
    await stopExecution(name, id, mode === 'abandon', reason || undefined);
    notify({ type: 'info', header: mode === 'abandon' ? `The execution ${id} was abandoned` : `The execution ${id} stops when its running actions have ended` });
    onStopped();
  };
  const tooLong = reason.length > LONGEST;
  return (
    <FormModal title={`Stop an execution of ${name}`} action="Stop" ready={!!id && !tooLong} onSubmit={stop} onClose={onClose}>
      <FormField label="Execution">
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === id) ?? null}
          onChange={({ detail }) => setId(detail.selectedOption.value ?? '')}
          ariaLabel="Execution"
        />
      </FormField>
      <FormField label="How it stops">
        <RadioGroup
          value={mode}
          onChange={({ detail }) => setMode(detail.value)}
          items={[
            { value: 'wait', label: 'Stop and wait', description: 'Actions that run are finished first, and none is begun. A stage that was stopped can be retried.' },
            { value: 'abandon', label: 'Stop and abandon', description: 'At once. What the actions have started elsewhere, a build or a deployment, goes on there.' },
          ]}
        />
      </FormField>
      <FormField label="Reason – optional" constraintText={`${reason.length} of ${LONGEST} characters`} errorText={tooLong && `At most ${LONGEST} characters`}>
        <Textarea value={reason} rows={2} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  );
}
