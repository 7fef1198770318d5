// Uploads that go on while one looks at other folders: small files at once, large ones in parts.

import { useSyncExternalStore } from 'react';
import { ApiError } from '../../api/errors';
import { session } from '../../api/session';
import { s3Path, upload } from '../../api/rest';
import { textAt, xml } from '../../api/xml';
import { ask, documentOf } from './api';
import { crc32 } from './crc32';
import { abortUpload } from './settings';

export interface Upload {
  id: number;
  bucket: string;
  key: string;
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | 'done' | 'failed' | 'cancelled';
  error?: string;
}

const MIB = 1024 * 1024;
/** Files from this size on go in parts. */
const LARGE = 16 * MIB;
/** S3 takes at most so many parts of an object. */
const MOST_PARTS = 10_000;
const PARTS_AT_ONCE = 3;
const ATTEMPTS = 3;

/** How long parts must be for a file of that size, in bytes. */
export const partSize = (size: number) => Math.max(8 * MIB, Math.ceil(size / MOST_PARTS / MIB) * MIB);

let uploads: Upload[] = [];
let last = 0;
let running = false;
const listeners = new Set<() => void>();
const controls = new Map<number, AbortController>();
const queue: { id: number; file: File; done?: () => void }[] = [];

function change(id: number, part: Partial<Upload>) {
  uploads = uploads.map((it) => (it.id === id ? { ...it, ...part } : it));
  listeners.forEach((listener) => listener());
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useUploads = () => useSyncExternalStore(subscribe, () => uploads);

const isOver = ({ state }: Upload) => state === 'done' || state === 'failed' || state === 'cancelled';

/** Takes files into the queue, below a prefix; `done` is called whenever one has come. */
export function add(bucket: string, prefix: string, files: File[], done: () => void) {
  for (const file of files) {
    const id = ++last;
    const key = `${prefix}${file.webkitRelativePath || file.name}`;
    uploads = [...uploads, { id, bucket, key, size: file.size, sent: 0, state: 'waiting' }];
    queue.push({ id, file, done });
  }
  listeners.forEach((listener) => listener());
  if (!running) void run();
}

export function cancel(id: number) {
  const waiting = queue.findIndex((it) => it.id === id);
  if (waiting >= 0) {
    queue.splice(waiting, 1);
    change(id, { state: 'cancelled' });
  }
  controls.get(id)?.abort();
}

/** Forgets those that are over. */
export function clear() {
  uploads = uploads.filter((it) => !isOver(it));
  listeners.forEach((listener) => listener());
}

const warn = (event: BeforeUnloadEvent) => event.preventDefault();

// Another user has no part in this one's uploads.
session.subscribe(() => {
  if (session.get()) return;
  queue.length = 0;
  controls.forEach((control) => control.abort());
  uploads = [];
  listeners.forEach((listener) => listener());
});

async function run() {
  running = true;
  addEventListener('beforeunload', warn);
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { id, file, done } = next;
    const found = uploads.find((it) => it.id === id);
    if (!found) continue;
    const control = new AbortController();
    controls.set(id, control);
    change(id, { state: 'sending' });
    const progress = (sent: number) => change(id, { sent: Math.min(sent, file.size) });
    try {
      await (file.size < LARGE ? sendWhole : sendParts)(found.bucket, found.key, file, progress, control.signal);
      change(id, { state: 'done', sent: file.size });
      done?.();
    } catch (error) {
      if (control.signal.aborted) change(id, { state: 'cancelled' });
      else change(id, { state: 'failed', error: said(error) });
    } finally {
      controls.delete(id);
    }
  }
  removeEventListener('beforeunload', warn);
  running = false;
}

function said(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  return [`${error.code}: ${error.shown}`, error.advice, error.requestId && `Request id ${error.requestId}.`].filter(Boolean).join(' ');
}

type Send = (bucket: string, key: string, file: File, progress: (sent: number) => void, signal: AbortSignal) => Promise<void>;

const sendWhole: Send = async (bucket, key, file, progress, signal) => {
  const sum = crc32(new Uint8Array(await file.arrayBuffer()));
  const headers = { 'content-type': file.type || 'application/octet-stream', 'x-amz-checksum-crc32': sum };
  await upload('s3', { method: 'PUT', path: s3Path(bucket, key), headers, body: file, signal }, progress);
};

const sendParts: Send = async (bucket, key, file, progress, signal) => {
  const path = s3Path(bucket, key);
  const headers = { 'content-type': file.type || 'application/octet-stream', 'x-amz-checksum-algorithm': 'CRC32' };
  const begun = await ask({ method: 'POST', path, query: { uploads: '' }, headers, signal });
  const uploadId = textAt(begun, 'UploadId') ?? '';
  try {
    const parts = await sendAll(path, uploadId, file, progress, signal);
    const query = { uploadId };
    const inner = parts.map(({ etag, sum }, at) => xml('Part', { PartNumber: at + 1, ETag: etag, ChecksumCRC32: sum })).join('');
    const answer = await ask({ method: 'POST', path, query, ...withoutChecksum(documentOf('CompleteMultipartUpload', inner)), signal });
    // It answers 200 before it is done, and may still fail.
    if (answer.name === 'Error') throw new ApiError(400, textAt(answer, 'Code') ?? 'Failed', textAt(answer, 'Message') ?? '');
  } catch (error) {
    // What came so far would take room for nothing. If this fails too, the bucket's properties list it.
    await abortUpload(bucket, key, uploadId).catch(() => undefined);
    throw error;
  }
};

/** There the header would be the object's checksum, not the document's. */
const withoutChecksum = ({ body }: ReturnType<typeof documentOf>) => ({ body, headers: { 'content-type': 'application/xml' } });

interface Part {
  etag: string;
  sum: string;
}

async function sendAll(path: string, uploadId: string, file: File, progress: (sent: number) => void, signal: AbortSignal): Promise<Part[]> {
  const length = partSize(file.size);
  const count = Math.ceil(file.size / length);
  const parts = new Array<Part>(count);
  const sent = new Array<number>(count).fill(0);
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < count; at = next++) {
      const body = file.slice(at * length, (at + 1) * length);
      parts[at] = await sendPart(path, { partNumber: at + 1, uploadId }, body, either, (bytes) => {
        sent[at] = bytes;
        progress(sent.reduce((sum, it) => sum + it, 0));
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(PARTS_AT_ONCE, count) }, worker));
  } finally {
    others.abort();
  }
  return parts;
}

async function sendPart(
  path: string,
  query: { partNumber: number; uploadId: string },
  body: Blob,
  signal: AbortSignal,
  progress: (sent: number) => void,
): Promise<Part> {
  const sum = crc32(new Uint8Array(await body.arrayBuffer()));
  for (let attempt = 1; ; attempt++) {
    try {
      const header = await upload('s3', { method: 'PUT', path, query, headers: { 'x-amz-checksum-crc32': sum }, body, signal }, progress);
      return { etag: header('etag') ?? '', sum };
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500);
      if (!passing || signal.aborted || attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, 1000 * attempt));
    }
  }
}
