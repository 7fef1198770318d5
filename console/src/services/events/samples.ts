// What the yard's services announce, as samples for patterns. docs/guide has the whole of it.

interface Kind {
  source: string;
  service: string;
  detailType: string;
  resources: string[];
  detail: object;
}

const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
const COMMIT = '3e983a5a6c1ea1b1f2d9d2c0f3a4b5c6d7e8f901';
const EXECUTION = '01234567-0123-0123-0123-012345678901';

export const KINDS: Kind[] = [
  {
    source: 'aws.codecommit', service: 'CodeCommit', detailType: 'CodeCommit Repository State Change', resources: [arn('codecommit', 'my-repo')],
    detail: { event: 'referenceUpdated', repositoryName: 'my-repo', repositoryId: EXECUTION, referenceType: 'branch', referenceName: 'main', referenceFullName: 'refs/heads/main', commitId: COMMIT, oldCommitId: '0'.repeat(39) + '1', callerUserArn: 'arn:aws:iam::123456789012:user/ann' },
  },
  {
    source: 'aws.codecommit', service: 'CodeCommit', detailType: 'CodeCommit Pull Request State Change', resources: [arn('codecommit', 'my-repo')],
    detail: { event: 'pullRequestCreated', pullRequestId: '1', pullRequestStatus: 'Open', title: 'A change', isMerged: 'False', repositoryNames: ['my-repo'], sourceReference: 'refs/heads/topic', destinationReference: 'refs/heads/main', sourceCommit: COMMIT, destinationCommit: COMMIT, author: 'arn:aws:iam::123456789012:user/ann', callerUserArn: 'arn:aws:iam::123456789012:user/ann', creationDate: 'Sat Nov 21 12:00:00 UTC 2026', lastModifiedDate: 'Sat Nov 21 12:00:00 UTC 2026', notificationBody: 'A pull request was created.', revisionId: 'f00d' },
  },
  {
    source: 'aws.codecommit', service: 'CodeCommit', detailType: 'CodeCommit Comment on Pull Request', resources: [arn('codecommit', 'my-repo')],
    detail: { event: 'commentOnPullRequestCreated', pullRequestId: '1', repositoryName: 'my-repo', repositoryId: EXECUTION, commentId: 'c0ffee', afterCommitId: COMMIT, beforeCommitId: COMMIT, callerUserArn: 'arn:aws:iam::123456789012:user/ann', notificationBody: 'Somebody commented.' },
  },
  {
    source: 'aws.codebuild', service: 'CodeBuild', detailType: 'CodeBuild Build State Change', resources: [arn('codebuild', `build/my-project:${EXECUTION}`)],
    detail: { 'build-status': 'FAILED', 'project-name': 'my-project', 'build-id': arn('codebuild', `build/my-project:${EXECUTION}`), 'current-phase': 'COMPLETED', 'current-phase-context': '[]', version: '1', 'additional-information': { 'build-complete': true, 'build-number': 7, initiator: 'user/ann', 'build-start-time': 'Nov 21, 2026 12:00:00 PM', 'timeout-in-minutes': 60, 'source-version': COMMIT, source: { type: 'CODECOMMIT' } } },
  },
  {
    source: 'aws.codebuild', service: 'CodeBuild', detailType: 'CodeBuild Build Phase Change', resources: [arn('codebuild', `build/my-project:${EXECUTION}`)],
    detail: { 'completed-phase': 'BUILD', 'completed-phase-status': 'FAILED', 'completed-phase-duration-seconds': 12, 'completed-phase-context': '[]', 'project-name': 'my-project', 'build-id': arn('codebuild', `build/my-project:${EXECUTION}`), version: '1' },
  },
  {
    source: 'aws.codepipeline', service: 'CodePipeline', detailType: 'CodePipeline Pipeline Execution State Change', resources: [arn('codepipeline', 'my-pipeline')],
    detail: { pipeline: 'my-pipeline', 'execution-id': EXECUTION, state: 'FAILED', version: 3, 'start-time': '2026-11-21T12:00:00.000Z', 'pipeline-execution-attempt': 1 },
  },
  {
    source: 'aws.codepipeline', service: 'CodePipeline', detailType: 'CodePipeline Stage Execution State Change', resources: [arn('codepipeline', 'my-pipeline')],
    detail: { pipeline: 'my-pipeline', 'execution-id': EXECUTION, stage: 'Deploy', state: 'SUCCEEDED', version: 3, 'start-time': '2026-11-21T12:00:00.000Z', 'pipeline-execution-attempt': 1 },
  },
  {
    source: 'aws.codepipeline', service: 'CodePipeline', detailType: 'CodePipeline Action Execution State Change', resources: [arn('codepipeline', 'my-pipeline')],
    detail: { pipeline: 'my-pipeline', 'execution-id': EXECUTION, 'action-execution-id': EXECUTION, stage: 'Build', action: 'Build', state: 'STARTED', region: 'us-east-1', type: { owner: 'AWS', provider: 'CodeBuild', category: 'Build', version: '1' }, version: 3 },
  },
  {
    source: 'aws.codedeploy', service: 'CodeDeploy', detailType: 'CodeDeploy Deployment State-change Notification', resources: [arn('codedeploy', 'application:my-app'), arn('codedeploy', 'deploymentgroup:my-app/prod')],
    detail: { region: 'us-east-1', deploymentId: 'd-ABCDEF123', instanceGroupId: EXECUTION, deploymentGroup: 'prod', application: 'my-app', state: 'FAILURE' },
  },
  {
    source: 'aws.codedeploy', service: 'CodeDeploy', detailType: 'CodeDeploy Instance State-change Notification', resources: [arn('codedeploy', 'instance/host-1'), arn('codedeploy', 'application:my-app'), arn('codedeploy', 'deploymentgroup:my-app/prod')],
    detail: { region: 'us-east-1', deploymentId: 'd-ABCDEF123', instanceGroupId: EXECUTION, instanceId: 'host-1', deploymentGroup: 'prod', application: 'my-app', state: 'SUCCESS' },
  },
  {
    source: 'aws.ssm', service: 'Parameter Store', detailType: 'Parameter Store Change', resources: [arn('ssm', 'parameter/my-app/url')],
    detail: { operation: 'Update', name: '/my-app/url', type: 'String' },
  },
  { source: 'aws.kms', service: 'KMS', detailType: 'KMS CMK Rotation', resources: [arn('kms', `key/${EXECUTION}`)], detail: { 'key-id': EXECUTION } },
  { source: 'aws.kms', service: 'KMS', detailType: 'KMS CMK Deletion', resources: [arn('kms', `key/${EXECUTION}`)], detail: { 'key-id': EXECUTION } },
  { source: 'com.example.orders', service: 'Your own', detailType: 'Order placed', resources: [], detail: { order: '4711', amount: 42.5, items: ['book'] } },
];

/** The sample event of a kind. */
export const sample = ({ source, detailType, resources, detail }: Kind) =>
  JSON.stringify(
    { version: '0', id: '11112222-3333-4444-5555-666677778888', 'detail-type': detailType, source, account: '123456789012', time: '2026-11-21T12:00:00Z', region: 'us-east-1', resources, detail },
    null, 2);

/** A pattern that fits all events of a kind. */
export const patternFor = ({ source, detailType }: Kind) => JSON.stringify({ source: [source], 'detail-type': [detailType] }, null, 2);

/** Kinds as a select offers them, by service. */
export const KIND_OPTIONS = [...new Set(KINDS.map(({ service }) => service))].map((label) => ({
  label,
  options: KINDS.filter(({ service }) => service === label).map(({ detailType }) => ({ value: detailType, label: detailType })),
}));

export const kindOf = (detailType: string | undefined) => KINDS.find((kind) => kind.detailType === detailType);
