// What the pages say of pull requests.

import { ApiError } from '../../../api/errors';
import type { MergeOption, PullRequest, Target } from './api';
import { isMerged } from './api';

/** `refs/heads/main` is `main`. */
export const branchOf = (reference: string) => reference.replace(/^refs\/heads\//, '');

/** Ids of commits are shown by so many characters. */
export const short = (commit: string | undefined) => commit?.slice(0, 8) ?? '–';

export const targetOf = (it: PullRequest): Target | undefined => it.pullRequestTargets[0];

/** What the pull request brings is what its source has done since the two parted. */
export const baseOf = ({ mergeBase, destinationCommit }: Target) => mergeBase ?? destinationCommit;

export const MERGE_OPTIONS: Record<MergeOption, { label: string; description: string }> = {
  FAST_FORWARD_MERGE: {
    label: 'Fast forward merge',
    description: 'Moves the destination to the tip of the source, without a merge commit. Only if the destination has no commits of its own.',
  },
  SQUASH_MERGE: {
    label: 'Squash and merge',
    description: 'Makes one commit of all commits of the source and adds it to the destination.',
  },
  THREE_WAY_MERGE: {
    label: '3-way merge',
    description: 'Makes a merge commit and keeps all commits of the source in the history.',
  },
};

export function stateOf(it: PullRequest): { word: string; type: 'info' | 'success' | 'stopped' } {
  if (isMerged(it)) return { word: 'Merged', type: 'success' };
  return it.pullRequestStatus === 'OPEN' ? { word: 'Open', type: 'info' } : { word: 'Closed', type: 'stopped' };
}

const ADVICE: Record<string, string> = {
  TipsDivergenceExceededException: 'The branches have too many commits between them, or no common one, to be merged here. Merge them with a git client, and push.',
  MaximumItemsToCompareExceededException: 'There are too many files to merge them here. Merge the branches with a git client, and push.',
  MaximumFileContentToLoadExceededException: 'Too much has changed to merge it here. Merge the branches with a git client, and push.',
  PullRequestApprovalRulesNotSatisfiedException: 'The tab Approvals tells whose approval is missing. Who may override the rules can do so there.',
  ManualMergeRequiredException: 'Resolve each conflict below, or choose another strategy. The branches may have changed since this page was read.',
  TipOfSourceReferenceIsDifferentException: 'Somebody pushed to the source branch. Look at what is new, then merge again.',
  ConcurrentReferenceUpdateException: 'Somebody changed the destination branch at the same moment. Try again.',
  RevisionNotCurrentException: 'Somebody pushed to the source branch, which began a new revision. Look at what is new, then try again.',
  PullRequestAlreadyClosedException: 'Somebody has merged or closed it meanwhile.',
  PullRequestCannotBeApprovedByAuthorException: 'Somebody else than the author has to approve it.',
  InvalidRuleContentSha256Exception: 'Somebody has changed the rule meanwhile. Close this, and edit it anew.',
  OverrideAlreadySetException: 'Somebody has overridden the rules already.',
  CannotModifyApprovalRuleFromTemplateException: 'The rule came from a template and is not changed here.',
  SourceAndDestinationAreSameException: 'Choose two different branches.',
  MaximumOpenPullRequestsExceededException: 'Merge or close some first.',
  EncryptionKeyDisabledException: 'Enable the repository’s key in KMS.',
};

/** An error of CodeCommit's with what to do, where its own words do not say it. */
class Explained extends ApiError {
  constructor(
    error: ApiError,
    private readonly said: string,
  ) {
    super(error.status, error.code, error.message, error.requestId);
  }

  get advice(): string {
    return this.said;
  }
}

/** Does it, and explains why it failed. */
export async function explaining<T>(action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    const advice = error instanceof ApiError ? ADVICE[error.code] : undefined;
    throw error instanceof ApiError && advice ? new Explained(error, advice) : error;
  }
}
