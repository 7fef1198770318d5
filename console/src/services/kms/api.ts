// KMS's operations, as far as the pages need them:
// https://docs.aws.amazon.com/kms/latest/APIReference/

import { call } from '../../api/client';
import { pathOf } from '../../app/router';
import type { Tag } from '../../components/TagPanel';
import type { EpochSeconds } from '../../components/time';

const KMS = { name: 'kms', target: 'TrentService' };

export interface Key {
  KeyId: string;
  Arn: string;
  Description?: string;
  Enabled: boolean;
  KeyState: string;
  KeyManager: 'AWS' | 'CUSTOMER';
  KeySpec: string;
  KeyUsage: string;
  Origin: string;
  MultiRegion?: boolean;
  CreationDate: EpochSeconds;
  DeletionDate?: EpochSeconds;
}

export interface Alias {
  AliasName: string;
  AliasArn: string;
  TargetKeyId?: string;
  CreationDate?: EpochSeconds;
}

export interface Rotation {
  KeyRotationEnabled: boolean;
  RotationPeriodInDays?: number;
  NextRotationDate?: EpochSeconds;
}

export interface PastRotation {
  KeyMaterialId?: string;
  RotationDate?: EpochSeconds;
  RotationType?: string;
  KeyMaterialState?: string;
}

export const kms = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(KMS, operation, input, signal);

export const keyPath = (id: string) => pathOf('kms', 'keys', id);

async function all<Item>(operation: string, member: string, input: object, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let Marker: string | undefined;
  do {
    const page = await kms<Record<string, Item[]> & { NextMarker?: string }>(operation, { ...input, Marker }, signal);
    items.push(...(page[member] ?? []));
    Marker = page.NextMarker as string | undefined;
  } while (Marker);
  return items;
}

export const listAliases = (signal?: AbortSignal, KeyId?: string) => all<Alias>('ListAliases', 'Aliases', { KeyId }, signal);
/** Names of keys, for forms that take one. */
export const aliasNames = async (signal?: AbortSignal) => (await listAliases(signal)).map(({ AliasName }) => AliasName);
export const describeKey = async (KeyId: string, signal?: AbortSignal) => (await kms<{ KeyMetadata: Key }>('DescribeKey', { KeyId }, signal)).KeyMetadata;
export const listRotations = (KeyId: string, signal?: AbortSignal) => all<PastRotation>('ListKeyRotations', 'Rotations', { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' }, signal);

export interface Listed {
  id: string;
  aliases: string[];
  /** Nothing where the caller may not describe it. */
  key?: Key;
}

/** All keys with their aliases, the account's own and those that services made. */
export async function listKeys(signal?: AbortSignal): Promise<Listed[]> {
  const [keys, aliases] = await Promise.all([all<{ KeyId: string }>('ListKeys', 'Keys', {}, signal), listAliases(signal).catch(() => [] as Alias[])]);
  const ids = new Set([...keys.map(({ KeyId }) => KeyId), ...aliases.flatMap(({ TargetKeyId }) => TargetKeyId ?? [])]);
  const described = await Promise.allSettled([...ids].map((id) => describeKey(id, signal)));
  return [...ids].map((id, at) => {
    const found = described[at];
    return {
      id,
      aliases: aliases.filter(({ TargetKeyId }) => TargetKeyId === id).map(({ AliasName }) => AliasName.slice('alias/'.length)),
      key: found.status === 'fulfilled' ? found.value : undefined,
    };
  });
}

interface KmsTag {
  TagKey: string;
  TagValue: string;
}

export const toKms = (tags: Tag[]): KmsTag[] => tags.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
export const listTags = async (KeyId: string, signal?: AbortSignal): Promise<Tag[]> =>
  (await all<KmsTag>('ListResourceTags', 'Tags', { KeyId }, signal)).map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));

export async function saveTags(KeyId: string, { set, gone }: { set: Tag[]; gone: string[] }) {
  if (gone.length > 0) await kms('UntagResource', { KeyId, TagKeys: gone });
  if (set.length > 0) await kms('TagResource', { KeyId, Tags: toKms(set) });
}

export const aliasError = (alias: string) =>
  alias === '' ? undefined : !/^[a-zA-Z0-9/_-]{1,250}$/.test(alias) ? 'Letters, digits and / _ -' : alias.startsWith('aws/') ? 'Aliases that begin with aws/ are AWS’s' : undefined;

/** `PendingDeletion` is shown as `Pending deletion`. */
export const readableState = (state: string) => state.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
