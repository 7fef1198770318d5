// What a file is, to show how it differs.

export type FileContent =
  | { kind: 'text'; text: string; size: number }
  | { kind: 'binary'; bytes: Uint8Array; size: number }
  /** The yard gives no file of this size. */
  | { kind: 'large' };

/** A file with a zero byte in its first 8,000 is no text, as git has it. */
const LOOKED_AT = 8_000;

export function contentOf(bytes: Uint8Array): FileContent {
  if (bytes.subarray(0, LOOKED_AT).includes(0)) return { kind: 'binary', bytes, size: bytes.length };
  return { kind: 'text', text: new TextDecoder().decode(bytes), size: bytes.length };
}

const IMAGES: Record<string, string> = {
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp',
  avif: 'image/avif', bmp: 'image/bmp', ico: 'image/x-icon', svg: 'image/svg+xml',
};
const LARGEST_IMAGE = 4 << 20;

/** An image as an address that the pages' policy lets an `img` have, where nothing in it can run. */
export function imageUrl(path: string, content: FileContent | undefined): string | undefined {
  const type = IMAGES[path.split('.').pop()?.toLowerCase() ?? ''];
  if (!type || !content || content.kind === 'large' || content.size > LARGEST_IMAGE) return undefined;
  const bytes = content.kind === 'text' ? new TextEncoder().encode(content.text) : content.bytes;
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:${type};base64,${btoa(binary)}`;
}

/** `12 bytes`, `3.4 KB`, `5.6 MB`. */
export function sizeText(size: number): string {
  if (size < 1000) return size === 1 ? '1 byte' : `${size} bytes`;
  return size < 1e6 ? `${(size / 1e3).toFixed(1)} KB` : `${(size / 1e6).toFixed(1)} MB`;
}
