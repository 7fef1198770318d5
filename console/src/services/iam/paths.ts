// Where the pages of IAM's things are.

import { pathOf } from '../../app/router';

export type Noun = 'User' | 'Group' | 'Role';

/** Where the page of a user, group or role is. */
export const entityPath = (noun: Noun, name: string) => pathOf('iam', `${noun.toLowerCase()}s`, name);

export const policyPath = (arn: string) => pathOf('iam', 'policies', arn);
