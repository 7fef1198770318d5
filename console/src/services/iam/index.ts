import type { ConsoleService, Page } from '../../app/service';
import { entityPath, policyPath, type Noun } from './paths';

const dashboard = { text: 'Identity and access', href: '/iam' };
const lists = {
  User: { text: 'Users', href: '/iam/users' },
  Group: { text: 'User groups', href: '/iam/groups' },
  Role: { text: 'Roles', href: '/iam/roles' },
};
const policies = { text: 'Policies', href: '/iam/policies' };
const credentials = { text: 'My security credentials', href: '/iam/credentials' };
const simulator = { text: 'Policy simulator', href: '/iam/simulator' };
const explain = { text: 'Explain a refusal', href: '/iam/explain' };

const page = (path: string, load: Page['load'], ...trail: { text: string; href: string }[]): Page => ({ path, load, trail: () => trail });
const entity = (noun: Noun, load: Page['load']): Page => ({
  path: `${lists[noun].href}/:name`,
  load,
  trail: ({ name }) => [lists[noun], { text: name, href: entityPath(noun, name) }],
});

export const iam: ConsoleService = {
  title: 'IAM',
  nav: [dashboard, lists.User, lists.Group, lists.Role, policies, credentials, simulator, explain].map(({ text, href }) => ({ text, path: href })),
  pages: [
    page('/iam', () => import('./DashboardPage'), dashboard),
    page('/iam/users', () => import('./UsersPage'), lists.User),
    page('/iam/create-user', () => import('./CreateUserPage'), lists.User, { text: 'Create user', href: '/iam/create-user' }),
    entity('User', () => import('./UserPage')),
    page('/iam/groups', () => import('./GroupsPage'), lists.Group),
    entity('Group', () => import('./GroupPage')),
    page('/iam/roles', () => import('./RolesPage'), lists.Role),
    page('/iam/create-role', () => import('./CreateRolePage'), lists.Role, { text: 'Create role', href: '/iam/create-role' }),
    entity('Role', () => import('./RolePage')),
    page('/iam/policies', () => import('./PoliciesPage'), policies),
    page('/iam/create-policy', () => import('./CreatePolicyPage'), policies, { text: 'Create policy', href: '/iam/create-policy' }),
    {
      path: '/iam/policies/:arn',
      load: () => import('./PolicyPage'),
      trail: ({ arn }) => [policies, { text: arn.split('/').pop() ?? arn, href: policyPath(arn) }],
    },
    page('/iam/credentials', () => import('./CredentialsPage'), credentials),
    page('/iam/simulator', () => import('./SimulatorPage'), simulator),
    page('/iam/explain', () => import('./ExplainPage'), explain),
  ],
  search: async (signal) => (await import('./search')).search(signal),
};
