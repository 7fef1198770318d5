import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState, type FormEvent } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { listBuckets, type Bucket } from './api';
import { CreateBucket } from './CreateBucket';
import { DeleteBucket, EmptyBucket } from './DeleteBucket';
import { bucketPath } from './paths';

const PAGE = 50;

export default function BucketsPage() {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<Bucket[]>([]);
  const [open, setOpen] = useState<'create' | 'delete' | 'empty'>();
  const { data, error, loading, reload } = useResource('buckets', listBuckets);

  if (error && !data) return <Unlisted error={<Failure what="The buckets can't be listed" error={error} retry={reload} />} />;
  const fitting = (data ?? []).filter(({ name }) => name.includes(text.toLowerCase()));
  const shown = fitting.slice((page - 1) * PAGE, page * PAGE);
  const one = chosen[0];
  return (
    <>
      <Table
        variant="full-page"
        items={shown}
        trackBy="name"
        selectionType="single"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        loading={!data}
        loadingText="Reading buckets"
        enableKeyboardNavigation
        ariaLabels={{
          tableLabel: 'Buckets',
          selectionGroupLabel: 'Choose a bucket',
          itemSelectionLabel: (_, { name }) => `Choose ${name}`,
        }}
        header={
          <Header
            variant="h1"
            counter={data && `(${data.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Read anew" loading={loading && !!data} onClick={reload} />
                <Button disabled={!one} onClick={() => setOpen('empty')}>Empty</Button>
                <Button disabled={!one} onClick={() => setOpen('delete')}>Delete</Button>
                <Button variant="primary" onClick={() => setOpen('create')}>Create bucket</Button>
              </SpaceBetween>
            }
          >
            Buckets
          </Header>
        }
        filter={
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find buckets by name"
            filteringAriaLabel="Find buckets by name"
            countText={text && `${fitting.length} found`}
            onChange={({ detail }) => {
              setText(detail.filteringText);
              setPage(1);
            }}
          />
        }
        pagination={<Pagination currentPageIndex={page} pagesCount={Math.max(1, Math.ceil(fitting.length / PAGE))} onChange={({ detail }) => setPage(detail.currentPageIndex)} />}
        empty={
          text ? (
            <Empty title="No bucket is called so">Names are searched for the text anywhere in them.</Empty>
          ) : (
            <Empty title="There are no buckets yet">Buckets keep objects: sources and artifacts of pipelines, what builds leave, caches and logs.</Empty>
          )
        }
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => <Link href={`#${bucketPath(name)}`}>{name}</Link> },
          { id: 'region', header: 'AWS Region', cell: ({ region }) => region ?? '–' },
          { id: 'created', header: 'Creation date', cell: ({ created }) => <Moment at={created} /> },
        ]}
      />
      {open === 'create' && <CreateBucket onClose={() => setOpen(undefined)} />}
      {open === 'empty' && one && (
        <EmptyBucket
          bucket={one.name}
          onClose={() => setOpen(undefined)}
          onDone={(count) => notify({ type: 'success', header: `${one.name} is empty`, content: `${count.toLocaleString()} objects and versions were deleted.` })}
        />
      )}
      {open === 'delete' && one && (
        <DeleteBucket
          bucket={one.name}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            notify({ type: 'success', header: `${one.name} was deleted` });
            setChosen([]);
            reload();
          }}
        />
      )}
    </>
  );
}

/** Who may not list buckets may still read one whose name is known. */
function Unlisted({ error }: { error: React.ReactNode }) {
  const [name, setName] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name) go(bucketPath(name));
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Buckets</Header>
      {error}
      <form onSubmit={submit}>
        <FormField label="Name of a bucket" description="You may read one without the right to list all.">
          <SpaceBetween direction="horizontal" size="xs">
            <Input value={name} ariaLabel="Name of a bucket" onChange={({ detail }) => setName(detail.value.trim())} />
            <Button disabled={!name}>Open</Button>
          </SpaceBetween>
        </FormField>
      </form>
      <Box color="text-body-secondary">Listing them takes the action s3:ListAllMyBuckets.</Box>
    </SpaceBetween>
  );
}
