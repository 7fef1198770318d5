// Addresses of pull requests' pages.

import { pathOf } from '../../../app/router';

export type PullRequestTab = 'details' | 'activity' | 'changes' | 'commits' | 'approvals';

const of = (repository: string, id: string, ...more: string[]) => pathOf('codecommit', 'repositories', repository, 'pull-requests', id, ...more);

export const pullRequestPlaces = {
  pullRequest: (repository: string, id: string, tab: PullRequestTab = 'details') =>
    of(repository, id) + (tab === 'details' ? '' : `?tab=${tab}`),
  merge: (repository: string, id: string) => of(repository, id, 'merge'),
};
