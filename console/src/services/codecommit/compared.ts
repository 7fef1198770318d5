// Both contents of a file that differs.

import type { ChangedFile, Sides } from '../../components/diff';
import { getContent } from './contents';

/** Reads a file's contents by their blobs, for `Changes`. */
export const compared = (repository: string) => async (file: ChangedFile, signal: AbortSignal): Promise<Sides> => {
  const read = (version: ChangedFile['before']) =>
    version ? getContent(repository, version.blobId, signal).then((found) => found.content) : Promise.resolve(undefined);
  const [before, after] = await Promise.all([read(file.before), read(file.after)]);
  return { before, after };
};
