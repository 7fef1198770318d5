import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Elapsed, Moment } from '../../components/time';
import { getPipeline, isPipeline, listExecutions } from './api';
import { HistoryChart } from './HistoryChart';
import { isActive } from './graph/model';
import { places } from './links';
import { PipelineFrame } from './PipelineFrame';
import { Revisions, sourcesOf } from './Revisions';
import { Status } from './status';
import { triggerText } from './trigger';
import type { ExecutionSummary } from './types';

const PAGE = 20;
const STEP = 100;

async function load(name: string, most: number, signal: AbortSignal) {
  const executions: ExecutionSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await listExecutions(name, STEP, signal, nextToken);
    executions.push(...page.executions);
    nextToken = page.nextToken;
  } while (nextToken && executions.length < most);
  return { executions, more: !!nextToken };
}

const words = ({ pipelineExecutionId, status, sourceRevisions = [], trigger }: ExecutionSummary) =>
  [pipelineExecutionId, status, triggerText(trigger), ...sourceRevisions.flatMap((it) => [it.revisionId, it.revisionSummary])].join(' ').toLowerCase();

export default function HistoryPage({ params: { name } }: PageProps) {
  const [most, setMost] = useState(STEP);
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const [view, setView] = useState('table');
  const concerns = (arn: string) => isPipeline(arn, name);
  const { data, error, loading, reload } = useResource(`history ${name} ${most}`, (signal) => load(name, most, signal), concerns);
  const structure = useResource(`structure ${name}`, (signal) => getPipeline(name, signal));
  const sources = sourcesOf(structure.data?.pipeline.stages);
  const fitting = (data?.executions ?? []).filter((it) => words(it).includes(text.toLowerCase()));
  const shown = fitting.slice((page - 1) * PAGE, page * PAGE);
  const header = (
    <Header
      counter={data && `(${data.executions.length}${data.more ? '+' : ''})`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <SegmentedControl
            label="How executions are shown"
            selectedId={view}
            onChange={({ detail }) => setView(detail.selectedId)}
            options={[{ id: 'table', text: 'Table' }, { id: 'timeline', text: 'Timeline' }]}
          />
          {data?.more && <Button onClick={() => setMost(most + STEP)}>Read older ones</Button>}
        </SpaceBetween>
      }
    >
      Execution history
    </Header>
  );
  const filter = (
    <TextFilter
      filteringText={text}
      filteringPlaceholder="Find executions"
      filteringAriaLabel="Find executions by id, status, trigger, revision or message"
      onChange={({ detail }) => {
        setText(detail.filteringText);
        setPage(1);
      }}
    />
  );
  const pages = (
    <Pagination currentPageIndex={page} pagesCount={Math.max(1, Math.ceil(fitting.length / PAGE))} onChange={({ detail }) => setPage(detail.currentPageIndex)} ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (n) => `Page ${n}` }} />
  );
  const empty = text ? (
    <Empty title="No execution matches">The text is looked for in ids, states, triggers, revisions and messages.</Empty>
  ) : (
    <Empty title="Nothing has gone through yet">“Release change” sends the newest revision through.</Empty>
  );
  return (
    <PipelineFrame name={name} tab="history" onChanged={reload}>
      {error && !data && <Failure what="The executions can’t be listed" error={error} retry={reload} />}
      {!(error && !data) && view === 'timeline' && <HistoryChart name={name} executions={shown} header={header} filter={filter} pagination={pages} empty={empty} />}
      {!(error && !data) && view === 'table' && (
        <Table
          items={shown}
          trackBy="pipelineExecutionId"
          loading={loading && !data}
          loadingText="Reading executions"
          wrapLines
          enableKeyboardNavigation
          ariaLabels={{ tableLabel: 'Executions' }}
          header={header}
          filter={filter}
          pagination={pages}
          empty={empty}
          columnDefinitions={[
            {
              id: 'id',
              header: 'Execution id',
              isRowHeader: true,
              cell: ({ pipelineExecutionId: id }) => <Link href={`#${places.execution(name, id)}`} ariaLabel={`Execution ${id}`}>{id.slice(0, 8)}</Link>,
            },
            { id: 'status', header: 'Status', minWidth: 130, cell: ({ status, statusSummary, stopTrigger }) => <><Status word={status} />{statusSummary && <div>{statusSummary}</div>}{stopTrigger?.reason && <div>{stopTrigger.reason}</div>}</> },
            { id: 'trigger', header: 'Trigger', minWidth: 120, cell: ({ trigger }) => triggerText(trigger) },
            { id: 'revisions', header: 'Source revisions', minWidth: 200, cell: ({ sourceRevisions }) => <Revisions revisions={sourceRevisions} sources={sources} /> },
            { id: 'started', header: 'Started', minWidth: 140, cell: ({ startTime }) => <Moment at={startTime} /> },
            { id: 'took', header: 'Duration', cell: (it) => <Elapsed start={it.startTime} end={isActive(it) ? undefined : it.lastUpdateTime} /> },
          ]}
        />
      )}
    </PipelineFrame>
  );
}
