// Addresses of a repository's pages.

import { pathOf } from '../../app/router';

const of = (name: string, ...parts: string[]) => pathOf('codecommit', 'repositories', name, ...parts);

export const places = {
  repositories: '/codecommit/repositories',
  create: '/codecommit/create-repository',
  templates: '/codecommit/approval-rule-templates',
  repository: (name: string) => of(name, 'browse'),
  /** A folder or a file at a branch, tag or commit; lines as `10` or `10-20`. */
  browse: (name: string, reference: string, path = '', lines?: string) =>
    (path ? of(name, 'browse', reference, path) : of(name, 'browse', reference)) + (lines ? `?lines=${lines}` : ''),
  blame: (name: string, reference: string, path: string) => of(name, 'blame', reference, path),
  history: (name: string, reference: string, path: string) => of(name, 'history', reference, path),
  /** A new file in a folder. */
  add: (name: string, reference: string, folder = '') => of(name, 'add', reference, folder),
  edit: (name: string, reference: string, path: string) => of(name, 'edit', reference, path),
  remove: (name: string, reference: string, path: string) => of(name, 'delete', reference, path),
  rename: (name: string, reference: string, path: string) => of(name, 'rename', reference, path),
  upload: (name: string, reference: string, folder = '') => of(name, 'upload', reference, folder),
  pullRequests: (name: string) => of(name, 'pull-requests'),
  createPullRequest: (name: string) => of(name, 'create-pull-request'),
  commits: (name: string, reference?: string) => (reference ? of(name, 'commits', reference) : of(name, 'commits')),
  graph: (name: string, reference?: string) => (reference ? of(name, 'visualizer', reference) : of(name, 'visualizer')),
  compare: (name: string, from?: string, to?: string) => (from && to ? of(name, 'compare', from, to) : of(name, 'compare')),
  commit: (name: string, id: string) => of(name, 'commit', id),
  branches: (name: string) => of(name, 'branches'),
  tags: (name: string) => of(name, 'tags'),
  settings: (name: string, tab?: string) => (tab ? of(name, 'settings', tab) : of(name, 'settings')),
};

/** Breadcrumbs of a repository's pages. */
export const repositoryTrail = (name: string, ...more: { text: string; href: string }[]) => [
  { text: 'Repositories', href: places.repositories },
  { text: name, href: places.repository(name) },
  ...more,
];
