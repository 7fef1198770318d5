import { IAM, queryAll } from './query';

interface Role {
  Arn: string;
  AssumeRolePolicyDocument?: string;
}

/** The ARNs of the roles whose trust policy names a service, as `codedeploy`. */
export const rolesFor = (service: string) => async (signal: AbortSignal): Promise<string[]> => {
  const roles = await queryAll<Role>(IAM, 'ListRoles', 'Roles', {}, signal);
  const principal = `${service}.amazonaws.com`;
  return roles.filter((it) => decodeURIComponent(it.AssumeRolePolicyDocument ?? '').includes(principal)).map(({ Arn }) => Arn);
};
