import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { lazy, Suspense, useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { bytes } from '../../components/bytes';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { deleteGroup, getGroup, setProtection, setRetention, type LogGroup } from './api';
import { groupPath } from './paths';
import { retentionOf, retentionOptions, shownRetention } from './retention';
import { Streams } from './Streams';

const SearchEvents = lazy(() => import('./SearchEvents'));

export default function GroupPage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const tab = query.get('tab') ?? 'streams';
  const group = useResource(`log group ${name}`, (signal) => getGroup(name, signal));
  const [open, setOpen] = useState<'delete' | 'retention'>();
  const [busy, act] = useAction();

  if (group.data === undefined && !group.loading && !group.error) {
    return <Empty title={`There is no log group ${name}`}>It may have been deleted, or be in another region.</Empty>;
  }
  const it = group.data;
  const protect = (found: LogGroup) =>
    act('The deletion protection was not changed', async () => {
      await setProtection(name, !found.deletionProtectionEnabled);
      group.reload();
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setOpen('retention')}>Edit retention</Button>
              {it && <Button loading={busy} onClick={() => protect(it)}>{it.deletionProtectionEnabled ? 'Turn off deletion protection' : 'Protect from deletion'}</Button>}
              <Button onClick={() => setOpen('delete')}>Delete log group</Button>
              <Button variant="primary" onClick={() => go(groupPath(name, 'search'))}>Search log group</Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {group.error && <Failure what="The log group can't be shown" error={group.error} retry={group.reload} />}
        {it && (
          <Container header={<Header>Log group details</Header>}>
            <KeyValuePairs
              columns={4}
              items={[
                { label: 'ARN', value: it.logGroupArn ?? '–' },
                { label: 'Creation time', value: <Moment at={it.creationTime && it.creationTime / 1000} /> },
                { label: 'Retention', value: shownRetention(it.retentionInDays) },
                { label: 'Stored bytes', value: bytes(it.storedBytes) },
              ]}
            />
          </Container>
        )}
        <Tabs
          ariaLabel={`Log group ${name}`}
          activeTabId={tab}
          onChange={({ detail }) => go(groupPath(name, detail.activeTabId === 'streams' ? undefined : detail.activeTabId))}
          tabs={[
            { id: 'streams', label: 'Log streams', content: <Streams group={name} /> },
            { id: 'search', label: 'Search', content: tab === 'search' && <Suspense fallback={<Spinner />}><SearchEvents group={name} /></Suspense> },
          ]}
        />
      </SpaceBetween>
      {open === 'retention' && <Retention group={name} now={it?.retentionInDays} onClose={() => setOpen(undefined)} onDone={group.reload} />}
      {open === 'delete' && (
        <ConfirmDelete
          title={`Delete ${name}`}
          typed="delete"
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            await deleteGroup(name);
            notify({ type: 'success', header: `${name} was deleted` });
            go('/logs/groups');
          }}
        >
          All its streams and events are deleted. They can’t be had back.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Retention({ group, now, onClose, onDone }: { group: string; now: number | undefined; onClose: () => void; onDone: () => void }) {
  const [days, setDays] = useState(now);
  const save = async () => {
    await setRetention(group, days);
    notify({ type: 'success', header: `Retention of ${group}: ${shownRetention(days).toLowerCase()}` });
    onDone();
  };
  return (
    <FormModal title="Edit retention" action="Save" onSubmit={save} onClose={onClose}>
      <FormField label="Expire events after" description="What is older is deleted and can’t be had back.">
        <Select
          selectedOption={{ value: String(days ?? ''), label: shownRetention(days) }}
          options={retentionOptions}
          onChange={({ detail }) => setDays(retentionOf(detail.selectedOption.value))}
        />
      </FormField>
    </FormModal>
  );
}
