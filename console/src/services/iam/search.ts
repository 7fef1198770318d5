import type { Hit } from '../../app/service';
import { entityPath, listGroups, listPolicies, listRoles, listUsers, policyPath } from './api';

/** Users, groups, roles and policies: those kinds that the caller may list. */
export async function search(signal: AbortSignal): Promise<Hit[]> {
  const [users, groups, roles, local] = await Promise.allSettled([listUsers(signal), listGroups(signal), listRoles(signal), listPolicies('Local', signal)]);
  const items = <T>(result: PromiseSettledResult<T[]>) => (result.status === 'fulfilled' ? result.value : []);
  return [
    ...items(users).map(({ UserName: name }) => ({ name, kind: 'IAM user', path: entityPath('User', name) })),
    ...items(groups).map(({ GroupName: name }) => ({ name, kind: 'IAM group', path: entityPath('Group', name) })),
    ...items(roles).map(({ RoleName: name }) => ({ name, kind: 'IAM role', path: entityPath('Role', name) })),
    ...items(local).map(({ PolicyName: name, Arn }) => ({ name, kind: 'IAM policy', path: policyPath(Arn) })),
  ];
}
