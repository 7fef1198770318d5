import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo, useState } from 'react';
import { useReading } from '../../api/useResource';
import { go } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { deletePipeline, type PipelineSummary } from './api';
import { CloneDialog } from './dialogs/CloneDialog';
import { StartDialog } from './dialogs/StartDialog';
import { places } from './links';
import { byName, latestExecution, pipelines, ROWS, structure } from './readings';
import { Revisions, sourcesOf } from './Revisions';
import { Status } from './status';
import { useEach } from './useEach';

type Ask = 'start' | 'clone' | 'delete';

export default function PipelinesPage() {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const [sorting, setSorting] = useState<{ by: 'name' | 'updated'; down: boolean }>({ by: 'name', down: false });
  const [chosen, setChosen] = useState<PipelineSummary[]>([]);
  const [ask, setAsk] = useState<Ask>();
  const all = useReading(pipelines);

  const fitting = useMemo(() => {
    const found = (all.data ?? []).filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
    const order = (a: PipelineSummary, b: PipelineSummary) => (sorting.by === 'name' ? byName(a, b) : (a.updated ?? 0) - (b.updated ?? 0));
    return found.sort((a, b) => (sorting.down ? -1 : 1) * order(a, b));
  }, [all.data, text, sorting]);
  const shown = fitting.slice((page - 1) * ROWS, page * ROWS);
  const names = shown.map(({ name }) => name);
  const latest = useEach(names, latestExecution);
  // Their links to commits come last: everything else is there without them.
  const structures = useEach(names.every((name) => latest.has(name)) ? names : [], structure);
  const of = (name: string) => latest.get(name)?.data;

  if (all.error && !all.data) return <Failure what="The pipelines can’t be listed" error={all.error} retry={all.reload} />;
  const one = chosen[0]?.name;
  const unknown = (name: string) => latest.get(name)?.error && <Box color="text-status-inactive">{latest.get(name)?.error?.code}</Box>;
  return (
    <>
      <Table
        variant="full-page"
        items={shown}
        trackBy="name"
        loading={!all.data}
        loadingText="Reading pipelines"
        enableKeyboardNavigation
        wrapLines
        selectionType="single"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: 'Pipelines',
          selectionGroupLabel: 'Choose a pipeline',
          itemSelectionLabel: (_, { name }) => `Choose ${name}`,
        }}
        sortingColumn={{ sortingField: sorting.by }}
        sortingDescending={sorting.down}
        onSortingChange={({ detail }) => setSorting({ by: detail.sortingColumn.sortingField as 'name' | 'updated', down: !!detail.isDescending })}
        header={
          <Header
            variant="h1"
            counter={all.data && `(${all.data.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Read the pipelines anew" onClick={all.reload} />
                <Button disabled={!one} onClick={() => setAsk('clone')}>Clone pipeline</Button>
                <Button disabled={!one} onClick={() => setAsk('start')}>Release change</Button>
                <Button disabled={!one} onClick={() => setAsk('delete')}>Delete pipeline</Button>
                <Button variant="primary" href={`#${places.create}`}>Create pipeline</Button>
              </SpaceBetween>
            }
          >
            Pipelines
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find a pipeline"
            filteringAriaLabel="Find a pipeline by its name"
            countText={text ? `${fitting.length} match` : undefined}
            onChange={({ detail }) => {
              setText(detail.filteringText);
              setPage(1);
            }}
          />
        }
        pagination={<Pagination currentPageIndex={page} pagesCount={Math.max(1, Math.ceil(fitting.length / ROWS))} onChange={({ detail }) => setPage(detail.currentPageIndex)} ariaLabels={{ nextPageLabel: 'Next page', previousPageLabel: 'Previous page', pageLabel: (n) => `Page ${n}` }} />}
        empty={
          text ? (
            <Empty title="No pipeline is called so">Names are searched for the text anywhere in them.</Empty>
          ) : (
            <Empty title="There are no pipelines yet">
              A pipeline takes each change of a source through builds, approvals and deployments. <Link href={`#${places.create}`}>Create one</Link>, or
              run <Box variant="code">codeyard quickstart</Box>, which makes one with all that it needs.
            </Empty>
          )
        }
        columnDefinitions={[
          {
            id: 'name',
            header: 'Name',
            sortingField: 'name',
            isRowHeader: true,
            minWidth: 140,
            cell: ({ name, pipelineType }) => (
              <>
                <Link href={`#${places.pipeline(name)}`}>{name}</Link>{' '}
                {pipelineType && <Box variant="small">Type {pipelineType}</Box>}
              </>
            ),
          },
          {
            id: 'status',
            header: 'Latest execution status',
            minWidth: 140,
            cell: ({ name }) => unknown(name) || <Status word={of(name)?.status} none={latest.has(name) ? 'No executions yet' : 'Reading'} />,
          },
          {
            id: 'revisions',
            header: 'Latest source revisions',
            minWidth: 200,
            cell: ({ name }) => <Revisions revisions={of(name)?.sourceRevisions} sources={sourcesOf(structures.get(name)?.data?.stages)} />,
          },
          { id: 'started', header: 'Latest execution started', minWidth: 150, cell: ({ name }) => <Moment at={of(name)?.startTime} /> },
          { id: 'updated', header: 'Changed', sortingField: 'updated', minWidth: 150, cell: ({ updated }) => <Moment at={updated} /> },
        ]}
      />
      {ask === 'start' && one && <StartDialog name={one} onClose={() => setAsk(undefined)} onStarted={() => go(places.pipeline(one))} />}
      {ask === 'clone' && one && <CloneDialog name={one} onClose={() => setAsk(undefined)} />}
      {ask === 'delete' && one && (
        <ConfirmDelete
          title={`Delete ${one}?`}
          typed={one}
          onConfirm={async () => {
            await deletePipeline(one);
            setChosen([]);
            all.reload();
          }}
          onClose={() => setAsk(undefined)}
        >
          Its structure, its executions and their history go; repositories, projects, groups and artifacts in its bucket stay.
        </ConfirmDelete>
      )}
    </>
  );
}
