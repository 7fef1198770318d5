import { useEffect, useState } from 'react';
import type { ApiError } from '../../../api/errors';
import { useResource } from '../../../api/useResource';
import { listConflicts, listHunks, type Conflict, type ConflictResolution, type Hunk, type MergeOption } from './api';
import { isDecided, isOfLines, resolutionOf, undecided, type PathChoice } from './resolution';
import { explaining } from './words';

export interface Decision {
  conflict: Conflict;
  choice: PathChoice;
  /** Where the conflict is one of lines. */
  hunks: Hunk[] | undefined;
  isDecided: boolean;
}

export interface ConflictState {
  decisions: Decision[] | undefined;
  error?: ApiError;
  reload: () => void;
  /** Whether the branches have moved since something was decided: then all begins anew. */
  isAnew: boolean;
  decide: (path: string, choice: PathChoice) => void;
  isDecided: boolean;
  /** To be asked for when all is decided. */
  resolution: () => ConflictResolution;
}

interface Two {
  repositoryName: string;
  sourceCommitSpecifier: string;
  destinationCommitSpecifier: string;
}

/** Paths whose lines are read at once. */
const AT_ONCE = 4;

async function read(two: Two, option: MergeOption, signal: AbortSignal) {
  const conflicts = await explaining(listConflicts(two, option, signal));
  const ofLines = conflicts.filter(isOfLines);
  const hunks = new Map<string, Hunk[]>();
  for (let at = 0; at < ofLines.length; at += AT_ONCE) {
    const some = ofLines.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(({ filePath }) => explaining(listHunks(two, option, filePath, signal))));
    some.forEach(({ filePath }, index) => hunks.set(filePath, found[index]));
  }
  return { conflicts, hunks };
}

/** The conflicts of two commits, and what was decided of them. */
export function useConflicts(two: Two, option: MergeOption, wanted: boolean): ConflictState {
  const key = `${two.repositoryName} ${two.sourceCommitSpecifier} ${two.destinationCommitSpecifier}`;
  // The strategies differ in what they make of a merge, not in its conflicts.
  const { data, error, reload } = useResource(`conflicts ${key} ${wanted}`, (signal) => (wanted ? read(two, option, signal) : Promise.resolve(undefined)));
  const [chosen, setChosen] = useState<{ key: string; choices: ReadonlyMap<string, PathChoice> }>({ key, choices: new Map() });
  const [isAnew, setAnew] = useState(false);
  useEffect(() => {
    if (chosen.key === key) return;
    setAnew(chosen.choices.size > 0);
    setChosen({ key, choices: new Map() });
  }, [chosen, key]);

  const choices = chosen.key === key ? chosen.choices : new Map<string, PathChoice>();
  const decisions = data?.conflicts.map((conflict): Decision => {
    const hunks = data.hunks.get(conflict.filePath);
    const choice = choices.get(conflict.filePath) ?? (isOfLines(conflict) ? { ...undecided, take: 'hunks' as const } : undecided);
    return { conflict, choice, hunks, isDecided: isDecided(conflict, choice, hunks) };
  });
  return {
    decisions,
    error,
    reload,
    isAnew,
    decide: (path, choice) => {
      setAnew(false);
      setChosen({ key, choices: new Map(choices).set(path, choice) });
    },
    isDecided: !!decisions && decisions.every((it) => it.isDecided),
    resolution: () => resolutionOf(decisions ?? []),
  };
}
