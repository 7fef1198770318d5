import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Failure } from '../../components/Failure';
import { JsonView } from '../../components/JsonView';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { deletePipeline, getPipeline, isPipeline, listTags, tag, untag } from './api';
import { places } from './links';
import { PipelineFrame } from './PipelineFrame';

export default function SettingsPage({ params: { name } }: PageProps) {
  const [deleting, setDeleting] = useState(false);
  const { data, error, reload } = useResource(`settings ${name}`, (signal) => getPipeline(name, signal), (arn) => isPipeline(arn, name));
  const { pipeline, metadata } = data ?? {};
  const store = pipeline && (pipeline.artifactStore ?? Object.values(pipeline.artifactStores ?? {})[0]);
  return (
    <PipelineFrame name={name} tab="settings">
      <SpaceBetween size="l">
        {error && !data && <Failure what="The settings can’t be shown" error={error} retry={reload} />}
        {!data && !error && <Spinner size="large" />}
        {pipeline && (
          <>
            <Container header={<Header actions={<Button href={`#${places.edit(name)}`}>Edit</Button>}>General</Header>}>
              <KeyValuePairs
                columns={3}
                items={[
                  { label: 'ARN', value: metadata?.pipelineArn ?? '–' },
                  { label: 'Pipeline type', value: pipeline.pipelineType ?? 'V1' },
                  { label: 'Execution mode', value: pipeline.executionMode ?? 'SUPERSEDED' },
                  { label: 'Version', value: pipeline.version },
                  { label: 'Created', value: <Moment at={metadata?.created} /> },
                  { label: 'Changed', value: <Moment at={metadata?.updated} /> },
                  { label: 'Service role', value: pipeline.roleArn },
                  { label: 'Artifact bucket', value: store?.location ?? '–' },
                  { label: 'Encryption key', value: pipeline.artifactStore?.encryptionKey?.id ?? 'The bucket’s own' },
                ]}
              />
            </Container>
            <Table
              items={pipeline.variables ?? []}
              trackBy="name"
              wrapLines
              ariaLabels={{ tableLabel: 'Variables' }}
              header={<Header description="Given when an execution starts; actions read them as #{variables.NAME}.">Variables</Header>}
              empty="The pipeline has none. V2 pipelines may have variables: Edit, then Settings."
              columnDefinitions={[
                { id: 'name', header: 'Name', isRowHeader: true, cell: (it) => it.name },
                { id: 'default', header: 'Default value', cell: (it) => it.defaultValue ?? '–' },
                { id: 'description', header: 'Description', cell: (it) => it.description ?? '–' },
              ]}
            />
            {metadata?.pipelineArn && <PipelineTags arn={metadata.pipelineArn} />}
            <Container header={<Header>Structure</Header>}>
              <JsonView label="the pipeline’s structure" text={JSON.stringify(pipeline)} />
            </Container>
            <Container header={<Header actions={<Button onClick={() => setDeleting(true)}>Delete pipeline</Button>}>Delete</Header>}>
              The structure, the executions and their history go. What the pipeline uses stays.
            </Container>
          </>
        )}
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete ${name}?`}
          typed={name}
          onConfirm={async () => {
            await deletePipeline(name);
            go(places.pipelines);
          }}
          onClose={() => setDeleting(false)}
        >
          Its structure, its executions and their history go; repositories, projects, groups and artifacts in its bucket stay.
        </ConfirmDelete>
      )}
    </PipelineFrame>
  );
}

function PipelineTags({ arn }: { arn: string }) {
  const tags = useResource(`tags ${arn}`, async (signal) => (await listTags(arn, signal)).map(({ key, value }) => ({ Key: key, Value: value })));
  return (
    <TagPanel
      resource={tags}
      save={async ({ set, gone }) => {
        if (set.length > 0) await tag(arn, set.map(({ Key, Value }) => ({ key: Key, value: Value })));
        if (gone.length > 0) await untag(arn, gone);
      }}
    />
  );
}
