import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { duration, Elapsed } from '../../components/time';
import { GanttBar, useNow } from './GanttBar';
import { span } from './gantt';
import { Status } from './status';
import type { ActionExecution } from './types';

interface Props {
  actions: ActionExecution[];
  chosen?: string;
  onChoose: (actionExecutionId: string) => void;
}

const timedOf = ({ startTime, lastUpdateTime, status }: ActionExecution) => ({ start: startTime, end: status === 'InProgress' ? undefined : lastUpdateTime });

/** The actions of an execution where they were in time. */
export function ActionTimeline({ actions, chosen, onChoose }: Props) {
  const time = useNow(actions.some(({ status }) => status === 'InProgress'));
  const whole = span(actions.map(timedOf), time);
  return (
    <Table
      items={actions}
      trackBy="actionExecutionId"
      contentDensity="compact"
      wrapLines
      enableKeyboardNavigation
      selectedItems={actions.filter(({ actionExecutionId }) => actionExecutionId === chosen)}
      ariaLabels={{ tableLabel: 'Timeline of actions' }}
      header={<Header description={actions.length > 0 ? `${duration(whole.to - whole.from)} in all` : undefined}>Timeline</Header>}
      empty="No action has begun yet."
      columnDefinitions={[
        {
          id: 'action',
          header: 'Action',
          isRowHeader: true,
          cell: (it) => (
            <Link onFollow={(event) => { event.preventDefault(); onChoose(it.actionExecutionId); }} href={location.hash} ariaLabel={`Details of ${it.actionName}`}>
              {it.actionName}
            </Link>
          ),
        },
        { id: 'stage', header: 'Stage', cell: (it) => it.stageName },
        { id: 'provider', header: 'Provider', cell: (it) => it.input?.actionTypeId?.provider ?? '–' },
        { id: 'status', header: 'Status', minWidth: 130, cell: (it) => <Status word={it.status} /> },
        { id: 'took', header: 'Duration', cell: (it) => <Elapsed {...timedOf(it)} /> },
        { id: 'when', header: 'When', minWidth: 240, cell: (it) => <GanttBar timed={timedOf(it)} whole={whole} time={time} status={it.status} /> },
      ]}
    />
  );
}
