// CloudTrail's event history:
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';

const CLOUDTRAIL = { name: 'cloudtrail', target: 'CloudTrail_20131101' };

export interface TrailEvent {
  EventId: string;
  EventName: string;
  ReadOnly?: string;
  AccessKeyId?: string;
  EventTime?: EpochSeconds;
  EventSource?: string;
  Username?: string;
  Resources?: { ResourceType?: string; ResourceName?: string }[];
  /** The record as JSON. */
  CloudTrailEvent?: string;
}

/** What events can be looked up by, one at a time, in AWS's words. */
export const ATTRIBUTES = [
  { value: 'ReadOnly', label: 'Read-only' },
  { value: 'EventName', label: 'Event name' },
  { value: 'EventSource', label: 'Event source' },
  { value: 'Username', label: 'User name' },
  { value: 'ResourceName', label: 'Resource name' },
  { value: 'ResourceType', label: 'Resource type' },
  { value: 'AccessKeyId', label: 'AWS access key' },
  { value: 'EventId', label: 'Event ID' },
];

export interface Lookup {
  attribute?: string;
  value?: string;
  /** Seconds. */
  from?: EpochSeconds;
  to?: EpochSeconds;
}

/** Most that CloudTrail gives at once. */
const PAGE = 50;

/** A page of events, newest first, and the token of the next. A page may be empty and have a next one. */
export async function lookup({ attribute, value, from, to }: Lookup, token: string | undefined, signal?: AbortSignal): Promise<{ events: TrailEvent[]; next?: string }> {
  const answer = await call<{ Events?: TrailEvent[]; NextToken?: string }>(
    CLOUDTRAIL,
    'LookupEvents',
    {
      LookupAttributes: attribute && value ? [{ AttributeKey: attribute, AttributeValue: value }] : undefined,
      StartTime: from,
      EndTime: to,
      MaxResults: PAGE,
      NextToken: token,
    },
    signal,
  );
  return { events: answer.Events ?? [], next: answer.NextToken };
}

/** What of a record the table and the page show beside what LookupEvents tells. */
export interface Record_ {
  errorCode?: string;
  errorMessage?: string;
  sourceIPAddress?: string;
  userAgent?: string;
  awsRegion?: string;
  requestID?: string;
  userIdentity?: { type?: string; arn?: string };
}

export function recordOf(event: TrailEvent): Record_ {
  try {
    return JSON.parse(event.CloudTrailEvent ?? '{}') as Record_;
  } catch {
    return {};
  }
}
