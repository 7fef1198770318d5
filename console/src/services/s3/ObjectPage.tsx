import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notifyError } from '../../app/notifications';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { bytes } from '../../components/bytes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { deleteObjects, list, type Entry } from './api';
import { DeleteObjects } from './DeleteObjects';
import { beginning, copyBack, download, head, nameOf, type ObjectHead } from './objects';
import { bucketPath, objectPath } from './paths';
import { Share } from './Share';
import { Tags } from './Tags';

/** Most that is shown of a text, in bytes. */
const SHOWN = 256 * 1024;
const TEXTS = /^(text\/|application\/(json|xml|x-yaml|yaml|javascript|x-sh|toml))|\+(json|xml)$/;
const TEXT_NAMES = /\.(txt|log|md|json|ya?ml|xml|html?|css|js|ts|sh|toml|ini|csv|tsv|rs|py|go|java|c|h|rb|properties|conf)$/i;

export default function ObjectPage({ params: { name: bucket, key } }: PageProps) {
  const { query } = useAddress();
  const versionId = query.get('versionId') ?? undefined;
  const [open, setOpen] = useState<'delete' | 'share'>();
  const object = useResource(`object ${bucket} ${key} ${versionId ?? ''}`, (signal) => head(bucket, key, versionId, signal));
  const folder = bucketPath(bucket, key.slice(0, key.lastIndexOf('/') + 1));

  if (object.error?.status === 404) {
    return (
      <Empty title={`There is no object ${key}`}>
        It was deleted, or never was. <Link href={`#${folder}`}>Its folder</Link> shows what is there, with “Show versions” also what was.
      </Empty>
    );
  }
  if (object.error) return <Failure what="The object can't be shown" error={object.error} retry={object.reload} />;
  if (!object.data) return <Spinner size="large" />;
  const it = object.data;
  const load = () => {
    try {
      download(bucket, key, versionId);
    } catch (error) {
      notifyError('The object can’t be downloaded', error);
    }
  };
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={versionId && `Version ${versionId}`}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <CopyToClipboard variant="button" copyButtonText="Copy S3 URI" textToCopy={`s3://${bucket}/${key}`} copySuccessText="Copied" copyErrorText="It could not be copied" />
              <Button onClick={() => setOpen('share')}>Share</Button>
              <Button onClick={() => setOpen('delete')}>Delete</Button>
              <Button variant="primary" iconName="download" onClick={load}>Download</Button>
            </SpaceBetween>
          }
        >
          {nameOf(key)}
        </Header>
      }
    >
      <Tabs
        ariaLabel="Object"
        tabs={[
          { id: 'properties', label: 'Properties', content: <Details bucket={bucket} objectKey={key} versionId={versionId} head={it} /> },
          { id: 'content', label: 'Content', content: <Content bucket={bucket} objectKey={key} versionId={versionId} head={it} />, contentRenderStrategy: 'lazy' },
          { id: 'versions', label: 'Versions', content: <Versions bucket={bucket} objectKey={key} onChange={object.reload} />, contentRenderStrategy: 'lazy' },
        ]}
      />
      {open === 'delete' && (
        <DeleteObjects
          bucket={bucket}
          entries={[{ key, isFolder: false, versionId }]}
          versions={versionId !== undefined}
          onClose={() => setOpen(undefined)}
          onDone={() => go(folder)}
        />
      )}
      {open === 'share' && <Share bucket={bucket} objectKey={key} versionId={versionId} onClose={() => setOpen(undefined)} />}
    </ContentLayout>
  );
}

interface Part {
  bucket: string;
  objectKey: string;
  versionId?: string;
  head: ObjectHead;
}

function Details({ bucket, objectKey, versionId, head: it }: Part) {
  const pairs = (list: { name: string; value: string }[]) => list.map(({ name, value }) => ({ label: name, value }));
  return (
    <SpaceBetween size="l">
      <Container header={<Header>Object overview</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Key', value: objectKey },
            { label: 'Size', value: `${bytes(it.size)} (${it.size.toLocaleString()} bytes)` },
            { label: 'Last modified', value: <Moment at={it.modified} /> },
            { label: 'Entity tag (ETag)', value: it.etag ?? '–' },
            { label: 'Version ID', value: it.versionId ?? '–' },
            { label: 'Storage class', value: it.storageClass ?? '–' },
            { label: 'Amazon Resource Name (ARN)', value: `arn:aws:s3:::${bucket}/${objectKey}` },
          ]}
        />
      </Container>
      <Container header={<Header>Server-side encryption</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Encryption type', value: it.encryption === 'aws:kms' ? 'SSE-KMS' : it.encryption === 'AES256' ? 'SSE-S3' : it.encryption ?? '–' },
            { label: 'KMS key', value: it.kmsKey ?? '–' },
            { label: 'Bucket Key', value: it.bucketKey === 'true' ? 'Enabled' : 'Disabled' },
          ]}
        />
      </Container>
      <Container header={<Header description={it.checksumType && `Type ${it.checksumType}`}>Checksums</Header>}>
        {it.checksums.length > 0 ? <KeyValuePairs columns={2} items={pairs(it.checksums)} /> : <Box color="text-body-secondary">Its upload brought none but the ETag.</Box>}
      </Container>
      <Container header={<Header>Metadata</Header>}>
        <KeyValuePairs columns={3} items={[...pairs(it.system), ...it.user.map(({ name, value }) => ({ label: `x-amz-meta-${name}`, value }))]} />
      </Container>
      <Tags bucket={bucket} objectKey={objectKey} versionId={versionId} />
    </SpaceBetween>
  );
}

