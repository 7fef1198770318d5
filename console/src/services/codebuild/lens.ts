// Members of an API input by their path, `source.location`, so that a form and its JSON are two views of one thing.

export type Input = { [name: string]: unknown };

export function getAt(input: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Input)[name] : undefined), input);
}

/** The input with another value there. What is `undefined` or empty text is left out, and what becomes empty with it. */
export function setAt<T extends object>(input: T, path: string, value: unknown): T {
  const [name, ...rest] = path.split('.');
  const copy: Input = { ...(input as Input) };
  let next = value;
  if (rest.length > 0) {
    const inner = copy[name];
    next = setAt(typeof inner === 'object' && inner !== null ? inner : {}, rest.join('.'), value);
    if (Object.keys(next as object).length === 0) next = undefined;
  }
  if (next === undefined || next === '') delete copy[name];
  else copy[name] = next;
  return copy as T;
}
