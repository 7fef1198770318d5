import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Action, ActionType, Pipeline } from '../types';
import { ActionFields } from './ActionFields';
import { at, check, inside } from './check';
import { artifactsBefore, newAction, withAction, withStage } from './draft';
import { CATEGORIES } from './providers';

interface Props {
  pipeline: Pipeline;
  stage: number;
  /** Which action; a new one if absent. */
  index?: number;
  /** Of a new one. */
  runOrder?: number;
  types: ActionType[];
  onDone: (pipeline: Pipeline) => void;
  onClose: () => void;
}

const NOTHING: Action = { name: '', actionTypeId: { category: '', owner: 'AWS', provider: '', version: '1' } };

/** Edits an action; what is wrong is shown once one tried to be done. */
export function ActionModal({ pipeline, stage, index, runOrder = 1, types, onDone, onClose }: Props) {
  const [action, setAction] = useState<Action>(() => (index === undefined ? { ...NOTHING, runOrder } : pipeline.stages[stage].actions[index]));
  const [tried, setTried] = useState(index !== undefined);
  const placed = index ?? pipeline.stages[stage].actions.length;
  const next = withStage(pipeline, stage, withAction(pipeline.stages[stage], index, action));
  const depth = 4;
  const flaws = inside(check(next, types), 'stages', stage, 'actions', placed).map((flaw) => ({ ...flaw, path: flaw.path.slice(depth) }));
  const order = action.runOrder ?? 1;
  const done = () => {
    setTried(true);
    if (!flaws.some(({ severity }) => severity === 'error')) onDone(next);
  };
  return (
    <Modal
      visible
      size="large"
      header={index === undefined ? `Add an action to ${pipeline.stages[stage].name}` : `Edit ${pipeline.stages[stage].actions[index].name}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>Cancel</Button>
            <Button variant="primary" onClick={done}>Done</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ActionFields
          action={action}
          onChange={setAction}
          types={types}
          categories={stage === 0 ? ['Source'] : CATEGORIES.filter((it) => it !== 'Source')}
          onType={(type) => setAction({ ...newAction(pipeline, stage, order, type), name: action.name })}
          artifacts={artifactsBefore(pipeline, stage, order)}
          flaws={tried ? flaws : []}
        />
        <FormField label="Run order" description="Actions with the same number run at the same time." errorText={tried && at(flaws, 'runOrder')}>
          <Input type="number" value={String(order)} onChange={({ detail }) => setAction({ ...action, runOrder: Number(detail.value) })} />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
