import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { pathOf } from '../../../app/router';
import { Markdown } from '../../../components/Markdown';
import { Moment } from '../../../components/time';
import { Status } from '../../codebuild/status';
import { places } from '../places';
import { nameOfUser } from './activity';
import { getMergeOptions, updateDescription, type Approvals, type Comment, type PullRequest, type Target } from './api';
import { buildsOf } from './builds';
import { CommentForm } from './CommentForm';
import { MERGE_OPTIONS, branchOf, explaining, short, targetOf } from './words';

interface Props {
  name: string;
  pullRequest: PullRequest;
  approvals: Approvals | undefined;
  comments: Comment[];
  reload: () => void;
}

export function DetailsTab({ name, pullRequest, approvals, comments, reload }: Props) {
  const [editing, setEditing] = useState(false);
  const { pullRequestId: id, description } = pullRequest;
  const target = targetOf(pullRequest);
  const merge = target?.mergeMetadata;
  const isOpen = pullRequest.pullRequestStatus === 'OPEN';
  return (
    <SpaceBetween size="l">
      <Container header={<Header>Summary</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Source', value: target ? <Link href={`#${places.browse(name, branchOf(target.sourceReference))}`}>{branchOf(target.sourceReference)}</Link> : '–' },
            { label: 'Destination', value: target ? <Link href={`#${places.browse(name, branchOf(target.destinationReference))}`}>{branchOf(target.destinationReference)}</Link> : '–' },
            { label: 'Author', value: <span title={pullRequest.authorArn}>{nameOfUser(pullRequest.authorArn)}</span> },
            { label: 'Created', value: <Moment at={pullRequest.creationDate} /> },
            { label: 'Last activity', value: <Moment at={pullRequest.lastActivityDate} /> },
            { label: 'Source commit', value: target ? <CommitLink name={name} commit={target.sourceCommit} /> : '–' },
            ...(merge?.isMerged
              ? [
                  { label: 'Merged by', value: nameOfUser(merge.mergedBy) },
                  { label: 'Merge strategy', value: merge.mergeOption ? MERGE_OPTIONS[merge.mergeOption].label : '–' },
                  { label: 'Merge commit', value: merge.mergeCommitId ? <CommitLink name={name} commit={merge.mergeCommitId} /> : 'None: the destination moved to the source' },
                ]
              : []),
            ...(isOpen && target ? [{ label: 'Merge', value: <Mergeable name={name} target={target} /> }] : []),
            { label: 'Approval status', value: <ApprovalStatus approvals={approvals} rules={pullRequest.approvalRules?.length ?? 0} /> },
            { label: 'Build status', value: target ? <Builds comments={comments} commit={target.sourceCommit} /> : '–' },
          ]}
        />
      </Container>
      <Container header={<Header actions={isOpen && !editing && <Button onClick={() => setEditing(true)}>Edit description</Button>}>Description</Header>}>
        {editing && isOpen ? (
          <CommentForm
            label="Description"
            action="Save"
            autoFocus
            initial={description}
            onSubmit={async (text) => {
              await explaining(updateDescription(id, text));
              reload();
            }}
            onClose={() => setEditing(false)}
          />
        ) : description ? (
          <Markdown text={description} />
        ) : (
          <Box color="text-body-secondary">It has no description. A good one says what changes and why.</Box>
        )}
      </Container>
    </SpaceBetween>
  );
}

export function CommitLink({ name, commit }: { name: string; commit: string }) {
  return (
    <span>
      <Link href={`#${places.commit(name, commit)}`}>{short(commit)}</Link>{' '}
      <CopyToClipboard variant="icon" copyButtonAriaLabel={`Copy commit ${short(commit)}`} copySuccessText="Copied" copyErrorText="It could not be copied" textToCopy={commit} />
    </span>
  );
}

/** Whether the two can be merged as they are. */
export function Mergeable({ name, target }: { name: string; target: Pick<Target, 'sourceCommit' | 'destinationCommit'> }) {
  const { sourceCommit, destinationCommit } = target;
  const { data, error } = useResource(`merge options ${name} ${sourceCommit} ${destinationCommit}`, (signal) =>
    explaining(getMergeOptions({ repositoryName: name, sourceCommitSpecifier: sourceCommit, destinationCommitSpecifier: destinationCommit }, signal)),
  );
  if (error) return <StatusIndicator type="error">{[error.shown, error.advice].filter(Boolean).join(' ')}</StatusIndicator>;
  if (!data) return <StatusIndicator type="loading">Trying the merge</StatusIndicator>;
  if (sourceCommit === destinationCommit || data.baseCommitId === sourceCommit) {
    return <StatusIndicator type="info">The destination has all of it already</StatusIndicator>;
  }
  if (!data.mergeOptions.includes('THREE_WAY_MERGE')) return <StatusIndicator type="warning">Conflicts must be resolved</StatusIndicator>;
  return (
    <StatusIndicator type="success">
      {data.mergeOptions.includes('FAST_FORWARD_MERGE') ? 'No conflicts, can be fast-forwarded' : 'No conflicts'}
    </StatusIndicator>
  );
}

export function ApprovalStatus({ approvals, rules }: { approvals: Approvals | undefined; rules: number }) {
  if (!approvals) return <StatusIndicator type="pending">Not known</StatusIndicator>;
  const count = approvals.approvers.length;
  const by = count === 0 ? 'nobody has approved it' : `approved by ${approvals.approvers.map(nameOfUser).join(', ')}`;
  if (approvals.overridden) return <StatusIndicator type="warning">{`Rules overridden by ${nameOfUser(approvals.overrider)}`}</StatusIndicator>;
  if (approvals.notSatisfied.length > 0) return <StatusIndicator type="pending">{`${approvals.notSatisfied.length} of ${rules} rules not satisfied`}</StatusIndicator>;
  if (rules > 0) return <StatusIndicator type="success">{`${rules === 1 ? 'The rule is' : `All ${rules} rules are`} satisfied`}</StatusIndicator>;
  return <StatusIndicator type={count > 0 ? 'success' : 'info'}>{`No rules; ${by}`}</StatusIndicator>;
}

function Builds({ comments, commit }: { comments: Comment[]; commit: string }) {
  const builds = buildsOf(comments, commit);
  if (builds.length === 0) return <Box color="text-body-secondary">Nothing has built this commit</Box>;
  return (
    <SpaceBetween size="xxs">
      {builds.map((build) => (
        <SpaceBetween key={build.id} direction="horizontal" size="xs">
          <Status word={build.status} />
          <Link href={`#${pathOf('codebuild', 'builds', build.id)}`}>{`${build.project} #${build.number}`}</Link>
        </SpaceBetween>
      ))}
    </SpaceBetween>
  );
}
