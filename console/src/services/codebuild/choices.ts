// Words of CodeBuild's that forms offer. What this yard can't do is refused by name when it is asked for.

import type { Choice } from './fields';

export const SOURCES: Choice[] = [
  { value: 'CODECOMMIT', label: 'AWS CodeCommit' },
  { value: 'S3', label: 'Amazon S3' },
  { value: 'GITHUB', label: 'GitHub' },
  { value: 'GITHUB_ENTERPRISE', label: 'GitHub Enterprise' },
  { value: 'GITLAB', label: 'GitLab' },
  { value: 'GITLAB_SELF_MANAGED', label: 'GitLab self-managed' },
  { value: 'BITBUCKET', label: 'Bitbucket' },
  { value: 'CODEPIPELINE', label: 'AWS CodePipeline' },
  { value: 'NO_SOURCE', label: 'No source' },
];

/** What the location of each kind of source looks like. */
export const LOCATIONS: Record<string, string> = {
  CODECOMMIT: 'https://…/v1/repos/NAME, the clone URL of the repository',
  S3: 'bucket/path/source.zip, or bucket/folder/',
  GITHUB: 'https://github.com/OWNER/NAME.git',
  GITHUB_ENTERPRISE: 'https://HOST/OWNER/NAME.git',
  GITLAB: 'https://gitlab.com/GROUP/NAME.git',
  GITLAB_SELF_MANAGED: 'https://HOST/GROUP/NAME.git',
  BITBUCKET: 'https://bitbucket.org/OWNER/NAME.git',
};

export const isGit = (source: string) => !['S3', 'CODEPIPELINE', 'NO_SOURCE', ''].includes(source);

export const ENVIRONMENTS: Choice[] = [
  { value: 'LINUX_CONTAINER', label: 'Linux (x86-64)' },
  { value: 'ARM_CONTAINER', label: 'Linux (Arm)' },
];

export const COMPUTE: Choice[] = [
  { value: 'BUILD_GENERAL1_SMALL', label: 'Small', description: '4 GiB memory, 2 vCPUs' },
  { value: 'BUILD_GENERAL1_MEDIUM', label: 'Medium', description: '8 GiB memory, 4 vCPUs' },
  { value: 'BUILD_GENERAL1_LARGE', label: 'Large', description: '16 GiB memory, 8 vCPUs' },
  { value: 'BUILD_GENERAL1_XLARGE', label: 'XLarge', description: '72 GiB memory, 36 vCPUs' },
  { value: 'BUILD_GENERAL1_2XLARGE', label: '2XLarge', description: '144 GiB memory, 72 vCPUs' },
];

export const ARTIFACTS: Choice[] = [
  { value: 'NO_ARTIFACTS', label: 'No artifacts' },
  { value: 'S3', label: 'Amazon S3' },
  { value: 'CODEPIPELINE', label: 'AWS CodePipeline' },
];

export const CACHES: Choice[] = [
  { value: 'NO_CACHE', label: 'No cache' },
  { value: 'S3', label: 'Amazon S3' },
  { value: 'LOCAL', label: 'Local' },
];

export const CACHE_MODES: Choice[] = [
  { value: 'LOCAL_SOURCE_CACHE', label: 'Source cache' },
  { value: 'LOCAL_CUSTOM_CACHE', label: 'Custom cache' },
  { value: 'LOCAL_DOCKER_LAYER_CACHE', label: 'Docker layer cache' },
];

export const STATUSES: Choice[] = [
  { value: 'ENABLED', label: 'Enabled' },
  { value: 'DISABLED', label: 'Disabled' },
];

export const BUILD_STATUSES: Choice[] = [
  { value: 'SUCCEEDED', label: 'Succeeded' },
  { value: 'FAILED', label: 'Failed' },
  { value: 'FAULT', label: 'Fault' },
  { value: 'TIMED_OUT', label: 'Timed out' },
  { value: 'STOPPED', label: 'Stopped' },
  { value: 'IN_PROGRESS', label: 'In progress' },
];
