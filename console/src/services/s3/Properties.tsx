import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useResource, type Loaded } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import {
  abortUpload, getDocument, getEncryption, getEventBridge, getRegion, getVersioning, pendingUploads, putEncryption,
  putEventBridge, putVersioning, type Encryption,
} from './settings';
import { Tags } from './Tags';

/** What a setting shows once it was read, or why it can't be. */
export function Setting<T>({ title, of, description, children }: { title: string; of: Loaded<T>; description?: string; children: (data: T) => ReactNode }) {
  return (
    <Container header={<Header description={description}>{title}</Header>}>
      {of.error ? <Failure what={`${title} can’t be shown`} error={of.error} retry={of.reload} /> : 'data' in of ? children(of.data as T) : <Spinner />}
    </Container>
  );
}

export default function Properties({ bucket }: { bucket: string }) {
  return (
    <SpaceBetween size="l">
      <Overview bucket={bucket} />
      <VersioningBox bucket={bucket} />
      <Tags bucket={bucket} />
      <EncryptionBox bucket={bucket} />
      <EventsBox bucket={bucket} />
      <PendingBox bucket={bucket} />
      <LifecycleBox bucket={bucket} />
    </SpaceBetween>
  );
}

function Overview({ bucket }: { bucket: string }) {
  const region = useResource(`region ${bucket}`, (signal) => getRegion(bucket, signal));
  return (
    <Container header={<Header>Bucket overview</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'AWS Region', value: region.data ?? (region.error ? region.error.code : '–') },
          { label: 'Amazon Resource Name (ARN)', value: `arn:aws:s3:::${bucket}` },
        ]}
      />
    </Container>
  );
}

function VersioningBox({ bucket }: { bucket: string }) {
  const of = useResource(`versioning ${bucket}`, (signal) => getVersioning(bucket, signal));
  const [busy, act] = useAction();
  const set = (status: 'Enabled' | 'Suspended') =>
    act('The versioning was not changed', async () => {
      await putVersioning(bucket, status);
      notify({ type: 'success', header: `Versioning of ${bucket} is ${status.toLowerCase()}` });
      of.reload();
    });
  return (
    <Setting title="Bucket Versioning" of={of} description="Keeps what is overwritten or deleted.">
      {(status) => (
        <SpaceBetween size="s">
          <Box>{status ?? 'Never enabled'}</Box>
          {status === 'Enabled' ? (
            <Button loading={busy} onClick={() => set('Suspended')}>Suspend</Button>
          ) : (
            <Button loading={busy} onClick={() => set('Enabled')}>Enable</Button>
          )}
          {!status && <Box color="text-body-secondary">Once enabled it can be suspended, but not taken back: versions stay.</Box>}
        </SpaceBetween>
      )}
    </Setting>
  );
}

function EncryptionBox({ bucket }: { bucket: string }) {
  const of = useResource(`encryption ${bucket}`, (signal) => getEncryption(bucket, signal));
  return (
    <Setting title="Default encryption" of={of} description="How new objects are sealed where their upload does not say.">
      {(now) => <EncryptionForm key={JSON.stringify(now ?? null)} bucket={bucket} now={now} onDone={of.reload} />}
    </Setting>
  );
}

