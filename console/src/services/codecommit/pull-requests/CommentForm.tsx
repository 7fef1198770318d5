import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { Failure } from '../../../components/Failure';
import { Markdown } from '../../../components/Markdown';
import { useSubmit } from '../../../components/useSubmit';
import { explaining } from './words';

/** Characters of a comment; AWS's quota. */
const LONGEST = 10_240;

interface Props {
  label: string;
  /** The word on the button. */
  action: string;
  initial?: string;
  autoFocus?: boolean;
  onSubmit: (text: string) => Promise<unknown>;
  /** Also called when it was sent. Without it the form stays, and is empty again. */
  onClose?: () => void;
}

/** Where a comment is written, in Markdown. */
export function CommentForm({ label, action, initial = '', autoFocus, onSubmit, onClose }: Props) {
  const [text, setText] = useState(initial);
  const [preview, setPreview] = useState(false);
  const { busy, error, submit } = useSubmit();
  const tooLong = text.length > LONGEST;
  const send = () =>
    submit(async () => {
      await explaining(onSubmit(text));
      setText('');
      setPreview(false);
      onClose?.();
    });
  const ready = text.trim() !== '' && !tooLong && !busy;
  return (
    <div className="comment-form">
      <SpaceBetween size="xs">
        {preview ? (
          <div className="thread">{text.trim() ? <Markdown text={text} /> : <Box color="text-body-secondary">Nothing to show yet.</Box>}</div>
        ) : (
          <FormField stretch label={label} errorText={tooLong && `At most ${LONGEST.toLocaleString()} characters; there are ${text.length.toLocaleString()}`}>
            <Textarea
              value={text}
              rows={3}
              autoFocus={autoFocus}
              placeholder="Markdown is understood. Ctrl+Enter sends."
              onChange={({ detail }) => setText(detail.value)}
              onKeyDown={({ detail }) => {
                if (detail.key === 'Enter' && (detail.ctrlKey || detail.metaKey) && ready) void send();
                else if (detail.key === 'Escape' && text === initial) onClose?.();
              }}
            />
          </FormField>
        )}
        {error && <Failure what="It was not saved" error={error} />}
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="primary" formAction="none" loading={busy} disabled={!ready && !busy} onClick={() => void send()}>{action}</Button>
          <Button formAction="none" onClick={() => setPreview(!preview)}>{preview ? 'Write' : 'Preview'}</Button>
          {onClose && <Button variant="link" formAction="none" disabled={busy} onClick={onClose}>Cancel</Button>}
        </SpaceBetween>
      </SpaceBetween>
    </div>
  );
}
