// CloudWatch Logs' operations: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/

import { call } from '../../api/client';

const LOGS = { name: 'logs', target: 'Logs_20140328' };

/** Milliseconds since 1970, as CloudWatch Logs has times. */
export type EpochMillis = number;

export interface LogGroup {
  logGroupName: string;
  logGroupArn?: string;
  creationTime?: EpochMillis;
  retentionInDays?: number;
  storedBytes?: number;
  deletionProtectionEnabled?: boolean;
}

export interface LogStream {
  logStreamName: string;
  creationTime?: EpochMillis;
  firstEventTimestamp?: EpochMillis;
  lastEventTimestamp?: EpochMillis;
  lastIngestionTime?: EpochMillis;
}

/** Most groups or streams that a call lists. */
const PAGE = 50;

/** Groups whose names have that text in them, at most `most`; and whether there are more. */
export async function listGroups(text: string, most: number, signal?: AbortSignal): Promise<{ groups: LogGroup[]; more: boolean }> {
  const groups: LogGroup[] = [];
  let nextToken: string | undefined;
  do {
    const input = { logGroupNamePattern: text || undefined, nextToken, limit: PAGE };
    const page = await call<{ logGroups?: LogGroup[]; nextToken?: string }>(LOGS, 'DescribeLogGroups', input, signal);
    groups.push(...(page.logGroups ?? []));
    nextToken = page.nextToken;
  } while (nextToken && groups.length < most);
  return { groups: groups.slice(0, most), more: !!nextToken || groups.length > most };
}

export async function getGroup(name: string, signal: AbortSignal): Promise<LogGroup | undefined> {
  const page = await call<{ logGroups?: LogGroup[] }>(LOGS, 'DescribeLogGroups', { logGroupNamePrefix: name, limit: PAGE }, signal);
  // The one itself sorts before all that its name is the beginning of.
  return page.logGroups?.find(({ logGroupName }) => logGroupName === name);
}

export const createGroup = (logGroupName: string) => call<object>(LOGS, 'CreateLogGroup', { logGroupName });

export const deleteGroup = (logGroupName: string) => call<object>(LOGS, 'DeleteLogGroup', { logGroupName });

/** Sets how long events are kept; for ever without a number of days. */
export const setRetention = (logGroupName: string, retentionInDays: number | undefined) =>
  retentionInDays === undefined
    ? call<object>(LOGS, 'DeleteRetentionPolicy', { logGroupName })
    : call<object>(LOGS, 'PutRetentionPolicy', { logGroupName, retentionInDays });

export const setProtection = (logGroupIdentifier: string, deletionProtectionEnabled: boolean) =>
  call<object>(LOGS, 'PutLogGroupDeletionProtection', { logGroupIdentifier, deletionProtectionEnabled });

/** The numbers of days that AWS takes. */
export const RETENTIONS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** A page of streams: the newest first, or by name where a prefix is asked for. */
export async function listStreams(
  group: string,
  prefix: string,
  nextToken: string | undefined,
  signal?: AbortSignal,
): Promise<{ streams: LogStream[]; next?: string }> {
  // CloudWatch Logs does not order by time where there is a prefix.
  const order = prefix ? { logStreamNamePrefix: prefix } : { orderBy: 'LastEventTime', descending: true };
  const input = { logGroupName: group, ...order, nextToken, limit: PAGE };
  const page = await call<{ logStreams?: LogStream[]; nextToken?: string }>(LOGS, 'DescribeLogStreams', input, signal);
  return { streams: page.logStreams ?? [], next: page.nextToken };
}

export const createStream = (logGroupName: string, logStreamName: string) => call<object>(LOGS, 'CreateLogStream', { logGroupName, logStreamName });

export const deleteStream = (logGroupName: string, logStreamName: string) => call<object>(LOGS, 'DeleteLogStream', { logGroupName, logStreamName });

export interface FoundEvent {
  eventId: string;
  logStreamName: string;
  timestamp: EpochMillis;
  message: string;
}

export interface Search {
  group: string;
  pattern: string;
  streams?: string[];
  prefix?: string;
  from?: EpochMillis;
  to?: EpochMillis;
}

/** Events that match, up to `most` a call; a call may find none and still say where to go on. */
export async function filterEvents(
  { group, pattern, streams, prefix, from, to }: Search,
  nextToken: string | undefined,
  most: number,
  signal: AbortSignal,
): Promise<{ events: FoundEvent[]; next?: string }> {
  const input = {
    logGroupName: group,
    filterPattern: pattern || undefined,
    logStreamNames: streams,
    logStreamNamePrefix: prefix || undefined,
    startTime: from,
    endTime: to,
    nextToken,
    limit: most,
  };
  const page = await call<{ events?: FoundEvent[]; nextToken?: string }>(LOGS, 'FilterLogEvents', input, signal);
  return { events: page.events ?? [], next: page.nextToken };
}

export interface LogPage {
  events?: { timestamp: EpochMillis; message: string }[];
  nextForwardToken?: string;
  nextBackwardToken?: string;
}

interface Asked {
  group: string;
  stream: string;
  token?: string;
  /** Without a token: the end of the stream, and not its beginning. */
  fromEnd?: boolean;
  signal: AbortSignal;
  limit?: number;
}

/** A page of a log. At its end the token stays the same. */
export const logPage = ({ group, stream, token, fromEnd, signal, limit }: Asked) =>
  call<LogPage>(LOGS, 'GetLogEvents', { logGroupName: group, logStreamName: stream, startFromHead: !fromEnd, nextToken: token, limit }, signal);