function Content({ bucket, objectKey, versionId, head: it }: Part) {
  const isText = TEXTS.test(it.contentType ?? '') || TEXT_NAMES.test(objectKey);
  const wanted = isText && it.size > 0;
  const text = useResource(`content ${bucket} ${objectKey} ${versionId ?? ''} ${it.etag} ${wanted}`, (signal) =>
    wanted ? beginning(bucket, objectKey, versionId, SHOWN, signal) : Promise.resolve(''),
  );
  if (!isText) return <Empty title="This is no text">“Download” loads it into a file.</Empty>;
  if (it.size === 0) return <Empty title="The object is empty">It has no bytes.</Empty>;
  if (text.error) return <Failure what="The content can't be shown" error={text.error} retry={text.reload} />;
  if (text.data === undefined) return <Spinner />;
  return (
    <SpaceBetween size="s">
      {it.size > SHOWN && <Box color="text-body-secondary">The first {bytes(SHOWN)} of {bytes(it.size)}</Box>}
      <Box variant="pre">{text.data}</Box>
    </SpaceBetween>
  );
}

/** Most versions that are shown of one object. */
const MOST_VERSIONS = 1000;

function Versions({ bucket, objectKey, onChange }: { bucket: string; objectKey: string; onChange: () => void }) {
  const of = useResource(`versions ${bucket} ${objectKey}`, async (signal) => {
    // Keys that go on behind this one sort behind all its versions.
    const page = await list({ bucket, prefix: objectKey, versions: true, most: MOST_VERSIONS, signal });
    return page.entries.filter(({ key }) => key === objectKey);
  });
  const [chosen, setChosen] = useState<Entry[]>([]);
  const [deleting, setDeleting] = useState(false);
  const [busy, act] = useAction();
  if (of.error) return <Failure what="The versions can't be listed" error={of.error} retry={of.reload} />;
  const one = chosen[0];
  const again = () => {
    setChosen([]);
    of.reload();
    onChange();
  };
  const restore = () =>
    act('The version was not restored', async () => {
      if (one.isDeleteMarker) await deleteObjects(bucket, [{ key: one.key, versionId: one.versionId }]);
      else await copyBack(bucket, one.key, one.versionId!);
      again();
    });
  return (
    <>
      <Table
        items={of.data ?? []}
        loading={!of.data}
        loadingText="Reading versions"
        trackBy={({ versionId }) => versionId ?? ''}
        selectionType="single"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{ tableLabel: 'Versions', selectionGroupLabel: 'Choose a version', itemSelectionLabel: (_, { versionId }) => `Choose version ${versionId}` }}
        header={
          <Header
            counter={of.data && `(${of.data.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!one || one.isLatest} loading={busy} onClick={restore}>Make this the current version</Button>
                <Button disabled={!one} onClick={() => setDeleting(true)}>Delete version</Button>
              </SpaceBetween>
            }
          >
            Versions
          </Header>
        }
        columnDefinitions={[
          {
            id: 'version',
            header: 'Version ID',
            isRowHeader: true,
            cell: ({ key, versionId, isDeleteMarker }) => (isDeleteMarker ? `${versionId} (delete marker)` : <Link href={`#${objectPath(bucket, key, versionId)}`}>{versionId}</Link>),
          },
          { id: 'current', header: 'Current', cell: ({ isLatest }) => (isLatest ? 'Yes' : 'No') },
          { id: 'modified', header: 'Last modified', cell: ({ modified }) => <Moment at={modified} /> },
          { id: 'size', header: 'Size', cell: ({ size }) => bytes(size) },
        ]}
      />
      {deleting && one && <DeleteObjects bucket={bucket} entries={[one]} versions onClose={() => setDeleting(false)} onDone={again} />}
    </>
  );
}
