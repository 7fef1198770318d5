import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { session } from '../../api/session';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { badJson, JsonEditor } from '../../components/JsonEditor';
import { Moment } from '../../components/time';
import { memberOf, ruleInWords, wrongIn } from './pull-requests/rules';
import { disassociate } from './settings';
import { contentOf, createTemplate, deleteTemplate, formOf, getTemplates, repositoriesOf, updateTemplate, type Template } from './templates';

/** Approval rule templates of the account. */
export default function TemplatesPage() {
  const templates = useResource('approval rule templates', getTemplates);
  const [edited, setEdited] = useState<Template | 'new'>();
  const [gone, setGone] = useState<Template>();
  return (
    <>
      <ItemTable
        title="Approval rule templates"
        description="Rules that each new pull request of the repositories gets with which they are associated: under a repository’s settings."
        resource={templates}
        idOf={(template) => template.approvalRuleTemplateName}
        textOf={(template) => `${template.approvalRuleTemplateName} ${template.approvalRuleTemplateDescription ?? ''}`}
        selection="single"
        actions={([template]) => (
          <>
            <Button disabled={!template} onClick={() => setEdited(template)}>Edit</Button>
            <Button disabled={!template} onClick={() => setGone(template)}>Delete</Button>
            <Button variant="primary" onClick={() => setEdited('new')}>Create template</Button>
          </>
        )}
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.approvalRuleTemplateName, cell: (it) => it.approvalRuleTemplateName },
          { id: 'rule', header: 'Rule', cell: (it) => inWords(it) },
          { id: 'description', header: 'Description', cell: (it) => it.approvalRuleTemplateDescription || '–' },
          { id: 'modified', header: 'Last modified', sortBy: (it) => it.lastModifiedDate ?? 0, cell: (it) => <Moment at={it.lastModifiedDate} /> },
        ]}
        empty={
          <Empty title="There are no templates yet">
            A template says how many approvals a pull request needs before it is merged, and whose count. Create one, then associate
            it with repositories in their settings.
          </Empty>
        }
      />
      {edited && (
        <TemplateDialog
          template={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onDone={(name) => {
            notify({ type: 'success', header: `The template ${name} was saved` });
            templates.reload();
          }}
        />
      )}
      {gone && (
        <ConfirmDelete
          title={`Delete the template ${gone.approvalRuleTemplateName}?`}
          onClose={() => setGone(undefined)}
          onConfirm={async () => {
            // AWS deletes no template that a repository still has.
            const name = gone.approvalRuleTemplateName;
            for (const repository of await repositoriesOf(name)) await disassociate(repository, name);
            await deleteTemplate(name);
            templates.reload();
          }}
        >
          It is taken from all repositories that have it. Rules that pull requests got from it stay.
        </ConfirmDelete>
      )}
    </>
  );
}

function inWords({ approvalRuleTemplateContent }: Template): string {
  const form = formOf(approvalRuleTemplateContent);
  if (!form) return 'A rule of several statements';
  const { branches, ...rule } = form;
  const words = ruleInWords(JSON.stringify({ Version: '2018-11-08', Statements: [{ Type: 'Approvers', NumberOfApprovalsNeeded: rule.needed, ApprovalPoolMembers: rule.members }] }));
  return branches.length > 0 ? `${words}, into ${branches.join(', ')}` : words;
}

const linesOf = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean);

function TemplateDialog({ template, onClose, onDone }: { template?: Template; onClose: () => void; onDone: (name: string) => void }) {
  const known = template && formOf(template.approvalRuleTemplateContent);
  const [name, setName] = useState(template?.approvalRuleTemplateName ?? '');
  const [description, setDescription] = useState(template?.approvalRuleTemplateDescription ?? '');
  const [as, setAs] = useState(template && !known ? 'json' : 'form');
  const [needed, setNeeded] = useState(String(known?.needed ?? 1));
  const [pool, setPool] = useState((known?.members ?? []).join('\n'));
  const [branches, setBranches] = useState((known?.branches ?? []).join('\n'));
  const [json, setJson] = useState(template?.approvalRuleTemplateContent ?? '');

  const account = session.get()?.account ?? '';
  const form = {
    needed: /^\d+$/.test(needed) ? Number(needed) : NaN,
    members: linesOf(pool).map((line) => memberOf(line, account)),
    branches: linesOf(branches),
  };
  const wrong = wrongIn(form);
  const longName = name.length > 100 ? 'At most 100 characters' : undefined;
  const content = as === 'form' ? (wrong.needed ? '' : contentOf(form)) : json;
  const long = content.length > 3000 ? 'A template has at most 3,000 characters: name fewer members or branches' : undefined;
  const right = as === 'form' ? !wrong.needed && !wrong.members : json.trim() !== '' && !badJson(json);
  const ready = name.trim() !== '' && !longName && !long && description.length <= 1000 && right;

  const change = (to: string) => {
    const read = to === 'form' ? formOf(json) : undefined;
    if (to === 'json') setJson(contentOf({ ...form, needed: form.needed || 1 }));
    if (read) {
      setNeeded(String(read.needed));
      setPool(read.members.join('\n'));
      setBranches(read.branches.join('\n'));
    }
    setAs(to);
  };

  return (
    <FormModal
      title={template ? `Edit ${name}` : 'Create approval rule template'}
      action={template ? 'Save' : 'Create'}
      size="large"
      ready={ready}
      onClose={onClose}
      onSubmit={async () => {
        await (template ? updateTemplate(template, description, content) : createTemplate(name.trim(), description, content));
        onDone(name.trim());
      }}
    >
      {!template && (
        <FormField label="Template name" errorText={longName}>
          <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      )}
      <FormField label={<>Description – <i>optional</i></>} constraintText="At most 1,000 characters.">
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <SegmentedControl
        label="How the rule is written"
        selectedId={as}
        options={[
          { id: 'form', text: 'Form', disabled: as === 'json' && json.trim() !== '' && !formOf(json), disabledReason: 'The form has no place for all that it says.' },
          { id: 'json', text: 'JSON' },
        ]}
        onChange={({ detail }) => change(detail.selectedId)}
      />
      {as === 'form' ? (
        <>
          <FormField label="Number of approvals needed" errorText={wrong.needed}>
            <Input value={needed} inputMode="numeric" onChange={({ detail }) => setNeeded(detail.value)} />
          </FormField>
          <FormField
            label={<>Approval pool members – <i>optional</i></>}
            description="One a line: a user’s name, CodeCommitApprovers:ACCOUNT:NAME, or an ARN; an asterisk stands for any text. Without any, everybody’s approval counts but the author’s."
            errorText={wrong.members ?? long}
          >
            <Textarea value={pool} rows={3} spellcheck={false} onChange={({ detail }) => setPool(detail.value)} />
          </FormField>
          <FormField label={<>Branch filters – <i>optional</i></>} description="One a line, like main or release*. Without any, pull requests into all branches get the rule.">
            <Textarea value={branches} rows={2} spellcheck={false} onChange={({ detail }) => setBranches(detail.value)} />
          </FormField>
        </>
      ) : (
        <FormField errorText={long}>
          <JsonEditor label="Template" rows={12} value={json} onChange={setJson} />
        </FormField>
      )}
    </FormModal>
  );
}
