import { shownName } from '../../api/session';
import { readable } from './status';
import type { Trigger } from './types';

const WORDS: Record<string, string> = {
  CreatePipeline: 'Creation of the pipeline',
  StartPipelineExecution: 'Started',
  PollForSourceChanges: 'Change of the source',
  CloudWatchEvent: 'Rule of EventBridge',
};

/** What started an execution: `Started by ann`. */
export function triggerText(trigger: Trigger | undefined): string {
  if (!trigger?.triggerType) return '–';
  const what = WORDS[trigger.triggerType] ?? readable(trigger.triggerType);
  const { triggerDetail: by } = trigger;
  if (!by) return what;
  return by.startsWith('arn:') && trigger.triggerType === 'StartPipelineExecution' ? `${what} by ${shownName(by)}` : `${what}: ${by.startsWith('arn:') ? shownName(by) : by}`;
}
