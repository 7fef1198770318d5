// Secrets that are JSON objects of strings are shown and edited as keys and values.

export interface Pair {
  key: string;
  value: string;
}

/** The pairs of a value; nothing where it is none. */
export function pairsOf(value: string): Pair[] | undefined {
  try {
    const object: unknown = JSON.parse(value);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
    const entries = Object.entries(object);
    // What is no text must not become one by being edited.
    return entries.every(([, it]) => typeof it === 'string') ? entries.map(([key, it]) => ({ key, value: it as string })) : undefined;
  } catch {
    return undefined;
  }
}

export const textOf = (pairs: Pair[]) => JSON.stringify(Object.fromEntries(pairs.map(({ key, value }) => [key, value])));

/** What is wrong with pairs. */
export function badPairs(pairs: Pair[]): string | undefined {
  if (pairs.some(({ key }) => key === '')) return 'Each value needs a key';
  if (new Set(pairs.map(({ key }) => key)).size < pairs.length) return 'Two have the same key';
  return undefined;
}
