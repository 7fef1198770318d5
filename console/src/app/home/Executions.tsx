import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Empty } from '../../components/Empty';
import { PlainTable } from '../../components/PlainTable';
import { Elapsed, Moment } from '../../components/time';
import type { Delivery, Execution } from './api';

const pipeline = (name: string) => `#/codepipeline/pipelines/${encodeURIComponent(name)}`;
const named = ({ pipelineName, pipelineExecutionId }: Execution) => (
  <>
    <Link href={pipeline(pipelineName)}>{pipelineName}</Link>{' '}
    <Link fontSize="body-s" href={`${pipeline(pipelineName)}/executions/${pipelineExecutionId}`}>{pipelineExecutionId.slice(0, 8)}</Link>
  </>
);

/** Rows of each table; the pipelines' page has the rest. */
const MOST = 10;
/** The yard tells no more than so many. */
const TOLD = 50;

/** Pipelines that run, and those whose newest execution failed. */
export function Executions({ delivery }: { delivery?: Delivery }) {
  const { active = [], failed = [] } = delivery ?? {};
  return (
    <SpaceBetween size="l">
      <PlainTable
        label="Pipelines that run"
        items={active.slice(0, MOST)}
        loading={!delivery}
        keyOf={idOf}
        header={<Header counter={delivery && counted(active)} actions={all(active)}>Running pipelines</Header>}
        columns={[
          { header: 'Pipeline', cell: named },
          { header: 'Stage', cell: ({ stageName }) => <StatusIndicator type="in-progress">{stageName}</StatusIndicator> },
          { header: 'For', cell: ({ startTime }) => <Elapsed start={startTime} /> },
        ]}
        empty={<Empty title="No pipeline is running">A push to a repository that a pipeline watches starts it.</Empty>}
      />
      {failed.length > 0 && (
        <PlainTable
          label="Pipelines that failed"
          items={failed.slice(0, MOST)}
          keyOf={idOf}
          header={<Header description="Their newest execution failed" counter={counted(failed)} actions={all(failed)}>Failed pipelines</Header>}
          columns={[
            { header: 'Pipeline', cell: named },
            { header: 'Failed at', cell: ({ stageName, actionName }) => <StatusIndicator type="error">{[stageName, actionName].filter(Boolean).join(' · ')}</StatusIndicator> },
            { header: 'Why', cell: ({ message }) => message ?? '–' },
            { header: 'When', cell: ({ lastUpdateTime }) => <Moment at={lastUpdateTime} /> },
          ]}
        />
      )}
    </SpaceBetween>
  );
}

const idOf = ({ pipelineExecutionId }: Execution) => pipelineExecutionId;

const counted = ({ length }: Execution[]) => `(${length}${length >= TOLD ? '+' : ''})`;

const all = ({ length }: Execution[]) => length > MOST && <Link href="#/codepipeline/pipelines">All pipelines</Link>;
