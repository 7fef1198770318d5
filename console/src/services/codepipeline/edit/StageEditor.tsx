import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { groupsOf } from '../graph/model';
import { subject } from '../links';
import type { Action, Pipeline } from '../types';
import { at as said, inside, type Flaw } from './check';
import { movedAction, movedStage, withoutAction, withoutStage, withStage } from './draft';
import { describe } from './place';
import { shownProvider } from './providers';

interface Props {
  pipeline: Pipeline;
  at: number;
  onChange: (pipeline: Pipeline) => void;
  flaws: Flaw[];
  onEdit: (index: number) => void;
  /** Adds an action that runs at this order. */
  onAdd: (runOrder: number) => void;
}

export function StageEditor({ pipeline, at, onChange, flaws, onEdit, onAdd }: Props) {
  const stage = pipeline.stages[at];
  const groups = groupsOf(stage.actions);
  const last = groups.at(-1)?.[0].runOrder ?? 0;
  const set = (next: typeof stage) => onChange(withStage(pipeline, at, next));
  const wrong = said(flaws, 'stages', at) ?? said(flaws, 'stages', at, 'actions');
  return (
    <section className={`pipeline-stage${wrong ? ' pipeline-bad' : ''}`} aria-label={`Stage ${stage.name}`}>
      <div className="pipeline-stage-head">
        <FormField label={`Name of stage ${at + 1}`} errorText={said(flaws, 'stages', at, 'name')}>
          <Input value={stage.name} onChange={({ detail }) => set({ ...stage, name: detail.value })} />
        </FormField>
        <SpaceBetween direction="horizontal" size="xs">
          <Button formAction="none" iconName="angle-up" variant="icon" ariaLabel={`Move ${stage.name} up`} disabled={at === 0} onClick={() => onChange(movedStage(pipeline, at, -1))} />
          <Button formAction="none" iconName="angle-down" variant="icon" ariaLabel={`Move ${stage.name} down`} disabled={at === pipeline.stages.length - 1} onClick={() => onChange(movedStage(pipeline, at, 1))} />
          <Button formAction="none" iconName="remove" variant="icon" ariaLabel={`Remove the stage ${stage.name}`} onClick={() => onChange(withoutStage(pipeline, at))} />
        </SpaceBetween>
      </div>
      {wrong && <StatusIndicator type="error">{wrong}</StatusIndicator>}
      <ol className="pipeline-groups" aria-label={`Actions of ${stage.name}`}>
        {groups.map((group, number) => (
          <li key={number}>
            <ul className="pipeline-group">
              {group.map((action) => (
                <ActionTile key={stage.actions.indexOf(action)} pipeline={pipeline} stage={at} action={action} flaws={flaws} onEdit={onEdit} onChange={onChange} />
              ))}
              <li>
                <Button formAction="none" variant="inline-link" ariaLabel={`Add action beside ${group.map(({ name }) => name).join(', ')}`} onClick={() => onAdd(group[0].runOrder ?? 1)}>Add action</Button>
              </li>
            </ul>
          </li>
        ))}
        <li>
          <Button formAction="none" onClick={() => onAdd(last + 1)} ariaLabel={`Add action group to ${stage.name}`}>Add action group</Button>
        </li>
      </ol>
    </section>
  );
}

interface TileProps {
  pipeline: Pipeline;
  stage: number;
  action: Action;
  flaws: Flaw[];
  onEdit: (index: number) => void;
  onChange: (pipeline: Pipeline) => void;
}

function ActionTile({ pipeline, stage, action, flaws, onEdit, onChange }: TileProps) {
  const own = pipeline.stages[stage];
  const index = own.actions.indexOf(action);
  const wrong = inside(flaws, 'stages', stage, 'actions', index);
  const isWrong = wrong.some(({ severity }) => severity === 'error');
  const act = (id: string) => {
    if (id === 'edit') onEdit(index);
    else if (id === 'remove') onChange(withStage(pipeline, stage, withoutAction(own, index)));
    else onChange(withStage(pipeline, stage, movedAction(own, action.name, id === 'earlier' ? -1 : 1)));
  };
  return (
    <li className={`pipeline-action${isWrong ? ' pipeline-bad' : ''}`} aria-label={`Action ${action.name}`}>
      <div className="pipeline-stage-head">
        <div>
          <Box variant="h3" padding="n">{action.name || 'Without a name'}</Box>
          <Box fontSize="body-s" color="text-body-secondary">{[shownProvider(action.actionTypeId.provider), subject(action.actionTypeId, action.configuration)?.text].filter(Boolean).join(': ')}</Box>
        </div>
        <ButtonDropdown
          variant="icon"
          ariaLabel={`Change ${action.name}`}
          onItemClick={({ detail }) => act(detail.id)}
          items={[
            { id: 'edit', text: 'Edit' },
            { id: 'earlier', text: 'Run one group earlier' },
            { id: 'later', text: 'Run one group later' },
            { id: 'remove', text: 'Remove' },
          ]}
        />
      </div>
      <Button formAction="none" variant="inline-link" ariaLabel={`Edit ${action.name}`} onClick={() => onEdit(index)}>Edit</Button>
      {wrong.map(({ path, message, severity }) => (
        <StatusIndicator key={path.join('.') + message} type={severity}>
          {path.length > 4 ? `${describe(path.slice(4), pipeline)}: ${message}` : message}
        </StatusIndicator>
      ))}
    </li>
  );
}
