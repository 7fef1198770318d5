// IAM's operations, as far as the pages need them:
// https://docs.aws.amazon.com/IAM/latest/APIReference/

import { IAM, query, queryAll } from '../../api/query';
import type { Tag } from '../../components/TagPanel';
import type { Noun } from './paths';

export { entityPath, policyPath, type Noun } from './paths';

/** ISO 8601. */
type Time = string;

export interface User {
  UserName: string;
  UserId: string;
  Arn: string;
  Path: string;
  CreateDate: Time;
  PasswordLastUsed?: Time;
  PermissionsBoundary?: { PermissionsBoundaryArn: string };
}

export interface Group {
  GroupName: string;
  GroupId: string;
  Arn: string;
  Path: string;
  CreateDate: Time;
}

export interface Role {
  RoleName: string;
  RoleId: string;
  Arn: string;
  Path: string;
  CreateDate: Time;
  Description?: string;
  /** Seconds. */
  MaxSessionDuration?: string;
  /** Percent-encoded. */
  AssumeRolePolicyDocument?: string;
  PermissionsBoundary?: { PermissionsBoundaryArn: string };
}

export interface Policy {
  PolicyName: string;
  Arn: string;
  Path: string;
  DefaultVersionId: string;
  AttachmentCount?: string;
  Description?: string;
  CreateDate: Time;
  UpdateDate?: Time;
}

export interface AttachedPolicy {
  PolicyName: string;
  PolicyArn: string;
}

export interface PolicyVersion {
  VersionId: string;
  IsDefaultVersion: string;
  CreateDate: Time;
  /** Percent-encoded. */
  Document?: string;
}

export interface AccessKey {
  AccessKeyId: string;
  Status: 'Active' | 'Inactive';
  CreateDate: Time;
  SecretAccessKey?: string;
}

export const iam = <Output>(action: string, input: object = {}, signal?: AbortSignal) => query<Output>(IAM, action, input, signal);
export const iamAll = <Item>(action: string, member: string, input: object = {}, signal?: AbortSignal) =>
  queryAll<Item>(IAM, action, member, input, signal);

/** Seconds since 1970. */
export const seconds = (time: Time | undefined) => (time ? Date.parse(time) / 1000 : undefined);

/** A document as IAM answers with it, which is percent-encoded. */
export const documentOf = (encoded: string | undefined) => decodeURIComponent(encoded ?? '');

export const isAws = (arn: string) => arn.startsWith('arn:aws:iam::aws:');

export const listUsers = (signal?: AbortSignal) => iamAll<User>('ListUsers', 'Users', {}, signal);
export const listGroups = (signal?: AbortSignal) => iamAll<Group>('ListGroups', 'Groups', {}, signal);
export const listRoles = (signal?: AbortSignal) => iamAll<Role>('ListRoles', 'Roles', {}, signal);
export const listPolicies = (scope: 'All' | 'AWS' | 'Local', signal?: AbortSignal) =>
  iamAll<Policy>('ListPolicies', 'Policies', { Scope: scope }, signal);

export const listTags = (noun: Noun | 'Policy', input: object, signal?: AbortSignal) => iamAll<Tag>(`List${noun}Tags`, 'Tags', input, signal);

/** Sets tags and takes some away. */
export async function saveTags(noun: 'User' | 'Role' | 'Policy', input: object, { set, gone }: { set: Tag[]; gone: string[] }) {
  if (gone.length > 0) await iam(`Untag${noun}`, { ...input, TagKeys: gone });
  if (set.length > 0) await iam(`Tag${noun}`, { ...input, Tags: set });
}

/** The document of a managed policy's version, the default one unless said otherwise. */
export async function policyDocument(arn: string, version: string | undefined, signal?: AbortSignal): Promise<string> {
  const wanted = version ?? (await iam<{ Policy: Policy }>('GetPolicy', { PolicyArn: arn }, signal)).Policy.DefaultVersionId;
  const { PolicyVersion } = await iam<{ PolicyVersion: PolicyVersion }>('GetPolicyVersion', { PolicyArn: arn, VersionId: wanted }, signal);
  return documentOf(PolicyVersion.Document);
}

/** A policy that allows nothing until it is filled in. */
export const NEW_POLICY = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Sid: 'Statement1', Effect: 'Allow', Action: [], Resource: [] }] }, null, 2);

/** Names of users, groups, roles and policies. */
export const NAME = /^[\w+=,.@-]{1,128}$/;
export const nameError = (name: string, most = 64) =>
  name !== '' && (!NAME.test(name) || name.length > most) ? `Up to ${most} letters, digits and + = , . @ _ -` : undefined;
