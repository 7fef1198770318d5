// CodeBuild's operations on batches.

import { codebuild, getBuilds, type Build, type Phase } from './api';
import type { EpochSeconds } from '../../components/time';

export interface BuildGroup {
  identifier: string;
  dependsOn?: string[];
  ignoreFailure?: boolean;
  currentBuildSummary?: { arn?: string; buildStatus?: string; requestedOn?: EpochSeconds };
  priorBuildSummaryList?: { arn?: string; buildStatus?: string }[];
}

export interface Batch {
  id: string;
  arn: string;
  buildBatchNumber?: number;
  buildBatchStatus: string;
  complete: boolean;
  currentPhase?: string;
  startTime?: EpochSeconds;
  endTime?: EpochSeconds;
  projectName: string;
  sourceVersion?: string;
  resolvedSourceVersion?: string;
  initiator?: string;
  phases?: Phase[];
  buildGroups?: BuildGroup[];
  reportArns?: string[];
}

export async function getBatches(ids: string[], signal?: AbortSignal): Promise<Batch[]> {
  if (ids.length === 0) return [];
  const page = await codebuild<{ buildBatches?: Batch[] }>('BatchGetBuildBatches', { ids }, signal);
  const byId = new Map((page.buildBatches ?? []).map((batch) => [batch.id, batch]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** A page of a project's batches, the newest first. */
export async function listBatches(
  projectName: string,
  status: string | undefined,
  nextToken: string | undefined,
  signal?: AbortSignal,
): Promise<{ batches: Batch[]; next?: string }> {
  const input = { projectName, nextToken, sortOrder: 'DESCENDING', maxResults: 50, filter: status ? { status } : undefined };
  const page = await codebuild<{ ids?: string[]; nextToken?: string }>('ListBuildBatchesForProject', input, signal);
  return { batches: await getBatches(page.ids ?? [], signal), next: page.nextToken };
}

/** A batch with the builds of it that there are by now. */
export async function getBatch(id: string, signal: AbortSignal): Promise<{ batch: Batch; builds: Map<string, Build> } | undefined> {
  const [batch] = await getBatches([id], signal);
  if (!batch) return undefined;
  const ids = (batch.buildGroups ?? []).flatMap(({ currentBuildSummary: it }) => (it?.arn ? [it.arn.slice(it.arn.indexOf('/') + 1)] : []));
  // Who may read a batch may read its builds: both are rights on the project.
  const builds = await getBuilds(ids, signal);
  return { batch, builds: new Map(builds.map((build) => [build.arn, build])) };
}

export const startBatch = async (input: object) => (await codebuild<{ buildBatch: Batch }>('StartBuildBatch', input)).buildBatch;
export const stopBatch = async (id: string) => (await codebuild<{ buildBatch: Batch }>('StopBuildBatch', { id })).buildBatch;
export const retryBatch = async (id: string, retryType: 'RETRY_ALL_BUILDS' | 'RETRY_FAILED_BUILDS') =>
  (await codebuild<{ buildBatch: Batch }>('RetryBuildBatch', { id, retryType })).buildBatch;
export const deleteBatch = (id: string) => codebuild<object>('DeleteBuildBatch', { id });
