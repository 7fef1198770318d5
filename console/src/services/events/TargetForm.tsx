import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useMemo, useState } from 'react';
import { IAM, queryAll } from '../../api/query';
import { session } from '../../api/session';
import { useResource } from '../../api/useResource';
import { FormModal } from '../../components/FormModal';
import { JsonEditor } from '../../components/JsonEditor';
import { hasErrors, problemsOf } from '../../components/JsonText';
import { listProjectNames } from '../codebuild/api';
import { listPipelines } from '../codepipeline/api';
import { listGroups } from '../logs/api';
import { events, throwFailed, type Failed, type Target } from './api';

const KINDS = [
  { value: 'codepipeline', label: 'CodePipeline pipeline', id: 'Pipeline' },
  { value: 'codebuild', label: 'CodeBuild project', id: 'Project' },
  { value: 'logs', label: 'CloudWatch log group', id: 'LogGroup' },
];
/** Log groups that are offered; any other can be typed. */
const MOST_GROUPS = 1_000;
type Given = 'event' | 'part' | 'constant' | 'transformed';

const kindOf = (arn: string) => KINDS.find(({ value }) => arn.split(':')[2] === value) ?? KINDS[0];
const givenOf = (target?: Target): Given => (target?.Input !== undefined ? 'constant' : target?.InputPath !== undefined ? 'part' : target?.InputTransformer ? 'transformed' : 'event');

/** ARNs of what can be a target of a kind. */
async function candidates(kind: string, signal: AbortSignal): Promise<string[]> {
  const { region, account } = session.get() ?? { region: '', account: '' };
  const arn = (resource: string) => `arn:aws:${kind}:${region}:${account}:${resource}`;
  if (kind === 'codepipeline') return (await listPipelines(signal)).map(({ name }) => arn(name));
  if (kind === 'codebuild') return (await listProjectNames(signal)).map((name) => arn(`project/${name}`));
  return (await listGroups('', MOST_GROUPS, signal)).groups.map(({ logGroupName }) => arn(`log-group:${logGroupName}`));
}

interface Props {
  rule: string;
  /** The one that is edited; without it, a new one is added. */
  target?: Target;
  known: Target[];
  onDone: () => void;
  onClose: () => void;
}

