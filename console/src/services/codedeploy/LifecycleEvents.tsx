import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { Elapsed, Moment } from '../../components/time';
import './codedeploy.css';
import { readable, Status } from './status';
import type { LifecycleEvent, Target } from './types';

/** What happened on a host, event by event, with what its scripts wrote. */
export function LifecycleEvents({ target }: { target: Target }) {
  return (
    <Table
      items={target.lifecycleEvents ?? []}
      trackBy="lifecycleEventName"
      wrapLines
      ariaLabels={{ tableLabel: `Events of ${target.targetId}` }}
      header={<Header info={<Status word={target.status} />} description="What a script writes is kept up to its last kilobytes.">{`Events of ${target.targetId}`}</Header>}
      empty="Nothing has begun on this host yet."
      columnDefinitions={[
        { id: 'event', header: 'Event', isRowHeader: true, minWidth: 140, cell: ({ lifecycleEventName }) => lifecycleEventName },
        { id: 'status', header: 'Status', minWidth: 130, cell: ({ status }) => <Status word={status} /> },
        { id: 'took', header: 'Duration', cell: (it) => <Elapsed start={it.startTime} end={it.status === 'InProgress' ? undefined : (it.endTime ?? it.startTime)} /> },
        { id: 'start', header: 'Started', minWidth: 140, cell: ({ startTime }) => <Moment at={startTime} /> },
        { id: 'output', header: 'Output', minWidth: 260, cell: (event) => <Output event={event} /> },
      ]}
    />
  );
}

function Output({ event: { lifecycleEventName: name, diagnostics, status } }: { event: LifecycleEvent }) {
  const { errorCode, scriptName, message, logTail } = diagnostics ?? {};
  const failed = status === 'Failed';
  if (!logTail && !failed) return <>–</>;
  return (
    <SpaceBetween size="xxs">
      {failed && <Box color="text-status-error">{errorCode && <strong>{readable(errorCode)}. </strong>}{message}</Box>}
      {scriptName && <Box fontSize="body-s">Script <code>{scriptName}</code></Box>}
      {logTail && (
        <ExpandableSection headerText="Script output" headingTagOverride="h3" defaultExpanded={failed} variant="inline">
          <pre className="script-output" role="region" tabIndex={0} aria-label={`Output of ${name}`}>{logTail}</pre>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
