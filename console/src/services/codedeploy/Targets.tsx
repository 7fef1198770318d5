import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Pagination from '@cloudscape-design/components/pagination';
import { useState } from 'react';
import { Elapsed, Moment } from '../../components/time';
import { LifecycleEvents } from './LifecycleEvents';
import { Status } from './status';
import type { LifecycleEvent, Target } from './types';

const PAGE = 20;
const isRunning = ({ status }: Target) => status === 'InProgress';

/** The event that a host is at, or where it ended. */
export function currentEvent({ lifecycleEvents = [] }: Target): LifecycleEvent | undefined {
  return (
    lifecycleEvents.find(({ status }) => status === 'Failed') ??
    lifecycleEvents.find(({ status }) => status === 'InProgress') ??
    lifecycleEvents.findLast(({ status }) => status === 'Succeeded')
  );
}

/** From the first event’s start to the last one’s end, in seconds since 1970. */
export function spanOf({ lifecycleEvents = [], status }: Target): { start?: number; end?: number } {
  const starts = lifecycleEvents.flatMap(({ startTime }) => startTime ?? []);
  const ends = lifecycleEvents.flatMap(({ endTime }) => endTime ?? []);
  const start = starts.length > 0 ? Math.min(...starts) : undefined;
  return { start, end: status === 'InProgress' ? undefined : ends.length > 0 ? Math.max(...ends) : start };
}

/** The hosts of a deployment; of one of them the lifecycle events, of the first that failed if nobody chose. */
export function Targets({ targets, over }: { targets: Target[]; over: boolean }) {
  const [chosen, setChosen] = useState<string>();
  const [filter, setFilter] = useState('all');
  const [page, setPage] = useState(1);
  const fitting = targets.filter(({ status }) => filter === 'all' || status === filter);
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
  const at = Math.min(page, pages);
  const shown = targets.find(({ targetId }) => targetId === chosen) ?? targets.find(({ status }) => status === 'Failed') ?? targets.find(isRunning) ?? targets[0];
  return (
    <SpaceBetween size="l">
      <Table
        items={fitting.slice((at - 1) * PAGE, at * PAGE)}
        trackBy="targetId"
        wrapLines
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: 'Hosts' }}
        header={
          <Header
            counter={`(${targets.length})`}
            actions={
              <SegmentedControl
                label="Hosts by status"
                selectedId={filter}
                onChange={({ detail }) => setFilter(detail.selectedId)}
                options={['all', 'InProgress', 'Succeeded', 'Failed', 'Skipped'].map((id) => ({ id, text: id === 'all' ? 'All' : id === 'InProgress' ? 'In progress' : id }))}
              />
            }
          >
            Deployment lifecycle events
          </Header>
        }
        pagination={pages > 1 && <Pagination currentPageIndex={at} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} />}
        empty={filter !== 'all' ? 'No host is in this state.' : over ? 'It had no hosts.' : 'The hosts are being looked up.'}
        columnDefinitions={[
          { id: 'id', header: 'Instance', isRowHeader: true, cell: ({ targetId }) => targetId },
          { id: 'status', header: 'Status', minWidth: 130, cell: ({ status }) => <Status word={status} /> },
          { id: 'event', header: 'Most recent event', minWidth: 140, cell: (it) => currentEvent(it)?.lifecycleEventName ?? '–' },
          { id: 'took', header: 'Duration', cell: (it) => <Elapsed {...spanOf(it)} /> },
          { id: 'start', header: 'Started', minWidth: 140, cell: (it) => <Moment at={spanOf(it).start} /> },
          {
            id: 'events',
            header: 'Events',
            cell: ({ targetId }) => (
              <Button variant="inline-link" ariaLabel={`View events of ${targetId}`} onClick={() => setChosen(targetId)}>View events</Button>
            ),
          },
        ]}
      />
      {shown ? <LifecycleEvents target={shown} /> : !over && <Box color="text-body-secondary">Events are shown as soon as a host begins.</Box>}
    </SpaceBetween>
  );
}
