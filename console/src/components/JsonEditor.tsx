import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useId, useMemo, useRef } from 'react';
import './json.css';
import { hasErrors, placeOf, pretty, problemsOf, type Problem } from './JsonText';

export { pretty };

/** What is wrong first with a text as JSON, and where. */
export function badJson(text: string): string | undefined {
  const [first] = problemsOf(text);
  if (!first) return undefined;
  const { line, column } = placeOf(text, first.from);
  return `${first.message} (line ${line}, column ${column})`;
}

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with it: `problemsOf(value, check)`; as mere JSON unless given, and nothing while it is empty. */
  problems?: Problem[];
  /** Shown above it. */
  label?: string;
  description?: string;
  /** Its name where no label is shown. */
  ariaLabel?: string;
  /** Lines in sight. */
  rows?: number;
  readOnly?: boolean;
  /** Said where nothing is wrong. */
  fine?: string;
}

/** Problems that are listed; the rest follows when these are mended. */
const MOST_SHOWN = 8;

/** A JSON document that is edited, with what is wrong shown at its line and reached by a click. */
export function JsonEditor({ label, description, problems: given, ...rest }: Props) {
  const { value, ariaLabel = label ?? 'JSON' } = rest;
  const problems = useMemo(() => given ?? (value.trim() ? problemsOf(value) : []), [given, value]);
  const editor = <Editor {...rest} ariaLabel={ariaLabel} problems={problems} />;
  return label ? <FormField stretch label={label} description={description}>{editor}</FormField> : editor;
}

type EditorProps = Omit<Props, 'label' | 'description'> & { problems: Problem[] };

function Editor({ value, onChange, problems, ariaLabel, rows = 18, readOnly, fine = 'The document is well-formed.' }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const listId = useId();
  const placed = useMemo(() => problems.map((problem) => ({ ...problem, ...placeOf(value, problem.from) })), [problems, value]);
  const worst = new Map<number, Problem['severity']>();
  for (const { line, severity } of placed) if (worst.get(line) !== 'error') worst.set(line, severity);
  const lines = value.split('\n').length;

  const show = ({ from, to, line }: { from: number; to: number; line: number }) => {
    const box = area.current;
    if (!box) return;
    box.focus();
    box.setSelectionRange(from, Math.max(to, from));
    box.scrollTop = Math.max(0, (line - 4) * LINE);
  };

  return (
    <SpaceBetween size="xs">
      <div className="json-editor">
        <div className="json-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, at) => (
            <div key={at} className={worst.has(at + 1) ? `json-${worst.get(at + 1)}` : undefined}>{at + 1}</div>
          ))}
        </div>
        <textarea
          ref={area}
          className="json-area"
          value={value}
          rows={rows}
          readOnly={readOnly}
          spellCheck={false}
          autoComplete="off"
          wrap="off"
          aria-label={ariaLabel}
          aria-invalid={hasErrors(problems)}
          aria-describedby={listId}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      <div id={listId} role="status">
        {placed.length === 0 ? (
          value.trim() && <StatusIndicator type="success">{fine}</StatusIndicator>
        ) : (
          <ul className="json-problems" aria-label="Problems">
            {placed.slice(0, MOST_SHOWN).map((problem, at) => (
              <li key={at}>
                <StatusIndicator type={problem.severity}>
                  <button type="button" className="json-place" onClick={() => show(problem)}>
                    Line {problem.line}, column {problem.column}
                  </button>{' '}
                  {problem.message}
                </StatusIndicator>
              </li>
            ))}
            {placed.length > MOST_SHOWN && <li>And {placed.length - MOST_SHOWN} more.</li>}
          </ul>
        )}
      </div>
      {!readOnly && (
        <Button formAction="none" variant="inline-link" onClick={() => onChange(pretty(value))} disabled={hasErrors(problems)}>
          Format the document
        </Button>
      )}
    </SpaceBetween>
  );
}

/** Height of a line in pixels, as json.css has it. */
const LINE = 20;
