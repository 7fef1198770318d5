import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Link from '@cloudscape-design/components/link';
import { useEffect, useState } from 'react';
import { session } from '../../../api/session';
import { notifyError } from '../../../app/notifications';
import { pathOf } from '../../../app/router';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Markdown } from '../../../components/Markdown';
import { Moment } from '../../../components/time';
import { nameOfUser } from './activity';
import { deleteComment, listReactions, postReply, react, updateComment, type Comment } from './api';
import { buildOf } from './builds';
import { CommentForm } from './CommentForm';
import './comments.css';
import { emojiOf, REACTIONS, spoken } from './reactions';
import type { Thread } from './threads';
import { explaining } from './words';

interface Props {
  thread: Thread;
  /** Said of its place: that the lines have changed since, for one. */
  note?: string;
  /** Called when something was written. */
  onChange: () => void;
}

/** A comment with its replies. */
export function ThreadView({ thread: { first, replies }, note, onChange }: Props) {
  const [replying, setReplying] = useState(false);
  return (
    <article className="thread" aria-label={`Comment by ${nameOfUser(first.authorArn)}`}>
      {note && <Box padding={{ top: 'xxs' }}><Badge color="grey">{note}</Badge></Box>}
      <CommentView comment={first} onChange={onChange} />
      <div className="comment-replies">
        {replies.map((reply) => <CommentView key={reply.commentId} comment={reply} onChange={onChange} />)}
        {replying ? (
          <CommentForm
            label={`Reply to ${nameOfUser(first.authorArn)}`}
            action="Reply"
            autoFocus
            onSubmit={async (text) => {
              await postReply(first.commentId, text);
              onChange();
            }}
            onClose={() => setReplying(false)}
          />
        ) : (
          <Button variant="inline-link" formAction="none" ariaLabel={`Reply to ${nameOfUser(first.authorArn)}`} onClick={() => setReplying(true)}>Reply</Button>
        )}
      </div>
    </article>
  );
}

/** One comment. */
export function CommentView({ comment, onChange }: { comment: Comment; onChange: () => void }) {
  const [editing, setEditing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const mine = comment.authorArn === session.get()?.arn;
  const build = buildOf(comment);
  if (comment.deleted) return <div className="comment"><Box color="text-body-secondary">A comment by {nameOfUser(comment.authorArn)} was deleted.</Box></div>;
  return (
    <div className="comment">
      <div className="comment-head">
        <Box variant="strong"><span title={comment.authorArn}>{nameOfUser(comment.authorArn)}</span></Box>
        <Box variant="small"><Moment at={comment.creationDate} /></Box>
        {comment.lastModifiedDate > comment.creationDate && !build && <Box variant="small">edited</Box>}
        {/* Only who wrote it may change it; who may delete it is a matter of policies. */}
        {mine && !editing && <Button variant="inline-link" formAction="none" ariaLabel="Edit comment" onClick={() => setEditing(true)}>Edit</Button>}
        {!editing && <Button variant="inline-link" formAction="none" ariaLabel="Delete comment" onClick={() => setDeleting(true)}>Delete</Button>}
      </div>
      {editing ? (
        <CommentForm
          label="Edit comment"
          action="Save"
          autoFocus
          initial={comment.content}
          onSubmit={async (text) => {
            await updateComment(comment.commentId, text);
            onChange();
          }}
          onClose={() => setEditing(false)}
        />
      ) : (
        <Markdown text={comment.content ?? ''} />
      )}
      {build && <Link href={`#${pathOf('codebuild', 'builds', build.id)}`}>Show the build</Link>}
      <Reactions comment={comment} onChange={onChange} />
      {deleting && (
        <ConfirmDelete
          title="Delete the comment"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await explaining(deleteComment(comment.commentId));
            onChange();
          }}
        >
          Its text is gone for good. Replies stay.
        </ConfirmDelete>
      )}
    </div>
  );
}

function Reactions({ comment, onChange }: { comment: Comment; onChange: () => void }) {
  const own = new Set(comment.callerReactions ?? []);
  const counts = Object.entries(comment.reactionCounts ?? {}).filter(([, count]) => count > 0);
  const [who, setWho] = useState<Record<string, string>>({});
  const counted = counts.map(([word, count]) => `${word} ${count}`).join();
  useEffect(() => setWho({}), [counted]);

  const choose = async (shortCode: string) => {
    try {
      await react(comment.commentId, own.has(shortCode.toUpperCase()) ? 'none' : `:${shortCode}:`);
      onChange();
    } catch (error) {
      notifyError('The reaction was not saved', error);
    }
  };
  // Names are read when somebody wants to know them.
  const tell = async () => {
    if (Object.keys(who).length > 0) return;
    try {
      const read = await listReactions(comment.commentId);
      setWho(Object.fromEntries(read.map(({ reaction, reactionUsers }) => [(reaction?.shortCode ?? '').replace(/:/g, '').toUpperCase(), (reactionUsers ?? []).map(nameOfUser).join(', ')])));
    } catch {
      // Who may not read them sees the counts.
    }
  };
  return (
    <div className="comment-foot" onMouseEnter={() => counts.length > 0 && void tell()} onFocus={() => counts.length > 0 && void tell()}>
      {counts.map(([word, count]) => (
        <button
          key={word}
          type="button"
          className="comment-reaction"
          aria-pressed={own.has(word)}
          aria-label={`${spoken(word)}: ${count}${who[word] ? `, by ${who[word]}` : ''}`}
          title={who[word]}
          onClick={() => void choose(word.toLowerCase())}
        >
          {emojiOf(word)} {count}
        </button>
      ))}
      <ButtonDropdown
        variant="inline-icon"
        iconName="face-happy"
        ariaLabel="React"
        expandToViewport
        items={REACTIONS.map(({ emoji, shortCode }) => ({
          id: shortCode,
          text: `${emoji} ${spoken(shortCode)}${own.has(shortCode.toUpperCase()) ? ' (take back)' : ''}`,
        }))}
        onItemClick={({ detail }) => void choose(detail.id)}
      />
    </div>
  );
}
