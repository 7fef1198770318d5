import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { Empty } from '../../components/Empty';
import { Elapsed, Moment } from '../../components/time';
import type { Delivery, Execution } from './api';

const pipeline = (name: string) => `#/codepipeline/pipelines/${encodeURIComponent(name)}`;
const named = ({ pipelineName, pipelineExecutionId }: Execution) => (
  <>
    <Link href={pipeline(pipelineName)}>{pipelineName}</Link>{' '}
    <Link fontSize="body-s" href={`${pipeline(pipelineName)}/executions/${pipelineExecutionId}`}>{pipelineExecutionId.slice(0, 8)}</Link>
  </>
);

/** Pipelines that run, and those whose newest execution failed. */
export function Executions({ delivery }: { delivery?: Delivery }) {
  const { active = [], failed = [] } = delivery ?? {};
  return (
    <SpaceBetween size="l">
      <Table
        items={active}
        loading={!delivery}
        header={<Header counter={`(${active.length})`}>Running pipelines</Header>}
        ariaLabels={{ tableLabel: 'Pipelines that run' }}
        columnDefinitions={[
          { id: 'pipeline', header: 'Pipeline', isRowHeader: true, cell: named },
          { id: 'stage', header: 'Stage', cell: ({ stageName }) => <StatusIndicator type="in-progress">{stageName}</StatusIndicator> },
          { id: 'since', header: 'For', cell: ({ startTime }) => <Elapsed start={startTime} /> },
        ]}
        empty={<Empty title="No pipeline is running">A push to a repository that a pipeline watches starts it.</Empty>}
      />
      {failed.length > 0 && (
        <Table
          wrapLines
          items={failed}
          header={<Header description="Their newest execution failed" counter={`(${failed.length})`}>Failed pipelines</Header>}
          ariaLabels={{ tableLabel: 'Pipelines that failed' }}
          columnDefinitions={[
            { id: 'pipeline', header: 'Pipeline', isRowHeader: true, cell: named },
            { id: 'where', header: 'Failed at', cell: ({ stageName, actionName }) => <StatusIndicator type="error">{[stageName, actionName].filter(Boolean).join(' · ')}</StatusIndicator> },
            { id: 'why', header: 'Why', cell: ({ message }) => message ?? '–' },
            { id: 'when', header: 'When', cell: ({ lastUpdateTime }) => <Moment at={lastUpdateTime} /> },
          ]}
        />
      )}
    </SpaceBetween>
  );
}
