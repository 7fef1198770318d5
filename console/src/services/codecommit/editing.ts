// A file's bytes as text that can be edited, and back, so that what was not touched stays.

export interface Editable {
  text: string;
  /** How its lines end. */
  ending: '\n' | '\r\n';
}

/** Larger files make a browser's text field slow. */
export const MOST_EDITED = 1 << 20;

/** Why a file can't be edited here, or its text. */
export function editable(bytes: Uint8Array | undefined): Editable | string {
  if (!bytes || bytes.length > MOST_EDITED) return 'It has more than 1 MB: edit it in a clone.';
  if (bytes.subarray(0, 8_000).includes(0)) return 'It is no text: replace it by an upload.';
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return 'It is no UTF-8 text: edit it in a clone.';
  }
  const all = text.split('\n').length - 1;
  const withReturn = text.split('\r\n').length - 1;
  if (/\r(?!\n)/.test(text) || (withReturn > 0 && withReturn < all)) {
    return 'Its lines end in different ways, which a browser’s text field does not keep: edit it in a clone.';
  }
  return { text: text.replaceAll('\r\n', '\n'), ending: withReturn > 0 ? '\r\n' : '\n' };
}

/** The bytes of an edited text. */
export const encoded = (text: string, ending: Editable['ending']) =>
  new TextEncoder().encode(ending === '\r\n' ? text.replaceAll('\n', '\r\n') : text);
