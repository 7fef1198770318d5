import type { Deployment, Overview, Target } from './types';

const OVER = ['Succeeded', 'Failed', 'Skipped'];
const WORDS: (keyof Overview)[] = ['Pending', 'InProgress', 'Succeeded', 'Failed', 'Skipped', 'Ready'];

export interface Progress {
  /** Hosts that are done, however they ended, of all. */
  done: number;
  all: number;
  /** Of the lifecycle events of all hosts. */
  percent: number;
  /** Hosts in each state that there are any in, and in those that one looks for. */
  counts: [string, number][];
}

export function progressOf({ deploymentOverview = {}, status }: Pick<Deployment, 'deploymentOverview' | 'status'>, targets: Target[]): Progress {
  const count = (word: keyof Overview) => deploymentOverview[word] ?? 0;
  const all = WORDS.reduce((sum, word) => sum + count(word), 0);
  const done = count('Succeeded') + count('Failed') + count('Skipped');
  const shares = targets.map(({ status: state, lifecycleEvents = [] }) => {
    if (OVER.includes(state)) return 1;
    const over = lifecycleEvents.filter((event) => OVER.includes(event.status ?? '')).length;
    return lifecycleEvents.length > 0 ? over / lifecycleEvents.length : 0;
  });
  const share = shares.length > 0 ? shares.reduce((sum, it) => sum + it, 0) / shares.length : 0;
  return {
    done,
    all,
    percent: status === 'Succeeded' ? 100 : Math.floor(100 * share),
    counts: WORDS.filter((word) => word !== 'Ready' || count(word) > 0).map((word) => [word, count(word)]),
  };
}