function EncryptionForm({ bucket, now, onDone }: { bucket: string; now: Encryption | undefined; onDone: () => void }) {
  const [algorithm, setAlgorithm] = useState(now?.algorithm ?? 'AES256');
  const [kmsKey, setKmsKey] = useState(now?.kmsKey ?? '');
  const [bucketKey, setBucketKey] = useState(now?.bucketKey ?? false);
  const [busy, act] = useAction();
  const save = (event: FormEvent) => {
    event.preventDefault();
    void act('The encryption was not changed', async () => {
      await putEncryption(bucket, { algorithm, kmsKey: algorithm === 'aws:kms' ? kmsKey : undefined, bucketKey: algorithm === 'aws:kms' && bucketKey });
      notify({ type: 'success', header: `Encryption of ${bucket} was changed`, content: 'Objects that are there stay as they are.' });
      onDone();
    });
  };
  return (
    <form onSubmit={save}>
      <Form actions={<Button loading={busy}>Save encryption</Button>}>
        <SpaceBetween size="m">
          <RadioGroup
            ariaLabel="Encryption type"
            value={algorithm}
            onChange={({ detail }) => setAlgorithm(detail.value)}
            items={[
              { value: 'AES256', label: 'Amazon S3 managed keys (SSE-S3)' },
              { value: 'aws:kms', label: 'AWS Key Management Service keys (SSE-KMS)' },
            ]}
          />
          {algorithm === 'aws:kms' && (
            <>
              <FormField label="AWS KMS key" description="ARN, id or alias; empty for S3’s own key, aws/s3.">
                <Input value={kmsKey} placeholder="alias/my-key" onChange={({ detail }) => setKmsKey(detail.value)} />
              </FormField>
              <Checkbox checked={bucketKey} onChange={({ detail }) => setBucketKey(detail.checked)}>Bucket Key: fewer calls of KMS</Checkbox>
            </>
          )}
        </SpaceBetween>
      </Form>
    </form>
  );
}

function EventsBox({ bucket }: { bucket: string }) {
  const of = useResource(`notification ${bucket}`, (signal) => getEventBridge(bucket, signal));
  const [busy, act] = useAction();
  return (
    <Setting title="Amazon EventBridge" of={of} description="Tells the default event bus of objects that come and go. Pipelines with a source here need it.">
      {(on) => (
        <Toggle
          checked={on}
          disabled={busy}
          onChange={({ detail }) =>
            act('The notifications were not changed', async () => {
              await putEventBridge(bucket, detail.checked);
              of.reload();
            })
          }
        >
          Send notifications for all events
        </Toggle>
      )}
    </Setting>
  );
}

function PendingBox({ bucket }: { bucket: string }) {
  const of = useResource(`uploads ${bucket}`, (signal) => pendingUploads(bucket, signal));
  const [busy, act] = useAction();
  return (
    <Setting title="Incomplete multipart uploads" of={of} description="Their parts take room until they are aborted.">
      {(uploads) => (
        <Table
          variant="embedded"
          items={uploads}
          trackBy="uploadId"
          ariaLabels={{ tableLabel: 'Incomplete multipart uploads' }}
          empty={<Empty title="There are none">What was begun was completed or aborted.</Empty>}
          columnDefinitions={[
            { id: 'key', header: 'Key', isRowHeader: true, cell: ({ key }) => key },
            { id: 'begun', header: 'Begun', cell: ({ begun }) => <Moment at={begun} /> },
            {
              id: 'abort',
              header: 'Action',
              cell: ({ key, uploadId }) => (
                <Button
                  variant="inline-link"
                  disabled={busy}
                  ariaLabel={`Abort the upload of ${key}`}
                  onClick={() =>
                    act('The upload was not aborted', async () => {
                      await abortUpload(bucket, key, uploadId);
                      of.reload();
                    })
                  }
                >
                  Abort
                </Button>
              ),
            },
          ]}
        />
      )}
    </Setting>
  );
}

function LifecycleBox({ bucket }: { bucket: string }) {
  const lifecycle = useResource(`lifecycle ${bucket}`, (signal) => getDocument(bucket, 'lifecycle', signal));
  const cors = useResource(`cors ${bucket}`, (signal) => getDocument(bucket, 'cors', signal));
  const shown = (none: string) => (text: string | undefined) => (text ? <Box variant="pre">{text}</Box> : <Box color="text-body-secondary">{none}</Box>);
  return (
    <>
      <Setting title="Lifecycle configuration" of={lifecycle}>{shown('None. This yard runs no lifecycle rules and refuses to take any.')}</Setting>
      <Setting title="Cross-origin resource sharing (CORS)" of={cors}>{shown('None. This yard refuses to take rules: browsers read buckets from its own address alone.')}</Setting>
    </>
  );
}
