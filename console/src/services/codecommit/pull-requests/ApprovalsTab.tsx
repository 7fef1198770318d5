import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { notify } from '../../../app/notifications';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Empty } from '../../../components/Empty';
import { FormModal } from '../../../components/FormModal';
import { Moment } from '../../../components/time';
import { useAction } from '../../../components/useAction';
import { nameOfUser } from './activity';
import { deleteRule, postComment, setOverride, type ApprovalRule, type Approvals, type PullRequest } from './api';
import { ApprovalStatus } from './DetailsTab';
import { RuleModal } from './RuleModal';
import { ruleInWords } from './rules';
import { baseOf, explaining, targetOf } from './words';

interface Props {
  name: string;
  pullRequest: PullRequest;
  approvals: Approvals | undefined;
  reload: () => void;
}

type Asking = { what: 'override' } | { what: 'create' } | { what: 'edit' | 'delete'; rule: ApprovalRule };

/** Who approves, which rules there are and whether they are satisfied. */
export function ApprovalsTab({ name, pullRequest, approvals, reload }: Props) {
  const { pullRequestId: id, revisionId, approvalRules: rules = [] } = pullRequest;
  const [asking, setAsking] = useState<Asking>();
  const [busy, act] = useAction();
  const isOpen = pullRequest.pullRequestStatus === 'OPEN';
  const close = () => setAsking(undefined);
  const revoke = () =>
    act('The override was not revoked', async () => {
      await explaining(setOverride(id, revisionId, 'REVOKE'));
      reload();
    });

  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            description="Approvals are of a revision: what is pushed to the source begins a new one, without any."
            actions={
              isOpen && approvals && rules.length > 0 && (approvals.overridden ? (
                <Button loading={busy} onClick={revoke}>Revoke override</Button>
              ) : (
                <Button onClick={() => setAsking({ what: 'override' })}>Override approval rules</Button>
              ))
            }
          >
            Approvals
          </Header>
        }
      >
        <SpaceBetween size="s">
          <ApprovalStatus approvals={approvals} rules={rules.length} />
          {approvals?.approvers.map((arn) => (
            <div key={arn}>
              <StatusIndicator type="success">{nameOfUser(arn)}</StatusIndicator> <Box variant="small">{arn}</Box>
            </div>
          ))}
        </SpaceBetween>
      </Container>
      <Table
        items={rules}
        trackBy="approvalRuleId"
        wrapLines
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: 'Approval rules' }}
        header={
          <Header counter={`(${rules.length})`} actions={isOpen && <Button onClick={() => setAsking({ what: 'create' })}>Create approval rule</Button>}>
            Approval rules
          </Header>
        }
        empty={<Empty title="There are no approval rules">A rule says how many have to approve before this can be merged, and who they may be.</Empty>}
        columnDefinitions={[
          { id: 'name', header: 'Rule', isRowHeader: true, cell: (rule) => rule.approvalRuleName },
          { id: 'says', header: 'What it needs', minWidth: 180, cell: (rule) => ruleInWords(rule.approvalRuleContent) },
          { id: 'state', header: 'State', minWidth: 130, cell: (rule) => <RuleState rule={rule} approvals={approvals} /> },
          { id: 'from', header: 'From template', cell: (rule) => rule.originApprovalRuleTemplate?.approvalRuleTemplateName ?? '–' },
          {
            id: 'changed',
            header: 'Changed',
            minWidth: 140,
            cell: (rule) => <>{nameOfUser(rule.lastModifiedUser)}, <Moment at={rule.lastModifiedDate} /></>,
          },
          {
            id: 'actions',
            header: 'Actions',
            minWidth: 120,
            // What came from a template is changed by nobody.
            cell: (rule) =>
              isOpen && !rule.originApprovalRuleTemplate && (
                <SpaceBetween direction="horizontal" size="xs">
                  <Button variant="inline-link" ariaLabel={`Edit ${rule.approvalRuleName}`} onClick={() => setAsking({ what: 'edit', rule })}>Edit</Button>
                  <Button variant="inline-link" ariaLabel={`Delete ${rule.approvalRuleName}`} onClick={() => setAsking({ what: 'delete', rule })}>Delete</Button>
                </SpaceBetween>
              ),
          },
        ]}
      />
      {asking?.what === 'override' && <OverrideModal name={name} pullRequest={pullRequest} onClose={close} onDone={reload} />}
      {asking?.what === 'create' && <RuleModal id={id} others={rules} onClose={close} onDone={reload} />}
      {asking?.what === 'edit' && <RuleModal id={id} rule={asking.rule} others={rules} onClose={close} onDone={reload} />}
      {asking?.what === 'delete' && (
        <ConfirmDelete
          title={`Delete the approval rule ${asking.rule.approvalRuleName}`}
          onClose={close}
          onConfirm={async () => {
            await explaining(deleteRule(id, asking.rule.approvalRuleName));
            reload();
          }}
        >
          It no longer has to be satisfied for this pull request to be merged.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}

function RuleState({ rule, approvals }: { rule: ApprovalRule; approvals: Approvals | undefined }) {
  if (approvals?.satisfied.includes(rule.approvalRuleName)) return <StatusIndicator type="success">Satisfied</StatusIndicator>;
  if (approvals?.notSatisfied.includes(rule.approvalRuleName)) {
    return approvals.overridden ? <StatusIndicator type="warning">Overridden</StatusIndicator> : <StatusIndicator type="pending">Not satisfied</StatusIndicator>;
  }
  return <StatusIndicator type="pending">Not known</StatusIndicator>;
}

/** CodeCommit keeps no reason with an override: it is a comment, so that all can read it. */
function OverrideModal({ name, pullRequest, onClose, onDone }: { name: string; pullRequest: PullRequest; onClose: () => void; onDone: () => void }) {
  const [reason, setReason] = useState('');
  const { pullRequestId: id, revisionId } = pullRequest;
  const target = targetOf(pullRequest);
  const override = async () => {
    await explaining(setOverride(id, revisionId, 'OVERRIDE'));
    onDone();
    if (!reason.trim() || !target) return;
    const place = { repositoryName: name, pullRequestId: id, beforeCommitId: baseOf(target), afterCommitId: target.sourceCommit };
    try {
      await postComment(place, `Overrode the approval rules: ${reason}`);
    } catch {
      notify({ type: 'warning', header: 'The rules are overridden, but the reason was not posted', content: 'Write it as a comment.' });
    }
  };
  return (
    <FormModal title="Override approval rules" action="Override" onClose={onClose} onSubmit={override}>
      <Alert type="warning">The pull request can then be merged though not all rules are satisfied. Everybody sees who overrode them.</Alert>
      <FormField label={<>Reason <i>- optional</i></>} description="It is posted as a comment.">
        <Textarea value={reason} rows={3} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormModal>
  );
}
