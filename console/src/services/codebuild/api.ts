// CodeBuild's operations on projects and builds: https://docs.aws.amazon.com/codebuild/latest/APIReference/

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';
import type { Input } from './lens';

export const CODEBUILD = { name: 'codebuild', target: 'CodeBuild_20161006' };
const LOGS = { name: 'logs', target: 'Logs_20140328' };

export interface Variable {
  name: string;
  value: string;
  type?: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

export interface Source {
  type: string;
  location?: string;
  buildspec?: string;
  sourceIdentifier?: string;
}

export interface Artifacts {
  type?: string;
  location?: string;
  artifactIdentifier?: string;
  sha256sum?: string;
  md5sum?: string;
  encryptionDisabled?: boolean;
}

interface LogsConfig {
  cloudWatchLogs?: { status: string; groupName?: string; streamName?: string };
  s3Logs?: { status: string; location?: string };
}

export interface WebhookFilter {
  type: string;
  pattern: string;
  excludeMatchedPattern?: boolean;
}

export interface Webhook {
  url?: string;
  payloadUrl?: string;
  secret?: string;
  branchFilter?: string;
  filterGroups?: WebhookFilter[][];
  buildType?: string;
  status?: string;
  statusMessage?: string;
}

export interface Project {
  name: string;
  arn: string;
  description?: string;
  source: Source;
  secondarySources?: Source[];
  sourceVersion?: string;
  artifacts?: Artifacts & { path?: string; name?: string; packaging?: string };
  cache?: { type: string; location?: string; modes?: string[] };
  environment: { type: string; image: string; computeType: string; environmentVariables?: Variable[]; privilegedMode?: boolean };
  serviceRole: string;
  timeoutInMinutes?: number;
  queuedTimeoutInMinutes?: number;
  concurrentBuildLimit?: number;
  autoRetryLimit?: number;
  encryptionKey?: string;
  logsConfig?: LogsConfig;
  tags?: { key: string; value: string }[];
  badge?: { badgeEnabled?: boolean; badgeRequestUrl?: string };
  webhook?: Webhook;
  projectVisibility?: 'PUBLIC_READ' | 'PRIVATE';
  publicProjectAlias?: string;
  resourceAccessRole?: string;
  created?: EpochSeconds;
  lastModified?: EpochSeconds;
}

export interface Phase {
  phaseType: string;
  phaseStatus?: string;
  startTime?: EpochSeconds;
  endTime?: EpochSeconds;
  durationInSeconds?: number;
  contexts?: { statusCode?: string; message?: string }[];
}

export interface Build {
  id: string;
  arn: string;
  buildNumber?: number;
  buildStatus: string;
  buildComplete: boolean;
  currentPhase?: string;
  startTime?: EpochSeconds;
  endTime?: EpochSeconds;
  projectName: string;
  sourceVersion?: string;
  resolvedSourceVersion?: string;
  initiator?: string;
  phases?: Phase[];
  source?: Source;
  secondarySources?: Source[];
  secondarySourceVersions?: { sourceIdentifier: string; sourceVersion: string }[];
  artifacts?: Artifacts;
  secondaryArtifacts?: Artifacts[];
  environment?: { type?: string; image: string; computeType: string; environmentVariables?: Variable[]; privilegedMode?: boolean };
  exportedEnvironmentVariables?: { name: string; value: string }[];
  serviceRole?: string;
  encryptionKey?: string;
  cache?: { type: string; location?: string };
  timeoutInMinutes?: number;
  queuedTimeoutInMinutes?: number;
  reportArns?: string[];
  buildBatchArn?: string;
  autoRetryConfig?: { autoRetryLimit?: number; autoRetryNumber?: number; nextAutoRetry?: string; previousAutoRetry?: string };
  logs?: { groupName?: string; streamName?: string; s3LogsArn?: string };
}

/** The id behind `:build/` or `:build-batch/` of an ARN. */
export const idOf = (arn: string) => arn.slice(arn.indexOf('/') + 1);

/** Whether an ARN of CodeBuild's is a project's, or of one of its builds. */
export const isOfProject = (arn: string, name: string) =>
  arn.endsWith(`:project/${name}`) || arn.includes(`:build/${name}:`) || arn.includes(`:build-batch/${name}:`);

/** Most that AWS's batch operations take at once. */
const BATCH = 100;

export const codebuild = <Output>(operation: string, input: object, signal?: AbortSignal) => call<Output>(CODEBUILD, operation, input, signal);

export async function listProjectNames(signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await codebuild<{ projects?: string[]; nextToken?: string }>('ListProjects', { nextToken, sortBy: 'NAME' }, signal);
    names.push(...(page.projects ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

export async function getProjects(names: string[], signal?: AbortSignal): Promise<Project[]> {
  const all: Project[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    const page = await codebuild<{ projects?: Project[] }>('BatchGetProjects', { names: names.slice(at, at + BATCH) }, signal);
    all.push(...(page.projects ?? []));
  }
  return all;
}

export const createProject = async (input: Input) => (await codebuild<{ project: Project }>('CreateProject', input)).project;
export const updateProject = async (input: Input) => (await codebuild<{ project: Project }>('UpdateProject', input)).project;
export const deleteProject = (name: string) => codebuild<object>('DeleteProject', { name });
export const invalidateCache = (projectName: string) => codebuild<object>('InvalidateProjectCache', { projectName });
export const setVisibility = (projectArn: string, projectVisibility: string, resourceAccessRole: string | undefined) =>
  codebuild<object>('UpdateProjectVisibility', { projectArn, projectVisibility, resourceAccessRole });

export const createWebhook = async (input: object) => (await codebuild<{ webhook: Webhook }>('CreateWebhook', input)).webhook;
export const updateWebhook = async (input: object) => (await codebuild<{ webhook: Webhook }>('UpdateWebhook', input)).webhook;
export const deleteWebhook = (projectName: string) => codebuild<object>('DeleteWebhook', { projectName });

interface Platform {
  platform: string;
  languages?: { images?: { name: string; description?: string }[] }[];
}

/** Images that CodeBuild manages, each once. */
export async function curatedImages(signal: AbortSignal): Promise<{ name: string; description?: string }[]> {
  const page = await codebuild<{ platforms?: Platform[] }>('ListCuratedEnvironmentImages', {}, signal);
  const images = (page.platforms ?? []).flatMap(({ languages }) => (languages ?? []).flatMap((it) => it.images ?? []));
  return [...new Map(images.map((image) => [image.name, image])).values()];
}

export async function getBuilds(ids: string[], signal?: AbortSignal): Promise<Build[]> {
  const byId = new Map<string, Build>();
  for (let at = 0; at < ids.length; at += BATCH) {
    const page = await codebuild<{ builds?: Build[] }>('BatchGetBuilds', { ids: ids.slice(at, at + BATCH) }, signal);
    for (const build of page.builds ?? []) byId.set(build.id, build);
  }
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The newest builds of the account, at most a page of them, and whether there are older ones. */
export async function latestBuilds(signal?: AbortSignal): Promise<{ builds: Build[]; more: boolean }> {
  const { ids, next } = await buildIds(undefined, undefined, signal);
  return { builds: await getBuilds(ids, signal), more: next !== undefined };
}

/** A page of the ids of builds, of the account or of a project, the newest first. */
export async function buildIds(
  projectName: string | undefined,
  nextToken: string | undefined,
  signal?: AbortSignal,
): Promise<{ ids: string[]; next?: string }> {
  const operation = projectName === undefined ? 'ListBuilds' : 'ListBuildsForProject';
  const input = { projectName, nextToken, sortOrder: 'DESCENDING' };
  const page = await codebuild<{ ids?: string[]; nextToken?: string }>(operation, input, signal);
  return { ids: page.ids ?? [], next: page.nextToken };
}

export const startBuild = async (input: object) => (await codebuild<{ build: Build }>('StartBuild', input)).build;
export const stopBuild = async (id: string) => (await codebuild<{ build: Build }>('StopBuild', { id })).build;
export const retryBuild = async (id: string) => (await codebuild<{ build: Build }>('RetryBuild', { id })).build;

/** Deletes builds; says which were not, and why. */
export async function deleteBuilds(ids: string[]): Promise<{ id: string; statusCode?: string }[]> {
  const page = await codebuild<{ buildsNotDeleted?: { id: string; statusCode?: string }[] }>('BatchDeleteBuilds', { ids });
  return page.buildsNotDeleted ?? [];
}

export interface LogPage {
  events?: { message: string }[];
  nextForwardToken?: string;
}

/** A page of a log from its beginning, or behind a token. At the end the token stays the same. */
export const logPage = (group: string, stream: string, nextToken: string | undefined, limit: number | undefined, signal: AbortSignal) =>
  call<LogPage>(
    LOGS,
    'GetLogEvents',
    { logGroupName: group, logStreamName: stream, startFromHead: true, nextToken, limit },
    signal,
  );