/** Where a rule's events go, as what, and in what form. */
export function TargetForm({ rule, target, known, onDone, onClose }: Props) {
  const [kind, setKind] = useState(() => kindOf(target?.Arn ?? ''));
  const [arn, setArn] = useState(target?.Arn ?? '');
  const [id, setId] = useState(target?.Id ?? '');
  const [role, setRole] = useState(target?.RoleArn ?? '');
  const [given, setGiven] = useState<Given>(() => givenOf(target));
  const [constant, setConstant] = useState(target?.Input ?? '{}');
  const [part, setPart] = useState(target?.InputPath ?? '$.detail');
  const [paths, setPaths] = useState(() => Object.entries(target?.InputTransformer?.InputPathsMap ?? { name: '$.detail.name' }).map(([name, path]) => ({ name, path })));
  const [template, setTemplate] = useState(target?.InputTransformer?.InputTemplate ?? '{"name": "<name>"}');
  const [attempts, setAttempts] = useState(String(target?.RetryPolicy?.MaximumRetryAttempts ?? ''));
  const [age, setAge] = useState(String(target?.RetryPolicy?.MaximumEventAgeInSeconds ?? ''));

  const needsRole = kind.value !== 'logs';
  const arns = useResource(`targets of ${kind.value}`, (signal) => candidates(kind.value, signal));
  const roles = useResource('roles for targets', async (signal) => (await queryAll<{ Arn: string }>(IAM, 'ListRoles', 'Roles', {}, signal)).map(({ Arn }) => Arn));
  const problems = useMemo(() => problemsOf(constant), [constant]);
  const ids = new Set(known.map(({ Id }) => Id));
  const newId = id || (() => {
    for (let n = 1; ; n++) if (!ids.has(`${kind.id}${n}`)) return `${kind.id}${n}`;
  })();
  const badId = id !== '' && !/^[.\-_A-Za-z0-9]{1,64}$/.test(id) ? 'Up to 64 letters, digits and . - _' : !target && ids.has(id) && 'Another target has this id';
  const badArn = arn !== '' && !arn.startsWith(`arn:aws:${kind.value}:`) && `The ARN of a ${kind.label} begins with arn:aws:${kind.value}:`;
  const isPath = (text: string) => /^\$((\.[^.[\]*?() ]+)|(\[[^\]]+\]))*$/.test(text);
  const badPart = given === 'part' && !isPath(part) && 'A JSON path, as $.detail';
  const unknown = [...template.matchAll(/<([^<>\s]+)>/g)].map(([, name]) => name).filter((name) => !name.startsWith('aws.events.') && !paths.some((it) => it.name === name));
  const badTemplate = given === 'transformed' && (template === '' ? 'A template is needed' : unknown.length > 0 && `No path is called ${unknown.join(', ')}`);
  const badPaths = given === 'transformed' && paths.some(({ name, path }) => !name || !isPath(path));
  const wholeNumber = (text: string, from: number, to: number) => text !== '' && !(/^\d+$/.test(text) && Number(text) >= from && Number(text) <= to) && `From ${from} to ${to}`;
  const badAttempts = wholeNumber(attempts, 0, 185);
  const badAge = wholeNumber(age, 60, 86_400);
  const ready = arn !== '' && !badArn && !badId && (!needsRole || role !== '') && !(given === 'constant' && hasErrors(problems)) && !badPart && !badTemplate && !badPaths && !badAttempts && !badAge;

  const save = async () => {
    const policy = { MaximumRetryAttempts: attempts === '' ? undefined : Number(attempts), MaximumEventAgeInSeconds: age === '' ? undefined : Number(age) };
    const put: Target = {
      // PutTargets replaces all of a target: what the form does not show stays.
      ...target,
      Id: newId,
      Arn: arn,
      RoleArn: needsRole ? role : undefined,
      Input: given === 'constant' ? constant : undefined,
      InputPath: given === 'part' ? part : undefined,
      InputTransformer: given === 'transformed' ? { InputPathsMap: Object.fromEntries(paths.map(({ name, path }) => [name, path])), InputTemplate: template } : undefined,
      RetryPolicy: attempts !== '' || age !== '' ? policy : undefined,
    };
    throwFailed(await events<Failed>('PutTargets', { Rule: rule, Targets: [put] }));
    onDone();
  };

  return (
    <FormModal title={target ? `Edit the target ${target.Id}` : `Add a target to ${rule}`} action={target ? 'Save changes' : 'Add target'} size="large" ready={ready} onSubmit={save} onClose={onClose}>
      <FormField label="Target type">
        <Select
          ariaLabel="Target type"
          selectedOption={kind}
          options={KINDS}
          onChange={({ detail }) => {
            setKind(KINDS.find(({ value }) => value === detail.selectedOption.value) ?? KINDS[0]);
            setArn('');
          }}
        />
      </FormField>
      <FormField label="Target" description="The ARN." errorText={badArn} constraintText={arns.error && 'They can’t be listed: type the ARN.'}>
        <Autosuggest value={arn} ariaLabel="Target" options={(arns.data ?? []).map((value) => ({ value }))} enteredTextLabel={(value) => `Use ${value}`} empty="There are none yet" onChange={({ detail }) => setArn(detail.value)} />
      </FormField>
      {needsRole && (
        <FormField label="Execution role" description="EventBridge starts the target as it: it must trust events.amazonaws.com and allow the start." constraintText={roles.error && 'Roles can’t be listed: type the ARN.'}>
          <Autosuggest value={role} ariaLabel="Execution role" options={(roles.data ?? []).map((value) => ({ value }))} enteredTextLabel={(value) => `Use ${value}`} empty="There are no roles" onChange={({ detail }) => setRole(detail.value)} />
        </FormField>
      )}
      {!target && (
        <FormField label="Id" errorText={badId}>
          <Input value={id} placeholder={newId} onChange={({ detail }) => setId(detail.value)} />
        </FormField>
      )}
      <FormField label="Target input">
        <RadioGroup
          value={given}
          onChange={({ detail }) => setGiven(detail.value as Given)}
          items={[
            { value: 'event', label: 'Matched event' },
            { value: 'part', label: 'Part of the matched event' },
            { value: 'constant', label: 'Constant (JSON text)' },
            { value: 'transformed', label: 'Input transformer' },
          ]}
        />
      </FormField>
      {given === 'part' && (
        <FormField label="Path" errorText={badPart}>
          <Input value={part} onChange={({ detail }) => setPart(detail.value)} />
        </FormField>
      )}
      {given === 'constant' && <JsonEditor ariaLabel="Constant" value={constant} onChange={setConstant} problems={problems} rows={6} />}
      {given === 'transformed' && (
        <SpaceBetween size="m">
          <FormField label="Input paths" description="What of the event the template may use, each with a name.">
            <AttributeEditor
              items={paths}
              addButtonText="Add a path"
              removeButtonText="Remove"
              empty="The template uses nothing of the event."
              onAddButtonClick={() => setPaths([...paths, { name: '', path: '$.' }])}
              onRemoveButtonClick={({ detail }) => setPaths(paths.filter((_, at) => at !== detail.itemIndex))}
              definition={[
                { label: 'Name', control: ({ name }, at) => <Input value={name} onChange={({ detail }) => setPaths(paths.map((it, index) => (index === at ? { ...it, name: detail.value } : it)))} /> },
                {
                  label: 'Path',
                  control: ({ path }, at) => <Input value={path} onChange={({ detail }) => setPaths(paths.map((it, index) => (index === at ? { ...it, path: detail.value } : it)))} />,
                  errorText: ({ path }) => !isPath(path) && 'As $.detail.name',
                },
              ]}
            />
          </FormField>
          <FormField label="Template" description="Text or JSON; <name> stands for what the path found. <aws.events.event.json> is the whole event." errorText={badTemplate}>
            <Textarea value={template} rows={5} spellcheck={false} onChange={({ detail }) => setTemplate(detail.value)} />
          </FormField>
        </SpaceBetween>
      )}
      <ExpandableSection headerText="Retry policy">
        <SpaceBetween size="m">
          <FormField label="Attempts after the first" description="185 unless you say otherwise." errorText={badAttempts}>
            <Input value={attempts} inputMode="numeric" onChange={({ detail }) => setAttempts(detail.value)} />
          </FormField>
          <FormField label="Longest age of an event in seconds" description="86400, a day, unless you say otherwise." errorText={badAge}>
            <Input value={age} inputMode="numeric" onChange={({ detail }) => setAge(detail.value)} />
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
    </FormModal>
  );
}
