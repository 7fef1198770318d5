import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard from '@cloudscape-design/components/wizard';
import { useMemo, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { session } from '../../../api/session';
import { useResource } from '../../../api/useResource';
import { notify } from '../../../app/notifications';
import { go } from '../../../app/router';
import { Failure } from '../../../components/Failure';
import { JsonView } from '../../../components/JsonView';
import { STEP_WORDS } from '../../../components/Steps';
import { areTags, filled, type Tag, TagFields } from '../../../components/TagPanel';
import { createBucket } from '../../s3/api';
import { createPipeline, listActionTypes } from '../api';
import { places } from '../links';
import type { Action, ActionType, Pipeline } from '../types';
import { ActionFields } from './ActionFields';
import { at, check, type Flaw, startsWith } from './check';
import { artifactsBefore, cleaned, newAction, sameType } from './draft';
import { FlawList } from './FlawList';
import { BucketField, ModeFields } from './GeneralFields';
import { JsonTab, problemsIn } from './JsonTab';
import { parsed } from './parsed';
import { flawsOf as refusedFlaws } from './place';
import { badRoleName, createRole, RoleField, type RoleChoice } from './RoleField';

/** The steps that make a stage each, and what stands in it. */
const STAGES = [
  { title: 'Add source stage', stage: 'Source', action: 'Source', categories: ['Source'], optional: false },
  { title: 'Add build stage', stage: 'Build', action: 'Build', categories: ['Build', 'Test'], optional: true },
  { title: 'Add approval', stage: 'Approve', action: 'Approve', categories: ['Approval'], optional: true },
  { title: 'Add deploy stage', stage: 'Deploy', action: 'Deploy', categories: ['Deploy'], optional: true },
];
type Steps = (Action | undefined)[];

const EMPTY: Pipeline = { name: '', roleArn: '', artifactStore: { type: 'S3', location: '' }, stages: [], pipelineType: 'V2', executionMode: 'SUPERSEDED' };
/** The ARN that a role will have. */
const roleArn = (name: string) => `arn:aws:iam::${session.get()?.account ?? ''}:role/${name}`;

const assembled = (general: Pipeline, steps: Steps): Pipeline => ({
  ...general,
  stages: STAGES.flatMap(({ stage }, index) => {
    const action = steps[index];
    return action ? [{ name: stage, actions: [action] }] : [];
  }),
});

export default function CreatePage() {
  const types = useResource('action types', listActionTypes);
  const [general, setGeneral] = useState(EMPTY);
  const [role, setRole] = useState<RoleChoice>({ kind: 'existing', arn: '', newName: '' });
  const [ownBucket, setOwnBucket] = useState('existing');
  const [tags, setTags] = useState<Tag[]>([]);
  const [steps, setSteps] = useState<Steps>([undefined, undefined, undefined, undefined]);
  const [text, setText] = useState<string>();
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();

  const known = types.data;
  const newBucket = useMemo(() => `codepipeline-${session.get()?.region ?? 'us-east-1'}-${crypto.getRandomValues(new Uint32Array(1))[0]}`, []);
  const named = { ...general, roleArn: role.kind === 'new' ? roleArn(role.newName) : role.arn, artifactStore: { type: 'S3', location: ownBucket === 'new' ? newBucket : (general.artifactStore?.location ?? '') } };
  const pipeline = assembled(named, steps);
  const flaws = check(pipeline, known);
  const shown = tried ? flaws : [];
  const review = text ?? JSON.stringify(cleaned(pipeline), null, 2);
  const said = refusal ? refusedFlaws(refusal, parsed(review) ?? pipeline) : [];
  const problems = problemsIn(review, known ?? [], said);

  const flawsOf = (index: number): Flaw[] => {
    if (index === 0) return [...flaws.filter(({ path }) => path.length > 0 && path[0] !== 'stages'), ...roleFlaws(role), ...(areTags(tags) ? [] : [{ path: ['tags'], message: '', severity: 'error' as const }])];
    const action = steps[index - 1];
    if (!action) return STAGES[index - 1].optional ? [] : [{ path: [], message: 'A source is needed', severity: 'error' }];
    const position = steps.slice(0, index - 1).filter(Boolean).length;
    return flaws.filter(({ path }) => startsWith(path, ['stages', position, 'actions', 0])).map((flaw) => ({ ...flaw, path: flaw.path.slice(4) }));
  };

  const navigate = (to: number) => {
    const blocked = to > step && step <= STAGES.length && flawsOf(step).some(({ severity }) => severity === 'error');
    setTried(blocked);
    if (!blocked) {
      if (to <= STAGES.length) setText(undefined);
      setRefusal(undefined);
      setStep(to);
    }
  };

  const create = async () => {
    setTried(true);
    if (problems.some(({ severity }) => severity === 'error') && !refusal) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const asked = parsed(review) ?? pipeline;
      // What was made stays made where the pipeline is refused: it is there the next time.
      if (asked.artifactStore?.location === newBucket && ownBucket === 'new') {
        await createBucket(newBucket, session.get()?.region ?? 'us-east-1');
        setOwnBucket('existing');
        setGeneral({ ...general, artifactStore: { type: 'S3', location: newBucket } });
      }
      if (role.kind === 'new' && asked.roleArn === roleArn(role.newName)) {
        await createRole(role.newName);
        setRole({ ...role, kind: 'existing', arn: asked.roleArn });
      }
      await createPipeline(asked, tags.length > 0 ? filled(tags).map(({ Key, Value }) => ({ key: Key, value: Value })) : undefined);
      notify({ type: 'success', header: `${asked.name} was created`, content: 'Its first execution has begun.' });
      go(places.pipeline(asked.name));
    } catch (error) {
      setRefusal(error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error)));
      setBusy(false);
    }
  };

  if (types.error && !types.data) return <Failure what="The action types can’t be read" error={types.error} retry={types.reload} />;
  return (
    <Wizard
      activeStepIndex={step}
      isLoadingNextStep={busy}
      onNavigate={({ detail }) => navigate(detail.requestedStepIndex)}
      onCancel={() => go(places.pipelines)}
      onSubmit={create}
      submitButtonText="Create pipeline"
      i18nStrings={STEP_WORDS}
      steps={[
        {
          title: 'Choose pipeline settings',
          content: (
            <Container>
              <SpaceBetween size="l">
                <FormField label="Pipeline name" errorText={at(shown, 'name')} constraintText="It can’t be changed later.">
                  <Input value={general.name} onChange={({ detail }) => setGeneral({ ...general, name: detail.value })} />
                </FormField>
                <RoleField
                  choice={role}
                  onChange={(choice) => setRole({ ...choice, newName: choice.newName || (choice.kind === 'new' ? `AWSCodePipelineServiceRole-${general.name}`.slice(0, 64) : '') })}
                  error={tried ? (role.kind === 'new' ? badRoleName(role.newName) : at(flaws, 'roleArn')) : undefined}
                />
                <FormField label="Where artifacts are kept">
                  <RadioGroup
                    value={ownBucket}
                    onChange={({ detail }) => setOwnBucket(detail.value)}
                    items={[{ value: 'existing', label: 'Existing bucket' }, { value: 'new', label: 'New bucket', description: newBucket }]}
                  />
                </FormField>
                {ownBucket === 'existing' && <BucketField pipeline={general} onChange={setGeneral} flaws={shown} />}
                <ModeFields pipeline={general} onChange={setGeneral} flaws={shown} />
                <FormField label="Tags" stretch><TagFields tags={tags} onChange={setTags} /></FormField>
              </SpaceBetween>
            </Container>
          ),
        },
        ...STAGES.map((it, index) => ({
          title: it.title,
          isOptional: it.optional,
          content: (
            <StageStep
              step={it}
              index={index}
              steps={steps}
              onChange={setSteps}
              types={known ?? []}
              general={general}
              flaws={tried ? flawsOf(index + 1) : []}
            />
          ),
        })),
        {
          title: 'Review',
          content: (
            <SpaceBetween size="m">
              {refusal && <Failure what="The pipeline was not created" error={refusal} />}
              {tried && <FlawList flaws={text === undefined ? flaws : []} pipeline={pipeline} />}
              {role.kind === 'new' && <Alert type="info">The role {role.newName} is made first.</Alert>}
              {ownBucket === 'new' && <Alert type="info">The bucket {newBucket} is made first.</Alert>}
              <Container header={<Header description="More stages and actions can be added here, or by “Edit” once the pipeline exists. What is changed here is lost on the way back to the steps.">Structure</Header>}>
                {busy ? <JsonView label="the structure" text={review} /> : <JsonTab text={review} onChange={(next) => { setText(next); setRefusal(undefined); }} problems={problems} />}
              </Container>
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

const roleFlaws = (role: RoleChoice): Flaw[] => {
  const message = role.kind === 'new' ? badRoleName(role.newName) : undefined;
  return message ? [{ path: ['roleArn'], message, severity: 'error' }] : [];
};

interface StepProps {
  step: (typeof STAGES)[number];
  index: number;
  steps: Steps;
  onChange: (steps: Steps) => void;
  types: ActionType[];
  general: Pipeline;
  flaws: Flaw[];
}

function StageStep({ step, index, steps, onChange, types, general, flaws }: StepProps) {
  const action = steps[index];
  const set = (next: Action | undefined) => onChange(steps.map((it, other) => (other === index ? next : it)));
  const before = assembled(general, steps.map((it, other) => (other < index ? it : undefined)));
  const begin = (type: ActionType): Action => ({
    ...newAction(before, before.stages.length, 1, type),
    name: action?.name || step.action,
    namespace: type.id.category === 'Source' ? 'SourceVariables' : type.id.category === 'Build' ? 'BuildVariables' : undefined,
  });
  const own = types.filter(({ id }) => step.categories.includes(id.category));
  const blank: Action = { name: step.action, actionTypeId: { category: step.categories[0], owner: 'AWS', provider: '', version: '1' } };
  return (
    <Container>
      <SpaceBetween size="l">
        {step.optional && (
          <Checkbox checked={action !== undefined} onChange={({ detail }) => set(detail.checked && own[0] ? begin(own[0]) : undefined)}>
            {`Add a stage ${step.stage}`}
          </Checkbox>
        )}
        {(action || !step.optional) && (
          <ActionFields
            action={action ?? blank}
            onChange={set}
            types={types}
            categories={step.categories}
            onType={(type) => (action && sameType(action.actionTypeId, type.id) ? undefined : set(begin(type)))}
            artifacts={artifactsBefore(before, before.stages.length, 1)}
            flaws={flaws}
          />
        )}
        {flaws.filter(({ path }) => path.length === 0).map(({ message }) => <Alert key={message} type="error">{message}</Alert>)}
      </SpaceBetween>
    </Container>
  );
}
