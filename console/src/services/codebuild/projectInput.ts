// What CreateProject and UpdateProject take, made of a form.

import { ApiError } from '../../api/errors';
import type { Project } from './api';
import { getAt, type Input } from './lens';

/** A new project: a build of nothing but what its buildspec says. */
export const newProject: Input = {
  name: '',
  source: { type: 'CODECOMMIT' },
  artifacts: { type: 'NO_ARTIFACTS' },
  environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
  serviceRole: '',
};

/** Members of a project that are not set by UpdateProject. */
const OWN = ['arn', 'created', 'lastModified', 'webhook', 'badge', 'projectVisibility', 'publicProjectAlias', 'resourceAccessRole'];

/** What a project would be made of. */
export function inputOf(project: Project): Input {
  const input: Input = Object.fromEntries(Object.entries(project).filter(([name]) => !OWN.includes(name)));
  if (project.badge?.badgeEnabled) input.badgeEnabled = true;
  return input;
}

/** What UpdateProject must be told for a member to be as if it had never been given. */
const TAKEN_AWAY: Input = {
  description: '',
  sourceVersion: '',
  secondarySources: [],
  secondarySourceVersions: [],
  secondaryArtifacts: [],
  tags: [],
  vpcConfig: {},
  fileSystemLocations: [],
  cache: { type: 'NO_CACHE' },
  concurrentBuildLimit: -1,
  buildBatchConfig: {},
  autoRetryLimit: 0,
  timeoutInMinutes: 60,
  queuedTimeoutInMinutes: 480,
  badgeEnabled: false,
  encryptionKey: 'alias/aws/s3',
  logsConfig: { cloudWatchLogs: { status: 'ENABLED' }, s3Logs: { status: 'DISABLED' } },
};

/** The input of UpdateProject by which a project becomes what was edited. What stays is left out. */
export function updateOf(before: Input, after: Input): Input {
  const update: Input = { name: before.name };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (name === 'name' || JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    update[name] = after[name] ?? TAKEN_AWAY[name];
    // Left out it would stay, and nobody would be told.
    if (update[name] === undefined) throw new ApiError(0, 'NotTakenAway', `${name} of a project can be changed, but not taken away.`);
  }
  return update;
}

const within = (value: unknown, low: number, high: number) =>
  value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high);

/** What is wrong, by the path of the member. The yard checks all of it again. */
export function wrongOf(input: Input): Record<string, string> {
  const wrong: Record<string, string> = {};
  const text = (path: string) => String(getAt(input, path) ?? '');
  if (!/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/.test(text('name'))) wrong.name = '2 to 150 letters, digits, - and _, beginning with a letter or digit';
  if (text('description').length > 255) wrong.description = 'At most 255 characters';
  const source = text('source.type');
  if (!['NO_SOURCE', 'CODEPIPELINE'].includes(source) && !text('source.location')) wrong['source.location'] = 'Where is the source?';
  if (source === 'NO_SOURCE' && !text('source.buildspec')) wrong['source.buildspec'] = 'Without a source the buildspec must be written here';
  if (!text('environment.image')) wrong['environment.image'] = 'An image is needed';
  if (!text('serviceRole')) wrong.serviceRole = 'A role is needed: builds have its rights';
  if (!within(input.timeoutInMinutes, 5, 2160)) wrong.timeoutInMinutes = 'From 5 to 2160 minutes';
  if (!within(input.queuedTimeoutInMinutes, 5, 480)) wrong.queuedTimeoutInMinutes = 'From 5 to 480 minutes';
  if (!within(input.concurrentBuildLimit, 1, 1_000_000)) wrong.concurrentBuildLimit = 'A number from 1 on';
  if (!within(input.autoRetryLimit, 0, 10)) wrong.autoRetryLimit = 'From 0 to 10';
  if (text('artifacts.type') === 'S3' && !text('artifacts.location')) wrong['artifacts.location'] = 'Which bucket?';
  if (text('artifacts.type') === 'S3' && !text('artifacts.name') && !getAt(input, 'artifacts.overrideArtifactName')) wrong['artifacts.name'] = 'What is it called?';
  if (text('cache.type') === 'S3' && !text('cache.location')) wrong['cache.location'] = 'Which bucket, and which prefix?';
  if (text('cache.type') === 'LOCAL' && !(getAt(input, 'cache.modes') as unknown[] | undefined)?.length) wrong['cache.modes'] = 'Which caches?';
  if (text('logsConfig.s3Logs.status') === 'ENABLED' && !text('logsConfig.s3Logs.location')) wrong['logsConfig.s3Logs.location'] = 'Which bucket, and which prefix?';
  if (text('artifacts.type') === 'CODEPIPELINE' ? source !== 'CODEPIPELINE' : source === 'CODEPIPELINE') {
    wrong['artifacts.type'] = 'A source from CodePipeline goes with artifacts to CodePipeline';
  }
  const names = ((getAt(input, 'environment.environmentVariables') ?? []) as { name: string }[]).map(({ name }) => name);
  if (names.some((name) => !name)) wrong['environment.environmentVariables'] = 'Each variable has a name';
  else if (new Set(names).size < names.length) wrong['environment.environmentVariables'] = 'A variable is there twice';
  return wrong;
}
