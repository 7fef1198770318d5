import Button from '@cloudscape-design/components/button';
import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import '../pipeline.css';
import type { ActionType, Pipeline } from '../types';
import { ActionModal } from './ActionModal';
import { type Flaw } from './check';
import { withNewStage } from './draft';
import { StageEditor } from './StageEditor';

interface Props {
  pipeline: Pipeline;
  onChange: (pipeline: Pipeline) => void;
  types: ActionType[];
  flaws: Flaw[];
}

export function StagesEditor({ pipeline, onChange, types, flaws }: Props) {
  const [edited, setEdited] = useState<{ stage: number; index?: number; runOrder?: number }>();
  const add = (at: number) => (
    <div className="pipeline-transition">
      <span className="pipeline-arrow" aria-hidden="true">↓</span>
      <Button formAction="none" iconName="add-plus" ariaLabel={at < pipeline.stages.length ? `Add stage before ${pipeline.stages[at].name}` : 'Add stage at the end'} onClick={() => onChange(withNewStage(pipeline, at))}>
        Add stage
      </Button>
    </div>
  );
  return (
    <>
      <ol className="pipeline-stages" aria-label="Stages">
        {pipeline.stages.map((_, at) => (
          // A stage has nothing that stays the same but its place.
          <li key={at}>
            {at > 0 && add(at)}
            <StageEditor
              pipeline={pipeline}
              at={at}
              onChange={onChange}
              flaws={flaws}
              onEdit={(index) => setEdited({ stage: at, index })}
              onAdd={(runOrder) => setEdited({ stage: at, runOrder })}
            />
          </li>
        ))}
      </ol>
      {add(pipeline.stages.length)}
      {types.length === 0 && <Box color="text-status-warning">The action types of this yard could not be read: actions are not compared with them.</Box>}
      {edited && (
        <ActionModal
          {...edited}
          pipeline={pipeline}
          types={types}
          onClose={() => setEdited(undefined)}
          onDone={(next) => {
            setEdited(undefined);
            onChange(next);
          }}
        />
      )}
    </>
  );
}
