import Table from '@cloudscape-design/components/table';
import Header from '@cloudscape-design/components/header';
import { duration, Elapsed } from '../../components/time';
import type { Phase } from './api';
import { readable, Status } from './status';
import './timeline.css';

/** What an end is called: it takes no time. */
const ENDS = new Set(['COMPLETED']);

/** The phases of a build or of a batch, each where it was in time. */
export function Timeline({ of }: { of: { phases?: Phase[] } }) {
  const phases = (of.phases ?? []).filter((phase) => phase.startTime !== undefined && !ENDS.has(phase.phaseType));
  const begin = phases[0]?.startTime ?? 0;
  const ends = phases.map((phase) => phase.endTime ?? Date.now() / 1000);
  const span = Math.max(0.001, ...ends.map((end) => end - begin));
  const share = (seconds: number) => `${(100 * Math.max(0, seconds)) / span}%`;
  const bar = (phase: Phase) => {
    const start = (phase.startTime ?? begin) - begin;
    const length = (phase.endTime ?? Date.now() / 1000) - (phase.startTime ?? begin);
    const kind = phase.phaseStatus === 'SUCCEEDED' ? 'ok' : phase.phaseStatus ? 'bad' : 'now';
    return (
      <div className="timeline" aria-hidden="true">
        <div className={`timeline-bar timeline-${kind}`} style={{ marginLeft: share(start), width: share(length) }} />
      </div>
    );
  };
  return (
    <Table
      variant="container"
      contentDensity="compact"
      wrapLines
      items={phases}
      trackBy="phaseType"
      header={<Header description={phases.length > 0 ? `${duration(span)} in all` : undefined}>Phases</Header>}
      ariaLabels={{ tableLabel: 'Phases' }}
      empty="No phase has begun yet."
      columnDefinitions={[
        { id: 'phase', header: 'Phase', isRowHeader: true, cell: (phase) => readable(phase.phaseType) },
        { id: 'status', header: 'Status', minWidth: 155, cell: (phase) => <Status word={phase.phaseStatus ?? 'IN_PROGRESS'} /> },
        { id: 'took', header: 'Duration', cell: (phase) => <Elapsed start={phase.startTime} end={phase.endTime} /> },
        { id: 'when', header: 'When', minWidth: 200, cell: bar },
        { id: 'why', header: 'Context', cell: (phase) => phase.contexts?.map((it) => it.message).filter(Boolean).join(' ') || '–' },
      ]}
    />
  );
}
