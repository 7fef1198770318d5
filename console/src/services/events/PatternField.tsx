import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { JsonEditor } from '../../components/JsonEditor';
import { problemsOf, type Problem } from '../../components/JsonText';
import { checkPattern } from './patternCheck';
import { KIND_OPTIONS, kindOf, patternFor } from './samples';

export const usePatternProblems = (text: string): Problem[] => useMemo(() => problemsOf(text, checkPattern), [text]);

/** An event pattern that is edited, checked as it is typed, with the events of the yard to begin with. */
export function PatternField({ value, onChange, problems }: { value: string; onChange: (value: string) => void; problems: Problem[] }) {
  return (
    <SpaceBetween size="m">
      <FormField label="Begin with" description="Replaces the pattern by one for all events of a kind.">
        <Select
          ariaLabel="Begin with the events of"
          filteringType="auto"
          selectedOption={null}
          placeholder="Choose a kind of event"
          options={KIND_OPTIONS}
          onChange={({ detail }) => {
            const kind = kindOf(detail.selectedOption.value);
            if (kind) onChange(patternFor(kind));
          }}
        />
      </FormField>
      <JsonEditor ariaLabel="Event pattern" value={value} onChange={onChange} problems={problems} rows={12} fine="Nothing is wrong with the pattern." />
    </SpaceBetween>
  );
}
