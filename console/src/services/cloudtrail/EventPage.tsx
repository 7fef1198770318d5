import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { ApiError } from '../../api/errors';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { ExplainButton } from '../../components/ExplainButton';
import { Failure } from '../../components/Failure';
import { JsonView } from '../../components/JsonView';
import { Moment } from '../../components/time';
import { lookup, recordOf, type TrailEvent } from './api';

/** Finds the event, however many pages of the history that takes. */
async function find(id: string, signal: AbortSignal): Promise<TrailEvent | undefined> {
  let token: string | undefined;
  do {
    const page = await lookup({ attribute: 'EventId', value: id }, token, signal);
    if (page.events.length > 0) return page.events[0];
    token = page.next;
  } while (token);
  return undefined;
}

export default function EventPage({ params: { id } }: PageProps) {
  const event = useResource(`trail event ${id}`, async (signal) => ({ is: await find(id, signal) }));
  if (event.error && !event.data) return <Failure what="The event can't be shown" error={event.error} retry={event.reload} />;
  if (!event.data) return <Spinner size="large" />;
  const found = event.data.is;
  if (!found) return <Empty title={`There is no event ${id}`}>It may be older than what the history keeps, or be in another region.</Empty>;
  const { EventName, EventTime, EventSource, Username, AccessKeyId, ReadOnly, Resources = [], CloudTrailEvent = '{}' } = found;
  const { errorCode, errorMessage, sourceIPAddress, userAgent, awsRegion, requestID, userIdentity } = recordOf(found);
  const refusal = errorCode ? new ApiError(0, errorCode, errorMessage ?? '') : undefined;
  return (
    <ContentLayout header={<Header variant="h1">{EventName}</Header>}>
      <SpaceBetween size="l">
        <Container header={<Header>Details</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Event time', value: <Moment at={EventTime} /> },
              { label: 'User name', value: Username ? <Link href={`#/cloudtrail/events?Username=${encodeURIComponent(Username)}`}>{Username}</Link> : '–' },
              { label: 'Event source', value: EventSource ?? '–' },
              { label: 'Identity', value: <span className="wrapped">{userIdentity?.arn ?? '–'}</span> },
              { label: 'AWS access key', value: AccessKeyId ?? '–' },
              { label: 'Source IP address', value: sourceIPAddress ?? '–' },
              { label: 'Region', value: awsRegion ?? '–' },
              { label: 'Read-only', value: ReadOnly ?? '–' },
              { label: 'Request id', value: requestID ?? '–' },
              { label: 'User agent', value: <span className="wrapped">{userAgent ?? '–'}</span> },
              {
                label: 'Error code',
                value: refusal ? (
                  <SpaceBetween size="xs">
                    <StatusIndicator type="error">{errorCode}</StatusIndicator>
                    <span className="wrapped">{refusal.shown}</span>
                    {refusal.encoded && <ExplainButton encoded={refusal.encoded} />}
                  </SpaceBetween>
                ) : (
                  <StatusIndicator type="success">None</StatusIndicator>
                ),
              },
              { label: 'Event ID', value: id },
            ]}
          />
        </Container>
        <Table
          items={Resources}
          header={<Header counter={`(${Resources.length})`}>Resources referenced</Header>}
          ariaLabels={{ tableLabel: 'Resources referenced' }}
          wrapLines
          empty="The event is about no resource."
          columnDefinitions={[
            { id: 'type', header: 'Resource type', cell: ({ ResourceType }) => ResourceType ?? '–' },
            { id: 'name', header: 'Resource name', isRowHeader: true, cell: ({ ResourceName }) => <Link href={`#/cloudtrail/events?ResourceName=${encodeURIComponent(ResourceName ?? '')}`}>{ResourceName}</Link> },
          ]}
        />
        <Container header={<Header>Event record</Header>}>
          <JsonView text={CloudTrailEvent} label="the event record" />
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}
