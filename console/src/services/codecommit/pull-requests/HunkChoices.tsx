import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { Hunk } from './api';
import { textOf, type HunkChoice } from './resolution';

interface Props {
  path: string;
  hunks: Hunk[];
  choices: ReadonlyMap<number, HunkChoice>;
  source: string;
  destination: string;
  decide: (at: number, choice: HunkChoice) => void;
}

/** Lines that are shown around a conflict. */
const AROUND = 3;

/** The conflicts of a file, each with what surrounds it. */
export function HunkChoices({ path, hunks, choices, source, destination, decide }: Props) {
  const conflicts = hunks.flatMap((hunk, at) => (hunk.isConflict ? [at] : []));
  return (
    <SpaceBetween size="s">
      {conflicts.map((at, index) => (
        <div key={at} className="hunk" role="group" aria-label={`Conflict ${index + 1} of ${path}`}>
          <Context hunk={hunks[at - 1]} end />
          <div className="hunk-sides">
            <SideView title={`Destination: ${destination}`} side="destination" hunk={hunks[at]} choice={choices.get(at)} />
            <SideView title={`Source: ${source}`} side="source" hunk={hunks[at]} choice={choices.get(at)} />
          </div>
          <Context hunk={hunks[at + 1]} />
          <Choice label={`Conflict ${index + 1} of ${path}`} hunk={hunks[at]} choice={choices.get(at)} decide={(choice) => decide(at, choice)} />
        </div>
      ))}
    </SpaceBetween>
  );
}

function SideView({ title, side, hunk, choice }: { title: string; side: 'source' | 'destination'; hunk: Hunk; choice?: HunkChoice }) {
  const taken = choice && choice.take !== 'text' && choice.take.split('-').includes(side);
  const text = textOf(hunk[side]);
  return (
    <div className={`hunk-${side}${taken ? ' hunk-taken' : ''}`}>
      <div className="hunk-title">{title}</div>
      <pre>{text === '' ? '(no lines)' : text}</pre>
    </div>
  );
}

/** The lines before or after a conflict, as they will be. */
function Context({ hunk, end }: { hunk: Hunk | undefined; end?: boolean }) {
  if (!hunk || hunk.isConflict) return null;
  const lines = textOf(hunk.destination).replace(/\n$/, '').split('\n');
  const shown = end ? lines.slice(-AROUND) : lines.slice(0, AROUND);
  return <pre className="hunk-context">{shown.join('\n')}</pre>;
}

function Choice({ label, hunk, choice, decide }: { label: string; hunk: Hunk; choice?: HunkChoice; decide: (choice: HunkChoice) => void }) {
  const [draft, setDraft] = useState<string>();
  const both = textOf(hunk.destination) + textOf(hunk.source);
  return (
    <div className="hunk-choice">
      <SpaceBetween size="xs">
        <SegmentedControl
          label={label}
          selectedId={choice?.take ?? null}
          options={[
            { id: 'destination', text: 'Destination' },
            { id: 'source', text: 'Source' },
            { id: 'destination-source', text: 'Both, destination first' },
            { id: 'source-destination', text: 'Both, source first' },
            { id: 'text', text: 'Edit by hand' },
          ]}
          onChange={({ detail }) => {
            const take = detail.selectedId as HunkChoice['take'];
            decide(take === 'text' ? { take, text: draft ?? both } : { take });
          }}
        />
        {choice?.take === 'text' && (
          <>
            <FormField stretch label={`What stands there: ${label.toLowerCase()}`}>
              <Textarea
                value={choice.text}
                rows={Math.min(20, Math.max(3, choice.text.split('\n').length))}
                spellcheck={false}
                onChange={({ detail }) => {
                  setDraft(detail.value);
                  decide({ take: 'text', text: detail.value });
                }}
              />
            </FormField>
            <Button formAction="none" variant="inline-link" onClick={() => decide({ take: 'text', text: both })}>Begin again with both sides</Button>
          </>
        )}
      </SpaceBetween>
    </div>
  );
}
