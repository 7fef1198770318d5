// What is wrong with the overrides of a start, by the path of the member. The yard checks all of it again.

import { getAt, type Input } from './lens';

const BOUNDS: [string, string, number, number][] = [
  ['timeoutInMinutesOverride', 'minutes', 5, 2160],
  ['buildTimeoutInMinutesOverride', 'minutes', 5, 2160],
  ['queuedTimeoutInMinutesOverride', 'minutes', 5, 480],
  ['buildBatchConfigOverride.timeoutInMins', 'minutes', 5, 2160],
  ['buildBatchConfigOverride.restrictions.maximumBuildsAllowed', 'builds', 1, 100],
  ['gitCloneDepthOverride', 'commits', 0, 2 ** 31 - 1],
  ['autoRetryLimitOverride', 'retries', 0, 10],
];

export function wrongOverrides(input: Input): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const [path, what, low, high] of BOUNDS) {
    const value = getAt(input, path);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high)) continue;
    wrong[path] = high > 1e6 ? `A number of ${what}` : `From ${low} to ${high} ${what}`;
  }
  const variables = (getAt(input, 'environmentVariablesOverride') ?? []) as { name: string }[];
  if (variables.some(({ name }) => !name)) wrong.environmentVariablesOverride = 'Each variable has a name';
  return wrong;
}
