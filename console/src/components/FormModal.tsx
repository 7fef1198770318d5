import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, type ReactNode } from 'react';
import { Failure } from './Failure';
import { useSubmit } from './useSubmit';

interface Props {
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
}

/** A dialog with a form. It closes when what it is for was done, and says why if it was not. */
export function FormModal({ title, children, action, ready = true, size = 'medium', onSubmit, onClose, onCancel = onClose }: Props) {
  const { busy, error, submit } = useSubmit();
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready || busy) return;
    void submit(async () => {
      await onSubmit();
      onClose();
    });
  };
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
          {error && <Failure what={`${action} failed`} error={error} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
