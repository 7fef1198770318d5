import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const TYPES: Record<string, StatusIndicatorProps.Type> = {
  Succeeded: 'success',
  Failed: 'error',
  InProgress: 'in-progress',
  Stopping: 'in-progress',
  Stopped: 'stopped',
  Abandoned: 'stopped',
  Cancelled: 'stopped',
  Superseded: 'stopped',
  Skipped: 'stopped',
};

/** `InProgress` is shown as `In progress`. */
export function readable(word: string): string {
  const text = word.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How an execution, a stage or an action stands. */
export function Status({ word, none = 'Didn’t run' }: { word: string | undefined; none?: string }) {
  if (!word) return <StatusIndicator type="pending">{none}</StatusIndicator>;
  return <StatusIndicator type={TYPES[word] ?? 'info'}>{readable(word)}</StatusIndicator>;
}

/** `ok`, `bad`, `now` or `off`: how bars and borders are coloured. */
export function colour(word: string | undefined): 'ok' | 'bad' | 'now' | 'off' {
  const type = TYPES[word ?? ''];
  return type === 'success' ? 'ok' : type === 'error' ? 'bad' : type === 'in-progress' ? 'now' : 'off';
}
