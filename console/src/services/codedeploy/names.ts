/** Why an application, a group or a configuration can’t be called so. */
export function badName(name: string): string | undefined {
  if (name === '') return 'A name is needed';
  return /^[A-Za-z0-9._+=,@-]{1,100}$/.test(name) ? undefined : 'A name has 1 to 100 letters, digits and . _ + = , @ -';
}
