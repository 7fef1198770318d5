import { useState } from 'react';
import { ApprovalDialog } from '../dialogs/ApprovalDialog';
import { TransitionDialog } from '../dialogs/TransitionDialog';
import '../pipeline.css';
import { sourcesOf } from '../Revisions';
import type { Pipeline } from '../types';
import { StageCard } from './StageCard';
import { Transition } from './Transition';
import type { StageView } from './model';

interface Props {
  pipeline: Pipeline;
  stages: StageView[];
  onChanged: () => void;
}

/** What is asked, by name: it is looked up anew as the pipeline moves. */
type Ask = { kind: 'approval'; stage: string; action: string } | { kind: 'transition'; stage: string };

export function Graph({ pipeline, stages, onChanged }: Props) {
  const [ask, setAsk] = useState<Ask>();
  const close = () => setAsk(undefined);
  const sources = sourcesOf(pipeline.stages);
  const asked = ask?.kind === 'approval' ? stages.find(({ stage }) => stage.name === ask.stage) : undefined;
  const approval = asked?.groups.flat().find(({ action }) => ask?.kind === 'approval' && action.name === ask.action);
  return (
    <>
      <ol className="pipeline-stages" aria-label="Stages">
        {stages.map((view, at) => (
          <li key={view.stage.name}>
            {at > 0 && (
              <Transition pipeline={pipeline.name} view={view} onDisable={() => setAsk({ kind: 'transition', stage: view.stage.name })} onChanged={onChanged} />
            )}
            <StageCard
              pipeline={pipeline.name}
              view={view}
              sources={sources}
              onReview={(action) => setAsk({ kind: 'approval', stage: view.stage.name, action })}
              onChanged={onChanged}
            />
          </li>
        ))}
      </ol>
      {ask?.kind === 'transition' && <TransitionDialog pipeline={pipeline.name} stage={ask.stage} onClose={close} onDisabled={onChanged} />}
      {asked && approval && (
        <ApprovalDialog
          pipeline={pipeline.name}
          stage={asked.stage.name}
          view={approval}
          executionId={asked.state?.latestExecution?.pipelineExecutionId}
          onClose={close}
          onDecided={onChanged}
        />
      )}
    </>
  );
}
