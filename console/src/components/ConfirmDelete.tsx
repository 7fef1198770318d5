import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { Failure } from './Failure';

interface Props {
  title: string;
  /** What is lost, and whether it can be had back. */
  children: ReactNode;
  /** What must be typed before anything is done; nothing if absent. */
  typed?: string;
  /** The word on the button: `Delete`. */
  action?: string;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something is lost. It stays open until that is done, and says why if it can't be. */
export function ConfirmDelete({ title, children, typed, action = 'Delete', onConfirm, onClose }: Props) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  const confirm = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || (typed !== undefined && text !== typed)) return;
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={() => !busy && onClose()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" disabled={busy} onClick={onClose}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={typed !== undefined && text !== typed} onClick={() => confirm()}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={confirm}>
        <SpaceBetween size="m">
          <div>{children}</div>
          {typed !== undefined && (
            <FormField label={<>To confirm, type <i>{typed}</i></>}>
              <Input value={text} autoFocus placeholder={typed} ariaLabel={`Type ${typed} to confirm`} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
          )}
          {error && <Failure what={`${action} failed`} error={error} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
