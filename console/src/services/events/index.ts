import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';

const buses = { text: 'Event buses', href: '/events/buses' };
const rules = { text: 'Rules', href: '/events/rules' };
const rule = (name: string) => ({ text: name, href: pathOf('events', 'rules', name) });
const tester = { text: 'Pattern tester', href: '/events/tester' };
const send = { text: 'Send events', href: '/events/send' };
const create = { text: 'Create rule', href: '/events/create-rule' };

export const events: ConsoleService = {
  title: 'EventBridge',
  nav: [rules, buses, tester, send].map(({ text, href }) => ({ text, path: href })),
  pages: [
    { path: buses.href, load: () => import('./BusesPage'), trail: () => [buses] },
    { path: rules.href, load: () => import('./RulesPage'), trail: () => [rules] },
    { path: create.href, load: () => import('./RuleFormPage'), trail: () => [rules, create] },
    { path: '/events/rules/:name', load: () => import('./RulePage'), trail: ({ name }) => [rules, rule(name)] },
    {
      path: '/events/rules/:name/edit',
      load: () => import('./RuleFormPage'),
      trail: ({ name }) => [rules, rule(name), { text: 'Edit', href: pathOf('events', 'rules', name, 'edit') }],
    },
    { path: tester.href, load: () => import('./TesterPage'), trail: () => [tester] },
    { path: send.href, load: () => import('./SendPage'), trail: () => [send] },
  ],
  search: async (signal) => {
    const { DEFAULT_BUS, listRules } = await import('./api');
    return (await listRules(DEFAULT_BUS, signal)).map(({ Name }) => ({ name: Name, kind: 'EventBridge rule', path: rule(Name).href }));
  },
};
