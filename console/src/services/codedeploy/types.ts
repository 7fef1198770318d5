// What CodeDeploy's operations take and answer, as far as the pages need it.

import type { EpochSeconds } from '../../components/time';

export interface Application {
  applicationId?: string;
  applicationName: string;
  createTime?: EpochSeconds;
  computePlatform?: string;
}

export interface TagFilter {
  Key?: string;
  Value?: string;
  Type?: string;
}

export interface LastDeployment {
  deploymentId?: string;
  status?: string;
  endTime?: EpochSeconds;
  createTime?: EpochSeconds;
}

export interface AutoRollback {
  enabled?: boolean;
  events?: string[];
}

export interface Group {
  applicationName: string;
  deploymentGroupId: string;
  deploymentGroupName: string;
  deploymentConfigName: string;
  onPremisesInstanceTagFilters?: TagFilter[];
  onPremisesTagSet?: { onPremisesTagSetList?: TagFilter[][] };
  serviceRoleArn: string;
  targetRevision?: Revision;
  autoRollbackConfiguration?: AutoRollback;
  outdatedInstancesStrategy?: string;
  lastSuccessfulDeployment?: LastDeployment;
  lastAttemptedDeployment?: LastDeployment;
  computePlatform?: string;
}

export interface S3Location {
  bucket?: string;
  key?: string;
  bundleType?: string;
  version?: string;
  eTag?: string;
}

export interface Revision {
  revisionType?: string;
  s3Location?: S3Location;
  gitHubLocation?: { repository?: string; commitId?: string };
}

export interface Overview {
  Pending?: number;
  InProgress?: number;
  Succeeded?: number;
  Failed?: number;
  Skipped?: number;
  Ready?: number;
}

export interface Deployment {
  deploymentId: string;
  applicationName: string;
  deploymentGroupName: string;
  deploymentConfigName: string;
  revision?: Revision;
  previousRevision?: Revision;
  status: string;
  errorInformation?: { code?: string; message?: string };
  createTime?: EpochSeconds;
  startTime?: EpochSeconds;
  completeTime?: EpochSeconds;
  deploymentOverview?: Overview;
  description?: string;
  creator?: string;
  ignoreApplicationStopFailures?: boolean;
  autoRollbackConfiguration?: AutoRollback;
  updateOutdatedInstancesOnly?: boolean;
  rollbackInfo?: { rollbackDeploymentId?: string; rollbackTriggeringDeploymentId?: string; rollbackMessage?: string };
  deploymentStyle?: { deploymentType?: string; deploymentOption?: string };
  fileExistsBehavior?: string;
  deploymentStatusMessages?: string[];
  computePlatform?: string;
}

export interface LifecycleEvent {
  lifecycleEventName: string;
  diagnostics?: { errorCode?: string; scriptName?: string; message?: string; logTail?: string };
  startTime?: EpochSeconds;
  endTime?: EpochSeconds;
  status?: string;
}

export interface Target {
  targetId: string;
  targetArn?: string;
  status: string;
  lastUpdatedAt?: EpochSeconds;
  lifecycleEvents?: LifecycleEvent[];
}

export interface Config {
  deploymentConfigId?: string;
  deploymentConfigName: string;
  minimumHealthyHosts?: { type?: string; value?: number };
  createTime?: EpochSeconds;
  computePlatform?: string;
}

export interface Instance {
  instanceName: string;
  instanceArn?: string;
  iamUserArn?: string;
  iamSessionArn?: string;
  registerTime?: EpochSeconds;
  deregisterTime?: EpochSeconds;
  tags?: { Key?: string; Value?: string }[];
}
