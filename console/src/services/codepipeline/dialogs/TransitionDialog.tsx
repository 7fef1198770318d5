import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { FormModal } from '../../../components/FormModal';
import { disableTransition } from '../api';

interface Props {
  pipeline: string;
  stage: string;
  onClose: () => void;
  onDisabled: () => void;
}

/** Most characters of a reason. */
const LONGEST = 300;
/** What CodePipeline takes in one. */
const TAKEN = /^[a-zA-Z0-9!@ ().*?-]*$/;

/** Why a reason is not taken. */
export function badReason(reason: string): string | undefined {
  if (reason.length > LONGEST) return `At most ${LONGEST} characters`;
  return TAKEN.test(reason) ? undefined : 'Only letters, digits, spaces and ! @ ( ) . * ? -';
}

export function TransitionDialog({ pipeline, stage, onClose, onDisabled }: Props) {
  const [reason, setReason] = useState('');
  const wrong = badReason(reason);
  const disable = async () => {
    await disableTransition(pipeline, stage, reason);
    onDisabled();
  };
  return (
    <FormModal title={`Disable the transition to ${stage}`} action="Disable" ready={!wrong && reason.trim() !== ''} onSubmit={disable} onClose={onClose}>
      <p>Executions wait in front of {stage} until somebody enables the transition again. Of those that wait, the newest goes on.</p>
      <FormField label="Reason" description="Others see it at the transition." errorText={wrong} constraintText={`${reason.length} of ${LONGEST} characters`}>
        <Textarea value={reason} rows={2} autoFocus onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  );
}
