import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState, type FormEvent } from 'react';
import { Failure } from '../../components/Failure';
import { JsonEditor } from '../../components/JsonEditor';
import { hasErrors, problemsOf, type JsonNode, type Problem } from '../../components/JsonText';
import { useSubmit } from '../../components/useSubmit';
import { events } from './api';

interface Entry {
  source: string;
  detailType: string;
  resources: string;
  detail: string;
}

interface Sent {
  EventId?: string;
  ErrorCode?: string;
  ErrorMessage?: string;
}

/** Most that PutEvents takes at once. */
const MOST = 10;
const FRESH: Entry = { source: 'com.example.orders', detailType: 'Order placed', resources: '', detail: '{\n  "order": "4711"\n}' };

const isObject = (root: JsonNode): Problem[] => (root.kind === 'object' ? [] : [{ from: root.from, to: root.to, message: 'The detail is a JSON object', severity: 'error' }]);
const detailProblems = (text: string) => problemsOf(text, isObject);
const isFine = ({ source, detailType, detail }: Entry) => source !== '' && !/^aws\./i.test(source) && detailType !== '' && !hasErrors(detailProblems(detail));

export default function SendPage() {
  const [entries, setEntries] = useState<Entry[]>([FRESH]);
  const [sent, setSent] = useState<Sent[]>();
  const { busy, error, submit } = useSubmit();
  const change = (at: number, part: Partial<Entry>) => setEntries(entries.map((entry, index) => (index === at ? { ...entry, ...part } : entry)));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!entries.every(isFine)) return;
    setSent(undefined);
    void submit(async () => {
      const answer = await events<{ Entries?: Sent[] }>('PutEvents', {
        Entries: entries.map(({ source, detailType, resources, detail }) => ({ Source: source, DetailType: detailType, Detail: detail, Resources: resources.split(/[\s,]+/).filter(Boolean) })),
      });
      setSent(answer.Entries ?? []);
    });
  };
  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1" description="Puts events of your own on the default bus, where rules see them.">Send events</Header>}
        actions={<Button variant="primary" loading={busy} disabled={!entries.every(isFine)}>Send</Button>}
        secondaryActions={<Button formAction="none" disabled={entries.length >= MOST} onClick={() => setEntries([...entries, FRESH])}>Add an event</Button>}
      >
        <SpaceBetween size="l">
          {entries.map((entry, at) => (
            <Container key={at} header={<Header actions={entries.length > 1 && <Button formAction="none" onClick={() => setEntries(entries.filter((_, index) => index !== at))}>Remove</Button>}>{`Event ${at + 1}`}</Header>}>
              <SpaceBetween size="m">
                <FormField label="Event source" errorText={/^aws\./i.test(entry.source) && 'Only AWS’s services announce by sources that begin with aws.'}>
                  <Input value={entry.source} onChange={({ detail }) => change(at, { source: detail.value })} />
                </FormField>
                <FormField label="Detail type">
                  <Input value={entry.detailType} onChange={({ detail }) => change(at, { detailType: detail.value })} />
                </FormField>
                <FormField label="Resources" description="ARNs that the event is about, one a line. There may be none.">
                  <Textarea value={entry.resources} rows={2} spellcheck={false} onChange={({ detail }) => change(at, { resources: detail.value })} />
                </FormField>
                <JsonEditor label="Event detail" value={entry.detail} onChange={(detail) => change(at, { detail })} problems={detailProblems(entry.detail)} rows={8} />
              </SpaceBetween>
            </Container>
          ))}
          {error && <Failure what="The events were not sent" error={error} />}
          {sent && (
            <Table
              items={sent}
              header={<Header>Result</Header>}
              ariaLabels={{ tableLabel: 'Result' }}
              wrapLines
              columnDefinitions={[
                { id: 'at', header: 'Event', isRowHeader: true, cell: (it) => sent.indexOf(it) + 1 },
                { id: 'status', header: 'Status', cell: ({ ErrorCode }) => <StatusIndicator type={ErrorCode ? 'error' : 'success'}>{ErrorCode ?? 'Sent'}</StatusIndicator> },
                { id: 'id', header: 'Event id or reason', cell: ({ EventId, ErrorMessage }) => EventId ?? ErrorMessage },
              ]}
            />
          )}
        </SpaceBetween>
      </Form>
    </form>
  );
}
