// CodeDeploy's operations: https://docs.aws.amazon.com/codedeploy/latest/APIReference/

import { call } from '../../api/client';
import type * as T from './types';

const CODEDEPLOY = { name: 'codedeploy', target: 'CodeDeploy_20141006' };

const ask = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(CODEDEPLOY, operation, input, signal);

/** Events of deployments and their instances name the group. */
export const isOfGroup = (arn: string, application: string, group: string) => arn.endsWith(`:deploymentgroup:${application}/${group}`);
export const isOfApplication = (arn: string, application: string) => arn.includes(`:deploymentgroup:${application}/`);
export const isAny = (arn: string) => arn.includes(':codedeploy:');

/** All items of a listing. */
async function all<Item>(operation: string, member: string, input: object, signal?: AbortSignal): Promise<Item[]> {
  const items: Item[] = [];
  let nextToken: string | undefined;
  do {
    const page: Record<string, unknown> = await ask(operation, { ...input, nextToken }, signal);
    items.push(...((page[member] as Item[] | undefined) ?? []));
    nextToken = page.nextToken as string | undefined;
  } while (nextToken);
  return items;
}

/** Asks for many by as many calls as the operation's limit makes it. */
async function batches<Item>(names: string[], most: number, load: (names: string[]) => Promise<Item[]>): Promise<Item[]> {
  const parts: Promise<Item[]>[] = [];
  for (let at = 0; at < names.length; at += most) parts.push(load(names.slice(at, at + most)));
  return (await Promise.all(parts)).flat();
}

export const listApplicationNames = (signal?: AbortSignal) => all<string>('ListApplications', 'applications', {}, signal);

export async function listApplications(signal?: AbortSignal): Promise<T.Application[]> {
  const names = await listApplicationNames(signal);
  return batches(names, 100, async (applicationNames) =>
    (await ask<{ applicationsInfo?: T.Application[] }>('BatchGetApplications', { applicationNames }, signal)).applicationsInfo ?? []);
}

export const getApplication = async (applicationName: string, signal?: AbortSignal) =>
  (await ask<{ application: T.Application }>('GetApplication', { applicationName }, signal)).application;

export const createApplication = (applicationName: string) => ask('CreateApplication', { applicationName, computePlatform: 'Server' });
export const renameApplication = (applicationName: string, newApplicationName: string) => ask('UpdateApplication', { applicationName, newApplicationName });
export const deleteApplication = (applicationName: string) => ask('DeleteApplication', { applicationName });

export const listGroupNames = (applicationName: string, signal?: AbortSignal) => all<string>('ListDeploymentGroups', 'deploymentGroups', { applicationName }, signal);

export async function listGroups(applicationName: string, signal?: AbortSignal): Promise<T.Group[]> {
  const names = await listGroupNames(applicationName, signal);
  return batches(names, 100, async (deploymentGroupNames) =>
    (await ask<{ deploymentGroupsInfo?: T.Group[] }>('BatchGetDeploymentGroups', { applicationName, deploymentGroupNames }, signal)).deploymentGroupsInfo ?? []);
}

export const getGroup = async (applicationName: string, deploymentGroupName: string, signal?: AbortSignal) =>
  (await ask<{ deploymentGroupInfo: T.Group }>('GetDeploymentGroup', { applicationName, deploymentGroupName }, signal)).deploymentGroupInfo;

export const createGroup = (input: object) => ask('CreateDeploymentGroup', input);
export const updateGroup = (input: object) => ask('UpdateDeploymentGroup', input);
export const deleteGroup = (applicationName: string, deploymentGroupName: string) => ask('DeleteDeploymentGroup', { applicationName, deploymentGroupName });

export interface DeploymentFilter {
  applicationName?: string;
  deploymentGroupName?: string;
  includeOnlyStatuses?: string[];
  createTimeRange?: { start?: number; end?: number };
}

/** The newest deployments that fit, and whether there are more. */
export async function listDeployments(filter: DeploymentFilter, most: number, signal?: AbortSignal): Promise<{ deployments: T.Deployment[]; more: boolean }> {
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask<{ deployments?: string[]; nextToken?: string }>('ListDeployments', { ...filter, nextToken }, signal);
    ids.push(...(page.deployments ?? []));
    nextToken = page.nextToken;
  } while (nextToken && ids.length < most);
  const deployments = await getDeployments(ids.slice(0, most), signal);
  return { deployments, more: ids.length > most || !!nextToken };
}

const getDeployments = (ids: string[], signal?: AbortSignal) =>
  batches(ids, 25, async (deploymentIds) => {
    const { deploymentsInfo = [] } = await ask<{ deploymentsInfo?: T.Deployment[] }>('BatchGetDeployments', { deploymentIds }, signal);
    const byId = new Map(deploymentsInfo.map((it) => [it.deploymentId, it]));
    return deploymentIds.flatMap((id) => byId.get(id) ?? []);
  });

