import type { ConsoleService } from '../../app/service';
import { groupPath, streamPath } from './paths';

const groups = { text: 'Log groups', href: '/logs/groups' };
const group = (name: string) => ({ text: name, href: groupPath(name) });

/** Most groups that the search by name knows. */
const MOST = 1000;

export const logs: ConsoleService = {
  title: 'CloudWatch Logs',
  nav: [{ text: groups.text, path: groups.href }],
  pages: [
    { path: '/logs/groups', load: () => import('./GroupsPage'), trail: () => [groups] },
    { path: '/logs/groups/:name', load: () => import('./GroupPage'), trail: ({ name }) => [groups, group(name)] },
    {
      path: '/logs/groups/:name/streams/:stream',
      load: () => import('./StreamPage'),
      trail: ({ name, stream }) => [groups, group(name), { text: stream, href: streamPath(name, stream) }],
    },
  ],
  search: async (signal) => {
    const { listGroups } = await import('./api');
    const found = await listGroups('', MOST, signal);
    return found.groups.map(({ logGroupName: name }) => ({ name, kind: 'Log group', path: groupPath(name) }));
  },
};
