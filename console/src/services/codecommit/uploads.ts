// Files that somebody chose or dropped, and whether they fit into one commit.

import { badPath, LIMITS } from './contents';

export interface Picked {
  /** With the folders that were dropped along. */
  path: string;
  blob: Blob;
}

export const joined = (folder: string, path: string) => (folder ? `${folder}/${path}` : path);

export interface Problems {
  /** Bytes of all. */
  size: number;
  /** What is wrong with them together. */
  all?: string;
  byPath: Map<string, string>;
}

export function problemsOf(folder: string, files: Picked[]): Problems {
  const byPath = new Map<string, string>();
  let size = 0;
  for (const { path, blob } of files) {
    size += blob.size;
    const bad = badPath(joined(folder, path));
    if (bad) byPath.set(path, bad);
    else if (blob.size > LIMITS.file) byPath.set(path, 'It has more than 6 MB, the most that a file can have here');
  }
  const all =
    files.length > LIMITS.files ? `These are ${files.length} files; at most ${LIMITS.files} go into one commit`
    : size > LIMITS.all ? 'Together these have more than 7 MB, the most that one commit can bring here'
    : undefined;
  return { size, all, byPath };
}

/** Files that are looked at of folders that were dropped: one more than fits is enough to say so. */
const MOST_DROPPED = 1_000;

/** The files of what was dropped, those in folders too. */
export async function dropped(data: DataTransfer): Promise<Picked[]> {
  // The list is emptied as soon as the event is over.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ path: file.name, blob: file }));
  const found: Picked[] = [];
  const queue = entries.map((entry) => ({ entry, path: entry.name }));
  for (let next = queue.shift(); next && found.length < MOST_DROPPED; next = queue.shift()) {
    const { entry, path } = next;
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      found.push({ path, blob: file });
    } else if (entry.name !== '.git') {
      for (const child of await children(entry as FileSystemDirectoryEntry)) queue.push({ entry: child, path: `${path}/${child.name}` });
    }
  }
  return found;
}

async function children(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // It gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
