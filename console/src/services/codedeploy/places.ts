// Addresses of CodeDeploy's pages.

import { session } from '../../api/session';
import { pathOf } from '../../app/router';

const of = (application: string, ...parts: string[]) => pathOf('codedeploy', 'applications', application, ...parts);

export const places = {
  applications: '/codedeploy/applications',
  application: (name: string, tab?: string) => of(name) + (tab ? `?tab=${tab}` : ''),
  createGroup: (application: string) => of(application, 'create-group'),
  group: (application: string, group: string) => of(application, 'groups', group),
  editGroup: (application: string, group: string) => of(application, 'groups', group, 'edit'),
  /** With what is known already filled in. */
  deploy: (application: string, known: Record<string, string | undefined> = {}) => {
    const query = new URLSearchParams(Object.entries(known).filter((it): it is [string, string] => it[1] !== undefined)).toString();
    return of(application, 'create-deployment') + (query ? `?${query}` : '');
  },
  deployments: '/codedeploy/deployments',
  deployment: (id: string) => pathOf('codedeploy', 'deployments', id),
  configs: '/codedeploy/configs',
  instances: '/codedeploy/instances',
};

/** `arn:aws:codedeploy:REGION:ACCOUNT:KIND:NAME` of whoever is signed in. */
export function arnOf(kind: 'application' | 'deploymentgroup', name: string): string {
  const { region = '', account = '' } = session.get() ?? {};
  return `arn:aws:codedeploy:${region}:${account}:${kind}:${name}`;
}
