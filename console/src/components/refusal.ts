// What a refusal says, and what its encoded message says when sts:DecodeAuthorizationMessage has
// opened it:
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html

import type { ApiError } from '../api/errors';

export type DecidedBy = 'Identity' | 'Boundary' | 'Session' | 'Resource' | 'Trust';

export interface Refusal {
  who: string;
  action: string;
  resource: string;
  /** Whether a statement denies; otherwise none allows. */
  explicit: boolean;
  decidedBy: DecidedBy;
}

const TYPES: [RegExp, DecidedBy][] = [
  [/identity-based policy/, 'Identity'],
  [/permissions boundary/, 'Boundary'],
  [/session policy/, 'Session'],
  [/resource-based policy/, 'Resource'],
  [/role trust policy/, 'Trust'],
];

/** What the words of a refusal say. */
export function refusalOf(error: ApiError): Refusal | undefined {
  const found = /User: (\S+) is not authorized to perform: (\S+) on resource: (.+?) (with an explicit deny in|because no) (?:an? |the )?(.+?)(?: allows .*)?\.?$/.exec(error.shown);
  if (!found) return undefined;
  const [, who, action, resource, how, policy] = found;
  const type = TYPES.find(([words]) => words.test(policy));
  return type && { who, action, resource, explicit: how !== 'because no', decidedBy: type[1] };
}

export interface MatchedStatement {
  statementId: string;
  effect: string;
  sourcePolicyId: string;
  sourcePolicyType: string;
  /** From 0. */
  statementIndex: number;
}

export interface Decision {
  allowed: boolean;
  explicitDeny: boolean;
  reason: string;
  matched: MatchedStatement[];
  principal: { id: string; arn: string };
  action: string;
  resource: string;
  conditions: { key: string; values: string[] }[];
}

/** Reads a decoded message. Throws where it is none. */
export function decisionOf(text: string): Decision {
  const { context, matchedStatements, ...rest } = JSON.parse(text);
  const conditions = (context.conditions?.items ?? []) as { key: string; values: { items: { value: string }[] } }[];
  return {
    allowed: !!rest.allowed,
    explicitDeny: !!rest.explicitDeny,
    reason: String(rest.reason ?? ''),
    matched: matchedStatements?.items ?? [],
    principal: context.principal,
    action: context.action,
    resource: context.resource,
    conditions: conditions.map(({ key, values }) => ({ key, values: values.items.map(({ value }) => value) })),
  };
}

/** The type of policy that decided: `ImplicitDeny(Identity)` names it. */
export const decidedBy = ({ reason }: Decision) => (/\((\w+)\)/.exec(reason)?.[1] ?? 'Identity') as DecidedBy;

export const SAYS: Record<DecidedBy, string> = {
  Identity: 'identity-based policy (of the user, its groups or the role)',
  Boundary: 'permissions boundary',
  Session: 'session policy',
  Resource: 'resource-based policy',
  Trust: 'trust policy of the role',
};

/** Where a policy must change for the request to be allowed, in a sentence. */
export function remedy(explicit: boolean, by: DecidedBy): string {
  if (explicit) {
    return `A statement in the ${SAYS[by]} denies it, and no other can allow what one denies. Narrow that statement (its actions, resources or conditions) or take it away.`;
  }
  switch (by) {
    case 'Boundary':
      return 'The permissions boundary must allow it too: add the statement to the policy that is the boundary.';
    case 'Session':
      return 'The session was begun with a policy that does not allow it: begin it with a wider one.';
    case 'Resource':
      return 'The policy of the resource must allow the principal: add the statement there.';
    case 'Trust':
      return 'The trust policy of the role must let the principal assume it: add the statement there.';
    default:
      return 'Add the statement to a policy of the user, of one of its groups, or of the role.';
  }
}

/** A statement that would allow the request, where one can. */
export function suggestion({ action, resource, principal, explicit, by }: { action: string; resource: string; principal: string; explicit: boolean; by: DecidedBy }): object | undefined {
  if (explicit) return undefined;
  const statement = { Effect: 'Allow', Action: action };
  if (by === 'Trust') return { ...statement, Principal: { AWS: principal } };
  if (by === 'Resource') return { ...statement, Principal: { AWS: principal }, Resource: resource };
  return { ...statement, Resource: resource };
}

/** The entity whose policies hold for a principal: of a session of a role, the role. */
export function entityOf(arn: string): string {
  const session = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn);
  return session ? `arn:${session[1]}:iam::${session[2]}:role/${session[3]}` : arn;
}
