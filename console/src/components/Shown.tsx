import './json.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { saveFile } from './saveFile';

/** A value that is covered until somebody asks for it. */
export function Covered({ value, label }: { value: string; label: string }) {
  const [shown, setShown] = useState(false);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Box variant="code"><span className="wrapped">{shown ? value : '••••••••••••'}</span></Box>
      <Button formAction="none" variant="inline-link" ariaLabel={`${shown ? 'Hide' : 'Show'} ${label}`} onClick={() => setShown(!shown)}>{shown ? 'Hide' : 'Show'}</Button>
      <CopyToClipboard variant="icon" copyButtonAriaLabel={`Copy ${label}`} copySuccessText="Copied" copyErrorText="It could not be copied" textToCopy={value} />
    </SpaceBetween>
  );
}

/** A text that is meant to be taken elsewhere. */
export const Copied = ({ text, label }: { text: string; label: string }) => (
  <>
    <CopyToClipboard variant="icon" copyButtonAriaLabel={`Copy ${label}`} copySuccessText="Copied" copyErrorText="It could not be copied" textToCopy={text} /> <span className="wrapped">{text}</span>
  </>
);

interface Props {
  title: string;
  /** What it says about what can't be had again. */
  warning: string;
  fields: { label: string; value: string; secret?: boolean }[];
  fileName: string;
  onClose: () => void;
}

/** Credentials that the yard tells once. */
export function ShownOnce({ title, warning, fields, fileName, onClose }: Props) {
  const quoted = (text: string) => `"${text.replace(/"/g, '""')}"`;
  const csv = [fields.map(({ label }) => quoted(label)), fields.map(({ value }) => quoted(value))].map((row) => row.join(',')).join('\n');
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button iconName="download" onClick={() => saveFile([`${csv}\n`], fileName, 'text/csv')}>Download .csv file</Button>
            <Button variant="primary" onClick={onClose}>Done</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">{warning}</Alert>
        {fields.map(({ label, value, secret }) => (
          <div key={label}>
            <Box variant="awsui-key-label">{label}</Box>
            {secret ? <Covered value={value} label={label.toLowerCase()} /> : <CopyToClipboard variant="inline" copyButtonAriaLabel={`Copy ${label.toLowerCase()}`} copySuccessText="Copied" copyErrorText="It could not be copied" textToCopy={value} />}
          </div>
        ))}
      </SpaceBetween>
    </Modal>
  );
}

/** A field for a password, which can be shown while it is typed. */
export function PasswordField({ label, value, onChange, description, errorText, autoComplete = 'new-password' }: { label: string; value: string; onChange: (value: string) => void; description?: string; errorText?: string | false; autoComplete?: string }) {
  const [shown, setShown] = useState(false);
  return (
    <FormField label={label} description={description} errorText={errorText}
      secondaryControl={<Button formAction="none" ariaLabel={`${shown ? 'Hide' : 'Show'} ${label.toLowerCase()}`} onClick={() => setShown(!shown)}>{shown ? 'Hide' : 'Show'}</Button>}>
      <Input type={shown ? 'text' : 'password'} value={value} onChange={({ detail }) => onChange(detail.value)} autoComplete={autoComplete} spellcheck={false} />
    </FormField>
  );
}
