import type { ConsoleService } from '../../app/service';
import { places } from './places';

const deployments = { text: 'Deployments', href: places.deployments };
const applications = { text: 'Applications', href: places.applications };
const application = (name: string) => ({ text: name, href: places.application(name) });
const group = (name: string, of: string) => ({ text: of, href: places.group(name, of) });

export const codedeploy: ConsoleService = {
  title: 'Deployments',
  nav: [
    { text: 'Deployments', path: places.deployments },
    { text: 'Applications', path: places.applications },
    { text: 'Deployment configurations', path: places.configs },
    { text: 'On-premises instances', path: places.instances },
  ],
  pages: [
    { path: '/codedeploy/deployments', load: () => import('./DeploymentsPage'), trail: () => [deployments] },
    {
      path: '/codedeploy/deployments/:id',
      load: () => import('./DeploymentPage'),
      trail: ({ id }) => [deployments, { text: id, href: places.deployment(id) }],
    },
    { path: '/codedeploy/applications', load: () => import('./ApplicationsPage'), trail: () => [applications] },
    {
      path: '/codedeploy/applications/:name',
      load: () => import('./ApplicationPage'),
      trail: ({ name }) => [applications, application(name)],
    },
    {
      path: '/codedeploy/applications/:name/create-group',
      load: () => import('./CreateGroupPage'),
      trail: ({ name }) => [applications, application(name), { text: 'Create deployment group', href: places.createGroup(name) }],
    },
    {
      path: '/codedeploy/applications/:name/create-deployment',
      load: () => import('./CreateDeploymentPage'),
      trail: ({ name }) => [applications, application(name), { text: 'Create deployment', href: places.deploy(name) }],
    },
    {
      path: '/codedeploy/applications/:name/groups/:group',
      load: () => import('./GroupPage'),
      trail: ({ name, group: of }) => [applications, application(name), group(name, of)],
    },
    {
      path: '/codedeploy/applications/:name/groups/:group/edit',
      load: () => import('./EditGroupPage'),
      trail: ({ name, group: of }) => [applications, application(name), group(name, of), { text: 'Edit', href: places.editGroup(name, of) }],
    },
    {
      path: '/codedeploy/configs',
      load: () => import('./ConfigsPage'),
      trail: () => [{ text: 'Deployment configurations', href: places.configs }],
    },
    {
      path: '/codedeploy/instances',
      load: () => import('./InstancesPage'),
      trail: () => [{ text: 'On-premises instances', href: places.instances }],
    },
  ],
  search: async (signal) => {
    const { listApplicationNames } = await import('./api');
    const names = await listApplicationNames(signal);
    return names.map((name) => ({ name, kind: 'Deployment application', path: places.application(name) }));
  },
};
