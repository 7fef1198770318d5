import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

interface Props {
  title: string;
  /** The word on the button. */
  action: string;
  /** The address of where one is who does not go on. */
  cancel: string;
  busy: boolean;
  /** Whether what was filled in can be sent. */
  ready: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** A page that is one form. */
export function PageForm({ title, action, cancel, busy, ready, onSubmit, children }: Props) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onSubmit();
      }}
    >
      <Form
        header={<Header variant="h1">{title}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href={`#${cancel}`}>Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!ready}>{action}</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">{children}</SpaceBetween>
      </Form>
    </form>
  );
}
