// CodeCommit's operations on pull requests, their comments, approvals and merges:
// https://docs.aws.amazon.com/codecommit/latest/APIReference/

import { call } from '../../../api/client';
import { ApiError } from '../../../api/errors';
import type { EpochSeconds } from '../../../components/time';
import { changedFiles, contentOf, type ChangedFile, type FileContent, type FileVersion, type Side } from '../../../components/diff';
import { CODECOMMIT, getBlob, getDifferences, OWN, type Commit } from '../api';

export type MergeOption = 'FAST_FORWARD_MERGE' | 'SQUASH_MERGE' | 'THREE_WAY_MERGE';

export interface MergeMetadata {
  isMerged?: boolean;
  mergedBy?: string;
  mergeCommitId?: string;
  mergeOption?: MergeOption;
}

export interface Target {
  repositoryName: string;
  sourceReference: string;
  destinationReference: string;
  destinationCommit: string;
  sourceCommit: string;
  /** Absent where the two have no common history. */
  mergeBase?: string;
  mergeMetadata?: MergeMetadata;
}

export interface ApprovalRule {
  approvalRuleId: string;
  approvalRuleName: string;
  approvalRuleContent: string;
  ruleContentSha256?: string;
  lastModifiedDate?: EpochSeconds;
  lastModifiedUser?: string;
  originApprovalRuleTemplate?: { approvalRuleTemplateName?: string };
}

export interface PullRequest {
  pullRequestId: string;
  title: string;
  description?: string;
  lastActivityDate: EpochSeconds;
  creationDate: EpochSeconds;
  pullRequestStatus: 'OPEN' | 'CLOSED';
  authorArn: string;
  pullRequestTargets: Target[];
  revisionId: string;
  approvalRules?: ApprovalRule[];
}

export interface PullRequestEvent {
  eventDate: EpochSeconds;
  pullRequestEventType: string;
  actorArn?: string;
  pullRequestCreatedEventMetadata?: { sourceCommitId?: string; destinationCommitId?: string };
  pullRequestStatusChangedEventMetadata?: { pullRequestStatus?: string };
  pullRequestSourceReferenceUpdatedEventMetadata?: { beforeCommitId?: string; afterCommitId?: string };
  pullRequestMergedStateChangedEventMetadata?: { destinationReference?: string; mergeMetadata?: MergeMetadata };
  approvalRuleEventMetadata?: { approvalRuleName?: string };
  approvalStateChangedEventMetadata?: { approvalStatus?: 'APPROVE' | 'REVOKE' };
  approvalRuleOverriddenEventMetadata?: { overrideStatus?: 'OVERRIDE' | 'REVOKE' };
}

export interface Comment {
  commentId: string;
  content?: string;
  inReplyTo?: string;
  creationDate: EpochSeconds;
  lastModifiedDate: EpochSeconds;
  authorArn: string;
  deleted?: boolean;
  /** As counts name them. */
  callerReactions?: string[];
  reactionCounts?: Record<string, number>;
}

export interface Location {
  filePath?: string;
  /** A line, from 1. */
  filePosition?: number;
  relativeFileVersion?: Side;
}

/** Comments at one place. */
export interface CommentGroup {
  beforeCommitId?: string;
  afterCommitId?: string;
  beforeBlobId?: string;
  afterBlobId?: string;
  location?: Location;
  comments?: Comment[];
}

const codecommit = <Output>(operation: string, input: object, signal?: AbortSignal) =>
  call<Output>(CODECOMMIT, operation, input, signal);

/** All pages of a listing. */
async function all<Item, Page extends { nextToken?: string }>(
  read: (nextToken: string | undefined) => Promise<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    found.push(...(items(page) ?? []));
    token = page.nextToken;
  } while (token);
  return found;
}

// ---- Pull requests

export async function getPullRequest(pullRequestId: string, signal?: AbortSignal): Promise<PullRequest> {
  return (await codecommit<{ pullRequest: PullRequest }>('GetPullRequest', { pullRequestId }, signal)).pullRequest;
}

export interface Wanted {
  status: 'OPEN' | 'CLOSED' | 'MERGED' | 'ALL';
  authorArn?: string;
}

/** Pull requests that are read at once. */
const AT_ONCE = 8;

