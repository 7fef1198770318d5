import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { list, queryAll, IAM } from '../../api/query';
import { useResource } from '../../api/useResource';
import { useAddress } from '../../app/router';
import { Failure } from '../../components/Failure';
import { hasErrors } from '../../components/JsonText';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { useSubmit } from '../../components/useSubmit';
import { listRoles, listUsers, NEW_POLICY } from './api';

interface Result {
  EvalActionName: string;
  EvalResourceName?: string;
  EvalDecision: string;
  MatchedStatements?: { SourcePolicyId: string; SourcePolicyType: string }[] | '';
  PermissionsBoundaryDecisionDetail?: { AllowedByPermissionsBoundary: string };
}

const DECISIONS: Record<string, { type: 'success' | 'error'; text: string }> = {
  allowed: { type: 'success', text: 'Allowed' },
  explicitDeny: { type: 'error', text: 'Denied by a statement' },
  implicitDeny: { type: 'error', text: 'Denied: no statement allows it' },
};

const lines = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** What a user or role may, decided by the same evaluation that decides requests. */
export default function SimulatorPage() {
  const { query } = useAddress();
  const [principal, setPrincipal] = useState(query.get('principal') ?? '');
  const [actions, setActions] = useState('');
  const [resources, setResources] = useState('*');
  const [context, setContext] = useState<{ key: string; values: string }[]>([]);
  const [more, setMore] = useState(false);
  const [policy, setPolicy] = useState(NEW_POLICY);
  const [results, setResults] = useState<Result[]>();
  const problems = usePolicyProblems(policy, 'identity');
  const { busy, error, submit } = useSubmit();
  const known = useResource('simulator principals', async (signal) => {
    const [users, roles] = await Promise.all([listUsers(signal), listRoles(signal)]);
    return [...users, ...roles].map(({ Arn }) => Arn);
  });
  const ready = /^arn:/.test(principal) && lines(actions).length > 0 && (!more || !hasErrors(problems));
  const change = (at: number, part: Partial<{ key: string; values: string }>) => setContext(context.map((item, index) => (index === at ? { ...item, ...part } : item)));

  const simulate = () =>
    submit(async () => {
      setResults(undefined);
      setResults(
        await queryAll<Result>(IAM, 'SimulatePrincipalPolicy', 'EvaluationResults', {
          PolicySourceArn: principal,
          ActionNames: lines(actions),
          ResourceArns: lines(resources),
          ContextEntries: context.filter(({ key }) => key).map(({ key, values }) => ({ ContextKeyName: key, ContextKeyValues: values.split(',').map((it) => it.trim()), ContextKeyType: 'stringList' })),
          PolicyInputList: more ? [policy] : undefined,
        }),
      );
    });

  return (
    <ContentLayout header={<Header variant="h1" description="Asks what would be allowed, without doing it.">Policy simulator</Header>}>
      <SpaceBetween size="l">
        <Container>
          <SpaceBetween size="m">
            <FormField label="Principal" description="The ARN of a user, group or role." constraintText={known.error && 'Users and roles can’t be listed: type the ARN.'}>
              <Autosuggest
                value={principal}
                options={(known.data ?? []).map((value) => ({ value }))}
                enteredTextLabel={(value) => `Use ${value}`}
                ariaLabel="Principal"
                placeholder="arn:aws:iam::123456789012:user/ann"
                onChange={({ detail }) => setPrincipal(detail.value)}
              />
            </FormField>
            <FormField label="Actions" description="One a line, as codebuild:StartBuild.">
              <Textarea value={actions} rows={3} spellcheck={false} onChange={({ detail }) => setActions(detail.value)} />
            </FormField>
            <FormField label="Resources" description="ARNs, one a line; * for any.">
              <Textarea value={resources} rows={2} spellcheck={false} onChange={({ detail }) => setResources(detail.value)} />
            </FormField>
            <FormField label="Condition keys" description="What the request would bring, as aws:SourceIp. Several values are separated by commas.">
              <AttributeEditor
                items={context}
                addButtonText="Add a condition key"
                removeButtonText="Remove"
                empty="No condition keys are given."
                onAddButtonClick={() => setContext([...context, { key: '', values: '' }])}
                onRemoveButtonClick={({ detail }) => setContext(context.filter((_, at) => at !== detail.itemIndex))}
                definition={[
                  { label: 'Key', control: ({ key }, at) => <Input value={key} onChange={({ detail }) => change(at, { key: detail.value })} /> },
                  { label: 'Values', control: ({ values }, at) => <Input value={values} onChange={({ detail }) => change(at, { values: detail.value })} /> },
                ]}
              />
            </FormField>
            <Checkbox checked={more} onChange={({ detail }) => setMore(detail.checked)}>With a policy beside those that it has</Checkbox>
            {more && <PolicyEditor value={policy} onChange={setPolicy} problems={problems} rows={10} />}
            <Button variant="primary" loading={busy} disabled={!ready} onClick={simulate}>Run simulation</Button>
          </SpaceBetween>
        </Container>
        {error && <Failure what="The simulation failed" error={error} />}
        {results && (
          <Table
            items={results}
            header={<Header counter={`(${results.length})`}>Results</Header>}
            ariaLabels={{ tableLabel: 'Results' }}
            wrapLines
            columnDefinitions={[
              { id: 'action', header: 'Action', isRowHeader: true, cell: ({ EvalActionName }) => EvalActionName },
              { id: 'resource', header: 'Resource', cell: ({ EvalResourceName }) => <span className="wrapped">{EvalResourceName ?? '*'}</span> },
              { id: 'decision', header: 'Decision', cell: ({ EvalDecision }) => <StatusIndicator type={DECISIONS[EvalDecision]?.type ?? 'info'}>{DECISIONS[EvalDecision]?.text ?? EvalDecision}</StatusIndicator> },
              {
                id: 'why', header: 'Matched policies',
                cell: ({ MatchedStatements, PermissionsBoundaryDecisionDetail: boundary }) =>
                  [...list(MatchedStatements).map(({ SourcePolicyId }) => SourcePolicyId), ...(boundary?.AllowedByPermissionsBoundary === 'false' ? ['the permissions boundary does not allow it'] : [])].join(', ') || 'None',
              },
            ]}
          />
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
