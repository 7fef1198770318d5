import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { shownName } from '../../../api/session';
import { Moment } from '../../../components/time';
import { outcome, revision, subject } from '../links';
import { firstLine } from '../Revisions';
import { colour, Status } from '../status';
import type { ActionView } from './model';

/** An approval that waits for somebody. */
const isOpen = ({ action, state }: ActionView) => action.actionTypeId.category === 'Approval' && !!state?.latestExecution?.token;

export function ActionCard({ view, onReview }: { view: ActionView; onReview: () => void }) {
  const { action, state } = view;
  const { actionTypeId: type, configuration } = action;
  const run = state?.latestExecution;
  const of = subject(type, configuration);
  const made = outcome(type, configuration, run?.externalExecutionId);
  const commit = state?.currentRevision && revision(type, configuration, state.currentRevision.revisionId);
  const error = run?.errorDetails;
  return (
    <li className={`pipeline-action pipeline-${colour(run?.status)}`} aria-label={`Action ${action.name}`}>
      <SpaceBetween size="xxs">
        <Box variant="h3" padding="n">{action.name}</Box>
        <Box fontSize="body-s" color="text-body-secondary">
          {type.category === 'Approval' ? 'Manual approval' : type.provider}
          {of && <>: {of.href ? <Link fontSize="body-s" href={of.href}>{of.text}</Link> : of.text}</>}
        </Box>
        <div>
          <Status word={run?.status} />
          {run?.lastStatusChange !== undefined && (
            <Box variant="span" fontSize="body-s" color="text-body-secondary"> <Moment at={run.lastStatusChange} /></Box>
          )}
        </div>
        {commit && (
          <Box fontSize="body-s">{commit.href ? <Link fontSize="body-s" href={commit.href}>{commit.text}</Link> : <code>{commit.text}</code>}</Box>
        )}
        {run?.summary && !error && <Box fontSize="body-s">{firstLine(run.summary)}</Box>}
        {run?.lastUpdatedBy && <Box fontSize="body-s" color="text-body-secondary">by {shownName(run.lastUpdatedBy)}</Box>}
        {made && <Link fontSize="body-s" href={made.href} ariaLabel={`${made.text} details of ${action.name}`}>{made.text} details</Link>}
        {isOpen(view) && <Button variant="primary" onClick={onReview} ariaLabel={`Review ${action.name}`}>Review</Button>}
      </SpaceBetween>
      {error && (
        <div className="pipeline-action-error" role="note" tabIndex={0} aria-label={`Why ${action.name} failed`}>
          <Box fontSize="body-s" color="text-status-error">{error.code && <strong>{error.code}: </strong>}{error.message}</Box>
        </div>
      )}
    </li>
  );
}
