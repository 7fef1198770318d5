import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useResource } from '../../api/useResource';
import { notifyError } from '../../app/notifications';
import { bytes } from '../../components/bytes';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { list } from '../s3/api';
import { download } from '../s3/objects';
import { bucketPath, locationOf, objectPath } from '../s3/paths';
import type { Artifacts as Location, Build } from './api';

/** What a build left in S3. */
export default function Artifacts({ build }: { build: Build }) {
  const all = [build.artifacts, ...(build.secondaryArtifacts ?? [])].filter((it): it is Location => !!it?.location);
  if (all.length === 0) {
    return <Empty title="This build has no artifacts">{build.buildComplete ? 'The project’s settings of artifacts say where they go.' : 'They are uploaded when the build comes to its end.'}</Empty>;
  }
  return <SpaceBetween size="l">{all.map((it) => <One key={it.location} artifacts={it} />)}</SpaceBetween>;
}

/** Most files that are listed; the bucket's page has all. */
const MOST = 1000;

function One({ artifacts }: { artifacts: Location }) {
  const place = locationOf(artifacts.location ?? '');
  const bucket = place?.bucket ?? '';
  const key = place?.key ?? '';
  const title = artifacts.artifactIdentifier ?? 'Artifacts';
  // A ZIP file has that very key, a folder's files have it before theirs.
  const files = useResource(`artifacts ${artifacts.location}`, async (signal) => {
    if (!place) return { entries: [], more: false };
    const page = await list({ bucket, prefix: key, versions: false, most: MOST, signal });
    const own = page.entries.filter((it) => it.key === key || it.key.startsWith(key.endsWith('/') || key === '' ? key : `${key}/`));
    return { entries: own, more: !!page.next };
  });
  if (!place) return <Empty title={title}>{artifacts.location}</Empty>;
  if (files.error) return <Failure what="The artifacts can't be listed" error={files.error} retry={files.reload} />;
  const load = (at: string) => {
    try {
      download(bucket, at);
    } catch (error) {
      notifyError('It can’t be downloaded', error);
    }
  };
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  return (
    <Table
      items={files.data?.entries ?? []}
      trackBy="key"
      loading={!files.data}
      loadingText="Reading artifacts"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: title }}
      header={
        <Header
          counter={files.data && `(${files.data.entries.length}${files.data.more ? '+' : ''})`}
          description={artifacts.sha256sum ? `SHA-256 ${artifacts.sha256sum}` : artifacts.location}
          actions={<Button href={`#${bucketPath(bucket, folder)}`}>Open in S3</Button>}
        >
          {title}
        </Header>
      }
      empty={<Empty title="Nothing is there (any more)">{artifacts.location}</Empty>}
      columnDefinitions={[
        { id: 'key', header: 'File', isRowHeader: true, cell: (it) => <Link href={`#${objectPath(bucket, it.key)}`}>{it.key.slice(folder.length)}</Link> },
        { id: 'size', header: 'Size', cell: ({ size }) => bytes(size) },
        { id: 'modified', header: 'Last modified', cell: ({ modified }) => <Moment at={modified} /> },
        {
          id: 'download',
          header: 'Action',
          cell: (it) => (it.size === undefined ? <Box>–</Box> : <Button variant="inline-link" ariaLabel={`Download ${it.key}`} onClick={() => load(it.key)}>Download</Button>),
        },
      ]}
    />
  );
}
