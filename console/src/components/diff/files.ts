// Files that differ between two commits.

/** A file in one commit. */
export interface FileVersion {
  path: string;
  blobId: string;
  /** `100644`, `100755`, `120000`. */
  mode: string;
}

export interface ChangedFile {
  /** Added, modified, deleted or renamed. */
  type: 'A' | 'M' | 'D' | 'R';
  before?: FileVersion;
  after?: FileVersion;
}

/** An entry of CodeCommit's GetDifferences. */
export interface Difference {
  changeType?: 'A' | 'M' | 'D';
  beforeBlob?: { blobId?: string; path?: string; mode?: string };
  afterBlob?: { blobId?: string; path?: string; mode?: string };
}

/** The entries of GetDifferences as files. */
export function changedFiles(differences: Difference[]): ChangedFile[] {
  const version = (blob: Difference['beforeBlob']): FileVersion | undefined =>
    blob?.blobId ? { path: blob.path ?? '', blobId: blob.blobId, mode: blob.mode ?? '' } : undefined;
  return differences.map(({ changeType = 'M', beforeBlob, afterBlob }) => ({
    type: changeType,
    before: changeType === 'A' ? undefined : version(beforeBlob),
    after: changeType === 'D' ? undefined : version(afterBlob),
  }));
}

/** Where the file is, or was. */
export const nameOf = (file: ChangedFile) => file.after?.path ?? file.before?.path ?? '';

/** The files in order, where one that went and one that came with the same content are one that moved. */
export function withRenames(files: ChangedFile[]): ChangedFile[] {
  const gone = new Map<string, ChangedFile[]>();
  for (const file of files) {
    if (file.type === 'D' && file.before) gone.set(file.before.blobId, [...(gone.get(file.before.blobId) ?? []), file]);
  }
  const moved = new Set<ChangedFile>();
  const found = files.map((file) => {
    const from = file.type === 'A' && file.after ? gone.get(file.after.blobId)?.shift() : undefined;
    if (!from) return file;
    moved.add(from);
    return { type: 'R' as const, before: from.before, after: file.after };
  });
  return found
    .filter((file) => !moved.has(file))
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : nameOf(one) > nameOf(other) ? 1 : 0));
}
