import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Table from '@cloudscape-design/components/table';
import { bytes } from '../../components/bytes';
import { cancel, clear, useUploads, type Upload } from './uploads';

/** Uploads to a bucket, those that go on and those that are over, until they are cleared. */
export function UploadList({ bucket }: { bucket: string }) {
  const uploads = useUploads().filter((it) => it.bucket === bucket);
  if (uploads.length === 0) return null;
  const going = uploads.filter(({ state }) => state === 'waiting' || state === 'sending');
  return (
    <Table
      items={uploads}
      trackBy={({ id }) => String(id)}
      contentDensity="compact"
      wrapLines
      ariaLabels={{ tableLabel: 'Uploads' }}
      header={
        <Header
          counter={`(${uploads.length - going.length}/${uploads.length})`}
          actions={going.length > 0 ? <Button onClick={() => going.forEach(({ id }) => cancel(id))}>Cancel all</Button> : <Button onClick={clear}>Clear</Button>}
        >
          Uploads
        </Header>
      }
      columnDefinitions={[
        { id: 'key', header: 'Name', isRowHeader: true, cell: ({ key }) => key },
        { id: 'size', header: 'Size', cell: ({ size }) => bytes(size) },
        { id: 'progress', header: 'Progress', minWidth: 220, cell: (upload) => <Progress upload={upload} /> },
        {
          id: 'cancel',
          header: 'Action',
          cell: ({ id, key, state }) =>
            (state === 'waiting' || state === 'sending') && <Button variant="inline-link" ariaLabel={`Cancel ${key}`} onClick={() => cancel(id)}>Cancel</Button>,
        },
      ]}
    />
  );
}

function Progress({ upload: { key, size, sent, state, error } }: { upload: Upload }) {
  const status = state === 'done' ? 'success' : state === 'failed' || state === 'cancelled' ? 'error' : 'in-progress';
  const said = state === 'done' ? 'Uploaded' : state === 'cancelled' ? 'Cancelled' : error;
  return <ProgressBar ariaLabel={`Upload of ${key}`} value={size === 0 ? (state === 'done' ? 100 : 0) : (100 * sent) / size} status={status} resultText={said} additionalInfo={state === 'waiting' ? 'Waiting' : undefined} />;
}
