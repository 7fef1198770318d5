import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { notify } from '../../../app/notifications';
import { FormModal } from '../../../components/FormModal';
import { listActions, putApproval } from '../api';
import type { ActionView } from '../graph/model';
import { safeUrl } from '../links';

interface Props {
  pipeline: string;
  stage: string;
  view: ActionView;
  executionId?: string;
  onClose: () => void;
  onDecided: () => void;
}

/** Most characters of a comment. */
const LONGEST = 512;

/** Asks for a decision on what the dialog was opened for: if that is over meanwhile, the yard says so. */
export function ApprovalDialog({ pipeline, stage, view, executionId, onClose, onDecided }: Props) {
  const [token] = useState(view.state?.latestExecution?.token ?? '');
  const [status, setStatus] = useState<'Approved' | 'Rejected'>('Approved');
  const [summary, setSummary] = useState('');
  const { name, configuration } = view.action;
  // The variables in it are put in only there; who may not read that sees it as it was declared.
  const asked = useResource(`approval ${pipeline} ${executionId} ${stage} ${name}`, async (signal) => {
    const actions = executionId ? await listActions(pipeline, executionId, signal) : [];
    return actions.findLast((it) => it.stageName === stage && it.actionName === name)?.input?.resolvedConfiguration;
  });
  const said = asked.data ?? (asked.loading ? undefined : configuration);
  const url = said?.ExternalEntityLink;
  const link = safeUrl(url);
  const tooLong = summary.length > LONGEST;
  const decide = async () => {
    await putApproval({ pipelineName: pipeline, stageName: stage, actionName: name, token, result: { status, summary } });
    notify({ type: 'success', header: status === 'Approved' ? `${name} was approved` : `${name} was rejected` });
    onDecided();
  };
  return (
    <FormModal title={`Review ${name}`} action="Submit" ready={!!token && !tooLong} onSubmit={decide} onClose={onClose}>
      <KeyValuePairs
        items={[
          { label: 'Pipeline', value: `${pipeline}, stage ${stage}` },
          ...(said?.CustomData ? [{ label: 'About this review', value: <span className="pipeline-said">{said.CustomData}</span> }] : []),
          ...(url ? [{ label: 'To be reviewed', value: link ? <Link external href={link} rel="noopener noreferrer">{url}</Link> : <Box variant="code">{url}</Box> }] : []),
        ]}
      />
      <FormField label="Decision">
        <RadioGroup
          value={status}
          onChange={({ detail }) => setStatus(detail.value as 'Approved')}
          items={[
            { value: 'Approved', label: 'Approve', description: 'The execution goes on.' },
            { value: 'Rejected', label: 'Reject', description: 'The stage fails; it can be retried.' },
          ]}
        />
      </FormField>
      <FormField label="Comments – optional" constraintText={`${summary.length} of ${LONGEST} characters`} errorText={tooLong && `At most ${LONGEST} characters`}>
        <Textarea value={summary} rows={3} onChange={({ detail }) => setSummary(detail.value)} />
      </FormField>
    </FormModal>
  );
}
