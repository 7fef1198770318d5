import Autosuggest from '@cloudscape-design/components/autosuggest';
import { useResource } from '../api/useResource';

interface Props {
  value: string;
  onChange: (value: string) => void;
  /** What is read: another key reads anew. */
  of: string;
  load: (signal: AbortSignal) => Promise<string[]>;
  placeholder?: string;
  ariaLabel?: string;
}

/** A text with what there is to choose from. Who may not list that types it. */
export function Suggest({ value, onChange, of, load, placeholder, ariaLabel }: Props) {
  const { data, error, loading } = useResource(`suggestions ${of}`, load);
  return (
    <Autosuggest
      value={value}
      onChange={({ detail }) => onChange(detail.value)}
      options={(data ?? []).map((it) => ({ value: it }))}
      enteredTextLabel={(text) => `Use “${text}”`}
      statusType={error ? 'error' : loading ? 'loading' : 'finished'}
      errorText={error && `They can’t be listed: ${error.code}. Type the name.`}
      loadingText="Reading"
      empty="There are none"
      placeholder={placeholder}
      ariaLabel={ariaLabel}
    />
  );
}
