// How the fields of each provider's configuration are called and filled in. Which fields there are the
// yard says (ListActionTypes).

import { listProjectNames } from '../../codebuild/api';
import { listBranchNames, listRepositoryNames } from '../../codecommit/api';
import { listApplicationNames, listGroupNames } from '../../codedeploy/api';
import { listBuckets } from '../../s3/api';
import type { ActionTypeId } from '../types';

export interface FieldHelp {
  label: string;
  description?: string;
  kind?: 'text' | 'long' | 'flag' | 'variables';
  /** What can be chosen. Depends on the configuration only by the keys in `needs`. */
  suggest?: (configuration: Record<string, string>, signal: AbortSignal) => Promise<string[]>;
  needs?: string[];
}

const groups = async (application: string, signal: AbortSignal) => (application ? listGroupNames(application, signal) : []);
const buckets = async (_: Record<string, string>, signal: AbortSignal) => (await listBuckets(signal)).map(({ name }) => name);

const HELP: Record<string, FieldHelp> = {
  'CodeCommit.RepositoryName': { label: 'Repository name', suggest: (_, signal) => listRepositoryNames(signal) },
  'CodeCommit.BranchName': { label: 'Branch name', needs: ['RepositoryName'], suggest: async ({ RepositoryName }, signal) => (RepositoryName ? listBranchNames(RepositoryName, signal) : []) },
  PollForSourceChanges: { label: 'Start when the source changes', kind: 'flag', description: 'Otherwise a rule of EventBridge or somebody starts it.' },
  'CodeCommit.OutputArtifactFormat': { label: 'Output artifact format', description: 'CODE_ZIP: the files of the commit.' },
  'S3.S3Bucket': { label: 'Bucket', suggest: buckets, description: 'Its versions must be on.' },
  'S3.S3ObjectKey': { label: 'Object key' },
  'S3.AllowOverrideForS3ObjectKey': { label: 'Let whoever starts it name another object', kind: 'flag' },
  'S3.BucketName': { label: 'Bucket', suggest: buckets },
  'S3.Extract': { label: 'Extract the files before they are deployed', kind: 'flag' },
  'S3.ObjectKey': { label: 'Object key, or prefix of the extracted files' },
  'S3.KMSEncryptionKeyARN': { label: 'KMS key ARN' },
  'S3.CannedACL': { label: 'Canned ACL' },
  'S3.CacheControl': { label: 'Cache-Control' },
  'CodeBuild.ProjectName': { label: 'Project name', suggest: (_, signal) => listProjectNames(signal) },
  'CodeBuild.PrimarySource': { label: 'Primary source', description: 'The input artifact with the buildspec, where there are several.' },
  'CodeBuild.BatchEnabled': { label: 'Batch build', kind: 'flag' },
  'CodeBuild.CombineArtifacts': { label: 'Combine the artifacts of the batch', kind: 'flag' },
  'CodeBuild.EnvironmentVariables': { label: 'Environment variables', kind: 'variables' },
  'CodeDeploy.ApplicationName': { label: 'Application name', suggest: (_, signal) => listApplicationNames(signal) },
  'CodeDeploy.DeploymentGroupName': { label: 'Deployment group', needs: ['ApplicationName'], suggest: ({ ApplicationName }, signal) => groups(ApplicationName, signal) },
  'Manual.CustomData': { label: 'Comments for the reviewer', kind: 'long' },
  'Manual.ExternalEntityLink': { label: 'URL for review' },
  'Manual.NotificationArn': { label: 'SNS topic ARN' },
};

export const helpOf = ({ provider }: ActionTypeId, key: string): FieldHelp => HELP[`${provider}.${key}`] ?? HELP[key] ?? { label: key };

/** AWS's providers that a yard may not have: they are listed as what they are, not left out silently. */
const ELSEWHERE: Record<string, string[]> = {
  Source: ['ECR', 'CodeStarSourceConnection', 'GitHub'],
  Build: ['Commands', 'ECRBuildAndPublish', 'Jenkins'],
  Test: ['DeviceFarm', 'Jenkins', 'GhostInspector'],
  Deploy: ['AppConfig', 'CloudFormation', 'CodeDeployToECS', 'EC2', 'ECS', 'EKS', 'ElasticBeanstalk', 'ServiceCatalog'],
  Invoke: ['Lambda', 'StepFunctions', 'CodePipeline'],
};

export const providersElsewhere = (category: string, here: string[]) => (ELSEWHERE[category] ?? []).filter((it) => !here.includes(it));
export const CATEGORIES = ['Source', 'Build', 'Test', 'Deploy', 'Approval', 'Invoke'];
/** `Manual` is called so by AWS only in structures. */
export const shownProvider = (provider: string) => (provider === 'Manual' ? 'Manual approval' : provider);