export const getDeployment = async (deploymentId: string, signal?: AbortSignal) =>
  (await ask<{ deploymentInfo: T.Deployment }>('GetDeployment', { deploymentId }, signal)).deploymentInfo;

export async function listTargets(deploymentId: string, signal?: AbortSignal): Promise<T.Target[]> {
  const ids = await all<string>('ListDeploymentTargets', 'targetIds', { deploymentId }, signal);
  return batches(ids, 25, async (targetIds) => {
    const answer = await ask<{ deploymentTargets?: { instanceTarget?: T.Target }[] }>('BatchGetDeploymentTargets', { deploymentId, targetIds }, signal);
    return (answer.deploymentTargets ?? []).flatMap(({ instanceTarget }) => instanceTarget ?? []);
  });
}

export const createDeployment = async (input: object) => (await ask<{ deploymentId: string }>('CreateDeployment', input)).deploymentId;

export const stopDeployment = (deploymentId: string, autoRollbackEnabled: boolean) =>
  ask<{ statusMessage?: string }>('StopDeployment', { deploymentId, autoRollbackEnabled });

export const listRevisions = (applicationName: string, signal?: AbortSignal) =>
  all<T.Revision>('ListApplicationRevisions', 'revisions', { applicationName, sortBy: 'registerTime', sortOrder: 'descending' }, signal);

export interface RevisionInfo {
  revisionLocation: T.Revision;
  genericRevisionInfo?: { description?: string; deploymentGroups?: string[]; firstUsedTime?: number; lastUsedTime?: number; registerTime?: number };
}

export async function describeRevisions(applicationName: string, signal?: AbortSignal): Promise<RevisionInfo[]> {
  const revisions = await listRevisions(applicationName, signal);
  const parts: RevisionInfo[] = [];
  for (let at = 0; at < revisions.length; at += 25) {
    const page = await ask<{ revisions?: RevisionInfo[] }>('BatchGetApplicationRevisions', { applicationName, revisions: revisions.slice(at, at + 25) }, signal);
    parts.push(...(page.revisions ?? []));
  }
  return parts;
}

export const listConfigNames = (signal?: AbortSignal) => all<string>('ListDeploymentConfigs', 'deploymentConfigsList', {}, signal);

export async function listConfigs(signal?: AbortSignal): Promise<T.Config[]> {
  const names = await listConfigNames(signal);
  return Promise.all(names.map(async (deploymentConfigName) =>
    (await ask<{ deploymentConfigInfo: T.Config }>('GetDeploymentConfig', { deploymentConfigName }, signal)).deploymentConfigInfo));
}

export const createConfig = (deploymentConfigName: string, minimumHealthyHosts: { type: string; value: number }) =>
  ask('CreateDeploymentConfig', { deploymentConfigName, minimumHealthyHosts, computePlatform: 'Server' });
export const deleteConfig = (deploymentConfigName: string) => ask('DeleteDeploymentConfig', { deploymentConfigName });

export const listInstanceNames = (input: { registrationStatus?: string; tagFilters?: T.TagFilter[] }, signal?: AbortSignal) =>
  all<string>('ListOnPremisesInstances', 'instanceNames', input, signal);

export async function listInstances(signal?: AbortSignal): Promise<T.Instance[]> {
  const names = await listInstanceNames({}, signal);
  return batches(names, 100, async (instanceNames) =>
    (await ask<{ instanceInfos?: T.Instance[] }>('BatchGetOnPremisesInstances', { instanceNames }, signal)).instanceInfos ?? []);
}

interface Tag {
  Key: string;
  Value: string;
}

export const addInstanceTags = (instanceName: string, tags: Tag[]) => ask('AddTagsToOnPremisesInstances', { instanceNames: [instanceName], tags });
export const removeInstanceTags = (instanceName: string, tags: Tag[]) => ask('RemoveTagsFromOnPremisesInstances', { instanceNames: [instanceName], tags });
export const deregister = (instanceName: string) => ask('DeregisterOnPremisesInstance', { instanceName });

export async function listTags(ResourceArn: string, signal?: AbortSignal): Promise<Tag[]> {
  const { Tags = [] } = await ask<{ Tags?: Partial<Tag>[] }>('ListTagsForResource', { ResourceArn }, signal);
  return Tags.map(({ Key = '', Value = '' }) => ({ Key, Value }));
}

export const tag = (ResourceArn: string, Tags: Tag[]) => ask('TagResource', { ResourceArn, Tags });
export const untag = (ResourceArn: string, TagKeys: string[]) => ask('UntagResource', { ResourceArn, TagKeys });
