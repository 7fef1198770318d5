import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import type { Loaded } from '../../api/useResource';
import { type Column, ItemTable } from '../../components/ItemTable';
import { Elapsed, Moment } from '../../components/time';
import { places } from './places';
import { revisionText } from './revision';
import { creatorText, isOver, Status } from './status';
import type { Deployment } from './types';

interface Props {
  resource: Pick<Loaded<Deployment[]>, 'data' | 'error' | 'loading' | 'reload'>;
  level: 'page' | 'part';
  withGroup?: boolean;
  filters?: ReactNode;
  actions?: ReactNode;
  empty: ReactNode;
}

const COLUMNS: Column<Deployment>[] = [
  { id: 'id', header: 'Deployment id', isRowHeader: true, minWidth: 130, cell: ({ deploymentId: id }) => <Link href={`#${places.deployment(id)}`}>{id}</Link> },
  { id: 'status', header: 'Status', minWidth: 130, sortBy: ({ status }) => status, cell: ({ status }) => <Status word={status} /> },
  {
    id: 'group',
    header: 'Application / group',
    minWidth: 150,
    sortBy: (it) => `${it.applicationName}/${it.deploymentGroupName}`,
    cell: (it) => (
      <>
        <Link href={`#${places.application(it.applicationName)}`}>{it.applicationName}</Link> /{' '}
        <Link href={`#${places.group(it.applicationName, it.deploymentGroupName)}`}>{it.deploymentGroupName}</Link>
      </>
    ),
  },
  { id: 'revision', header: 'Revision', minWidth: 180, cell: ({ revision }) => revisionText(revision) },
  { id: 'creator', header: 'Initiated by', sortBy: ({ creator = '' }) => creator, cell: ({ creator }) => creatorText(creator) },
  { id: 'start', header: 'Created', minWidth: 140, sortBy: ({ createTime = 0 }) => createTime, cell: ({ createTime }) => <Moment at={createTime} /> },
  { id: 'took', header: 'Duration', cell: (it) => <Elapsed start={it.startTime ?? it.createTime} end={isOver(it) ? (it.completeTime ?? it.createTime) : undefined} /> },
];

export function DeploymentTable({ resource, level, withGroup, filters, actions, empty }: Props) {
  return (
    <ItemTable
      title={level === 'page' ? 'Deployments' : 'Deployment history'}
      level={level}
      resource={resource}
      idOf={({ deploymentId }) => deploymentId}
      textOf={(it) => [it.deploymentId, it.applicationName, it.deploymentGroupName, revisionText(it.revision), it.description].join(' ')}
      columns={withGroup ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'group')}
      filters={filters}
      actions={() => actions}
      empty={empty}
      pageSize={level === 'page' ? 25 : 10}
    />
  );
}
