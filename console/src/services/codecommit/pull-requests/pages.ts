// The pages of pull requests, below those of their repository.

import type { Page } from '../../../app/service';
import { places, repositoryTrail } from '../places';
import { pullRequestPlaces } from './places';

const list = (name: string) => ({ text: 'Pull requests', href: places.pullRequests(name) });
const one = (name: string, id: string) => ({ text: `Pull request ${id}`, href: pullRequestPlaces.pullRequest(name, id) });

export const pullRequestPages: Page[] = [
  {
    path: '/codecommit/repositories/:name/pull-requests',
    load: () => import('./PullRequestsPage'),
    trail: ({ name }) => repositoryTrail(name, list(name)),
  },
  {
    path: '/codecommit/repositories/:name/create-pull-request',
    load: () => import('./CreatePage'),
    trail: ({ name }) => repositoryTrail(name, list(name), { text: 'Create pull request', href: places.createPullRequest(name) }),
  },
  {
    path: '/codecommit/repositories/:name/pull-requests/:id',
    load: () => import('./PullRequestPage'),
    trail: ({ name, id }) => repositoryTrail(name, list(name), one(name, id)),
  },
  {
    path: '/codecommit/repositories/:name/pull-requests/:id/merge',
    load: () => import('./MergePage'),
    trail: ({ name, id }) => repositoryTrail(name, list(name), one(name, id), { text: 'Merge', href: pullRequestPlaces.merge(name, id) }),
  },
];
