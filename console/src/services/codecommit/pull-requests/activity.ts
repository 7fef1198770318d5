// What has happened to a pull request, in words and in order.

import { shownName } from '../../../api/session';
import type { PullRequestEvent } from './api';
import type { Thread } from './threads';
import { branchOf, MERGE_OPTIONS, short } from './words';

export type Activity =
  | { type: 'event'; at: number; event: PullRequestEvent }
  /** A comment, with what was said to it. */
  | { type: 'thread'; at: number; thread: Thread };

/** Events and comments, the newest last. */
export function activityOf(events: PullRequestEvent[], threads: Thread[]): Activity[] {
  const happened = events.map((event): Activity => ({ type: 'event', at: event.eventDate, event }));
  const said = threads.map((thread): Activity => ({ type: 'thread', at: thread.first.creationDate, thread }));
  // The sort is stable: at the same moment, what happened comes before what was said of it.
  return [...happened, ...said].sort((one, other) => one.at - other.at);
}

/** What somebody did: what stands behind the name. */
export function didWhat(event: PullRequestEvent): string {
  const rule = event.approvalRuleEventMetadata?.approvalRuleName ?? '';
  switch (event.pullRequestEventType) {
    case 'PULL_REQUEST_CREATED':
      return `created the pull request at ${short(event.pullRequestCreatedEventMetadata?.sourceCommitId)}`;
    case 'PULL_REQUEST_STATUS_CHANGED':
      return event.pullRequestStatusChangedEventMetadata?.pullRequestStatus === 'CLOSED' ? 'closed the pull request' : 'opened the pull request';
    case 'PULL_REQUEST_SOURCE_REFERENCE_UPDATED': {
      const { beforeCommitId, afterCommitId } = event.pullRequestSourceReferenceUpdatedEventMetadata ?? {};
      return `updated the source branch from ${short(beforeCommitId)} to ${short(afterCommitId)}`;
    }
    case 'PULL_REQUEST_MERGE_STATE_CHANGED': {
      const { destinationReference, mergeMetadata } = event.pullRequestMergedStateChangedEventMetadata ?? {};
      const how = mergeMetadata?.mergeOption ? ` (${MERGE_OPTIONS[mergeMetadata.mergeOption].label})` : '';
      return `merged the pull request into ${branchOf(destinationReference ?? '')}${how}`;
    }
    case 'PULL_REQUEST_APPROVAL_RULE_CREATED':
      return `created the approval rule ${rule}`;
    case 'PULL_REQUEST_APPROVAL_RULE_UPDATED':
      return `changed the approval rule ${rule}`;
    case 'PULL_REQUEST_APPROVAL_RULE_DELETED':
      return `deleted the approval rule ${rule}`;
    case 'PULL_REQUEST_APPROVAL_RULE_OVERRIDDEN':
      return event.approvalRuleOverriddenEventMetadata?.overrideStatus === 'REVOKE'
        ? 'put the approval rules back in force'
        : 'overrode the approval rules';
    case 'PULL_REQUEST_APPROVAL_STATE_CHANGED':
      return event.approvalStateChangedEventMetadata?.approvalStatus === 'APPROVE' ? 'approved the pull request' : 'revoked the approval';
    default:
      return event.pullRequestEventType.toLowerCase().replace(/_/g, ' ');
  }
}

/** Whom a page calls by name. */
export const nameOfUser = (arn: string | undefined) => (arn === undefined ? 'Somebody' : arn === 'codebuild.amazonaws.com' ? 'CodeBuild' : shownName(arn));
