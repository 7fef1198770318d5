import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';

const secrets = { text: 'Secrets', href: '/secrets' };
const create = { text: 'Store a new secret', href: '/store-secret' };
const secret = (name: string) => ({ text: name, href: pathOf('secrets', name) });

export const secretsmanager: ConsoleService = {
  title: 'Secrets Manager',
  nav: [{ text: secrets.text, path: secrets.href }],
  pages: [
    { path: secrets.href, load: () => import('./SecretsPage'), trail: () => [secrets] },
    { path: create.href, load: () => import('./CreateSecretPage'), trail: () => [secrets, create] },
    { path: '/secrets/:name', load: () => import('./SecretPage'), trail: ({ name }) => [secrets, secret(name)] },
  ],
  search: async (signal) => (await (await import('./api')).listSecrets(signal)).map(({ Name }) => ({ name: Name, kind: 'Secret', path: secret(Name).href })),
};
