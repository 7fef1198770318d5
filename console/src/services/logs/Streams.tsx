import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { Moment } from '../../components/time';
import { createStream, deleteStream, listStreams, type LogStream } from './api';
import { streamPath } from './paths';

/** Streams of a group, a page at a time: the newest first, or those whose names begin so. */
export function Streams({ group }: { group: string }) {
  const [text, setText] = useState('');
  const [prefix, setPrefix] = useState('');
  const [tokens, setTokens] = useState<(string | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<LogStream[]>([]);
  const [open, setOpen] = useState<'create' | 'delete'>();
  const token = tokens[page - 1];
  const streams = useResource(`streams ${group} ${prefix} ${token ?? ''}`, (signal) => listStreams(group, prefix, token, signal));
  const next = streams.data?.next;

  const again = () => {
    setTokens([undefined]);
    setPage(1);
    setChosen([]);
    streams.reload();
  };
  const turn = (to: number) => {
    if (to > tokens.length) {
      if (!next) return;
      setTokens([...tokens, next]);
    }
    setPage(to);
    setChosen([]);
  };
  if (streams.error && !streams.data) return <Failure what="The streams can't be listed" error={streams.error} retry={streams.reload} />;
  const time = (at: number | undefined) => <Moment at={at && at / 1000} />;
  return (
    <>
      <Table
        items={streams.data?.streams ?? []}
        trackBy="logStreamName"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        loading={!streams.data}
        loadingText="Reading streams"
        enableKeyboardNavigation
        wrapLines
        ariaLabels={{
          tableLabel: 'Log streams',
          selectionGroupLabel: 'Choose streams',
          allItemsSelectionLabel: () => 'Choose all on this page',
          itemSelectionLabel: (_, { logStreamName }) => `Choose ${logStreamName}`,
        }}
        header={
          <Header
            counter={streams.data && `(${streams.data.streams.length}${next || page > 1 ? '+' : ''})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Refresh log streams" loading={streams.loading && !!streams.data} onClick={again} />
                <Button disabled={chosen.length === 0} onClick={() => setOpen('delete')}>Delete</Button>
                <Button onClick={() => setOpen('create')}>Create log stream</Button>
              </SpaceBetween>
            }
          >
            Log streams
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find streams by prefix"
            filteringAriaLabel="Find streams by prefix"
            onChange={({ detail }) => setText(detail.filteringText)}
            onDelayedChange={({ detail }) => {
              setPrefix(detail.filteringText);
              setTokens([undefined]);
              setPage(1);
            }}
          />
        }
        pagination={<Pagination currentPageIndex={page} pagesCount={tokens.length} openEnd={!!next || page < tokens.length} onChange={({ detail }) => turn(detail.currentPageIndex)} onNextPageClick={({ detail }) => turn(detail.requestedPageIndex)} />}
        empty={
          prefix ? (
            <Empty title="No stream’s name begins so">Streams are found by how their names begin.</Empty>
          ) : (
            <Empty title="There are no streams yet">Whoever writes to the group makes them: a build one each.</Empty>
          )
        }
        columnDefinitions={[
          { id: 'name', header: 'Log stream', isRowHeader: true, minWidth: 220, cell: ({ logStreamName: name }) => <Link href={`#${streamPath(group, name)}`}>{name}</Link> },
          { id: 'last', header: 'Last event time', cell: ({ lastEventTimestamp }) => time(lastEventTimestamp) },
          { id: 'first', header: 'First event time', cell: ({ firstEventTimestamp }) => time(firstEventTimestamp) },
          { id: 'created', header: 'Creation time', cell: ({ creationTime }) => time(creationTime) },
        ]}
      />
      {open === 'create' && <CreateStream group={group} onClose={() => setOpen(undefined)} onDone={again} />}
      {open === 'delete' && (
        <ConfirmDelete
          title={chosen.length === 1 ? `Delete ${chosen[0].logStreamName}` : `Delete ${chosen.length} streams`}
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            try {
              for (const { logStreamName } of chosen) await deleteStream(group, logStreamName);
            } finally {
              again();
            }
          }}
        >
          Their events are deleted. They can’t be had back.
        </ConfirmDelete>
      )}
    </>
  );
}

function CreateStream({ group, onClose, onDone }: { group: string; onClose: () => void; onDone: () => void }) {
  const [name, setName] = useState('');
  const bad = /[:*]/.test(name) ? 'A name has neither : nor *' : name.length > 512 ? 'A name has at most 512 characters' : undefined;
  const create = async () => {
    await createStream(group, name);
    onDone();
  };
  return (
    <FormModal title="Create log stream" action="Create" ready={!!name && !bad} onSubmit={create} onClose={onClose}>
      <FormField label="Log stream name" errorText={bad}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </FormModal>
  );
}
