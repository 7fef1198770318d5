import type { Page, ConsoleService } from '../../app/service';
import { places, repositoryTrail } from './places';
import { pullRequestPages } from './pull-requests/pages';

const repositories = { text: 'Repositories', href: places.repositories };
const templates = { text: 'Approval rule templates', href: places.templates };

/** A page of a repository, below `/codecommit/repositories/:name`. */
const page = (path: string, load: Page['load'], last?: (params: Record<string, string>) => { text: string; href: string }): Page => ({
  path: `/codecommit/repositories/:name${path}`,
  load,
  trail: (params) => repositoryTrail(params.name, ...(last ? [last(params)] : [])),
});

const code = () => import('./CodePage');
const commits = ({ name }: Record<string, string>) => ({ text: 'Commits', href: places.commits(name) });
const file = ({ name, reference, path }: Record<string, string>) => ({ text: path || 'Root folder', href: places.browse(name, reference, path) });

export const codecommit: ConsoleService = {
  title: 'Source',
  nav: [
    { text: repositories.text, path: repositories.href },
    { text: templates.text, path: templates.href },
  ],
  pages: [
    { path: '/codecommit/repositories', load: () => import('./RepositoriesPage'), trail: () => [repositories] },
    { path: '/codecommit/create-repository', load: () => import('./CreatePage'), trail: () => [repositories, { text: 'Create repository', href: places.create }] },
    { path: '/codecommit/approval-rule-templates', load: () => import('./TemplatesPage'), trail: () => [templates] },
    page('', code),
    page('/browse', code),
    page('/browse/:reference', code),
    page('/browse/:reference/:path', code, file),
    page('/blame/:reference/:path', () => import('./BlamePage'), file),
    page('/history/:reference/:path', () => import('./HistoryPage'), file),
    page('/add/:reference/:path', () => import('./AddPage'), file),
    page('/edit/:reference/:path', () => import('./EditPage'), file),
    page('/delete/:reference/:path', () => import('./DeletePage'), file),
    page('/rename/:reference/:path', () => import('./RenamePage'), file),
    page('/upload/:reference/:path', () => import('./UploadPage'), file),
    page('/commits', () => import('./CommitsPage'), commits),
    page('/commits/:reference', () => import('./CommitsPage'), commits),
    page('/commit/:id', () => import('./CommitPage'), ({ name, id }) => ({ text: id.slice(0, 8), href: places.commit(name, id) })),
    page('/visualizer', () => import('./GraphPage'), commits),
    page('/visualizer/:reference', () => import('./GraphPage'), commits),
    page('/compare', () => import('./ComparePage'), commits),
    page('/compare/:from/:to', () => import('./ComparePage'), commits),
    page('/branches', () => import('./BranchesPage'), ({ name }) => ({ text: 'Branches', href: places.branches(name) })),
    page('/tags', () => import('./TagsPage'), ({ name }) => ({ text: 'Git tags', href: places.tags(name) })),
    page('/settings', () => import('./SettingsPage'), ({ name }) => ({ text: 'Settings', href: places.settings(name) })),
    page('/settings/:tab', () => import('./SettingsPage'), ({ name }) => ({ text: 'Settings', href: places.settings(name) })),
    ...pullRequestPages,
  ],
  search: async (signal) => {
    const { listRepositoryNames } = await import('./api');
    const names = await listRepositoryNames(signal);
    return names.map((name) => ({ name, kind: 'Repository', path: places.repository(name) }));
  },
};
