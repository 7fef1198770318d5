import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { ItemTable } from '../../components/ItemTable';
import { JsonView } from '../../components/JsonView';
import { TagPanel } from '../../components/TagPanel';
import { useAction } from '../../components/useAction';
import { deleteRule, describeRule, events, listTags, listTargets, saveTags, throwFailed, type Failed, type Target } from './api';
import { RuleState } from './RulesPage';
import { TargetForm } from './TargetForm';
import { Tester } from './Tester';

export default function RulePage({ params: { name } }: PageProps) {
  const rule = useResource(`rule ${name}`, (signal) => describeRule(name, signal));
  const [deleting, setDeleting] = useState(false);
  const [busy, act] = useAction();
  if (rule.error && !rule.data) return <Failure what="The rule can't be shown" error={rule.error} retry={rule.reload} />;
  if (!rule.data) return <Spinner size="large" />;
  const { Arn, Description, EventPattern = '', State, EventBusName } = rule.data;
  const turn = () =>
    act(`The rule ${name} was not changed`, async () => {
      await events(State === 'ENABLED' ? 'DisableRule' : 'EnableRule', { Name: name });
      rule.reload();
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={Description}
          info={<RuleState state={State} />}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button loading={busy} onClick={turn}>{State === 'ENABLED' ? 'Disable' : 'Enable'}</Button>
              <Button onClick={() => setDeleting(true)}>Delete</Button>
              <Button href={`#${pathOf('events', 'rules', name, 'edit')}`}>Edit</Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header>Rule details</Header>}>
          <KeyValuePairs columns={2} items={[{ label: 'ARN', value: <span className="wrapped">{Arn}</span> }, { label: 'Event bus', value: EventBusName }]} />
        </Container>
        <Tabs
          ariaLabel={`About ${name}`}
          tabs={[
            { id: 'targets', label: 'Targets', content: <Targets rule={name} /> },
            {
              id: 'pattern',
              label: 'Event pattern',
              content: (
                <SpaceBetween size="l">
                  <JsonView text={EventPattern} label="the event pattern" />
                  <Container header={<Header>Test the pattern</Header>}>
                    <Tester pattern={EventPattern} ready />
                  </Container>
                </SpaceBetween>
              ),
            },
            { id: 'tags', label: 'Tags', content: <Tags arn={Arn} /> },
          ]}
        />
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title={`Delete the rule ${name}?`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteRule(name);
            notify({ type: 'success', header: `The rule ${name} is deleted` });
            go('/events/rules');
          }}
        >
          Its targets are taken away first; they get no more events from it. This can’t be undone.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Tags({ arn }: { arn: string }) {
  const tags = useResource(`rule tags ${arn}`, (signal) => listTags(arn, signal));
  return <TagPanel resource={tags} save={(changes) => saveTags(arn, changes)} />;
}

/** What a target is given, in a word. */
function given({ Input, InputPath, InputTransformer }: Target): string {
  if (Input !== undefined) return 'A constant';
  if (InputPath !== undefined) return `The part ${InputPath}`;
  return InputTransformer ? 'A transformed event' : 'The event';
}

function Targets({ rule }: { rule: string }) {
  const targets = useResource(`targets ${rule}`, (signal) => listTargets(rule, signal));
  const [edited, setEdited] = useState<Target | 'new'>();
  const [removed, setRemoved] = useState<Target>();
  return (
    <>
      <ItemTable
        level="part"
        title="Targets"
        resource={targets}
        idOf={({ Id }) => Id}
        selection="single"
        actions={([target]) => (
          <>
            <Button disabled={!target} onClick={() => setRemoved(target)}>Remove</Button>
            <Button disabled={!target} onClick={() => setEdited(target)}>Edit</Button>
            <Button disabled={(targets.data?.length ?? 5) >= 5} onClick={() => setEdited('new')}>Add target</Button>
          </>
        )}
        empty={<Empty title="The rule has no targets">Events that fit go nowhere until it has one: a pipeline, a build project or a log group.</Empty>}
        columns={[
          { id: 'id', header: 'Id', isRowHeader: true, cell: ({ Id }) => Id },
          { id: 'arn', header: 'Target', cell: ({ Arn }) => <span className="wrapped">{Arn}</span> },
          { id: 'role', header: 'Role', cell: ({ RoleArn }) => (RoleArn ? <span className="wrapped">{RoleArn}</span> : '–') },
          { id: 'input', header: 'Is given', cell: given },
        ]}
      />
      {edited && <TargetForm rule={rule} target={edited === 'new' ? undefined : edited} known={targets.data ?? []} onDone={targets.reload} onClose={() => setEdited(undefined)} />}
      {removed && (
        <ConfirmDelete
          title={`Remove the target ${removed.Id}?`}
          action="Remove"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            throwFailed(await events<Failed>('RemoveTargets', { Rule: rule, Ids: [removed.Id] }));
            targets.reload();
          }}
        >
          It gets no more events from this rule.
        </ConfirmDelete>
      )}
    </>
  );
}
