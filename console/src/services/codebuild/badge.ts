/** A badge of a branch: its address, the same on this page's origin, and the Markdown for a README. */
export function badgeOf(requestUrl: string, branch: string, project: string) {
  const url = new URL(requestUrl);
  url.searchParams.set('branch', branch);
  // Square brackets would end the text of the picture.
  const name = project.replace(/[[\]]/g, '');
  return { url: url.href, path: url.pathname + url.search, markdown: `![${name}](${url.href})` };
}
