import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import DateRangePicker, { type DateRangePickerProps } from '@cloudscape-design/components/date-range-picker';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/errors';
import { now } from '../../api/session';
import { go, pathOf, useAddress } from '../../app/router';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { saveFile } from '../../components/saveFile';
import { Moment } from '../../components/time';
import { ATTRIBUTES, lookup, recordOf, type Lookup, type TrailEvent } from './api';

const TRUTHS = [
  { value: 'false', label: 'false: what changes something' },
  { value: 'true', label: 'true: what only reads' },
];
const UNITS: Record<string, number> = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800, month: 2_592_000, year: 31_536_000 };

/** From when to when, in seconds since 1970. */
function span(range: DateRangePickerProps.Value | null): { from?: number; to?: number } {
  if (!range) return {};
  if (range.type === 'relative') return { from: Math.floor(now().getTime() / 1000) - range.amount * (UNITS[range.unit] ?? 1) };
  return { from: Date.parse(range.startDate) / 1000, to: Date.parse(range.endDate) / 1000 };
}

interface Found {
  events: TrailEvent[];
  next?: string;
  loading: boolean;
  error?: ApiError;
}

/** Reads events page by page: `read()` begins anew, `read(token)` goes on. */
function useEvents(wanted: Lookup & { range: DateRangePickerProps.Value | null }) {
  const [found, setFound] = useState<Found>({ events: [], loading: true });
  const control = useRef<AbortController>(undefined);
  const key = JSON.stringify(wanted);
  const read = useCallback(async (token?: string) => {
    control.current?.abort();
    const mine = (control.current = new AbortController());
    setFound((old) => ({ events: token ? old.events : [], next: old.next, loading: true }));
    const { range, ...attributes } = JSON.parse(key) as typeof wanted;
    try {
      const page = await lookup({ ...attributes, ...span(range) }, token, mine.signal);
      setFound((old) => ({ events: [...(token ? old.events : []), ...page.events], next: page.next, loading: false }));
    } catch (failure) {
      if (mine.signal.aborted) return;
      const error = failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure));
      setFound((old) => ({ ...old, loading: false, error }));
    }
  }, [key]);
  useEffect(() => {
    void read();
    return () => control.current?.abort();
  }, [read]);
  return { ...found, read };
}

/** What the address asks for: `?Username=ann`. */
function fromAddress(query: URLSearchParams): { attribute: string; value: string } {
  const found = ATTRIBUTES.find(({ value }) => query.has(value));
  return found ? { attribute: found.value, value: query.get(found.value) ?? '' } : { attribute: 'ReadOnly', value: 'false' };
}

