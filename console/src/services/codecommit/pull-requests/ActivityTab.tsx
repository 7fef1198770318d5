import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { Failure } from '../../../components/Failure';
import { Moment } from '../../../components/time';
import { isOfRepository } from '../api';
import { activityOf, didWhat, nameOfUser } from './activity';
import { listEvents, postComment, type PullRequest } from './api';
import { CommentForm } from './CommentForm';
import './comments.css';
import { pullRequestPlaces } from './places';
import type { Thread } from './threads';
import { ThreadView } from './ThreadView';
import { baseOf, short, targetOf } from './words';

interface Props {
  name: string;
  pullRequest: PullRequest;
  threads: Thread[];
  reload: () => void;
}

/** Entries that are shown at first, the newest. */
const MOST = 100;

/** Events and comments in order, and where to say something about the whole. */
export function ActivityTab({ name, pullRequest, threads, reload }: Props) {
  const { pullRequestId: id } = pullRequest;
  const [most, setMost] = useState(MOST);
  const events = useResource(`events ${id}`, (signal) => listEvents(id, signal), (arn) => isOfRepository(arn, name));
  const target = targetOf(pullRequest);
  const activity = activityOf(events.data ?? [], threads);
  const hidden = Math.max(0, activity.length - most);
  return (
    <SpaceBetween size="l">
      <Container header={<Header>Activity</Header>}>
        {events.error && <Failure what="What has happened can't be read" error={events.error} retry={events.reload} />}
        {!events.data && !events.error && <Spinner />}
        {hidden > 0 && <Button onClick={() => setMost(most + 4 * MOST)}>{`Show earlier: ${hidden} more`}</Button>}
        <ol className="activity">
          {activity.slice(hidden).map((item, at) =>
            item.type === 'event' ? (
              <li key={`event ${hidden + at}`}>
                <Box variant="strong">{nameOfUser(item.event.actorArn)}</Box> {didWhat(item.event)} <Box variant="small"><Moment at={item.at} /></Box>
              </li>
            ) : (
              <li key={item.thread.first.commentId}>
                <Where name={name} id={id} thread={item.thread} />
                <ThreadView thread={item.thread} onChange={reload} />
              </li>
            ),
          )}
        </ol>
      </Container>
      {target && (
        <Container header={<Header>New comment</Header>}>
          <CommentForm
            label="Comment on the pull request"
            action="Comment"
            onSubmit={async (text) => {
              await postComment({ repositoryName: name, pullRequestId: id, beforeCommitId: baseOf(target), afterCommitId: target.sourceCommit }, text);
              reload();
            }}
          />
        </Container>
      )}
    </SpaceBetween>
  );
}

/** Where a comment is, if it is not on the whole. */
function Where({ name, id, thread: { group } }: { name: string; id: string; thread: Thread }) {
  const { location, afterCommitId } = group;
  if (!location?.filePath) return null;
  const line = location.filePosition ? ` line ${location.filePosition}` : '';
  return (
    <Box variant="small">
      At <Link fontSize="body-s" href={`#${pullRequestPlaces.pullRequest(name, id, 'changes')}`}>{location.filePath}{line}</Link>
      {` of ${short(afterCommitId)}`}
    </Box>
  );
}
