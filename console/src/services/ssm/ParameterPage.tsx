import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import TokenGroup from '@cloudscape-design/components/token-group';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { AskedValue } from '../../components/AskedValue';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { describeParameter, history, listTags, parameterPath, saveTags, ssm, valueOf, type Metadata, type Past } from './api';

export default function ParameterPage({ params: { name } }: PageProps) {
  const concerns = (arn: string) => arn.includes(':ssm:') && arn.endsWith(name);
  const parameter = useResource(`parameter ${name}`, async (signal) => ({ is: await describeParameter(name, signal) }), concerns);
  const tags = useResource(`parameter tags ${name}`, (signal) => listTags(name, signal));
  const [deleting, setDeleting] = useState(false);
  if (parameter.error && !parameter.data) return <Failure what="The parameter can't be shown" error={parameter.error} retry={parameter.reload} />;
  if (!parameter.data) return <Spinner size="large" />;
  const found = parameter.data.is;
  if (!found) return <Empty title={`There is no parameter ${name}`}>It may have been deleted, or be in another region.</Empty>;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={found.Description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setDeleting(true)}>Delete</Button>
              <Button variant="primary" href={`#${parameterPath(name)}/edit`}>Edit</Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <Tabs
        ariaLabel={`About ${name}`}
        tabs={[
          { id: 'overview', label: 'Overview', content: <Overview parameter={found} /> },
          { id: 'history', label: 'History', content: <History parameter={found} /> },
          { id: 'tags', label: 'Tags', content: <TagPanel resource={tags} save={(changes) => saveTags(name, changes)} /> },
        ]}
      />
      {deleting && (
        <ConfirmDelete
          title={`Delete ${name}?`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await ssm('DeleteParameter', { Name: name });
            go('/ssm/parameters');
          }}
        >
          All its versions go with it. This can’t be undone.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Overview({ parameter: { Name, ARN, Type, KeyId, Tier, Version, DataType, AllowedPattern, LastModifiedDate, LastModifiedUser } }: { parameter: Metadata }) {
  return (
    <Container header={<Header>Parameter details</Header>}>
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Type', value: Type },
            { label: 'Tier', value: Tier },
            { label: 'Version', value: Version },
            { label: 'Data type', value: DataType },
            { label: 'KMS key', value: KeyId ?? '–' },
            { label: 'Allowed pattern', value: AllowedPattern ?? '–' },
            { label: 'Last modified', value: <Moment at={LastModifiedDate} /> },
            { label: 'By', value: <span className="wrapped">{LastModifiedUser}</span> },
            { label: 'ARN', value: <span className="wrapped">{ARN ?? '–'}</span> },
          ]}
        />
        <KeyValuePairs
          items={[{ label: 'Value', value: <AskedValue key={`${Name} ${Version}`} label={Name} action={Type === 'SecureString' ? 'Show decrypted value' : 'Show value'} ask={() => valueOf(Name, Type === 'SecureString')} /> }]}
        />
      </SpaceBetween>
    </Container>
  );
}

function History({ parameter }: { parameter: Metadata }) {
  const { Name, Type } = parameter;
  const versions = useResource(`parameter history ${Name} ${parameter.Version}`, async (signal) => (await history(Name, signal)).reverse());
  const [labelled, setLabelled] = useState<Past>();
  return (
    <>
      <ItemTable
        level="part"
        title="Versions"
        resource={versions}
        idOf={({ Version }) => String(Version)}
        selection="single"
        actions={([version]) => <Button disabled={!version} onClick={() => setLabelled(version)}>Manage labels</Button>}
        empty={null}
        columns={[
          { id: 'version', header: 'Version', isRowHeader: true, cell: ({ Version }) => Version },
          // What the history itself has of a SecureString is ciphertext: the value is asked for by version.
          { id: 'value', header: 'Value', minWidth: 220, cell: ({ Version }) => <AskedValue label={`version ${Version}`} ask={() => valueOf(Name, Type === 'SecureString', Version)} /> },
          { id: 'labels', header: 'Labels', cell: ({ Labels = [] }) => (Labels.length === 0 ? '–' : <SpaceBetween direction="horizontal" size="xs">{Labels.map((label) => <Badge key={label} color="blue">{label}</Badge>)}</SpaceBetween>) },
          { id: 'date', header: 'Last modified', cell: ({ LastModifiedDate }) => <Moment at={LastModifiedDate} /> },
          { id: 'user', header: 'By', cell: ({ LastModifiedUser }) => <span className="wrapped">{LastModifiedUser.split('/').pop()}</span> },
        ]}
      />
      {labelled && <Labels name={Name} version={labelled} onDone={versions.reload} onClose={() => setLabelled(undefined)} />}
    </>
  );
}

function Labels({ name, version: { Version, Labels = [] }, onDone, onClose }: { name: string; version: Past; onDone: () => void; onClose: () => void }) {
  const [labels, setLabels] = useState(Labels);
  const [text, setText] = useState('');
  const bad = text !== '' && (!/^[A-Za-z0-9_.-]{1,100}$/.test(text) || /^\d|^(aws|ssm)/i.test(text)) && 'Letters, digits and _ . - ; it begins neither with a digit nor with aws or ssm';
  const wanted = text && !bad && !labels.includes(text) ? [...labels, text] : labels;
  const save = async () => {
    const gone = Labels.filter((label) => !wanted.includes(label));
    const set = wanted.filter((label) => !Labels.includes(label));
    if (gone.length > 0) await ssm('UnlabelParameterVersion', { Name: name, ParameterVersion: Version, Labels: gone });
    if (set.length > 0) {
      const { InvalidLabels = [] } = await ssm<{ InvalidLabels?: string[] }>('LabelParameterVersion', { Name: name, ParameterVersion: Version, Labels: set });
      if (InvalidLabels.length > 0) throw new Error(`Not taken: ${InvalidLabels.join(', ')}`);
    }
    onDone();
  };
  return (
    <FormModal title={`Labels of version ${Version}`} action="Save labels" ready={!bad} onSubmit={save} onClose={onClose}>
      <FormField label="New label" description="A label belongs to one version: setting it here takes it from another." errorText={bad}>
        <Input value={text} autoFocus onChange={({ detail }) => setText(detail.value)} />
      </FormField>
      <TokenGroup items={labels.map((label) => ({ label, dismissLabel: `Remove ${label}` }))} onDismiss={({ detail }) => setLabels(labels.filter((_, at) => at !== detail.itemIndex))} />
    </FormModal>
  );
}
