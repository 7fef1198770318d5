import type { ConsoleService } from '../../app/service';
import { listRepositoryNames } from './api';
import { places } from './places';
import { pullRequestPages } from './pull-requests/pages';

const repositories = { text: 'Repositories', href: places.repositories };

export const codecommit: ConsoleService = {
  title: 'Source',
  nav: [{ text: repositories.text, path: repositories.href }],
  pages: [
    { path: '/codecommit/repositories', load: () => import('./RepositoriesPage'), trail: () => [repositories] },
    ...pullRequestPages,
  ],
  search: async (signal) => {
    const names = await listRepositoryNames(signal);
    return names.map((name) => ({ name, kind: 'Repository', path: places.repository(name) }));
  },
};
