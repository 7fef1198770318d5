// What the home page asks of the yard beside its services' cards.

import { call, type JsonService } from '../../api/client';

const CODEYARD: JsonService = { name: 'codeyard', target: 'Codeyard_20261121' };

export interface Measures {
  pipelineName?: string;
  succeeded: number;
  failed: number;
  leadTimeSeconds?: number;
  timeToRestoreSeconds?: number;
  unrestored: number;
}

export interface Delivery {
  pipelinesAnalyzed: number;
  pipelinesDenied: number;
  truncated: boolean;
  total: Measures;
  pipelines: Measures[];
  byDay: { day: string; succeeded: number; failed: number }[];
  active: Execution[];
  failed: Execution[];
}

/** An execution that runs, or failed and why. */
export interface Execution {
  pipelineName: string;
  pipelineExecutionId: string;
  stageName: string;
  actionName?: string;
  message?: string;
  startTime: number;
  lastUpdateTime: number;
}

export interface QuickstartRun {
  status: 'NOT_STARTED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  lines: string[];
}

export const measures = (days: number, signal?: AbortSignal) => call<Delivery>(CODEYARD, 'GetDeliveryMeasures', { days }, signal);
export const startQuickstart = () => call<QuickstartRun>(CODEYARD, 'StartQuickstart', {});
export const getQuickstart = (signal?: AbortSignal) => call<QuickstartRun>(CODEYARD, 'GetQuickstart', {}, signal);
