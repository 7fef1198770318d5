import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { now } from '../../api/session';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { saveFile } from '../../components/saveFile';
import { Moment } from '../../components/time';
import { filterEvents, type FoundEvent, type Search } from './api';
import { streamPath } from './paths';
import { rangeOf } from './range';

/** Events that one search shows at once. */
const PAGE = 200;
/** Calls that one search makes before it asks whether to go on: each looks through 64 MB at most. */
const MOST_CALLS = 20;

const RELATIVE: DateRangePickerProps.RelativeOption[] = [
  { key: '5m', amount: 5, unit: 'minute', type: 'relative' },
  { key: '30m', amount: 30, unit: 'minute', type: 'relative' },
  { key: '1h', amount: 1, unit: 'hour', type: 'relative' },
  { key: '12h', amount: 12, unit: 'hour', type: 'relative' },
  { key: '1d', amount: 1, unit: 'day', type: 'relative' },
  { key: '1w', amount: 1, unit: 'week', type: 'relative' },
];

/** Searches all streams of a group by a filter pattern. */
export default function SearchEvents({ group }: { group: string }) {
  const [pattern, setPattern] = useState('');
  const [prefix, setPrefix] = useState('');
  const [range, setRange] = useState<DateRangePickerProps.Value | null>(null);
  const [events, setEvents] = useState<FoundEvent[]>();
  const [next, setNext] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const control = useRef<AbortController>(undefined);
  const asked = useRef<Search>(undefined);
  useEffect(() => () => control.current?.abort(), []);

  const run = async (search: Search, before: FoundEvent[], token: string | undefined) => {
    control.current?.abort();
    const { signal } = (control.current = new AbortController());
    setBusy(true);
    setError(undefined);
    const found = [...before];
    let at = token;
    try {
      for (let calls = 0; calls < MOST_CALLS && found.length < before.length + PAGE; calls++) {
        const page = await filterEvents(search, at, PAGE, signal);
        found.push(...page.events);
        at = page.next;
        setEvents([...found]);
        if (!at) break;
      }
      setNext(at);
    } catch (failure) {
      if (!signal.aborted) setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const search: Search = { group, pattern, prefix, ...rangeOf(range, now()) };
    asked.current = search;
    setEvents(undefined);
    void run(search, [], undefined);
  };
  const save = () =>
    saveFile((events ?? []).map(({ timestamp, logStreamName, message }) => `${new Date(timestamp).toISOString()} ${logStreamName} ${message.replace(/\n?$/, '\n')}`), 'found.log');

  return (
    <SpaceBetween size="l">
      <form onSubmit={submit}>
        <Form actions={<Button variant="primary" loading={busy}>Search</Button>}>
          <Grid gridDefinition={[{ colspan: { default: 12, s: 5 } }, { colspan: { default: 12, s: 3 } }, { colspan: { default: 12, s: 4 } }]}>
            <FormField
              label="Filter pattern"
              description={<>Words that are all in an event, <Box variant="code">"a phrase"</Box>, <Box variant="code">?one ?other</Box>, <Box variant="code">-without</Box>, <Box variant="code">%regex%</Box> or <Box variant="code">{'{ $.level = "error" }'}</Box>; empty for all.</>}
            >
              <Input value={pattern} type="search" spellcheck={false} ariaLabel="Filter pattern" onChange={({ detail }) => setPattern(detail.value)} />
            </FormField>
            <FormField label="Stream prefix" description="Only streams whose names begin so.">
              <Input value={prefix} spellcheck={false} onChange={({ detail }) => setPrefix(detail.value)} />
            </FormField>
            <FormField label="Time" description="When the events happened.">
              <DateRangePicker
                value={range}
                onChange={({ detail }) => setRange(detail.value)}
                relativeOptions={RELATIVE}
                isValidRange={(value) =>
                  value?.type === 'absolute' && !(Date.parse(value.startDate) < Date.parse(value.endDate))
                    ? { valid: false, errorMessage: 'The end must be behind the start.' }
                    : { valid: true }
                }
                placeholder="Any time"
                expandToViewport
                i18nStrings={{ formatRelativeRange: ({ amount, unit }) => `Last ${amount === 1 ? '' : `${amount} `}${unit}${amount === 1 ? '' : 's'}` }}
              />
            </FormField>
          </Grid>
        </Form>
      </form>
      {error && <Failure what="The search failed" error={error} />}
      {events && (
        <Table
          items={events}
          trackBy="eventId"
          loading={busy && events.length === 0}
          loadingText="Searching"
          wrapLines
          contentDensity="compact"
          enableKeyboardNavigation
          ariaLabels={{ tableLabel: 'Found events' }}
          header={<Header counter={`(${events.length}${next ? '+' : ''})`} actions={<Button iconName="download" disabled={events.length === 0} onClick={save}>Download</Button>}>Found events</Header>}
          empty={<Empty title="No event matches">{next ? 'There is more to search: “Search on”.' : 'The pattern tells upper from lower case.'}</Empty>}
          footer={next && !busy && asked.current && <Box textAlign="center"><Button onClick={() => asked.current && run(asked.current, events, next)}>Search on</Button></Box>}
          columnDefinitions={[
            { id: 'time', header: 'Timestamp', minWidth: 190, cell: ({ timestamp }) => <Moment at={timestamp / 1000} /> },
            { id: 'message', header: 'Message', isRowHeader: true, minWidth: 320, cell: ({ message }) => <Box variant="code">{message.trimEnd()}</Box> },
            { id: 'stream', header: 'Log stream', cell: ({ logStreamName: name }) => <Link href={`#${streamPath(group, name)}`}>{name}</Link> },
          ]}
        />
      )}
      {!events && !busy && <Alert>A search looks through all streams of the group, oldest events first.</Alert>}
    </SpaceBetween>
  );
}