export const isMerged = (it: PullRequest) => it.pullRequestTargets.some(({ mergeMetadata }) => mergeMetadata?.isMerged);

/** Among so many times what is wanted it is looked for those that fit, as merged and closed are told apart only here. */
const LOOKED_THROUGH = 8;

/** The pull requests with the latest activity, at most `most`, and whether there may be more. */
export async function listPullRequests(repositoryName: string, { status, authorArn }: Wanted, most: number, signal?: AbortSignal) {
  // What is merged is closed, for AWS.
  const pullRequestStatus = status === 'ALL' ? undefined : status === 'OPEN' ? 'OPEN' : 'CLOSED';
  const fits = (it: PullRequest) => pullRequestStatus !== 'CLOSED' || isMerged(it) === (status === 'MERGED');
  const found: PullRequest[] = [];
  let nextToken: string | undefined;
  let read = 0;
  do {
    const page = await codecommit<{ pullRequestIds: string[]; nextToken?: string }>(
      'ListPullRequests', { repositoryName, pullRequestStatus, authorArn, nextToken, maxResults: Math.min(100, most + 1) }, signal);
    for (let at = 0; at < page.pullRequestIds.length && found.length <= most; at += AT_ONCE) {
      const ids = page.pullRequestIds.slice(at, at + AT_ONCE);
      found.push(...(await Promise.all(ids.map((id) => getPullRequest(id, signal)))).filter(fits));
      read += ids.length;
    }
    nextToken = page.nextToken;
  } while (nextToken && found.length <= most && read < LOOKED_THROUGH * most);
  return { pullRequests: found.slice(0, most), more: found.length > most || nextToken !== undefined };
}

export async function createPullRequest(input: {
  title: string;
  description?: string;
  targets: { repositoryName: string; sourceReference: string; destinationReference: string }[];
  clientRequestToken: string;
}): Promise<PullRequest> {
  return (await codecommit<{ pullRequest: PullRequest }>('CreatePullRequest', input)).pullRequest;
}

export const updateTitle = (pullRequestId: string, title: string) => codecommit('UpdatePullRequestTitle', { pullRequestId, title });

export const updateDescription = (pullRequestId: string, description: string) =>
  codecommit('UpdatePullRequestDescription', { pullRequestId, description });

export const closePullRequest = (pullRequestId: string) =>
  codecommit('UpdatePullRequestStatus', { pullRequestId, pullRequestStatus: 'CLOSED' });

export const listEvents = (pullRequestId: string, signal?: AbortSignal) =>
  all(
    (nextToken) => codecommit<{ pullRequestEvents?: PullRequestEvent[]; nextToken?: string }>('DescribePullRequestEvents', { pullRequestId, nextToken }, signal),
    (page) => page.pullRequestEvents,
  );

// ---- What differs

/** More files than these are not listed: nobody reads them in a browser. */
export const MOST_FILES = 3_000;

/** The files that differ between two commits, and whether there are more than are listed. */
export async function filesBetween(repositoryName: string, before: string | undefined, after: string, signal?: AbortSignal) {
  const files: ChangedFile[] = [];
  let NextToken: string | undefined;
  do {
    const page = await getDifferences({ repositoryName, beforeCommitSpecifier: before, afterCommitSpecifier: after, NextToken, MaxResults: 100 }, signal);
    files.push(...changedFiles(page.differences ?? []));
    NextToken = page.NextToken;
  } while (NextToken && files.length < MOST_FILES);
  return { files, more: NextToken !== undefined };
}

async function contentOfBlob(repositoryName: string, blobId: string, signal: AbortSignal): Promise<FileContent> {
  try {
    return contentOf(await getBlob(repositoryName, blobId, signal));
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FileTooLargeException') return { kind: 'large' };
    throw error;
  }
}

/** What a tree has in the place of a submodule's files: a commit of another repository. */
const SUBMODULE = '160000';

/** Both contents of a file. */
export async function sidesOf(repositoryName: string, file: ChangedFile, signal: AbortSignal) {
  const read = (version: FileVersion | undefined): Promise<FileContent> | FileContent | undefined => {
    if (version?.mode !== SUBMODULE) return version && contentOfBlob(repositoryName, version.blobId, signal);
    const text = `Subproject commit ${version.blobId}\n`;
    return { kind: 'text', text, size: text.length };
  };
  const before = read(file.before);
  const same = file.before?.blobId === file.after?.blobId;
  const [one, other] = await Promise.all([before, same ? before : read(file.after)]);
  return { before: one, after: other };
}

