// EventBridge's operations, as far as the pages need them:
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/

import { call } from '../../api/client';
import type { Tag } from '../../components/TagPanel';

const EVENTS = { name: 'events', target: 'AWSEvents' };

export interface Bus {
  Name: string;
  Arn: string;
  Description?: string;
  Policy?: string;
}

export interface Rule {
  Name: string;
  Arn: string;
  EventPattern?: string;
  ScheduleExpression?: string;
  State: 'ENABLED' | 'DISABLED';
  Description?: string;
  EventBusName?: string;
  ManagedBy?: string;
  CreatedBy?: string;
}

export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

export const DEFAULT_BUS = 'default';

export const events = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(EVENTS, operation, input, signal);

async function all<Item>(operation: string, member: string, input: object, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let NextToken: string | undefined;
  do {
    const page = await events<Record<string, Item[]> & { NextToken?: string }>(operation, { ...input, NextToken }, signal);
    items.push(...(page[member] ?? []));
    NextToken = page.NextToken as string | undefined;
  } while (NextToken);
  return items;
}

export const listBuses = (signal?: AbortSignal) => all<Bus>('ListEventBuses', 'EventBuses', {}, signal);
export const listRules = (bus: string, signal?: AbortSignal) => all<Rule>('ListRules', 'Rules', { EventBusName: bus }, signal);
export const listTargets = (rule: string, signal?: AbortSignal) => all<Target>('ListTargetsByRule', 'Targets', { Rule: rule }, signal);
export const describeRule = (name: string, signal?: AbortSignal) => events<Rule>('DescribeRule', { Name: name }, signal);
export const listTags = async (arn: string, signal?: AbortSignal) =>
  (await events<{ Tags?: Tag[] }>('ListTagsForResource', { ResourceARN: arn }, signal)).Tags ?? [];

export async function saveTags(arn: string, { set, gone }: { set: Tag[]; gone: string[] }) {
  if (gone.length > 0) await events('UntagResource', { ResourceARN: arn, TagKeys: gone });
  if (set.length > 0) await events('TagResource', { ResourceARN: arn, Tags: set });
}

/** What of a batch was not done, as one message. */
export interface Failed {
  FailedEntryCount?: number;
  FailedEntries?: { TargetId?: string; ErrorCode?: string; ErrorMessage?: string }[];
}

export function throwFailed({ FailedEntryCount, FailedEntries }: Failed) {
  if (FailedEntryCount) throw new Error((FailedEntries ?? []).map((it) => `${it.TargetId}: ${it.ErrorCode} ${it.ErrorMessage ?? ''}`).join('; ') || `${FailedEntryCount} failed`);
}

/** Takes a rule's targets away, then the rule. */
export async function deleteRule(name: string) {
  const targets = await listTargets(name);
  if (targets.length > 0) throwFailed(await events<Failed>('RemoveTargets', { Rule: name, Ids: targets.map(({ Id }) => Id) }));
  await events('DeleteRule', { Name: name });
}

export const testPattern = async (pattern: string, event: string) =>
  (await events<{ Result: boolean }>('TestEventPattern', { EventPattern: pattern, Event: event })).Result;

export const RULE_NAME = /^[.\-_A-Za-z0-9]{1,64}$/;
