import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import type { Repository } from './api';
import { places } from './places';
import { associate, disassociate, getTriggers, listTemplates, putTriggers, templatesOf } from './settings';

/** How somebody is told of what happens: rules of EventBridge. */
export function Notifications({ repository }: { repository: Repository }) {
  const pattern = JSON.stringify({ source: ['aws.codecommit'], resources: [repository.Arn] }, null, 2);
  return (
    <Container header={<Header description="What happens in the repository is told on the default event bus.">Notifications</Header>}>
      <SpaceBetween size="s">
        <div>
          AWS’s notification rules (CodeStar Notifications) send to topics of SNS and chats, which this yard has not. A rule of
          EventBridge gets the same: pushes, pull requests, comments and approvals. This pattern matches all of this repository:
        </div>
        <pre className="commit-body" tabIndex={0}>{pattern}</pre>
        <div>
          <Box variant="code">aws events put-rule --name NAME --event-pattern …</Box>, then <Box variant="code">aws events put-targets</Box>.
        </div>
      </SpaceBetween>
    </Container>
  );
}

/** Triggers, of which there can be none here: what they call is missing. */
export function Triggers({ name }: { name: string }) {
  const triggers = useResource(`triggers ${name}`, (signal) => getTriggers(name, signal));
  const [gone, setGone] = useState<string>();
  return (
    <>
      <ItemTable
        title="Triggers"
        level="part"
        description="Triggers call topics of SNS and functions of Lambda. This yard has neither, so it refuses to make one; rules of EventBridge tell of the same changes."
        resource={triggers}
        idOf={(trigger) => trigger.name}
        selection="single"
        actions={([trigger]) => <Button disabled={!trigger} onClick={() => setGone(trigger?.name)}>Delete</Button>}
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: (trigger) => trigger.name },
          { id: 'destination', header: 'Destination', cell: (trigger) => trigger.destinationArn },
          { id: 'events', header: 'Events', cell: (trigger) => trigger.events.join(', ') },
          { id: 'branches', header: 'Branches', cell: (trigger) => trigger.branches?.join(', ') || 'All' },
        ]}
        empty={<Empty title="There are no triggers">The tab “Notifications” tells how to be told of changes here.</Empty>}
      />
      {gone && (
        <ConfirmDelete
          title={`Delete the trigger ${gone}?`}
          onClose={() => setGone(undefined)}
          onConfirm={async () => {
            await putTriggers(name, (triggers.data ?? []).filter((trigger) => trigger.name !== gone));
            triggers.reload();
          }}
        >
          Nothing is called any more when references change.
        </ConfirmDelete>
      )}
    </>
  );
}

/** Templates whose approval rules each new pull request of the repository gets. */
export function Templates({ name }: { name: string }) {
  const templates = useResource(`templates of ${name}`, (signal) => templatesOf(name, signal));
  const [adding, setAdding] = useState(false);
  const [gone, setGone] = useState<string>();
  return (
    <>
      <ItemTable
        title="Approval rule templates"
        level="part"
        description="Each new pull request gets an approval rule from each of these."
        resource={templates}
        idOf={(template) => template}
        textOf={(template) => template}
        selection="single"
        actions={([template]) => (
          <>
            <Button disabled={!template} onClick={() => setGone(template)}>Remove association</Button>
            <Button variant="primary" onClick={() => setAdding(true)}>Associate template</Button>
          </>
        )}
        columns={[{ id: 'name', header: 'Template', isRowHeader: true, sortBy: (template) => template, cell: (template) => template }]}
        empty={<Empty title="No template is associated">A template says how many approvals a pull request needs, and from whom. <Link href={`#${places.templates}`}>Templates</Link> are made for the whole account.</Empty>}
      />
      {adding && <Associate name={name} known={templates.data ?? []} onClose={() => setAdding(false)} onDone={templates.reload} />}
      {gone && (
        <ConfirmDelete
          title={`Remove ${gone} from ${name}?`}
          action="Remove association"
          onClose={() => setGone(undefined)}
          onConfirm={async () => {
            await disassociate(name, gone);
            templates.reload();
          }}
        >
          New pull requests no longer get its rule; those that are open keep it. The template itself stays.
        </ConfirmDelete>
      )}
    </>
  );
}

function Associate({ name, known, onClose, onDone }: { name: string; known: string[]; onClose: () => void; onDone: () => void }) {
  const all = useResource('all templates', (signal) => listTemplates(signal));
  const [chosen, setChosen] = useState<string[]>([]);
  const option = (value: string) => ({ value, label: value });
  if (all.error) return <Failure what="Templates can't be listed" error={all.error} retry={all.reload} />;
  return (
    <FormModal
      title="Associate approval rule templates"
      action="Associate"
      ready={chosen.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        // One after the other: what was done before one fails is shown.
        try {
          for (const template of chosen) await associate(name, template);
        } finally {
          onDone();
        }
      }}
    >
      <Multiselect
        selectedOptions={chosen.map(option)}
        options={(all.data ?? []).filter((it) => !known.includes(it)).map(option)}
        filteringType="auto"
        ariaLabel="Approval rule templates"
        placeholder="Choose templates"
        statusType={all.loading && !all.data ? 'loading' : 'finished'}
        empty="There is no other template"
        deselectAriaLabel={({ label }) => `Leave ${label} out`}
        onChange={({ detail }) => setChosen(detail.selectedOptions.map((it) => it.value ?? ''))}
      />
    </FormModal>
  );
}
