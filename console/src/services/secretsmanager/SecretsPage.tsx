import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { listSecrets, secretPath } from './api';

export default function SecretsPage() {
  const secrets = useResource('secrets', listSecrets);
  return (
    <ItemTable
      title="Secrets"
      description="Values are not read until you ask for one."
      resource={secrets}
      idOf={({ ARN }) => ARN}
      textOf={({ Name, Description }) => `${Name} ${Description ?? ''}`}
      actions={() => <Button variant="primary" href="#/store-secret">Store a new secret</Button>}
      empty={<Empty title="There are no secrets yet">Builds read them by <code>secrets-manager</code> in a buildspec, and never show them in their logs.</Empty>}
      columns={[
        { id: 'name', header: 'Secret name', isRowHeader: true, sortBy: (it) => it.Name, cell: ({ Name }) => <Link href={`#${secretPath(Name)}`}>{Name}</Link> },
        { id: 'description', header: 'Description', cell: ({ Description }) => Description || '–' },
        { id: 'status', header: 'Status', minWidth: 200, sortBy: (it) => it.DeletedDate ?? 0, cell: ({ DeletedDate }) => (DeletedDate ? <StatusIndicator type="warning">Pending deletion</StatusIndicator> : <StatusIndicator type="success">Active</StatusIndicator>) },
        { id: 'changed', header: 'Last changed', sortBy: (it) => it.LastChangedDate ?? 0, cell: ({ LastChangedDate }) => <Moment at={LastChangedDate} /> },
        { id: 'accessed', header: 'Last retrieved', sortBy: (it) => it.LastAccessedDate ?? 0, cell: ({ LastAccessedDate }) => (LastAccessedDate ? new Date(LastAccessedDate * 1000).toLocaleDateString(undefined, { timeZone: 'UTC' }) : 'Never') },
      ]}
    />
  );
}
