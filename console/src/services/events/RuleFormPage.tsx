import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { useGuard } from '../../components/guard';
import { hasErrors, pretty } from '../../components/JsonText';
import { PageForm } from '../../components/PageForm';
import { areTags, filled, TagFields, type Tag } from '../../components/TagPanel';
import { useSubmit } from '../../components/useSubmit';
import { describeRule, events, RULE_NAME, type Rule } from './api';
import { PatternField, usePatternProblems } from './PatternField';
import { KINDS, patternFor } from './samples';
import { Tester } from './Tester';

/** Creates a rule, or edits the one that the address names. */
export default function RuleFormPage({ params: { name } }: PageProps) {
  const known = useResource(`rule form ${name}`, (signal) => (name ? describeRule(name, signal) : Promise.resolve(undefined)));
  if (known.error) return <Failure what="The rule can't be edited" error={known.error} retry={known.reload} />;
  if (known.loading) return <Spinner size="large" />;
  return <RuleForm rule={known.data} />;
}

/** What the form changes of a rule. */
const editedOf = (rule: Rule) => ({ description: rule.Description ?? '', isEnabled: rule.State !== 'DISABLED', pattern: pretty(rule.EventPattern ?? '') });

function RuleForm({ rule }: { rule?: Rule }) {
  const { query } = useAddress();
  const [name, setName] = useState(rule?.Name ?? '');
  const [description, setDescription] = useState(rule?.Description ?? '');
  const [enabled, setEnabled] = useState(rule?.State !== 'DISABLED');
  const [pattern, setPattern] = useState(() => pretty(rule?.EventPattern ?? query.get('pattern') ?? patternFor(KINDS[0])));
  const [tags, setTags] = useState<Tag[]>([]);
  const problems = usePatternProblems(pattern);
  const { busy, error, submit } = useSubmit();
  const badName = name !== '' && !RULE_NAME.test(name) && 'Up to 64 letters, digits and . - _';
  const ready = name !== '' && !badName && !hasErrors(problems) && areTags(tags);
  const path = pathOf('events', 'rules', name);

  const send = () =>
    void submit(async () => {
      if (!(await isUnchanged())) return;
      await events('PutRule', {
        Name: name,
        Description: description || undefined,
        EventPattern: pattern,
        State: enabled ? 'ENABLED' : 'DISABLED',
        Tags: rule || filled(tags).length === 0 ? undefined : filled(tags),
      });
      notify({ type: 'success', header: rule ? `The rule ${name} is changed` : `The rule ${name} is created. Give it a target.` });
      go(path);
    });
  const { isUnchanged, question } = useGuard(
    {
      opened: rule && editedOf(rule),
      read: async () => editedOf(await describeRule(name)),
      shown: (now) => <pre className="there-now" tabIndex={0} role="region" aria-label="There now">{`${now.isEnabled ? 'Enabled' : 'Disabled'}. ${now.description}\n${now.pattern}`}</pre>,
      load: (now) => {
        setDescription(now.description);
        setEnabled(now.isEnabled);
        setPattern(now.pattern);
      },
    },
    send,
  );

  return (
    <PageForm title={rule ? `Edit ${rule.Name}` : 'Create rule'} action={rule ? 'Save changes' : 'Create rule'} cancel={rule ? path : '/events/rules'} busy={busy} ready={ready} onSubmit={send}>
      <Container header={<Header>Rule detail</Header>}>
        <SpaceBetween size="m">
          <FormField label="Name" errorText={badName}>
            <Input value={name} autoFocus={!rule} disabled={!!rule} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="Description">
            <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
          <Toggle checked={enabled} onChange={({ detail }) => setEnabled(detail.checked)}>Enabled on the default event bus</Toggle>
          <Alert type="info">Rules go by patterns: this yard refuses schedules (<code>rate</code>, <code>cron</code>) by name.</Alert>
        </SpaceBetween>
      </Container>
      <Container header={<Header description="An event fits where it has all that the pattern names.">Event pattern</Header>}>
        <SpaceBetween size="m">
          <PatternField value={pattern} onChange={setPattern} problems={problems} />
          <ExpandableSection headerText="Test the pattern">
            <Tester pattern={pattern} ready={!hasErrors(problems)} />
          </ExpandableSection>
        </SpaceBetween>
      </Container>
      {!rule && (
        <Container header={<Header>Tags</Header>}>
          <TagFields tags={tags} onChange={setTags} />
        </Container>
      )}
      {question}
      {error && <Failure what={rule ? 'The rule was not changed' : 'The rule was not created'} error={error} />}
    </PageForm>
  );
}
