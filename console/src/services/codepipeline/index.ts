import type { ConsoleService } from '../../app/service';
import { places } from './links';

const pipelines = { text: 'Pipelines', href: places.pipelines };
const pipeline = (name: string) => ({ text: name, href: places.pipeline(name) });
const history = (name: string) => ({ text: 'Executions', href: places.history(name) });
const page = () => import('./PipelinePage');

export const codepipeline: ConsoleService = {
  title: 'Pipelines',
  nav: [{ text: 'Pipelines', path: places.pipelines }],
  pages: [
    { path: '/codepipeline/pipelines', load: () => import('./PipelinesPage'), ahead: async () => (await import('./readings')).pipelinesAhead(), trail: () => [pipelines] },
    {
      path: '/codepipeline/create',
      load: () => import('./edit/CreatePage'),
      trail: () => [pipelines, { text: 'Create pipeline', href: places.create }],
    },
    { path: '/codepipeline/pipelines/:name', load: page, ahead: async ({ name }) => (await import('./readings')).pipelineAhead(name), trail: ({ name }) => [pipelines, pipeline(name)] },
    {
      path: '/codepipeline/pipelines/:name/executions',
      load: () => import('./HistoryPage'),
      trail: ({ name }) => [pipelines, pipeline(name), history(name)],
    },
    {
      path: '/codepipeline/pipelines/:name/executions/:id',
      load: () => import('./ExecutionPage'),
      trail: ({ name, id }) => [pipelines, pipeline(name), history(name), { text: id.slice(0, 8), href: places.execution(name, id) }],
    },
    {
      path: '/codepipeline/pipelines/:name/settings',
      load: () => import('./SettingsPage'),
      trail: ({ name }) => [pipelines, pipeline(name), { text: 'Settings', href: places.settings(name) }],
    },
    {
      path: '/codepipeline/pipelines/:name/edit',
      load: () => import('./edit/EditPage'),
      trail: ({ name }) => [pipelines, pipeline(name), { text: 'Edit', href: places.edit(name) }],
    },
  ],
  search: async (signal) => {
    const { listPipelines } = await import('./api');
    const found = await listPipelines(signal);
    return found.map(({ name }) => ({ name, kind: 'Pipeline', path: places.pipeline(name) }));
  },
};
