import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Deployment } from './types';

const TYPES: Record<string, StatusIndicatorProps.Type> = {
  Succeeded: 'success',
  Failed: 'error',
  InProgress: 'in-progress',
  Baking: 'in-progress',
  Created: 'pending',
  Queued: 'pending',
  Pending: 'pending',
  Ready: 'pending',
  Stopped: 'stopped',
  Skipped: 'stopped',
  Unknown: 'warning',
};

export const STATUSES = ['Created', 'Queued', 'InProgress', 'Succeeded', 'Failed', 'Stopped'];

/** `InProgress` is shown as `In progress`. */
export function readable(word: string): string {
  const text = word.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How a deployment, a target or a lifecycle event stands; or how many stand so. */
export function Status({ word, count }: { word: string | undefined; count?: number }) {
  if (!word) return <>–</>;
  return <StatusIndicator type={TYPES[word] ?? 'info'}>{count ?? readable(word)}</StatusIndicator>;
}

export const isOver = ({ status }: Pick<Deployment, 'status'>) => status === 'Succeeded' || status === 'Failed' || status === 'Stopped';

const CREATORS: Record<string, string> = {
  user: 'User action',
  autoscaling: 'Auto Scaling',
  codeDeployRollback: 'Rollback',
  codeDeployAutoUpdate: 'Automatic update',
};

export const creatorText = (creator: string | undefined) => (creator ? (CREATORS[creator] ?? creator) : '–');
