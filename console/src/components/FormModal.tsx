import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, type ReactNode } from 'react';
import { Failure } from './Failure';
import { useGuard, type Guard } from './guard';
import { useSubmit } from './useSubmit';

interface Props<T> {
  title: string;
  children: ReactNode;
  /** The word on the button. */
  action: string;
  /** Whether what was filled in can be sent. */
  ready?: boolean;
  size?: 'medium' | 'large' | 'max';
  onSubmit: () => Promise<void>;
  onClose: () => void;
  /** Where it closes without having been sent; `onClose` unless said otherwise. */
  onCancel?: () => void;
  /** Asks before it overwrites what somebody else saved since it was opened. */
  guard?: Guard<T>;
}

/** A dialog with a form. It closes when what it is for was done, and says why if it was not. */
export function FormModal<T>({ title, children, action, ready = true, size = 'medium', onSubmit, onClose, onCancel = onClose, guard }: Props<T>) {
  const { busy, error, submit } = useSubmit();
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready || busy) return;
    void submit(async () => {
      if (!(await isUnchanged())) return;
      await onSubmit();
      onClose();
    });
  };
  const { isUnchanged, question } = useGuard(guard, send);
  return (
    <Modal
      visible
      size={size}
      header={title}
      closeAriaLabel="Close"
      onDismiss={() => !busy && onCancel()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" disabled={busy} onClick={onCancel}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!ready} onClick={() => send()}>{action}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={send}>
        <SpaceBetween size="m">
          {children}
          {question}
          {error && <Failure what={`${action} failed`} error={error} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
