import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FileDropzone from '@cloudscape-design/components/file-dropzone';
import FileInput from '@cloudscape-design/components/file-input';
import Header from '@cloudscape-design/components/header';
import Icon from '@cloudscape-design/components/icon';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify, notifyError } from '../../app/notifications';
import { bytes } from '../../components/bytes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { deleteObjects, list, type Entry, type Marker } from './api';
import { CreateFolder } from './CreateFolder';
import { DeleteObjects } from './DeleteObjects';
import { copyBack, download } from './objects';
import { bucketPath, objectPath } from './paths';
import { Share } from './Share';
import { UploadList } from './UploadList';
import { add } from './uploads';

const PAGE = 200;
const idOf = ({ key, versionId }: Entry) => `${key} ${versionId ?? ''}`;

/** Objects of a bucket below a prefix: a page of them is read at a time, however many there are. */
export function Objects({ bucket, prefix }: { bucket: string; prefix: string }) {
  const [versions, setVersions] = useState(false);
  const [text, setText] = useState('');
  const [begins, setBegins] = useState('');
  // Where each page that was seen begins; the listing itself says where the next one does.
  const [markers, setMarkers] = useState<(Marker | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<Entry[]>([]);
  const [open, setOpen] = useState<'folder' | 'delete' | 'share'>();

  const from = markers[page - 1];
  const listing = useResource(
    `objects ${bucket} ${prefix} ${begins} ${versions} ${JSON.stringify(from ?? null)}`,
    (signal) => list({ bucket, prefix: prefix + begins, delimiter: '/', versions, from, most: PAGE, signal }),
  );
  const entries = (listing.data?.entries ?? []).filter(({ key }) => key !== prefix || versions);
  const next = listing.data?.next;

  const restart = () => {
    setMarkers([undefined]);
    setPage(1);
    setChosen([]);
  };
  const again = () => {
    restart();
    listing.reload();
  };
  const turn = (to: number) => {
    if (to > markers.length) {
      if (!next) return;
      setMarkers([...markers, next]);
    }
    setPage(to);
    setChosen([]);
  };
  const send = (files: File[]) => add(bucket, prefix, files, listing.reload);
  const objects = chosen.filter((it) => !it.isFolder && !it.isDeleteMarker);
  const attempt = (failed: string, action: () => Promise<void>) =>
    action().then(again, (error: unknown) => notifyError(failed, error));

  const act = (id: string) => {
    const one = chosen[0];
    try {
      if (id === 'download') objects.forEach(({ key, versionId }) => download(bucket, key, versions ? versionId : undefined));
      else if (id === 'uri') void navigator.clipboard.writeText(`s3://${bucket}/${one.key}`).then(() => notify({ type: 'success', header: `s3://${bucket}/${one.key} was copied` }));
      else if (id === 'restore' && one.isDeleteMarker) {
        void attempt(`${one.key} was not restored`, () => deleteObjects(bucket, [{ key: one.key, versionId: one.versionId }]));
      } else if (id === 'restore' && one.versionId) {
        void attempt(`${one.key} was not restored`, () => copyBack(bucket, one.key, one.versionId!));
      } else if (id === 'share') setOpen('share');
    } catch (error) {
      notifyError('That can’t be done', error);
    }
  };
  const canRestore = chosen.length === 1 && versions && !chosen[0].isFolder && (chosen[0].isDeleteMarker ? chosen[0].isLatest : !chosen[0].isLatest);

  return (
    <SpaceBetween size="m">
      <Folders bucket={bucket} prefix={prefix} />
      <UploadList bucket={bucket} />
      {listing.error && !listing.data ? (
        <Failure what="The objects can't be listed" error={listing.error} retry={listing.reload} />
      ) : (
        <Table
          items={entries}
          trackBy={idOf}
          selectionType="multi"
          selectedItems={chosen}
          onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
          loading={!listing.data}
          loadingText="Reading objects"
          enableKeyboardNavigation
          ariaLabels={{
            tableLabel: 'Objects',
            selectionGroupLabel: 'Choose objects',
            allItemsSelectionLabel: () => 'Choose all on this page',
            itemSelectionLabel: (_, entry) => `Choose ${entry.key.slice(prefix.length) || entry.key}${versions && entry.versionId ? ` version ${entry.versionId}` : ''}`,
          }}
          header={
            <Header
              counter={listing.data && `(${entries.length}${next || page > 1 ? '+' : ''})`}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Read anew" loading={listing.loading && !!listing.data} onClick={again} />
                  <Button disabled={objects.length === 0} onClick={() => act('download')}>Download</Button>
                  <Button disabled={chosen.length === 0} onClick={() => setOpen('delete')}>Delete</Button>
                  <ButtonDropdown
                    items={[
                      { id: 'uri', text: 'Copy S3 URI', disabled: chosen.length !== 1 },
                      { id: 'share', text: 'Share with a presigned URL', disabled: chosen.length !== 1 || objects.length !== 1 },
                      { id: 'restore', text: versions && chosen[0]?.isDeleteMarker ? 'Undelete' : 'Make this the current version', disabled: !canRestore },
                    ]}
                    onItemClick={({ detail }) => act(detail.id)}
                  >
                    Actions
                  </ButtonDropdown>
                  <Button onClick={() => setOpen('folder')}>Create folder</Button>
                  <FileInput multiple value={[]} onChange={({ detail }) => send(detail.value)}>Upload</FileInput>
                </SpaceBetween>
              }
            >
              Objects
            </Header>
          }
          filter={
            <SpaceBetween direction="horizontal" size="m" alignItems="center">
              <TextFilter
                filteringText={text}
                filteringPlaceholder="Find objects by prefix"
                filteringAriaLabel="Find objects by prefix"
                onChange={({ detail }) => setText(detail.filteringText)}
                onDelayedChange={({ detail }) => {
                  setBegins(detail.filteringText);
                  restart();
                }}
              />
              <Toggle
                checked={versions}
                onChange={({ detail }) => {
                  setVersions(detail.checked);
                  restart();
                }}
              >
                Show versions
              </Toggle>
            </SpaceBetween>
          }
          pagination={<Pagination currentPageIndex={page} pagesCount={Math.max(markers.length, page)} openEnd={!!next || page < markers.length} onChange={({ detail }) => turn(detail.currentPageIndex)} onNextPageClick={({ detail }) => turn(detail.requestedPageIndex)} />}
          empty={
            begins ? (
              <Empty title="No key begins so">S3 finds keys by how they begin, with upper and lower case apart.</Empty>
            ) : (
              <Empty title="There are no objects here">Drop files below, or choose “Upload”.</Empty>
            )
          }
          columnDefinitions={[
            { id: 'name', header: 'Name', isRowHeader: true, minWidth: 220, cell: (entry) => <Name bucket={bucket} prefix={prefix} entry={entry} versions={versions} /> },
            ...(versions ? [{ id: 'version', header: 'Version ID', cell: ({ versionId, isLatest }: Entry) => <>{versionId ?? '–'} {isLatest && <Badge color="blue">current</Badge>}</> }] : []),
            { id: 'modified', header: 'Last modified', minWidth: 170, cell: ({ modified }) => <Moment at={modified} /> },
            { id: 'size', header: 'Size', cell: ({ size }) => bytes(size) },
            { id: 'class', header: 'Storage class', cell: ({ storageClass }) => storageClass ?? '–' },
          ]}
        />
      )}
      <FileDropzone onChange={({ detail }) => send(detail.value)}>
        <Box padding="m" color="text-body-secondary">Drop files here to upload them to {prefix || bucket}</Box>
      </FileDropzone>
      {open === 'folder' && <CreateFolder bucket={bucket} prefix={prefix} onClose={() => setOpen(undefined)} onDone={again} />}
      {open === 'delete' && <DeleteObjects bucket={bucket} entries={chosen} versions={versions} onClose={() => setOpen(undefined)} onDone={again} />}
      {open === 'share' && objects[0] && <Share bucket={bucket} objectKey={objects[0].key} versionId={versions ? objects[0].versionId : undefined} onClose={() => setOpen(undefined)} />}
    </SpaceBetween>
  );
}

function Name({ bucket, prefix, entry, versions }: { bucket: string; prefix: string; entry: Entry; versions: boolean }) {
  const shown = entry.key.slice(prefix.length) || entry.key;
  if (entry.isFolder) return <Link href={`#${bucketPath(bucket, entry.key)}`}><Icon name="folder" /> {shown}</Link>;
  if (entry.isDeleteMarker) return <>{shown} <Badge color="red">delete marker</Badge></>;
  return <Link href={`#${objectPath(bucket, entry.key, versions && !entry.isLatest ? entry.versionId : undefined)}`}>{shown}</Link>;
}

function Folders({ bucket, prefix }: { bucket: string; prefix: string }) {
  if (!prefix) return null;
  const parts = prefix.replace(/\/$/, '').split('/');
  const folders = parts.map((text, at) => ({ text: text || '/', href: `#${bucketPath(bucket, `${parts.slice(0, at + 1).join('/')}/`)}` }));
  return <BreadcrumbGroup ariaLabel="Folders" items={[{ text: bucket, href: `#${bucketPath(bucket)}` }, ...folders]} />;
}
