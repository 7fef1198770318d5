import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import './json.css';
import { pretty } from './JsonText';

/** A JSON document to read and to copy. */
export function JsonView({ text, label }: { text: string; label: string }) {
  const shown = pretty(text);
  return (
    <div className="json-view">
      <div className="json-copy">
        <CopyToClipboard variant="icon" copyButtonAriaLabel={`Copy ${label}`} copyErrorText="It could not be copied" copySuccessText="Copied" textToCopy={shown} />
      </div>
      <pre tabIndex={0} role="region" aria-label={label}>{shown}</pre>
    </div>
  );
}
