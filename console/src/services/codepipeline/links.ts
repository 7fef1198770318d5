// Where the pages of a pipeline and of what its actions made are.

import { pathOf } from '../../app/router';
import { places as repositories } from '../codecommit/places';
import type { ActionTypeId } from './types';

export const places = {
  pipelines: '/codepipeline/pipelines',
  create: '/codepipeline/create',
  pipeline: (name: string) => pathOf('codepipeline', 'pipelines', name),
  history: (name: string) => pathOf('codepipeline', 'pipelines', name, 'executions'),
  execution: (name: string, id: string) => pathOf('codepipeline', 'pipelines', name, 'executions', id),
  settings: (name: string) => pathOf('codepipeline', 'pipelines', name, 'settings'),
  edit: (name: string) => pathOf('codepipeline', 'pipelines', name, 'edit'),
};

/** An address that a browser may be sent to: anything else (`javascript:`, files) is only text. */
export function safeUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  try {
    const { protocol, href } = new URL(text);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

type Configuration = Record<string, string> | undefined;

/** The page of the build or deployment that an action started. */
export function outcome(type: ActionTypeId, configuration: Configuration, id: string | undefined): { text: string; href: string } | undefined {
  if (!id) return undefined;
  if (type.provider === 'CodeBuild') {
    const isBatch = configuration?.BatchEnabled === 'true';
    return isBatch
      ? { text: 'Batch', href: `#${pathOf('codebuild', 'batches', id)}` }
      : { text: 'Build', href: `#${pathOf('codebuild', 'builds', id)}` };
  }
  if (type.provider === 'CodeDeploy') return { text: 'Deployment', href: `#${pathOf('codedeploy', 'deployments', id)}` };
  return undefined;
}

/** The page of what an action is configured to use. */
export function subject({ provider, category }: ActionTypeId, configuration: Configuration): { text: string; href?: string } | undefined {
  const of = (key: string) => configuration?.[key] ?? '';
  if (provider === 'CodeCommit') return { text: `${of('RepositoryName')} ${of('BranchName')}`, href: `#${repositories.repository(of('RepositoryName'))}` };
  if (provider === 'CodeBuild') return { text: of('ProjectName'), href: `#${pathOf('codebuild', 'projects', of('ProjectName'))}` };
  if (provider === 'CodeDeploy') {
    const [application, group] = [of('ApplicationName'), of('DeploymentGroupName')];
    return { text: `${application} / ${group}`, href: `#${pathOf('codedeploy', 'applications', application, 'groups', group)}` };
  }
  if (provider === 'S3') return { text: category === 'Source' ? `${of('S3Bucket')}/${of('S3ObjectKey')}` : of('BucketName') };
  return undefined;
}

/** The page of a source's revision, and how it is shown. */
export function revision(type: ActionTypeId | undefined, configuration: Configuration, id: string): { text: string; href?: string } {
  if (type?.provider !== 'CodeCommit') return { text: id };
  const repository = configuration?.RepositoryName;
  return { text: id.slice(0, 8), href: repository && `#${repositories.commit(repository, id)}` };
}