/** A page of the commits that `from` stands on, none before one that stands on it. */
export const listCommits = (repositoryName: string, from: string, nextToken: string | undefined, signal?: AbortSignal) =>
  call<{ commits: { commit?: Commit }[]; nextToken?: string }>(OWN, 'ListCommits', { repositoryName, commitSpecifiers: [from], nextToken }, signal);

// ---- Comments

export const listComments = (pullRequestId: string, signal?: AbortSignal) =>
  all(
    (nextToken) => codecommit<{ commentsForPullRequestData?: CommentGroup[]; nextToken?: string }>('GetCommentsForPullRequest', { pullRequestId, nextToken }, signal),
    (page) => page.commentsForPullRequestData,
  );

export interface Place {
  repositoryName: string;
  pullRequestId: string;
  beforeCommitId: string;
  afterCommitId: string;
  location?: Location;
}

export const postComment = (place: Place, content: string) =>
  codecommit('PostCommentForPullRequest', { ...place, content, clientRequestToken: crypto.randomUUID?.() });

export const postReply = (inReplyTo: string, content: string) =>
  codecommit('PostCommentReply', { inReplyTo, content, clientRequestToken: crypto.randomUUID?.() });

export const updateComment = (commentId: string, content: string) => codecommit('UpdateComment', { commentId, content });

export const deleteComment = (commentId: string) => codecommit('DeleteCommentContent', { commentId });

/** Reacts, in place of an earlier reaction of the same user; `none` takes it back. */
export const react = (commentId: string, reactionValue: string) => codecommit('PutCommentReaction', { commentId, reactionValue });

export interface Reaction {
  reaction?: { emoji?: string; shortCode?: string };
  reactionUsers?: string[];
}

export const listReactions = (commentId: string, signal?: AbortSignal) =>
  all(
    (nextToken) => codecommit<{ reactionsForComment?: Reaction[]; nextToken?: string }>('GetCommentReactions', { commentId, nextToken }, signal),
    (page) => page.reactionsForComment,
  );

// ---- Approvals

export interface Approvals {
  /** Those of users who approve as things are. */
  approvers: string[];
  approved: boolean;
  overridden: boolean;
  overrider?: string;
  satisfied: string[];
  notSatisfied: string[];
}

export async function getApprovals(pullRequestId: string, revisionId: string, signal?: AbortSignal): Promise<Approvals> {
  const input = { pullRequestId, revisionId };
  const [states, evaluated, override] = await Promise.all([
    codecommit<{ approvals?: { userArn?: string; approvalState?: string }[] }>('GetPullRequestApprovalStates', input, signal),
    codecommit<{ evaluation: { approved?: boolean; overridden?: boolean; approvalRulesSatisfied?: string[]; approvalRulesNotSatisfied?: string[] } }>(
      'EvaluatePullRequestApprovalRules', input, signal),
    codecommit<{ overridden?: boolean; overrider?: string }>('GetPullRequestOverrideState', input, signal),
  ]);
  const { evaluation } = evaluated;
  return {
    approvers: (states.approvals ?? []).flatMap(({ userArn, approvalState }) => (userArn && approvalState === 'APPROVE' ? [userArn] : [])),
    approved: !!evaluation.approved,
    overridden: !!override.overridden,
    overrider: override.overrider,
    satisfied: evaluation.approvalRulesSatisfied ?? [],
    notSatisfied: evaluation.approvalRulesNotSatisfied ?? [],
  };
}

export const setApproval = (pullRequestId: string, revisionId: string, approvalState: 'APPROVE' | 'REVOKE') =>
  codecommit('UpdatePullRequestApprovalState', { pullRequestId, revisionId, approvalState });

export const setOverride = (pullRequestId: string, revisionId: string, overrideStatus: 'OVERRIDE' | 'REVOKE') =>
  codecommit('OverridePullRequestApprovalRules', { pullRequestId, revisionId, overrideStatus });

export const createRule = (pullRequestId: string, approvalRuleName: string, approvalRuleContent: string) =>
  codecommit('CreatePullRequestApprovalRule', { pullRequestId, approvalRuleName, approvalRuleContent });

