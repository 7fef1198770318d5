// Folders and files at a commit, and commits that change them.

import { call } from '../../api/client';
import { ApiError } from '../../api/errors';
import { contentOf, type FileContent } from '../../components/diff/content';
import { CODECOMMIT, getBlob } from './api';

export type EntryKind = 'folder' | 'file' | 'link' | 'submodule';

export type FileMode = 'NORMAL' | 'EXECUTABLE' | 'SYMLINK';

export interface Entry {
  kind: EntryKind;
  name: string;
  path: string;
  /** Of a file its blob, of a submodule its commit. */
  id: string;
  mode?: FileMode;
}

export interface Folder {
  commitId: string;
  path: string;
  /** Folders first, then by name. */
  entries: Entry[];
}

interface RawEntry {
  absolutePath: string;
  relativePath: string;
  blobId?: string;
  treeId?: string;
  commitId?: string;
  fileMode?: FileMode;
}

export async function getFolder(repositoryName: string, commitSpecifier: string, folderPath: string, signal?: AbortSignal): Promise<Folder> {
  const answer = await call<{
    commitId: string;
    folderPath: string;
    subFolders?: RawEntry[];
    files?: RawEntry[];
    symbolicLinks?: RawEntry[];
    subModules?: RawEntry[];
  }>(CODECOMMIT, 'GetFolder', { repositoryName, commitSpecifier, folderPath: folderPath || '/' }, signal);
  const entries = (kind: EntryKind, list: RawEntry[] | undefined) =>
    (list ?? []).map((it) => ({
      kind,
      name: it.relativePath,
      path: it.absolutePath,
      id: it.blobId ?? it.treeId ?? it.commitId ?? '',
      mode: it.fileMode,
    }));
  const files = [...entries('file', answer.files), ...entries('link', answer.symbolicLinks)];
  const folders = [...entries('folder', answer.subFolders), ...entries('submodule', answer.subModules)];
  const byName = (one: Entry, other: Entry) => (one.name < other.name ? -1 : 1);
  return { commitId: answer.commitId, path: folderPath, entries: [...folders.sort(byName), ...files.sort(byName)] };
}

export interface FileHere {
  commitId: string;
  entry: Entry;
  content: FileContent;
  /** Its bytes, unless it is too large to be given. */
  bytes?: Uint8Array<ArrayBuffer>;
}

export type Place = { folder: Folder } | { file: FileHere } | { submodule: Entry; commitId: string };

export const parentOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
export const lastOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** A file's content by its blob; what is too large says so. */
export async function getContent(repositoryName: string, blobId: string, signal?: AbortSignal): Promise<{ content: FileContent; bytes?: Uint8Array<ArrayBuffer> }> {
  try {
    const bytes = await getBlob(repositoryName, blobId, signal);
    return { content: contentOf(bytes), bytes };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'FileTooLargeException') return { content: { kind: 'large' } };
    throw error;
  }
}

/** What is at a path. The folder above tells what it is. */
export async function getPlace(repositoryName: string, commitSpecifier: string, path: string, signal?: AbortSignal): Promise<Place> {
  if (!path) return { folder: await getFolder(repositoryName, commitSpecifier, '', signal) };
  const above = await getFolder(repositoryName, commitSpecifier, parentOf(path), signal);
  const entry = above.entries.find((it) => it.name === lastOf(path));
  const { commitId } = above;
  if (!entry) throw new ApiError(400, 'PathDoesNotExistException', `There is no ${path} at ${commitSpecifier}.`);
  if (entry.kind === 'folder') return { folder: await getFolder(repositoryName, commitId, path, signal) };
  if (entry.kind === 'submodule') return { submodule: entry, commitId };
  return { file: { commitId, entry, ...(await getContent(repositoryName, entry.id, signal)) } };
}

/** AWS's quotas of a commit that is made here. */
export const LIMITS = {
  files: 100,
  /** Bytes of one file. */
  file: 6 << 20,
  /** Bytes of all files together. */
  all: 7 << 20,
  folders: 20,
  /** Bytes of a message. */
  message: 256 << 10,
};

export interface PutFile {
  filePath: string;
  /** Base64; without it the content is that of `sourceFile`. */
  fileContent?: string;
  fileMode?: FileMode;
  sourceFile?: { filePath: string; isMove?: boolean };
}

export interface Changes {
  putFiles?: PutFile[];
  deleteFiles?: { filePath: string }[];
}

export interface NewCommit extends Changes {
  repositoryName: string;
  branchName: string;
  /** Absent for the first commit of a repository. */
  parentCommitId?: string;
  authorName?: string;
  email?: string;
  commitMessage?: string;
}

export const createCommit = (input: NewCommit) => call<{ commitId: string }>(CODECOMMIT, 'CreateCommit', input);

export const createBranch = (repositoryName: string, branchName: string, commitId: string) =>
  call<object>(CODECOMMIT, 'CreateBranch', { repositoryName, branchName, commitId });

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Why a path can't be that of a file, as git and AWS have it. */
export function badPath(path: string): string | undefined {
  if (!path) return 'A name is needed';
  if (new TextEncoder().encode(path).length > 4096) return 'A path has at most 4,096 bytes';
  const parts = path.split('/');
  if (parts.some((part) => part === '')) return 'A slash stands between two names only';
  if (parts.some((part) => part === '.' || part === '..' || part.toLowerCase() === '.git')) return 'No part of a path is called . or .. or .git';
  if (parts.length - 1 > LIMITS.folders) return `A file lies in at most ${LIMITS.folders} folders`;
  // eslint-disable-next-line no-control-regex
  if (/[\0]/.test(path)) return 'A path has no zero characters';
  return undefined;
}

/** Why a branch can't be called so: git-check-ref-format, and AWS's length. */
export function badBranch(name: string): string | undefined {
  if (!name) return 'A name is needed';
  if (name.length > 256) return 'A name has at most 256 characters';
  // eslint-disable-next-line no-control-regex
  const bad = /^[-/.]|[/.]$|\.\.|\/\/|\/\.|@\{|\.lock(\/|$)|[\x00-\x20\x7f~^:?*[\\]|^@$|^HEAD$/;
  return bad.test(name) ? 'Branches have no blanks, no ~ ^ : ? * [ \\ .. @{ or //, and do not begin with - or a dot or end in a dot, a slash or .lock' : undefined;
}
