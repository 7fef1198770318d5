// Addresses of a repository's pages.

import { pathOf } from '../../app/router';

const of = (name: string, ...parts: string[]) => pathOf('codecommit', 'repositories', name, ...parts);

export const places = {
  repositories: '/codecommit/repositories',
  create: '/codecommit/create-repository',
  repository: (name: string) => of(name, 'browse'),
  /** A folder or a file at a branch, tag or commit; lines as `10` or `10-20`. */
  browse: (name: string, reference: string, path = '', lines?: string) =>
    (path ? of(name, 'browse', reference, path) : of(name, 'browse', reference)) + (lines ? `?lines=${lines}` : ''),
  pullRequests: (name: string) => of(name, 'pull-requests'),
  createPullRequest: (name: string) => of(name, 'create-pull-request'),
  commits: (name: string, reference?: string) => (reference ? of(name, 'commits', reference) : of(name, 'commits')),
  commit: (name: string, id: string) => of(name, 'commit', id),
  branches: (name: string) => of(name, 'branches'),
  tags: (name: string) => of(name, 'tags'),
  settings: (name: string) => of(name, 'settings'),
};

/** Breadcrumbs of a repository's pages. */
export const repositoryTrail = (name: string, ...more: { text: string; href: string }[]) => [
  { text: 'Repositories', href: places.repositories },
  { text: name, href: places.repository(name) },
  ...more,
];
