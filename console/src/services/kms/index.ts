import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';

const keys = { text: 'Keys', href: '/kms/keys' };
const create = { text: 'Create key', href: '/kms/create-key' };

export const kms: ConsoleService = {
  title: 'KMS',
  nav: [{ text: keys.text, path: keys.href }],
  pages: [
    { path: keys.href, load: () => import('./KeysPage'), trail: () => [keys] },
    { path: create.href, load: () => import('./CreateKeyPage'), trail: () => [keys, create] },
    { path: '/kms/keys/:id', load: () => import('./KeyPage'), trail: ({ id }) => [keys, { text: id, href: pathOf('kms', 'keys', id) }] },
  ],
  search: async (signal) =>
    (await (await import('./api')).listAliases(signal)).flatMap(({ AliasName, TargetKeyId }) =>
      TargetKeyId ? [{ name: AliasName, kind: 'KMS key', path: pathOf('kms', 'keys', TargetKeyId) }] : []),
};