export default function HistoryPage() {
  const { query } = useAddress();
  const asked = fromAddress(query);
  const [attribute, setAttribute] = useState(asked.attribute);
  const [value, setValue] = useState(asked.value);
  const [range, setRange] = useState<DateRangePickerProps.Value | null>(null);
  const { events, next, loading, error, read } = useEvents({ ...asked, range });
  // The address names what is looked up: it can be kept and sent to others.
  const apply = (key: string, text: string) => go(`/cloudtrail/events?${key}=${encodeURIComponent(text)}`);
  useEffect(() => {
    setAttribute(asked.attribute);
    setValue(asked.value);
  }, [asked.attribute, asked.value]);

  if (error && events.length === 0) return <Failure what="The events can't be looked up" error={error} retry={() => void read()} />;
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={events}
      trackBy="EventId"
      loading={loading && events.length === 0}
      loadingText="Looking up events"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: 'Event history' }}
      header={
        <Header
          variant="h1"
          counter={`(${events.length}${next ? '+' : ''})`}
          description="Calls of the yard’s operations, the newest first. Reading data, as objects and events, is not among them."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel="Refresh" loading={loading} onClick={() => void read()} />
              <Button iconName="download" disabled={events.length === 0} onClick={() => saveFile([JSON.stringify({ Records: events.map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? '{}')) }, null, 2)], 'event-history.json', 'application/json')}>
                Download events
              </Button>
            </SpaceBetween>
          }
        >
          Event history
        </Header>
      }
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <Select
            ariaLabel="Lookup attribute"
            selectedOption={ATTRIBUTES.find((it) => it.value === attribute) ?? ATTRIBUTES[0]}
            options={ATTRIBUTES}
            onChange={({ detail }) => {
              setAttribute(detail.selectedOption.value ?? 'ReadOnly');
              setValue(detail.selectedOption.value === 'ReadOnly' ? 'false' : '');
            }}
          />
          {attribute === 'ReadOnly' ? (
            <Select ariaLabel="Read-only" selectedOption={TRUTHS.find((it) => it.value === value) ?? TRUTHS[0]} options={TRUTHS} onChange={({ detail }) => apply('ReadOnly', detail.selectedOption.value ?? 'false')} />
          ) : (
            <Input
              value={value}
              type="search"
              ariaLabel="Value of the lookup attribute"
              placeholder={`Enter ${ATTRIBUTES.find((it) => it.value === attribute)?.label.toLowerCase()}`}
              onChange={({ detail }) => setValue(detail.value)}
              onKeyDown={({ detail }) => detail.key === 'Enter' && apply(attribute, value.trim())}
            />
          )}
          {attribute !== 'ReadOnly' && <Button onClick={() => apply(attribute, value.trim())}>Look up</Button>}
          <DateRangePicker
            value={range}
            onChange={({ detail }) => setRange(detail.value)}
            placeholder="Filter by date and time"
            relativeOptions={[
              { key: '30m', amount: 30, unit: 'minute', type: 'relative' },
              { key: '1h', amount: 1, unit: 'hour', type: 'relative' },
              { key: '12h', amount: 12, unit: 'hour', type: 'relative' },
              { key: '1d', amount: 1, unit: 'day', type: 'relative' },
              { key: '1w', amount: 1, unit: 'week', type: 'relative' },
            ]}
            isValidRange={(it) =>
              it?.type === 'absolute' && !(Date.parse(it.startDate) < Date.parse(it.endDate)) ? { valid: false, errorMessage: 'The end is after the start.' } : { valid: true }
            }
            i18nStrings={{ formatRelativeRange: ({ amount, unit }) => `Last ${amount} ${unit}${amount === 1 ? '' : 's'}`, formatUnit: (unit, amount) => (amount === 1 ? unit : `${unit}s`) }}
          />
        </SpaceBetween>
      }
      footer={
        <Box textAlign="center">
          {next ? <Button loading={loading} onClick={() => void read(next)}>{events.length === 0 ? 'Search on' : 'Load more'}</Button> : !loading && <Box variant="small">There are no older events.</Box>}
        </Box>
      }
      empty={
        next ? (
          <Empty title="Nothing has been found so far">There is more of the history to search: go on below.</Empty>
        ) : (
          <Empty title="No event fits">Values are compared whole, with upper and lower case.</Empty>
        )
      }
      columnDefinitions={[
        { id: 'name', header: 'Event name', isRowHeader: true, cell: ({ EventName, EventId }) => <Link href={`#${pathOf('cloudtrail', 'events', EventId)}`}>{EventName}</Link> },
        { id: 'time', header: 'Event time', minWidth: 180, cell: ({ EventTime }) => <Moment at={EventTime} /> },
        { id: 'user', header: 'User name', cell: ({ Username }) => (Username ? <Link href={`#/cloudtrail/events?Username=${encodeURIComponent(Username)}`}>{Username}</Link> : '–') },
        { id: 'source', header: 'Event source', cell: ({ EventSource }) => EventSource ?? '–' },
        { id: 'resource', header: 'Resource name', cell: ({ Resources = [] }) => <span className="wrapped">{Resources.map(({ ResourceName }) => ResourceName).join(', ') || '–'}</span> },
        {
          id: 'error', header: 'Error code',
          cell: (event) => {
            const { errorCode } = recordOf(event);
            return errorCode ? <StatusIndicator type="error">{errorCode}</StatusIndicator> : '–';
          },
        },
      ]}
    />
  );
}
