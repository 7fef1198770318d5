import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState, type ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { IAM, list, query, STS } from '../api/query';
import { useResource } from '../api/useResource';
import { pathOf } from '../app/router';
import { Failure } from './Failure';
import { JsonView } from './JsonView';
import { decidedBy, decisionOf, entityOf, remedy, SAYS, suggestion, type Decision, type MatchedStatement } from './refusal';

/** The decision behind a refusal, asked of `sts:DecodeAuthorizationMessage`. */
export function Explanation({ encoded }: { encoded: string }) {
  const { data, error, reload } = useResource(`decoded ${encoded}`, async (signal) => {
    const { DecodedMessage } = await query<{ DecodedMessage: string }>(STS, 'DecodeAuthorizationMessage', { EncodedMessage: encoded }, signal);
    return decisionOf(DecodedMessage);
  });
  if (error) {
    return (
      <SpaceBetween size="m">
        <Failure what="The message can't be decoded" error={error} retry={error.isDenied ? undefined : reload} />
        {error.isDenied && (
          <Box>
            Only who may call sts:DecodeAuthorizationMessage learns which policies there are. Give this message to whoever manages IAM here:
            the page “Explain a refusal” takes it.
            <JsonView text={encoded} label="the encoded message" />
          </Box>
        )}
      </SpaceBetween>
    );
  }
  if (!data) return <Spinner />;
  return <Explained decision={data} />;
}

function Explained({ decision }: { decision: Decision }) {
  const { allowed, explicitDeny, matched, principal, action, resource, conditions } = decision;
  const by = decidedBy(decision);
  const statement = suggestion({ action, resource, principal: principal.arn, explicit: explicitDeny, by });
  return (
    <SpaceBetween size="l">
      <Alert type={allowed ? 'success' : 'warning'} header={allowed ? 'The request was allowed' : explicitDeny ? `Denied by a statement in the ${SAYS[by]}` : `No ${SAYS[by]} allows it`}>
        {!allowed && remedy(explicitDeny, by)}
      </Alert>
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'Action', value: action },
          { label: 'Resource', value: <Wrapped>{resource}</Wrapped> },
          { label: 'Principal', value: <Wrapped>{principal.arn}</Wrapped> },
          { label: 'Decision', value: <StatusIndicator type={allowed ? 'success' : 'error'}>{allowed ? 'Allowed' : explicitDeny ? 'Explicit deny' : 'Implicit deny'}</StatusIndicator> },
        ]}
      />
      <Table
        variant="embedded"
        items={matched}
        header={<Header variant="h3" counter={`(${matched.length})`}>Matched statements</Header>}
        ariaLabels={{ tableLabel: 'Matched statements' }}
        empty="No statement of any policy is about this action on this resource."
        wrapLines
        columnDefinitions={[
          { id: 'effect', header: 'Effect', cell: (it) => <StatusIndicator type={it.effect === 'DENY' ? 'error' : 'success'}>{it.effect === 'DENY' ? 'Deny' : 'Allow'}</StatusIndicator> },
          { id: 'statement', header: 'Statement', isRowHeader: true, cell: (it) => it.statementId || `number ${it.statementIndex + 1}` },
          { id: 'policy', header: 'Policy', cell: (it) => <Source statement={it} /> },
          { id: 'type', header: 'Type of policy', cell: (it) => it.sourcePolicyType },
        ]}
      />
      {statement && !allowed && <Suggested decision={decision} statement={statement} />}
      <ExpandableSection headerText={`Context of the request (${conditions.length} condition keys)`}>
        <Table
          variant="embedded"
          items={conditions}
          ariaLabels={{ tableLabel: 'Context of the request' }}
          wrapLines
          columnDefinitions={[
            { id: 'key', header: 'Key', isRowHeader: true, cell: ({ key }) => key },
            { id: 'values', header: 'Values', cell: ({ values }) => <Wrapped>{values.join(', ')}</Wrapped> },
          ]}
        />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Wrapped({ children }: { children: ReactNode }) {
  return <Box fontSize="body-s" display="block"><span className="wrapped">{children}</span></Box>;
}

function Source({ statement: { sourcePolicyId } }: { statement: MatchedStatement }) {
  if (/^arn:[^:]+:iam::[^:]+:policy\//.test(sourcePolicyId)) {
    return <Link href={`#${pathOf('iam', 'policies', sourcePolicyId)}`}>{sourcePolicyId}</Link>;
  }
  return <Wrapped>{sourcePolicyId}</Wrapped>;
}

type Verdict = { decision: string } | { error: ApiError };

/** A statement that would allow it, and whether the simulator agrees. */
function Suggested({ decision, statement }: { decision: Decision; statement: object }) {
  const [busy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict>();
  const by = decidedBy(decision);
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const canSimulate = by === 'Identity' && /:(user|role)\/|:assumed-role\//.test(decision.principal.arn);

  const simulate = async () => {
    setBusy(true);
    try {
      const { EvaluationResults } = await query<{ EvaluationResults: { EvalDecision: string }[] | '' }>(IAM, 'SimulatePrincipalPolicy', {
        PolicySourceArn: entityOf(decision.principal.arn),
        ActionNames: [decision.action],
        ResourceArns: [decision.resource],
        PolicyInputList: [document],
        ContextEntries: decision.conditions.map(({ key, values }) => ({ ContextKeyName: key, ContextKeyValues: values, ContextKeyType: 'stringList' })),
      });
      setVerdict({ decision: list(EvaluationResults)[0]?.EvalDecision ?? 'nothing' });
    } catch (failure) {
      setVerdict({ error: failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)) });
    } finally {
      setBusy(false);
    }
  };

  return (
    <SpaceBetween size="s">
      <Header variant="h3" actions={canSimulate && <Button formAction="none" loading={busy} onClick={simulate}>Simulate with this statement</Button>}>
        What would allow it
      </Header>
      <JsonView text={JSON.stringify(statement)} label="the statement that would allow it" />
      {verdict && 'error' in verdict && <Failure what="It can't be simulated" error={verdict.error} />}
      {verdict && 'decision' in verdict && (
        <StatusIndicator type={verdict.decision === 'allowed' ? 'success' : 'error'}>
          {verdict.decision === 'allowed'
            ? 'With this statement the request would be allowed.'
            : `Even with this statement the request would end with ${verdict.decision}: something else stands against it.`}
        </StatusIndicator>
      )}
    </SpaceBetween>
  );
}
