// Whom roles trust, and what the services that act by roles need.

/** Whom a trust policy lets in, for people to read. */
export function trusted(document: string): string[] {
  try {
    const { Statement } = JSON.parse(document);
    const statements = (Array.isArray(Statement) ? Statement : [Statement]) as { Effect?: string; Principal?: string | Record<string, string | string[]> }[];
    return statements.flatMap(({ Effect, Principal }) => {
      if (Effect !== 'Allow' || !Principal) return [];
      if (typeof Principal === 'string') return [Principal];
      return Object.values(Principal).flat();
    });
  } catch {
    return [];
  }
}

export interface ServiceRole {
  id: string;
  title: string;
  principal: string;
  description: string;
  /** AWS managed policies that fit, by ARN. */
  policies: string[];
}

const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;

/** The services of this yard that act by roles. */
export const SERVICE_ROLES: ServiceRole[] = [
  { id: 'codebuild', title: 'CodeBuild', principal: 'codebuild.amazonaws.com', description: 'Builds fetch sources, write logs and artifacts as it.', policies: [managed('AWSCodeBuildDeveloperAccess'), managed('CloudWatchLogsFullAccess'), managed('AmazonS3FullAccess')] },
  { id: 'codepipeline', title: 'CodePipeline', principal: 'codepipeline.amazonaws.com', description: 'Pipelines read sources, start builds and deployments as it.', policies: [managed('AmazonS3FullAccess'), managed('AWSCodeCommitReadOnly'), managed('AWSCodeBuildDeveloperAccess'), managed('AWSCodeDeployDeployerAccess')] },
  { id: 'codedeploy', title: 'CodeDeploy', principal: 'codedeploy.amazonaws.com', description: 'Deployments find their hosts as it.', policies: [managed('service-role/AWSCodeDeployRole')] },
  { id: 'events', title: 'EventBridge', principal: 'events.amazonaws.com', description: 'Rules start pipelines and builds as it.', policies: [managed('AWSCodeBuildDeveloperAccess')] },
  { id: 'ec2', title: 'Deployment host (EC2)', principal: 'ec2.amazonaws.com', description: 'Agents on deployment hosts fetch revisions as it.', policies: [managed('AmazonS3ReadOnlyAccess')] },
];

const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2);

export const trustService = (principal: string) => policy({ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' });

export const trustAccount = (account: string, withMfa: boolean) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
    Condition: withMfa ? { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } : undefined,
  });
