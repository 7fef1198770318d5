import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense, useState } from 'react';
import { notify } from '../../app/notifications';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { DeleteBucket, EmptyBucket } from './DeleteBucket';
import { Objects } from './Objects';
import { bucketPath } from './paths';

const Properties = lazy(() => import('./Properties'));
const Permissions = lazy(() => import('./Permissions'));

export default function BucketPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const prefix = query.get('prefix') ?? '';
  const tab = query.get('tab') ?? 'objects';
  const [open, setOpen] = useState<'delete' | 'empty'>();
  const [round, setRound] = useState(0);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setOpen('empty')}>Empty</Button>
              <Button onClick={() => setOpen('delete')}>Delete bucket</Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <Tabs
        ariaLabel={`Bucket ${name}`}
        activeTabId={tab}
        onChange={({ detail }) => go(bucketPath(name, prefix, detail.activeTabId === 'objects' ? undefined : detail.activeTabId))}
        tabs={[
          { id: 'objects', label: 'Objects', content: <Objects key={`${prefix} ${round}`} bucket={name} prefix={prefix} /> },
          { id: 'properties', label: 'Properties', content: tab === 'properties' && <Suspense fallback={<Spinner />}><Properties bucket={name} /></Suspense> },
          { id: 'permissions', label: 'Permissions', content: tab === 'permissions' && <Suspense fallback={<Spinner />}><Permissions bucket={name} /></Suspense> },
        ]}
      />
      {open === 'empty' && (
        <EmptyBucket
          bucket={name}
          onClose={() => setOpen(undefined)}
          onDone={(count) => {
            notify({ type: 'success', header: `${name} is empty`, content: `${count.toLocaleString()} objects and versions were deleted.` });
            setRound((it) => it + 1);
          }}
        />
      )}
      {open === 'delete' && (
        <DeleteBucket
          bucket={name}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            notify({ type: 'success', header: `${name} was deleted` });
            go('/s3/buckets');
          }}
        />
      )}
    </ContentLayout>
  );
}
