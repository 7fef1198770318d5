// How conflicts are resolved: a choice for each hunk, or for the whole path.

import type { Conflict, ConflictResolution, Hunk } from './api';
import { bytesOf } from '../api';

/** What stands where both sides changed the same lines. */
export type HunkChoice =
  | { take: 'source' | 'destination' | 'destination-source' | 'source-destination' }
  | { take: 'text'; text: string };

/** What stands at a path. */
export interface PathChoice {
  /** Line by line, or what one side has: where that deleted it, nothing. */
  take?: 'hunks' | 'source' | 'destination';
  /** By index among all hunks. */
  hunks: ReadonlyMap<number, HunkChoice>;
  /** Where the sides do not agree on it. */
  mode?: string;
}

export const undecided: PathChoice = { hunks: new Map() };

const contentOf = (side: Hunk['source']) => bytesOf(side?.hunkContent ?? '');
const same = (one: Uint8Array, other: Uint8Array) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export const textOf = (side: Hunk['source']) => new TextDecoder().decode(contentOf(side));

/** Whether the conflict is one of lines of text, which can be chosen one by one. */
export const isOfLines = (conflict: Conflict) =>
  !!conflict.contentConflict &&
  !conflict.objectTypeConflict &&
  conflict.mergeOperations?.source !== 'D' &&
  conflict.mergeOperations?.destination !== 'D' &&
  !conflict.isBinaryFile?.source &&
  !conflict.isBinaryFile?.destination &&
  conflict.objectTypes?.source === 'FILE' &&
  conflict.objectTypes?.destination === 'FILE';

/** Whether all has been decided that must be. */
export function isDecided(conflict: Conflict, choice: PathChoice, hunks: Hunk[] | undefined): boolean {
  if (conflict.fileModeConflict && choice.take !== 'source' && choice.take !== 'destination' && !choice.mode) return false;
  if (!conflict.contentConflict && !conflict.objectTypeConflict) return true;
  if (choice.take !== 'hunks') return choice.take !== undefined;
  return !!hunks && hunks.every((hunk, at) => !hunk.isConflict || choice.hunks.has(at));
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const LINE_END = new Uint8Array([10]);

/** The pieces behind each other, each but the last ending its line. */
function stacked(...pieces: Uint8Array[]): Uint8Array {
  const some = pieces.filter((piece) => piece.length > 0);
  return joined(some.flatMap((piece, at) => (at + 1 < some.length && piece[piece.length - 1] !== 10 ? [piece, LINE_END] : [piece])));
}

function resolved(hunk: Hunk, choice: HunkChoice | undefined): Uint8Array {
  const [source, destination, base] = [contentOf(hunk.source), contentOf(hunk.destination), contentOf(hunk.base)];
  // What only one side changed is as that side has it.
  if (!hunk.isConflict) return same(source, base) ? destination : source;
  switch (choice?.take) {
    case 'source':
      return source;
    case 'destination':
      return destination;
    case 'destination-source':
      return stacked(destination, source);
    case 'source-destination':
      return stacked(source, destination);
    case 'text': {
      // What follows begins a line of its own, as it did.
      const ended = [source, destination].some((side) => side[side.length - 1] === 10);
      const text = choice.text === '' || choice.text.endsWith('\n') || !ended ? choice.text : `${choice.text}\n`;
      // A browser's text field keeps no carriage returns.
      const sides = [source, destination].filter((side) => side.length > 0);
      const returns = sides.length > 0 && sides.every((side) => side[side.length - 1] === 10 && side[side.length - 2] === 13);
      return new TextEncoder().encode(returns ? text.replace(/\r?\n/g, '\r\n') : text);
    }
    case undefined:
      throw new Error('A conflict is not decided yet.');
  }
}

/** The file as it was decided, byte by byte but for what was written by hand. */
export function merged(hunks: Hunk[], choices: PathChoice['hunks']): Uint8Array {
  return joined(hunks.map((hunk, at) => resolved(hunk, choices.get(at))));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** All decisions as a merge takes them. */
export function resolutionOf(decisions: { conflict: Conflict; choice: PathChoice; hunks: Hunk[] | undefined }[]): ConflictResolution {
  const resolution: ConflictResolution = { replaceContents: [], setFileModes: [] };
  for (const { conflict, choice, hunks } of decisions) {
    const { filePath } = conflict;
    const fileMode = choice.take === 'source' || choice.take === 'destination' ? undefined : choice.mode;
    if (choice.take === 'source') resolution.replaceContents.push({ filePath, replacementType: 'KEEP_SOURCE' });
    else if (choice.take === 'destination') resolution.replaceContents.push({ filePath, replacementType: 'KEEP_DESTINATION' });
    else if (conflict.contentConflict) {
      const content = base64(merged(hunks ?? [], choice.hunks));
      resolution.replaceContents.push({ filePath, replacementType: 'USE_NEW_CONTENT', content, fileMode });
    } else if (fileMode) resolution.setFileModes.push({ filePath, fileMode });
  }
  return resolution;
}
