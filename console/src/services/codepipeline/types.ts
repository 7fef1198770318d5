// What CodePipeline's operations take and answer, as far as the pages need it.

import type { EpochSeconds } from '../../components/time';

export interface ActionTypeId {
  category: string;
  owner: string;
  provider: string;
  version: string;
}

export interface Action {
  name: string;
  actionTypeId: ActionTypeId;
  runOrder?: number;
  configuration?: Record<string, string>;
  inputArtifacts?: { name: string }[];
  outputArtifacts?: { name: string }[];
  namespace?: string;
  roleArn?: string;
  region?: string;
  timeoutInMinutes?: number;
}

export interface Stage {
  name: string;
  actions: Action[];
}

export interface PipelineVariable {
  name: string;
  defaultValue?: string;
  description?: string;
}

export interface Pipeline {
  name: string;
  roleArn: string;
  artifactStore?: { type: string; location: string; encryptionKey?: { id: string; type: string } };
  artifactStores?: Record<string, { type: string; location: string }>;
  stages: Stage[];
  version?: number;
  executionMode?: string;
  pipelineType?: string;
  variables?: PipelineVariable[];
  triggers?: unknown[];
}

export interface PipelineMetadata {
  pipelineArn?: string;
  created?: EpochSeconds;
  updated?: EpochSeconds;
}

export interface StageVisit {
  pipelineExecutionId: string;
  status: string;
}

export interface ErrorDetails {
  code?: string;
  message?: string;
}

export interface ActionState {
  actionName: string;
  currentRevision?: { revisionId: string };
  entityUrl?: string;
  revisionUrl?: string;
  latestExecution?: {
    actionExecutionId?: string;
    status?: string;
    summary?: string;
    lastStatusChange?: EpochSeconds;
    token?: string;
    lastUpdatedBy?: string;
    externalExecutionId?: string;
    externalExecutionUrl?: string;
    errorDetails?: ErrorDetails;
  };
}

export interface TransitionState {
  enabled?: boolean;
  lastChangedBy?: string;
  lastChangedAt?: EpochSeconds;
  disabledReason?: string;
}

export interface StageState {
  stageName: string;
  inboundExecution?: StageVisit;
  inboundTransitionState?: TransitionState;
  actionStates?: ActionState[];
  latestExecution?: StageVisit;
  retryStageMetadata?: { manualStageRetryAttempt?: number };
}

export interface PipelineState {
  pipelineName: string;
  pipelineVersion: number;
  stageStates?: StageState[];
  created?: EpochSeconds;
  updated?: EpochSeconds;
}

export interface SourceRevision {
  actionName: string;
  revisionId?: string;
  revisionSummary?: string;
  revisionUrl?: string;
}

export interface Trigger {
  triggerType?: string;
  triggerDetail?: string;
}

export interface ExecutionSummary {
  pipelineExecutionId: string;
  status: string;
  statusSummary?: string;
  startTime?: EpochSeconds;
  lastUpdateTime?: EpochSeconds;
  sourceRevisions?: SourceRevision[];
  trigger?: Trigger;
  stopTrigger?: { reason?: string };
}

export interface Execution {
  pipelineName: string;
  pipelineVersion: number;
  pipelineExecutionId: string;
  status: string;
  statusSummary?: string;
  artifactRevisions?: { name?: string; revisionId?: string; revisionSummary?: string; created?: EpochSeconds }[];
  variables?: { name: string; resolvedValue: string }[];
  trigger?: Trigger;
  executionMode?: string;
}

export interface Artifact {
  name?: string;
  s3location?: { bucket?: string; key?: string };
}

export interface ActionExecution {
  pipelineExecutionId: string;
  actionExecutionId: string;
  pipelineVersion: number;
  stageName: string;
  actionName: string;
  startTime?: EpochSeconds;
  lastUpdateTime?: EpochSeconds;
  updatedBy?: string;
  status: string;
  input?: {
    actionTypeId?: ActionTypeId;
    configuration?: Record<string, string>;
    resolvedConfiguration?: Record<string, string>;
    roleArn?: string;
    region?: string;
    inputArtifacts?: Artifact[];
    namespace?: string;
  };
  output?: {
    outputArtifacts?: Artifact[];
    executionResult?: {
      externalExecutionId?: string;
      externalExecutionSummary?: string;
      externalExecutionUrl?: string;
      errorDetails?: ErrorDetails;
    };
    outputVariables?: Record<string, string>;
  };
}

export interface ActionType {
  id: ActionTypeId;
  actionConfigurationProperties?: {
    name: string;
    required: boolean;
    secret: boolean;
    /** Where the yard refuses some values: why. */
    description?: string;
    type?: string;
  }[];
  inputArtifactDetails: { minimumCount: number; maximumCount: number };
  outputArtifactDetails: { minimumCount: number; maximumCount: number };
}

export interface Tag {
  key: string;
  value: string;
}
