import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMemo, useState } from 'react';
import { Failure } from '../../components/Failure';
import { JsonEditor } from '../../components/JsonEditor';
import { hasErrors, problemsOf } from '../../components/JsonText';
import { useSubmit } from '../../components/useSubmit';
import { testPattern } from './api';
import { checkEvent } from './patternCheck';
import { KIND_OPTIONS, kindOf, KINDS, sample } from './samples';

/** Tries a pattern on an event, by the matcher that rules go by. */
export function Tester({ pattern, ready }: { pattern: string; ready: boolean }) {
  const [kind, setKind] = useState(KINDS[0]);
  const [event, setEvent] = useState(() => sample(KINDS[0]));
  const [verdict, setVerdict] = useState<{ matches: boolean; of: string }>();
  const { busy, error, submit } = useSubmit();
  const problems = useMemo(() => problemsOf(event, checkEvent), [event]);
  const tried = pattern + event;
  const test = () => submit(async () => setVerdict({ matches: await testPattern(pattern, event), of: tried }));
  return (
    <SpaceBetween size="m">
      <FormField label="Sample event" description="What a service of this yard announces; change it as you like.">
        <Select
          ariaLabel="Sample event"
          filteringType="auto"
          selectedOption={{ value: kind.detailType, label: kind.detailType }}
          options={KIND_OPTIONS}
          onChange={({ detail }) => {
            const next = kindOf(detail.selectedOption.value) ?? KINDS[0];
            setKind(next);
            setEvent(sample(next));
          }}
        />
      </FormField>
      <JsonEditor ariaLabel="Event" value={event} onChange={setEvent} problems={problems} rows={14} fine="The event is well-formed." />
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Button formAction="none" loading={busy} disabled={!ready || hasErrors(problems)} onClick={test}>Test pattern</Button>
        <div role="status">
          {verdict?.of === tried && !error && (
            <StatusIndicator type={verdict.matches ? 'success' : 'error'}>
              {verdict.matches ? 'The event matches the pattern.' : 'The event does not match the pattern.'}
            </StatusIndicator>
          )}
        </div>
      </SpaceBetween>
      {error && <Failure what="The pattern can't be tested" error={error} />}
    </SpaceBetween>
  );
}
