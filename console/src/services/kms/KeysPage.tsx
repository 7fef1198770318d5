import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMemo, useState } from 'react';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { keyPath, listKeys, readableState } from './api';

export function KeyState({ state }: { state: string }) {
  return <StatusIndicator type={state === 'Enabled' ? 'success' : state === 'Disabled' ? 'stopped' : 'warning'}>{readableState(state)}</StatusIndicator>;
}

export default function KeysPage() {
  const keys = useResource('kms keys', listKeys, (arn) => arn.includes(':kms:'));
  const [manager, setManager] = useState<'CUSTOMER' | 'AWS'>('CUSTOMER');
  const shown = useMemo(() => keys.data?.filter(({ key, aliases }) => (key ? key.KeyManager === 'AWS' : aliases.some((it) => it.startsWith('aws/'))) === (manager === 'AWS')), [keys.data, manager]);
  return (
    <ItemTable
      title={manager === 'AWS' ? 'AWS managed keys' : 'Customer managed keys'}
      description={manager === 'AWS' ? 'Services made these for the account when they first needed one.' : 'Keys of your own, which you name, allow, rotate and delete.'}
      resource={{ ...keys, data: shown }}
      idOf={({ id }) => id}
      textOf={({ id, aliases, key }) => `${id} ${aliases.join(' ')} ${key?.Description ?? ''}`}
      filters={
        <SegmentedControl
          label="Whose keys"
          selectedId={manager}
          options={[
            { id: 'CUSTOMER', text: 'Customer managed' },
            { id: 'AWS', text: 'AWS managed' },
          ]}
          onChange={({ detail }) => setManager(detail.selectedId as 'CUSTOMER' | 'AWS')}
        />
      }
      actions={() => <Button variant="primary" href="#/kms/create-key">Create key</Button>}
      empty={<Empty title="There are no such keys yet">Secrets, parameters, objects and repositories are encrypted by keys. “Create key” makes one whose use you decide.</Empty>}
      columns={[
        { id: 'alias', header: 'Aliases', sortBy: (it) => it.aliases.join(), cell: ({ aliases }) => aliases.join(', ') || '–' },
        { id: 'id', header: 'Key id', isRowHeader: true, cell: ({ id }) => <Link href={`#${keyPath(id)}`}>{id}</Link> },
        { id: 'state', header: 'Status', minWidth: 170, sortBy: (it) => it.key?.KeyState ?? '', cell: ({ key }) => (key ? <KeyState state={key.KeyState} /> : 'Not shown to you') },
        { id: 'spec', header: 'Key spec', cell: ({ key }) => key?.KeySpec ?? '–' },
        { id: 'usage', header: 'Key usage', cell: ({ key }) => key?.KeyUsage ?? '–' },
        { id: 'created', header: 'Created', sortBy: (it) => it.key?.CreationDate ?? 0, cell: ({ key }) => <Moment at={key?.CreationDate} /> },
      ]}
    />
  );
}
