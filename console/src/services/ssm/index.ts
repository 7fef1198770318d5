import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';

const parameters = { text: 'Parameter Store', href: '/ssm/parameters' };
const create = { text: 'Create parameter', href: '/ssm/create-parameter' };
const parameter = (name: string) => ({ text: name, href: pathOf('ssm', 'parameters', name) });

export const ssm: ConsoleService = {
  title: 'Systems Manager',
  nav: [{ text: parameters.text, path: parameters.href }],
  pages: [
    { path: parameters.href, load: () => import('./ParametersPage'), trail: () => [parameters] },
    { path: create.href, load: () => import('./ParameterFormPage'), trail: () => [parameters, create] },
    { path: '/ssm/parameters/:name', load: () => import('./ParameterPage'), trail: ({ name }) => [parameters, parameter(name)] },
    {
      path: '/ssm/parameters/:name/edit',
      load: () => import('./ParameterFormPage'),
      trail: ({ name }) => [parameters, parameter(name), { text: 'Edit', href: pathOf('ssm', 'parameters', name, 'edit') }],
    },
  ],
  search: async (signal) => (await (await import('./api')).listParameters(signal)).map(({ Name }) => ({ name: Name, kind: 'Parameter', path: parameter(Name).href })),
};