/** Changes a rule, if it still says what was edited. */
export const updateRule = (pullRequestId: string, rule: ApprovalRule, newRuleContent: string) =>
  codecommit('UpdatePullRequestApprovalRuleContent', {
    pullRequestId, approvalRuleName: rule.approvalRuleName, existingRuleContentSha256: rule.ruleContentSha256, newRuleContent,
  });

export const deleteRule = (pullRequestId: string, approvalRuleName: string) =>
  codecommit('DeletePullRequestApprovalRule', { pullRequestId, approvalRuleName });

// ---- Merges

interface Two {
  repositoryName: string;
  sourceCommitSpecifier: string;
  destinationCommitSpecifier: string;
}

/** Conflicts are of lines: the same file may be changed on both sides. */
const BY_LINE = { conflictDetailLevel: 'LINE_LEVEL' };

export const getMergeOptions = (two: Two, signal?: AbortSignal) =>
  codecommit<{ mergeOptions: MergeOption[]; baseCommitId: string }>('GetMergeOptions', { ...two, ...BY_LINE }, signal);

interface Versions<T> {
  source?: T;
  destination?: T;
  base?: T;
}

/** A path on which the two sides do not agree. */
export interface Conflict {
  filePath: string;
  numberOfConflicts: number;
  contentConflict?: boolean;
  fileModeConflict?: boolean;
  objectTypeConflict?: boolean;
  fileSizes?: Versions<number>;
  fileModes?: Versions<string>;
  objectTypes?: Versions<string>;
  isBinaryFile?: Versions<boolean>;
  /** What each side did to the base. */
  mergeOperations?: { source?: 'A' | 'M' | 'D'; destination?: 'A' | 'M' | 'D' };
}

/** Lines of the three versions; one after the other, hunks are the whole of them. */
export interface Hunk {
  isConflict: boolean;
  source?: { hunkContent?: string };
  destination?: { hunkContent?: string };
  base?: { hunkContent?: string };
}

export const listConflicts = (two: Two, mergeOption: MergeOption, signal?: AbortSignal) =>
  all(
    (nextToken) => codecommit<{ conflictMetadataList: Conflict[]; nextToken?: string }>('GetMergeConflicts', { ...two, ...BY_LINE, mergeOption, nextToken }, signal),
    (page) => page.conflictMetadataList,
  );

export const listHunks = (two: Two, mergeOption: MergeOption, filePath: string, signal?: AbortSignal) =>
  all(
    (nextToken) => codecommit<{ mergeHunks: Hunk[]; nextToken?: string }>('DescribeMergeConflicts', { ...two, ...BY_LINE, mergeOption, filePath, nextToken }, signal),
    (page) => page.mergeHunks,
  );

export interface ConflictResolution {
  replaceContents: { filePath: string; replacementType: 'KEEP_SOURCE' | 'KEEP_DESTINATION' | 'USE_NEW_CONTENT'; content?: string; fileMode?: string }[];
  setFileModes: { filePath: string; fileMode: string }[];
}

export interface MergeWish {
  pullRequestId: string;
  repositoryName: string;
  /** Where the source was when the merge was decided: it is refused if that has changed. */
  sourceCommitId: string;
  commitMessage?: string;
  authorName?: string;
  email?: string;
  conflictResolution?: ConflictResolution;
}

const MERGES: Record<MergeOption, string> = {
  FAST_FORWARD_MERGE: 'MergePullRequestByFastForward',
  SQUASH_MERGE: 'MergePullRequestBySquash',
  THREE_WAY_MERGE: 'MergePullRequestByThreeWay',
};

export async function mergePullRequest(option: MergeOption, wish: MergeWish): Promise<PullRequest> {
  const { pullRequestId, repositoryName, sourceCommitId, conflictResolution } = wish;
  const input =
    option === 'FAST_FORWARD_MERGE'
      ? { pullRequestId, repositoryName, sourceCommitId }
      : { ...wish, ...BY_LINE, conflictResolutionStrategy: conflictResolution ? 'AUTOMERGE' : 'NONE' };
  return (await codecommit<{ pullRequest: PullRequest }>(MERGES[option], input)).pullRequest;
}

export const deleteBranch = (repositoryName: string, branchName: string) => codecommit('DeleteBranch', { repositoryName, branchName });
