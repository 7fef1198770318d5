// Secrets Manager's operations, as far as the pages need them:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/

import { call } from '../../api/client';
import { pathOf } from '../../app/router';
import type { Tag } from '../../components/TagPanel';
import type { EpochSeconds } from '../../components/time';

const SECRETS = { name: 'secretsmanager', target: 'secretsmanager' };

/** A secret without its value. */
export interface Secret {
  Name: string;
  ARN: string;
  Description?: string;
  KmsKeyId?: string;
  RotationEnabled?: boolean;
  CreatedDate?: EpochSeconds;
  LastChangedDate?: EpochSeconds;
  LastAccessedDate?: EpochSeconds;
  DeletedDate?: EpochSeconds;
  Tags?: Tag[];
  VersionIdsToStages?: Record<string, string[]>;
}

export interface SecretVersion {
  VersionId: string;
  VersionStages?: string[];
  CreatedDate?: EpochSeconds;
  LastAccessedDate?: EpochSeconds;
}

export const secrets = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(SECRETS, operation, input, signal);

export const secretPath = (name: string) => pathOf('secrets', name);

async function all<Item>(operation: string, member: string, input: object, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let NextToken: string | undefined;
  do {
    const page = await secrets<Record<string, Item[]> & { NextToken?: string }>(operation, { ...input, MaxResults: 100, NextToken }, signal);
    items.push(...(page[member] ?? []));
    NextToken = page.NextToken as string | undefined;
  } while (NextToken);
  return items;
}

/** All secrets, those too that wait for their deletion; without values. */
export const listSecrets = (signal?: AbortSignal) => all<Secret>('ListSecrets', 'SecretList', { IncludePlannedDeletion: true }, signal);
export const listVersions = (SecretId: string, signal?: AbortSignal) => all<SecretVersion>('ListSecretVersionIds', 'Versions', { SecretId, IncludeDeprecated: true }, signal);

export interface Value {
  VersionId?: string;
  SecretString?: string;
  /** Base64. */
  SecretBinary?: string;
}

/** The value of a secret or of one of its versions. Only this reads it. */
export const readValue = (SecretId: string, VersionId?: string) => secrets<Value>('GetSecretValue', { SecretId, VersionId });

/** The value as it is shown. */
export async function valueOf(SecretId: string, VersionId?: string): Promise<string> {
  const { SecretString, SecretBinary } = await readValue(SecretId, VersionId);
  return SecretString ?? `(binary, in base64) ${SecretBinary ?? ''}`;
}

export const randomPassword = async (length: number) =>
  (await secrets<{ RandomPassword: string }>('GetRandomPassword', { PasswordLength: length, RequireEachIncludedType: true })).RandomPassword;

export const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
