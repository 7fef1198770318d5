import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';
import { projectOfBuild } from './names';

const projects = { text: 'Build projects', href: '/codebuild/projects' };
const history = { text: 'Build history', href: '/codebuild/history' };
const groups = { text: 'Report groups', href: '/codebuild/report-groups' };
const credentials = { text: 'Source credentials', href: '/codebuild/credentials' };
const project = (name: string) => ({ text: name, href: pathOf('codebuild', 'projects', name) });
const below = (name: string, part: string, text: string) => [projects, project(name), { text, href: pathOf('codebuild', 'projects', name, part) }];
/** The part of an ARN that people know it by. */
const nameOf = (arn: string) => arn.slice(arn.indexOf('/') + 1);

type Readings = typeof import('./readings');
const ahead = (begin: (readings: Readings, params: Record<string, string>) => Promise<unknown>) => async (params: Record<string, string> = {}) =>
  begin(await import('./readings'), params);

export const codebuild: ConsoleService = {
  title: 'Builds',
  nav: [projects, history, groups, credentials].map(({ text, href }) => ({ text, path: href })),
  pages: [
    { path: projects.href, load: () => import('./ProjectsPage'), ahead: ahead((it) => it.projectsAhead()), trail: () => [projects] },
    { path: history.href, load: () => import('./HistoryPage'), ahead: ahead((it) => it.historyAhead()), trail: () => [history] },
    { path: groups.href, load: () => import('./ReportGroupsPage'), trail: () => [groups] },
    { path: credentials.href, load: () => import('./CredentialsPage'), trail: () => [credentials] },
    {
      path: '/codebuild/create-project',
      load: () => import('./CreateProjectPage'),
      trail: () => [projects, { text: 'Create build project', href: '/codebuild/create-project' }],
    },
    { path: '/codebuild/projects/:name', load: () => import('./ProjectPage'), ahead: ahead((it, { name }) => it.projectAhead(name)), trail: ({ name }) => [projects, project(name)] },
    { path: '/codebuild/projects/:name/edit', load: () => import('./EditProjectPage'), trail: ({ name }) => below(name, 'edit', 'Edit') },
    { path: '/codebuild/projects/:name/start', load: () => import('./StartBuildPage'), trail: ({ name }) => below(name, 'start', 'Start build') },
    {
      path: '/codebuild/builds/:id',
      load: () => import('./BuildPage'),
      ahead: ahead((it, { id }) => it.buildAhead(id)),
      trail: ({ id }) => [projects, project(projectOfBuild(id)), { text: id.slice(id.indexOf(':') + 1), href: pathOf('codebuild', 'builds', id) }],
    },
    {
      path: '/codebuild/batches/:id',
      load: () => import('./BatchPage'),
      trail: ({ id }) => [projects, project(projectOfBuild(id)), { text: `Batch ${id.slice(id.indexOf(':') + 1)}`, href: pathOf('codebuild', 'batches', id) }],
    },
    {
      path: '/codebuild/report-groups/:arn',
      load: () => import('./ReportGroupPage'),
      trail: ({ arn }) => [groups, { text: nameOf(arn), href: pathOf('codebuild', 'report-groups', arn) }],
    },
    {
      path: '/codebuild/reports/:arn',
      load: () => import('./ReportPage'),
      trail: ({ arn }) => {
        const group = arn.replace(/:report\/(.*):[^:]*$/s, ':report-group/$1');
        return [groups, { text: nameOf(group), href: pathOf('codebuild', 'report-groups', group) }, { text: 'Report', href: pathOf('codebuild', 'reports', arn) }];
      },
    },
  ],
  home: { load: () => import('./HomeCard'), ahead: ahead((it) => it.homeAhead()) },
  search: async (signal) => {
    const { listProjectNames } = await import('./api');
    const names = await listProjectNames(signal);
    return names.map((name) => ({ name, kind: 'Build project', path: project(name).href }));
  },
};
