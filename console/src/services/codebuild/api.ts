// CodeBuild's operations, as far as the pages need them:
// https://docs.aws.amazon.com/codebuild/latest/APIReference/

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';

const CODEBUILD = { name: 'codebuild', target: 'CodeBuild_20161006' };
const LOGS = { name: 'logs', target: 'Logs_20140328' };

export interface Variable {
  name: string;
  value: string;
  type?: 'PLAINTEXT' | 'PARAMETER_STORE' | 'SECRETS_MANAGER';
}

export interface Project {
  name: string;
  arn: string;
  description?: string;
  source: { type: string; location?: string; buildspec?: string };
  sourceVersion?: string;
  environment: { type: string; image: string; computeType: string; environmentVariables?: Variable[] };
  serviceRole: string;
  timeoutInMinutes?: number;
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
  source?: { type: string; location?: string };
  environment?: { image: string; computeType: string };
  logs?: { groupName?: string; streamName?: string };
}

/** A build's id is its project's name, a colon and a UUID. */
export const projectOfBuild = (id: string) => id.split(':', 1)[0];

/** Whether an ARN of CodeBuild's is a project's, or of one of its builds. */
export const isOfProject = (arn: string, name: string) =>
  arn.endsWith(`:project/${name}`) || arn.includes(`:build/${name}:`) || arn.includes(`:build-batch/${name}:`);

/** Most that AWS's batch operations take at once. */
const BATCH = 100;

export async function listProjectNames(signal?: AbortSignal): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await call<{ projects?: string[]; nextToken?: string }>(
      CODEBUILD, 'ListProjects', { nextToken, sortBy: 'NAME' }, signal);
    names.push(...(page.projects ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

export async function getProjects(names: string[], signal?: AbortSignal): Promise<Project[]> {
  const all: Project[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    const input = { names: names.slice(at, at + BATCH) };
    const page = await call<{ projects?: Project[] }>(CODEBUILD, 'BatchGetProjects', input, signal);
    all.push(...(page.projects ?? []));
  }
  return all;
}

export async function getBuilds(ids: string[], signal?: AbortSignal): Promise<Build[]> {
  if (ids.length === 0) return [];
  const page = await call<{ builds?: Build[] }>(CODEBUILD, 'BatchGetBuilds', { ids }, signal);
  const byId = new Map((page.builds ?? []).map((build) => [build.id, build]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** The newest builds of the account, at most a page of them. */
export async function latestBuilds(signal?: AbortSignal): Promise<Build[]> {
  const page = await call<{ ids?: string[] }>(CODEBUILD, 'ListBuilds', { sortOrder: 'DESCENDING' }, signal);
  return getBuilds((page.ids ?? []).slice(0, BATCH), signal);
}

/** The newest builds of a project, and whether there are more. */
export async function buildsOfProject(
  projectName: string,
  most: number,
  signal?: AbortSignal,
): Promise<{ builds: Build[]; more: boolean }> {
  const page = await call<{ ids?: string[]; nextToken?: string }>(
    CODEBUILD, 'ListBuildsForProject', { projectName, sortOrder: 'DESCENDING' }, signal);
  const ids = page.ids ?? [];
  return { builds: await getBuilds(ids.slice(0, most), signal), more: ids.length > most || !!page.nextToken };
}

export async function startBuild(input: object): Promise<Build> {
  return (await call<{ build: Build }>(CODEBUILD, 'StartBuild', input)).build;
}

export async function stopBuild(id: string): Promise<Build> {
  return (await call<{ build: Build }>(CODEBUILD, 'StopBuild', { id })).build;
}

export async function retryBuild(id: string): Promise<Build> {
  return (await call<{ build: Build }>(CODEBUILD, 'RetryBuild', { id })).build;
}

export interface LogPage {
  events?: { message: string }[];
  nextForwardToken?: string;
}

/** A page of a log from its beginning, or behind a token. At the end the token stays the same. */
export const logPage = (group: string, stream: string, nextToken: string | undefined, signal: AbortSignal) =>
  call<LogPage>(
    LOGS,
    'GetLogEvents',
    { logGroupName: group, logStreamName: stream, startFromHead: true, nextToken },
    signal,
  );
