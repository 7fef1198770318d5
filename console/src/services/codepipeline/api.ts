// CodePipeline's operations: https://docs.aws.amazon.com/codepipeline/latest/APIReference/

import { call } from '../../api/client';
import type * as T from './types';

const CODEPIPELINE = { name: 'codepipeline', target: 'CodePipeline_20150709' };

const ask = <Output>(operation: string, input: object, signal?: AbortSignal) =>
  call<Output>(CODEPIPELINE, operation, input, signal);

/** Whether the ARN of an event is a pipeline's. */
export const isPipeline = (arn: string, name: string) => arn.includes(':codepipeline:') && arn.endsWith(`:${name}`);
export const isAnyPipeline = (arn: string) => arn.includes(':codepipeline:');

export interface PipelineSummary {
  name: string;
  version?: number;
  pipelineType?: string;
  created?: number;
  updated?: number;
}

export async function listPipelines(signal?: AbortSignal): Promise<PipelineSummary[]> {
  const all: PipelineSummary[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask<{ pipelines?: PipelineSummary[]; nextToken?: string }>('ListPipelines', { nextToken }, signal);
    all.push(...(page.pipelines ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return all;
}

export interface Described {
  pipeline: T.Pipeline;
  metadata: T.PipelineMetadata;
}

export const getPipeline = (name: string, signal?: AbortSignal, version?: number) =>
  ask<Described>('GetPipeline', { name, version }, signal);

export const getState = (name: string, signal?: AbortSignal) => ask<T.PipelineState>('GetPipelineState', { name }, signal);

export interface ExecutionPage {
  executions: T.ExecutionSummary[];
  nextToken?: string;
}

export async function listExecutions(pipelineName: string, maxResults: number, signal?: AbortSignal, nextToken?: string): Promise<ExecutionPage> {
  const page = await ask<{ pipelineExecutionSummaries?: T.ExecutionSummary[]; nextToken?: string }>(
    'ListPipelineExecutions', { pipelineName, maxResults, nextToken }, signal);
  return { executions: page.pipelineExecutionSummaries ?? [], nextToken: page.nextToken };
}

export async function getExecution(pipelineName: string, pipelineExecutionId: string, signal?: AbortSignal): Promise<T.Execution> {
  return (await ask<{ pipelineExecution: T.Execution }>('GetPipelineExecution', { pipelineName, pipelineExecutionId }, signal)).pipelineExecution;
}

/** The action executions of an execution, the first to start first. */
export async function listActions(pipelineName: string, pipelineExecutionId: string, signal?: AbortSignal): Promise<T.ActionExecution[]> {
  const all: T.ActionExecution[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ask<{ actionExecutionDetails?: T.ActionExecution[]; nextToken?: string }>(
      'ListActionExecutions', { pipelineName, filter: { pipelineExecutionId }, nextToken }, signal);
    all.push(...(page.actionExecutionDetails ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return all.reverse();
}

export interface StartInput {
  name: string;
  variables?: { name: string; value: string }[];
  sourceRevisions?: { actionName: string; revisionType: string; revisionValue: string }[];
}

export const startExecution = async (input: StartInput) =>
  (await ask<{ pipelineExecutionId: string }>('StartPipelineExecution', input)).pipelineExecutionId;

export const stopExecution = (pipelineName: string, pipelineExecutionId: string, abandon: boolean, reason?: string) =>
  ask('StopPipelineExecution', { pipelineName, pipelineExecutionId, abandon, reason });

export type RetryMode = 'FAILED_ACTIONS' | 'ALL_ACTIONS';

export const retryStage = (pipelineName: string, stageName: string, pipelineExecutionId: string, retryMode: RetryMode) =>
  ask('RetryStageExecution', { pipelineName, stageName, pipelineExecutionId, retryMode });

export interface Approval {
  pipelineName: string;
  stageName: string;
  actionName: string;
  token: string;
  result: { status: 'Approved' | 'Rejected'; summary: string };
}

export const putApproval = (input: Approval) => ask('PutApprovalResult', input);

export const disableTransition = (pipelineName: string, stageName: string, reason: string) =>
  ask('DisableStageTransition', { pipelineName, stageName, transitionType: 'Inbound', reason });

export const enableTransition = (pipelineName: string, stageName: string) =>
  ask('EnableStageTransition', { pipelineName, stageName, transitionType: 'Inbound' });

export const createPipeline = async (pipeline: T.Pipeline, tags?: T.Tag[]) =>
  (await ask<{ pipeline: T.Pipeline }>('CreatePipeline', { pipeline, tags })).pipeline;

export const updatePipeline = async (pipeline: T.Pipeline) =>
  (await ask<{ pipeline: T.Pipeline }>('UpdatePipeline', { pipeline })).pipeline;

export const deletePipeline = (name: string) => ask('DeletePipeline', { name });

export async function listActionTypes(signal?: AbortSignal): Promise<T.ActionType[]> {
  return (await ask<{ actionTypes?: T.ActionType[] }>('ListActionTypes', {}, signal)).actionTypes ?? [];
}

export async function listTags(resourceArn: string, signal?: AbortSignal): Promise<T.Tag[]> {
  return (await ask<{ tags?: T.Tag[] }>('ListTagsForResource', { resourceArn }, signal)).tags ?? [];
}

export const tag = (resourceArn: string, tags: T.Tag[]) => ask('TagResource', { resourceArn, tags });
export const untag = (resourceArn: string, tagKeys: string[]) => ask('UntagResource', { resourceArn, tagKeys });
