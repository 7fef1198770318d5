import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useMemo, useState } from 'react';
import { ApiError } from '../../../api/errors';
import { useResource } from '../../../api/useResource';
import { notify } from '../../../app/notifications';
import { go } from '../../../app/router';
import type { PageProps } from '../../../app/service';
import { Failure } from '../../../components/Failure';
import { useGuard } from '../../../components/guard';
import { hasErrors } from '../../../components/JsonText';
import { getPipeline, listActionTypes, updatePipeline } from '../api';
import { places } from '../links';
import type { ActionType, Pipeline } from '../types';
import { check, type Flaw } from './check';
import { cleaned } from './draft';
import { FlawList } from './FlawList';
import { BucketField, ModeFields } from './GeneralFields';
import { JsonTab, problemsIn } from './JsonTab';
import { parsed } from './parsed';
import { flawsOf } from './place';
import { RoleField } from './RoleField';
import { StagesEditor } from './StagesEditor';

export default function EditPage({ params: { name } }: PageProps) {
  const { data, error, reload } = useResource(`edit ${name}`, async (signal) => ({
    pipeline: (await getPipeline(name, signal)).pipeline,
    // Who may not list them edits without what they tell.
    types: await listActionTypes(signal).catch((): ActionType[] => []),
  }));
  if (error && !data) return <Failure what="The pipeline can’t be edited" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  return <Editor key={data.pipeline.version} original={data.pipeline} types={data.types} />;
}

type Tab = 'stages' | 'settings' | 'json';

function Editor({ original, types }: { original: Pipeline; types: ActionType[] }) {
  const { name } = original;
  const [draft, setDraft] = useState(original);
  const [text, setText] = useState('');
  const [tab, setTab] = useState<Tab>('stages');
  const [refusal, setRefusal] = useState<{ error: ApiError; of: Pipeline }>();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const known = types.length > 0 ? types : undefined;
  const current = tab === 'json' ? (parsed(text) ?? draft) : draft;
  // What the yard said is of what was sent: it goes with the next change.
  const said: Flaw[] = useMemo(
    () => (refusal && JSON.stringify(refusal.of) === JSON.stringify(current) ? flawsOf(refusal.error, current) : []),
    [refusal, current],
  );
  const flaws = useMemo(() => [...check(draft, known), ...said], [draft, known, said]);
  const problems = useMemo(() => (tab === 'json' ? problemsIn(text, types, said) : []), [tab, text, types, said]);
  const changed = tab === 'json' ? text !== written(original) : JSON.stringify(draft) !== JSON.stringify(original);

  const change = (next: Tab) => {
    if (tab === 'json') {
      const read = parsed(text);
      if (!read) return;
      setDraft(read);
    }
    if (next === 'json') setText(written(draft));
    setTab(next);
  };

  const save = async () => {
    setTried(true);
    const wrong = tab === 'json' ? hasErrors(problems) : flaws.some(({ severity }) => severity === 'error');
    if (wrong && said.length === 0) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      if (!(await isUnchanged())) return setBusy(false);
      const made = await updatePipeline(cleaned(current));
      notify({ type: 'success', header: `${name} was saved`, content: `It is version ${made.version}. Executions in progress that have changed stages before them are cancelled.` });
      go(places.pipeline(name));
    } catch (error) {
      setRefusal({ error: error instanceof ApiError ? error : new ApiError(0, 'Failed', String(error)), of: current });
      setBusy(false);
    }
  };

  const { isUnchanged, question } = useGuard<Pipeline>(
    {
      opened: original,
      read: async () => (await getPipeline(name)).pipeline,
      shown: (now) => `Version ${now.version}; you edited version ${original.version}.`,
      load: (now) => {
        setDraft(now);
        setText(written(now));
      },
    },
    () => void save(),
  );

  const unreadable = tab === 'json' && !parsed(text);
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${places.pipeline(name)}`}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!changed} onClick={save}>Save</Button>
          </SpaceBetween>
        }
      >
        Edit {name}
      </Header>
      {question}
      {refusal && said.length > 0 && <Failure what="The yard refuses the structure" error={refusal.error} />}
      {refusal && flawsOf(refusal.error, current).length === 0 && <Failure what="The pipeline was not saved" error={refusal.error} />}
      {tried && tab !== 'json' && <FlawList flaws={flaws.filter((it) => !said.includes(it))} pipeline={draft} />}
      {unreadable && <Alert type="info">The form shows the document again once it can be read as a pipeline.</Alert>}
      <Tabs
        ariaLabel="How the pipeline is edited"
        activeTabId={tab}
        onChange={({ detail }) => change(detail.activeTabId as Tab)}
        tabs={[
          { id: 'stages', label: 'Stages', disabled: unreadable, content: tab === 'stages' && <StagesEditor pipeline={draft} onChange={setDraft} types={types} flaws={flaws} /> },
          { id: 'settings', label: 'Settings', disabled: unreadable, content: tab === 'settings' && <Settings draft={draft} onChange={setDraft} flaws={flaws} /> },
          { id: 'json', label: 'JSON', content: tab === 'json' && <JsonTab text={text} onChange={setText} problems={problems} /> },
        ]}
      />
    </SpaceBetween>
  );
}

const written = ({ version: _, ...pipeline }: Pipeline) => JSON.stringify(pipeline, null, 2);

function Settings({ draft, onChange, flaws }: { draft: Pipeline; onChange: (pipeline: Pipeline) => void; flaws: Flaw[] }) {
  const role = flaws.find(({ path }) => path.length === 1 && path[0] === 'roleArn')?.message;
  return (
    <Container>
      <SpaceBetween size="l">
        <ModeFields pipeline={draft} onChange={onChange} flaws={flaws} />
        <RoleField existingOnly choice={{ kind: 'existing', arn: draft.roleArn, newName: '' }} onChange={({ arn }) => onChange({ ...draft, roleArn: arn })} error={role} />
        {draft.artifactStores === undefined && <BucketField pipeline={draft} onChange={onChange} flaws={flaws} />}
      </SpaceBetween>
    </Container>
  );
}
