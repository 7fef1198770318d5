import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { session } from '../../../api/session';
import { FormModal } from '../../../components/FormModal';
import { badJson, JsonEditor } from '../../../components/JsonEditor';
import { createRule, updateRule, type ApprovalRule } from './api';
import { contentOfRule, formOfRule, memberOf, wrongIn } from './rules';
import { explaining } from './words';

interface Props {
  id: string;
  /** The rule that is edited; a new one if absent. */
  rule?: ApprovalRule;
  others: ApprovalRule[];
  onClose: () => void;
  onDone: () => void;
}

/** Characters of a rule's name; AWS's quota. */
const LONGEST_NAME = 100;

/** A rule by a form, or as JSON where it says more. */
export function RuleModal({ id, rule, others, onClose, onDone }: Props) {
  const known = rule && formOfRule(rule.approvalRuleContent);
  const [name, setName] = useState(rule?.approvalRuleName ?? '');
  const [as, setAs] = useState<'form' | 'json'>(rule && !known ? 'json' : 'form');
  const [needed, setNeeded] = useState(String(known?.needed ?? 1));
  const [pool, setPool] = useState((known?.members ?? []).join('\n'));
  const [json, setJson] = useState(rule?.approvalRuleContent ?? '');

  const account = session.get()?.account ?? '';
  const members = pool.split('\n').filter((line) => line.trim()).map((line) => memberOf(line, account));
  const form = { needed: /^\d+$/.test(needed) ? Number(needed) : NaN, members };
  const wrong = wrongIn(form);
  const taken = !rule && others.some(({ approvalRuleName }) => approvalRuleName === name);
  const wrongName = taken ? 'There is a rule of this name' : name.length > LONGEST_NAME ? `At most ${LONGEST_NAME} characters` : undefined;
  const ready = name.trim() !== '' && !wrongName && (as === 'form' ? !wrong.needed && !wrong.members : json.trim() !== '' && !badJson(json));

  const change = (to: 'form' | 'json') => {
    if (to === 'json') setJson(contentOfRule({ ...form, needed: form.needed || 1 }));
    const read = to === 'form' ? formOfRule(json) : undefined;
    if (read) {
      setNeeded(String(read.needed));
      setPool(read.members.join('\n'));
    }
    setAs(to);
  };
  const save = async () => {
    const content = as === 'form' ? contentOfRule(form) : json;
    await explaining(rule ? updateRule(id, rule, content) : createRule(id, name, content));
    onDone();
  };

  return (
    <FormModal title={rule ? `Edit ${rule.approvalRuleName}` : 'Create approval rule'} action={rule ? 'Save' : 'Create'} ready={ready} onClose={onClose} onSubmit={save}>
      {!rule && (
        <FormField label="Rule name" errorText={wrongName}>
          <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      <SegmentedControl
        label="How the rule is written"
        selectedId={as}
        options={[
          { id: 'form', text: 'Form', disabled: as === 'json' && json.trim() !== '' && !formOfRule(json), disabledReason: 'The form has no place for all that it says.' },
          { id: 'json', text: 'JSON' },
        ]}
        onChange={({ detail }) => change(detail.selectedId === 'json' ? 'json' : 'form')}
      />
      {as === 'form' ? (
        <>
          <FormField label="Number of approvals needed" errorText={wrong.needed}>
            <Input value={needed} inputMode="numeric" onChange={({ detail }) => setNeeded(detail.value)} />
          </FormField>
          <FormField
            label={<>Approval pool members <i>- optional</i></>}
            description="One a line: a user’s name, CodeCommitApprovers:ACCOUNT:NAME, or an ARN; an asterisk stands for any text. Without any, everybody’s approval counts but the author’s."
            errorText={wrong.members}
          >
            <Textarea value={pool} rows={4} spellcheck={false} onChange={({ detail }) => setPool(detail.value)} />
          </FormField>
        </>
      ) : (
        <JsonEditor label="Rule" rows={12} value={json} onChange={setJson} />
      )}
    </FormModal>
  );
}
