import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useId, useMemo, useRef } from 'react';
import './json.css';
import { hasErrors, placeOf, pretty, type Problem } from './JsonText';

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** What is wrong with it: `problemsOf(value, check)`. */
  problems: Problem[];
  ariaLabel: string;
  /** Lines in sight. */
  rows?: number;
  /** Said where nothing is wrong. */
  fine?: string;
}

/** Problems that are listed; the rest follows when these are mended. */
const MOST_SHOWN = 8;

/** A JSON document that is edited, with what is wrong shown at its line and reached by a click. */
export function JsonEditor({ value, onChange, problems, ariaLabel, rows = 18, fine = 'The document is well-formed.' }: Props) {
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
          <StatusIndicator type="success">{fine}</StatusIndicator>
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
      <Button formAction="none" variant="inline-link" onClick={() => onChange(pretty(value))} disabled={hasErrors(problems)}>
        Format the document
      </Button>
    </SpaceBetween>
  );
}

/** Height of a line in pixels, as json.css has it. */
const LINE = 20;
