// Names of parameters are paths: `/my-app/prod/url`. A level shows what is directly below a path.

/** What of these names a level shows: folders, each ending in `/`, and the names themselves. */
export function level(names: string[], path: string): { folders: string[]; own: string[] } {
  const folders = new Set<string>();
  const own: string[] = [];
  for (const name of names) {
    if (!name.startsWith(path)) continue;
    const rest = name.slice(path.length);
    // At the top, the slash that a name begins with belongs to its first folder.
    const end = rest.indexOf('/', path === '' ? 1 : 0);
    if (end < 0) own.push(name);
    else folders.add(path + rest.slice(0, end + 1));
  }
  return { folders: [...folders].sort(), own };
}

/** The paths that lead to one: of `/a/b/` these are `/a/` and `/a/b/`. */
export function trailOf(path: string): string[] {
  const trail: string[] = [];
  for (let at = path.indexOf('/', 1); at >= 0; at = path.indexOf('/', at + 1)) trail.push(path.slice(0, at + 1));
  return trail;
}
