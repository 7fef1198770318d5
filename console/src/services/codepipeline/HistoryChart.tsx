import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { Elapsed, Moment } from '../../components/time';
import { GanttBar, useNow } from './GanttBar';
import { span } from './gantt';
import { isActive } from './graph/model';
import { places } from './links';
import { Status } from './status';
import type { ExecutionSummary } from './types';

interface Props {
  name: string;
  executions: ExecutionSummary[];
  header: ReactNode;
  filter: ReactNode;
  pagination: ReactNode;
  empty: ReactNode;
}

const timedOf = (it: ExecutionSummary) => ({ start: it.startTime, end: isActive(it) ? undefined : it.lastUpdateTime });

/** Executions where they were in time: which ran beside each other, and which took long. */
export function HistoryChart({ name, executions, ...parts }: Props) {
  const time = useNow(executions.some(isActive));
  const whole = span(executions.map(timedOf), time);
  return (
    <Table
      {...parts}
      items={executions}
      trackBy="pipelineExecutionId"
      contentDensity="compact"
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Timeline of executions' }}
      columnDefinitions={[
        {
          id: 'id',
          header: 'Execution id',
          isRowHeader: true,
          cell: ({ pipelineExecutionId: id }) => <Link href={`#${places.execution(name, id)}`} ariaLabel={`Execution ${id}`}>{id.slice(0, 8)}</Link>,
        },
        { id: 'status', header: 'Status', cell: ({ status }) => <Status word={status} /> },
        { id: 'started', header: 'Started', cell: ({ startTime }) => <Moment at={startTime} /> },
        { id: 'took', header: 'Duration', cell: (it) => <Elapsed {...timedOf(it)} /> },
        { id: 'when', header: 'When', minWidth: 240, cell: (it) => <GanttBar timed={timedOf(it)} whole={whole} time={time} status={it.status} /> },
      ]}
    />
  );
}
