import { useResource } from '../../api/useResource';
import { changedFiles, type ChangedFile } from '../../components/diff';
import { getDifferences } from './api';

/** Files of a comparison that are listed; one of more is for git. */
const MOST = 3_000;

/** The files that differ between two commits; without the earlier one, all of the later. */
export function useDifferences(repositoryName: string, before: string | undefined, after: string, ready = true) {
  return useResource<{ files: ChangedFile[]; more: boolean } | undefined>(`differences ${repositoryName} ${before} ${after} ${ready}`, async (signal) => {
    if (!ready) return undefined;
    const files: ChangedFile[] = [];
    let NextToken: string | undefined;
    do {
      const page = await getDifferences({ repositoryName, beforeCommitSpecifier: before, afterCommitSpecifier: after, NextToken }, signal);
      files.push(...changedFiles(page.differences ?? []));
      NextToken = page.NextToken;
    } while (NextToken && files.length < MOST);
    return { files, more: NextToken !== undefined };
  });
}
