import Link from '@cloudscape-design/components/link';
import { useResource } from '../../api/useResource';
import { ItemTable } from '../../components/ItemTable';
import { listBuses } from './api';

export default function BusesPage() {
  const buses = useResource('event buses', listBuses);
  return (
    <ItemTable
      title="Event buses"
      description="Services announce what changes on the default bus; this yard has no other, and refuses to make one."
      resource={buses}
      idOf={({ Name }) => Name}
      empty={null}
      columns={[
        { id: 'name', header: 'Name', isRowHeader: true, cell: ({ Name }) => Name },
        { id: 'arn', header: 'ARN', cell: ({ Arn }) => <span className="wrapped">{Arn}</span> },
        { id: 'rules', header: 'Rules', cell: () => <Link href="#/events/rules">Rules of the bus</Link> },
      ]}
    />
  );
}
