import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { pathOf } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { useAction } from '../../components/useAction';
import { DEFAULT_BUS, deleteRule, events, listRules, type Rule } from './api';

export function RuleState({ state }: { state: string }) {
  return <StatusIndicator type={state === 'ENABLED' ? 'success' : 'stopped'}>{state === 'ENABLED' ? 'Enabled' : 'Disabled'}</StatusIndicator>;
}

export default function RulesPage() {
  const rules = useResource('event rules', (signal) => listRules(DEFAULT_BUS, signal));
  const [deleted, setDeleted] = useState<Rule>();
  const [busy, act] = useAction();
  const turn = ({ Name, State }: Rule) =>
    act(`The rule ${Name} was not changed`, async () => {
      await events(State === 'ENABLED' ? 'DisableRule' : 'EnableRule', { Name });
      rules.reload();
    });
  return (
    <>
      <ItemTable
        title="Rules"
        description="A rule has a pattern; events that fit go to its targets. These are of the default event bus."
        resource={rules}
        idOf={({ Name }) => Name}
        textOf={({ Name, Description, EventPattern }) => `${Name} ${Description ?? ''} ${EventPattern ?? ''}`}
        selection="single"
        actions={([rule]) => (
          <>
            <Button disabled={!rule} loading={busy} onClick={() => turn(rule)}>{rule?.State === 'DISABLED' ? 'Enable' : 'Disable'}</Button>
            <Button disabled={!rule} onClick={() => setDeleted(rule)}>Delete</Button>
            <Button variant="primary" href="#/events/create-rule">Create rule</Button>
          </>
        )}
        empty={<Empty title="There are no rules yet">A rule can start a pipeline or a build when something happens, or keep events in a log group.</Empty>}
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.Name, cell: ({ Name }) => <Link href={`#${pathOf('events', 'rules', Name)}`}>{Name}</Link> },
          { id: 'state', header: 'Status', minWidth: 120, sortBy: (it) => it.State, cell: ({ State }) => <RuleState state={State} /> },
          { id: 'type', header: 'Type', cell: ({ ScheduleExpression }) => (ScheduleExpression ? 'Scheduled' : 'Event pattern') },
          { id: 'description', header: 'Description', cell: ({ Description }) => Description || '–' },
        ]}
      />
      {deleted && (
        <ConfirmDelete
          title={`Delete the rule ${deleted.Name}?`}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await deleteRule(deleted.Name);
            notify({ type: 'success', header: `The rule ${deleted.Name} is deleted` });
            rules.reload();
          }}
        >
          Its targets are taken away first; they get no more events from it. This can’t be undone.
        </ConfirmDelete>
      )}
    </>
  );
}
