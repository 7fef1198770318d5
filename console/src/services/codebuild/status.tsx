import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Build } from './api';

const TYPES: Record<string, StatusIndicatorProps.Type> = {
  SUCCEEDED: 'success',
  FAILED: 'error',
  FAULT: 'error',
  TIMED_OUT: 'error',
  CLIENT_ERROR: 'error',
  STOPPED: 'stopped',
  ERROR: 'error',
  INCOMPLETE: 'warning',
  SKIPPED: 'stopped',
  GENERATING: 'in-progress',
  IN_PROGRESS: 'in-progress',
  QUEUED: 'pending',
};

/** `TIMED_OUT` is shown as `Timed out`. */
export function readable(word: string): string {
  const text = word.toLowerCase().replace(/_/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function Status({ word }: { word: string | undefined }) {
  if (!word) return <StatusIndicator type="pending">Not yet</StatusIndicator>;
  return <StatusIndicator type={TYPES[word] ?? 'info'}>{readable(word)}</StatusIndicator>;
}

export const isFailed = (build: Build) => TYPES[build.buildStatus] === 'error';

/** Why a build failed: what the phase that failed says. */
export function reason(build: Build): string {
  const failed = build.phases?.find((phase) => TYPES[phase.phaseStatus ?? ''] === 'error');
  const said = failed?.contexts?.find((context) => context.message)?.message;
  return failed ? `${readable(failed.phaseType)}${said ? `: ${said}` : ''}` : '';
}
