// Policies to begin with.

const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2);

export const EXAMPLES = [
  {
    title: 'Watch builds and read their logs',
    document: policy({
      Sid: 'WatchBuilds',
      Effect: 'Allow',
      Action: ['codebuild:List*', 'codebuild:BatchGet*', 'logs:GetLogEvents', 'logs:FilterLogEvents'],
      Resource: '*',
    }),
  },
  {
    title: 'Start the builds of one project',
    document: policy({
      Sid: 'StartBuilds',
      Effect: 'Allow',
      Action: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:RetryBuild'],
      Resource: 'arn:aws:codebuild:*:*:project/PROJECT',
    }),
  },
  {
    title: 'Push to every branch but main',
    document: policy(
      { Sid: 'Work', Effect: 'Allow', Action: ['codecommit:GitPull', 'codecommit:GitPush', 'codecommit:Get*', 'codecommit:BatchGet*', 'codecommit:List*'], Resource: 'arn:aws:codecommit:*:*:REPOSITORY' },
      {
        Sid: 'KeepMain',
        Effect: 'Deny',
        Action: ['codecommit:GitPush', 'codecommit:DeleteBranch', 'codecommit:PutFile', 'codecommit:Merge*'],
        Resource: 'arn:aws:codecommit:*:*:REPOSITORY',
        Condition: { StringEqualsIfExists: { 'codecommit:References': ['refs/heads/main'] }, Null: { 'codecommit:References': 'false' } },
      },
    ),
  },
  {
    title: 'Approve in one pipeline',
    document: policy({ Sid: 'Approve', Effect: 'Allow', Action: ['codepipeline:GetPipeline*', 'codepipeline:ListPipelineExecutions', 'codepipeline:PutApprovalResult'], Resource: 'arn:aws:codepipeline:*:*:PIPELINE*' }),
  },
  {
    title: 'Manage one’s own credentials',
    document: policy({
      Sid: 'OwnCredentials',
      Effect: 'Allow',
      Action: ['iam:GetUser', 'iam:ChangePassword', 'iam:*AccessKey*', 'iam:*SSHPublicKey*', 'iam:*ServiceSpecificCredential*', 'iam:ListMFADevices', 'iam:EnableMFADevice', 'iam:ResyncMFADevice', 'iam:DeactivateMFADevice', 'iam:CreateVirtualMFADevice', 'iam:DeleteVirtualMFADevice'],
      Resource: ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::*:mfa/${aws:username}'],
    }),
  },
  {
    title: 'Read the secrets and parameters of one application',
    document: policy(
      { Sid: 'Parameters', Effect: 'Allow', Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'], Resource: 'arn:aws:ssm:*:*:parameter/APPLICATION/*' },
      { Sid: 'Secrets', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: 'arn:aws:secretsmanager:*:*:secret:APPLICATION/*' },
    ),
  },
];
