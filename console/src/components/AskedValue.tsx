import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type ReactNode } from 'react';
import './json.css';
import { Failure } from './Failure';
import { useSubmit } from './useSubmit';

interface Props {
  /** What it is the value of. */
  label: string;
  /** Asks the yard for it. Nothing does before somebody clicks. */
  ask: () => Promise<string>;
  /** How it is shown; as text unless said otherwise. */
  render?: (value: string) => ReactNode;
  action?: string;
}

/** A value that is not even read until somebody asks for it, and forgotten when it is hidden. */
export function AskedValue({ label, ask, render, action = 'Show value' }: Props) {
  const [value, setValue] = useState<string>();
  const { busy, error, submit } = useSubmit();
  if (value === undefined) {
    return (
      <SpaceBetween size="xs">
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Box variant="span" color="text-body-secondary">Hidden</Box>
          <Button formAction="none" loading={busy} ariaLabel={`${action} of ${label}`} onClick={() => submit(async () => setValue(await ask()))}>{action}</Button>
        </SpaceBetween>
        {error && <Failure what="The value can't be shown" error={error} />}
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="xs">
      {render ? render(value) : <pre className="asked" tabIndex={0} role="region" aria-label={`Value of ${label}`}>{value}</pre>}
      <SpaceBetween direction="horizontal" size="xs">
        <CopyToClipboard copyButtonText="Copy" copyButtonAriaLabel={`Copy the value of ${label}`} copySuccessText="Copied" copyErrorText="It could not be copied" textToCopy={value} />
        <Button formAction="none" ariaLabel={`Hide the value of ${label}`} onClick={() => setValue(undefined)}>Hide</Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
