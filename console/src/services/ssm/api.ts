// Parameter Store's operations, as far as the pages need them:
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/

import { call } from '../../api/client';
import { pathOf } from '../../app/router';
import type { Tag } from '../../components/TagPanel';
import type { EpochSeconds } from '../../components/time';

const SSM = { name: 'ssm', target: 'AmazonSSM' };

export type Type = 'String' | 'StringList' | 'SecureString';

/** A parameter without its value. */
export interface Metadata {
  Name: string;
  ARN?: string;
  Type: Type;
  KeyId?: string;
  LastModifiedDate: EpochSeconds;
  LastModifiedUser: string;
  Description?: string;
  AllowedPattern?: string;
  Version: number;
  Tier: string;
  DataType: string;
}

/** A version; its value is ciphertext where it is a SecureString's. */
export interface Past extends Metadata {
  Value: string;
  Labels?: string[];
}

export const ssm = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(SSM, operation, input, signal);

export const parameterPath = (name: string) => pathOf('ssm', 'parameters', name);

async function all<Item>(operation: string, member: string, input: object, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ssm<Record<string, Item[]> & { NextToken?: string }>(operation, { ...input, MaxResults: 50, NextToken }, signal);
    items.push(...(page[member] ?? []));
    NextToken = page.NextToken as string | undefined;
  } while (NextToken);
  return items;
}

/** All parameters, without their values. */
export const listParameters = (signal?: AbortSignal) => all<Metadata>('DescribeParameters', 'Parameters', {}, signal);

export async function describeParameter(name: string, signal?: AbortSignal): Promise<Metadata | undefined> {
  const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
  return (await all<Metadata>('DescribeParameters', 'Parameters', { ParameterFilters: [filter] }, signal))[0];
}

/** The value of a parameter or of one of its versions. Only this reads a SecureString in plain. */
export async function valueOf(name: string, decrypt: boolean, version?: number, signal?: AbortSignal): Promise<string> {
  const Name = version === undefined ? name : `${name}:${version}`;
  return (await ssm<{ Parameter: { Value: string } }>('GetParameter', { Name, WithDecryption: decrypt }, signal)).Parameter.Value;
}

export const history = (Name: string, signal?: AbortSignal) => all<Past>('GetParameterHistory', 'Parameters', { Name }, signal);

const tagged = (ResourceId: string) => ({ ResourceType: 'Parameter', ResourceId });

export const listTags = async (name: string, signal?: AbortSignal) =>
  (await ssm<{ TagList?: Tag[] }>('ListTagsForResource', tagged(name), signal)).TagList ?? [];

export async function saveTags(name: string, { set, gone }: { set: Tag[]; gone: string[] }) {
  if (gone.length > 0) await ssm('RemoveTagsFromResource', { ...tagged(name), TagKeys: gone });
  if (set.length > 0) await ssm('AddTagsToResource', { ...tagged(name), Tags: set });
}

export const NAME = /^(\/?[A-Za-z0-9_.-]+)(\/[A-Za-z0-9_.-]+)*$/;
