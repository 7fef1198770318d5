import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';
import { listProjectNames, projectOfBuild } from './api';

const projects = { text: 'Build projects', href: '/codebuild/projects' };
const project = (name: string) => ({ text: name, href: pathOf('codebuild', 'projects', name) });

export const codebuild: ConsoleService = {
  title: 'Builds',
  nav: [{ text: projects.text, path: projects.href }],
  pages: [
    { path: '/codebuild/projects', load: () => import('./ProjectsPage'), trail: () => [projects] },
    {
      path: '/codebuild/projects/:name',
      load: () => import('./ProjectPage'),
      trail: ({ name }) => [projects, project(name)],
    },
    {
      path: '/codebuild/projects/:name/start',
      load: () => import('./StartBuildPage'),
      trail: ({ name }) => [
        projects,
        project(name),
        { text: 'Start build', href: pathOf('codebuild', 'projects', name, 'start') },
      ],
    },
    {
      path: '/codebuild/builds/:id',
      load: () => import('./BuildPage'),
      trail: ({ id }) => [
        projects,
        project(projectOfBuild(id)),
        { text: id.slice(id.indexOf(':') + 1), href: pathOf('codebuild', 'builds', id) },
      ],
    },
  ],
  home: () => import('./HomeCard'),
  search: async (signal) => {
    const names = await listProjectNames(signal);
    return names.map((name) => ({ name, kind: 'Build project', path: project(name).href }));
  },
};
