import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { sizeText } from '../../../components/diff';
import { Failure } from '../../../components/Failure';
import type { Conflict } from './api';
import './conflicts.css';
import { HunkChoices } from './HunkChoices';
import { isOfLines, type PathChoice } from './resolution';
import type { ConflictState, Decision } from './useConflicts';

interface Props {
  conflicts: ConflictState;
  source: string;
  destination: string;
}

/** Where the two sides do not agree, and what is to stand there. */
export function Conflicts({ conflicts, source, destination }: Props) {
  const { decisions, error, isAnew, reload, decide } = conflicts;
  const decided = decisions?.filter((it) => it.isDecided).length ?? 0;
  return (
    <Container
      header={
        <Header
          counter={decisions && `(${decided}/${decisions.length} decided)`}
          description="Both sides changed the same. Decide what is to stand after the merge; your decisions become part of the merge commit."
        >
          Conflicts
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error && <Failure what="The conflicts can't be read" error={error} retry={reload} />}
        {isAnew && <Alert type="warning">A branch has moved, so the conflicts were read anew. What was decided before is gone.</Alert>}
        {!decisions && !error && <Spinner />}
        {decisions?.map((decision) => (
          <Path key={decision.conflict.filePath} decision={decision} source={source} destination={destination} decide={(choice) => decide(decision.conflict.filePath, choice)} />
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Path({ decision, source, destination, decide }: { decision: Decision; source: string; destination: string; decide: (choice: PathChoice) => void }) {
  const { conflict, choice, hunks, isDecided } = decision;
  const ofLines = isOfLines(conflict);
  const needsTake = conflict.contentConflict || conflict.objectTypeConflict;
  return (
    <section aria-label={conflict.filePath}>
      <SpaceBetween size="s">
        <Header
          variant="h3"
          description={inWords(conflict, source, destination)}
          info={<StatusIndicator type={isDecided ? 'success' : 'warning'}>{isDecided ? 'Decided' : 'Not decided'}</StatusIndicator>}
        >
          {conflict.filePath}
        </Header>
        {needsTake && (
          <RadioGroup
            ariaLabel={`What stands at ${conflict.filePath}`}
            value={choice.take ?? null}
            onChange={({ detail }) => decide({ ...choice, take: detail.value as PathChoice['take'] })}
            items={[
              ...(ofLines ? [{ value: 'hunks', label: 'Decide line by line' }] : []),
              { value: 'destination', label: sideLabel(conflict, 'destination', destination) },
              { value: 'source', label: sideLabel(conflict, 'source', source) },
            ]}
          />
        )}
        {ofLines && choice.take === 'hunks' && hunks && (
          <HunkChoices
            path={conflict.filePath}
            hunks={hunks}
            choices={choice.hunks}
            source={source}
            destination={destination}
            decide={(at, hunk) => decide({ ...choice, hunks: new Map(choice.hunks).set(at, hunk) })}
          />
        )}
        {conflict.fileModeConflict && (choice.take === undefined || choice.take === 'hunks') && (
          <RadioGroup
            ariaLabel={`Mode of ${conflict.filePath}`}
            value={choice.mode ?? null}
            onChange={({ detail }) => decide({ ...choice, mode: detail.value })}
            items={[...new Set([conflict.fileModes?.destination, conflict.fileModes?.source])].flatMap((mode) =>
              mode ? [{ value: mode, label: mode === 'EXECUTABLE' ? 'Executable' : mode === 'SYMLINK' ? 'Symbolic link' : 'Not executable' }] : [],
            )}
          />
        )}
      </SpaceBetween>
    </section>
  );
}

type SideName = 'source' | 'destination';

function sideLabel({ mergeOperations, fileSizes, objectTypes }: Conflict, side: SideName, branch: string): string {
  if (mergeOperations?.[side] === 'D') return `Delete it, as ${branch} does`;
  const what = objectTypes?.[side] === 'DIRECTORY' ? 'the folder' : objectTypes?.[side] === 'GIT_LINK' ? 'the submodule' : 'the file';
  const size = fileSizes?.[side];
  return `Keep ${what} of ${branch}${size === undefined ? '' : ` (${sizeText(size)})`}`;
}

/** What both sides did. */
function inWords({ mergeOperations, contentConflict, fileModeConflict, objectTypeConflict, numberOfConflicts, isBinaryFile }: Conflict, source: string, destination: string): string {
  const did = { A: 'adds it', M: 'changes it', D: 'deletes it' };
  const both = (['destination', 'source'] as const).map((side) => {
    const operation = mergeOperations?.[side];
    return `${side === 'source' ? source : destination} ${operation ? did[operation] : 'leaves it'}`;
  });
  const about = [
    contentConflict && (isBinaryFile?.source || isBinaryFile?.destination ? 'its binary content' : 'its content'),
    fileModeConflict && 'whether it is executable',
    objectTypeConflict && 'whether it is a file, a link or a folder',
  ].filter(Boolean);
  return `${both.join(', ')}; they disagree on ${about.join(' and ')} (${numberOfConflicts} ${numberOfConflicts === 1 ? 'conflict' : 'conflicts'}).`;
}
