import Container from '@cloudscape-design/components/container';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState, type ReactNode } from 'react';
import { JsonEditor } from '../../components/JsonEditor';
import { hasErrors, problemsOf, type Problem } from '../../components/JsonText';
import type { Input } from './lens';

interface Props {
  label: string;
  input: Input;
  onChange: (input: Input) => void;
  /** Told whether what is typed is an object: only then `input` is what is seen. */
  onValid: (is: boolean) => void;
  children: ReactNode;
}

/** A form, and the same as the JSON that the AWS CLI takes by `--cli-input-json`. */
export function FormAndJson({ label, input, onChange, onValid, children }: Props) {
  const [view, setView] = useState('form');
  const [text, setText] = useState('');
  const problems = useMemo(
    () => problemsOf(text, (root): Problem[] => (root.kind === 'object' ? [] : [{ from: root.from, to: root.to, severity: 'error', message: 'An object is wanted' }])),
    [text],
  );
  const bad = view === 'json' && hasErrors(problems);
  const turn = (to: string) => {
    if (to === 'json') setText(JSON.stringify(input, undefined, 2));
    setView(to);
    onValid(true);
  };
  const edit = (next: string) => {
    setText(next);
    try {
      const value: unknown = JSON.parse(next);
      const is = typeof value === 'object' && value !== null && !Array.isArray(value);
      onValid(is);
      if (is) onChange(value as Input);
    } catch {
      onValid(false);
    }
  };
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="View"
        selectedId={view}
        onChange={({ detail }) => turn(detail.selectedId)}
        options={[
          { id: 'form', text: 'Form', disabled: bad },
          { id: 'json', text: 'JSON' },
        ]}
      />
      {view === 'form' ? children : <Container><JsonEditor ariaLabel={`${label} as JSON`} value={text} onChange={edit} problems={problems} rows={28} /></Container>}
    </SpaceBetween>
  );
}
