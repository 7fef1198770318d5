import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tabs from '@cloudscape-design/components/tabs';
import { useCallback, useMemo, useState } from 'react';
import { session } from '../../../api/session';
import { useResource } from '../../../api/useResource';
import { go, useAddress } from '../../../app/router';
import type { PageProps } from '../../../app/service';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Failure } from '../../../components/Failure';
import { FormModal } from '../../../components/FormModal';
import { useAction } from '../../../components/useAction';
import { isOfRepository } from '../api';
import { ActivityTab } from './ActivityTab';
import { nameOfUser } from './activity';
import { closePullRequest, getApprovals, getPullRequest, listComments, setApproval, updateTitle, type PullRequest } from './api';
import { ApprovalsTab } from './ApprovalsTab';
import { ChangesTab } from './ChangesTab';
import { CommitsTab } from './CommitsTab';
import { DetailsTab } from './DetailsTab';
import { pullRequestPlaces, type PullRequestTab } from './places';
import { threadsOf } from './threads';
import { branchOf, explaining, stateOf, targetOf } from './words';

const TABS: PullRequestTab[] = ['details', 'activity', 'changes', 'commits', 'approvals'];

export default function PullRequestPage({ params: { name, id } }: PageProps) {
  const { data, error, reload } = useResource(
    `pull request ${id}`,
    (signal) => getPullRequest(id, signal),
    (arn) => isOfRepository(arn, name),
  );
  if (error && !data) return <Failure what="The pull request can't be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  return <Shown name={name} pullRequest={data} reload={reload} />;
}

function Shown({ name, pullRequest, reload }: { name: string; pullRequest: PullRequest; reload: () => void }) {
  const { pullRequestId: id, title, authorArn, revisionId } = pullRequest;
  const { query } = useAddress();
  const wanted = query.get('tab') as PullRequestTab;
  const tab = TABS.includes(wanted) ? wanted : 'details';
  const [asking, setAsking] = useState<'title' | 'close'>();
  const [busy, act] = useAction();
  const target = targetOf(pullRequest);
  const isOpen = pullRequest.pullRequestStatus === 'OPEN';
  const concerns = (arn: string) => isOfRepository(arn, name);
  const comments = useResource(`comments ${id}`, (signal) => listComments(id, signal), concerns);
  const approvals = useResource(`approvals ${id} ${revisionId}`, (signal) => getApprovals(id, revisionId, signal), concerns);
  const threads = useMemo(() => threadsOf(comments.data ?? []), [comments.data]);

  const me = session.get()?.arn ?? '';
  const approves = approvals.data?.approvers.includes(me) ?? false;
  const refresh = useCallback(() => {
    reload();
    approvals.reload();
  }, [reload, approvals.reload]);
  const approve = () =>
    act(approves ? 'The approval was not revoked' : 'It was not approved', async () => {
      await explaining(setApproval(id, revisionId, approves ? 'REVOKE' : 'APPROVE'));
      refresh();
    });

  const said = threads.reduce((sum, { replies }) => sum + 1 + replies.length, 0);
  const state = stateOf(pullRequest);
  const problems = comments.error && <Failure what="The comments can't be read" error={comments.error} retry={comments.reload} />;
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        info={<StatusIndicator type={state.type}>{state.word}</StatusIndicator>}
        description={target && `${nameOfUser(authorArn)} wants to merge ${branchOf(target.sourceReference)} into ${branchOf(target.destinationReference)} of ${name}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {isOpen && <Button iconName="edit" ariaLabel="Edit title" onClick={() => setAsking('title')} />}
            {isOpen && <Button onClick={() => setAsking('close')}>Close pull request</Button>}
            {isOpen && (
              <Button
                loading={busy}
                disabled={me === authorArn || !approvals.data}
                disabledReason={me === authorArn ? 'Somebody else than the author has to approve it.' : 'The approvals can’t be read.'}
                onClick={approve}
              >
                {approves ? 'Revoke approval' : 'Approve'}
              </Button>
            )}
            {isOpen && <Button variant="primary" href={`#${pullRequestPlaces.merge(name, id)}`}>Merge</Button>}
          </SpaceBetween>
        }
      >
        {`${id}: ${title}`}
      </Header>
      {approvals.error && <Failure what="The approvals can't be read" error={approvals.error} retry={approvals.reload} />}
      <Tabs
        ariaLabel={`Parts of pull request ${id}`}
        activeTabId={tab}
        onChange={({ detail }) => go(pullRequestPlaces.pullRequest(name, id, detail.activeTabId as PullRequestTab))}
        tabs={[
          {
            id: 'details',
            label: 'Details',
            content: (
              <DetailsTab
                name={name}
                pullRequest={pullRequest}
                approvals={approvals.data}
                comments={(comments.data ?? []).flatMap((group) => group.comments ?? [])}
                reload={reload}
              />
            ),
          },
          {
            id: 'activity',
            label: `Activity${said > 0 ? ` (${said})` : ''}`,
            content: (
              <>
                {problems}
                <ActivityTab name={name} pullRequest={pullRequest} threads={threads} reload={comments.reload} />
              </>
            ),
          },
          {
            id: 'changes',
            label: 'Changes',
            content: (
              <>
                {problems}
                {target ? <ChangesTab name={name} id={id} target={target} threads={threads} reload={comments.reload} /> : <Box>It has no target.</Box>}
              </>
            ),
          },
          { id: 'commits', label: 'Commits', content: target ? <CommitsTab name={name} target={target} /> : <Box>It has no target.</Box> },
          {
            id: 'approvals',
            label: `Approvals${approvals.data ? ` (${approvals.data.approvers.length})` : ''}`,
            content: <ApprovalsTab name={name} pullRequest={pullRequest} approvals={approvals.data} reload={refresh} />,
          },
        ].map((it) => ({ ...it, content: it.id === tab ? it.content : null }))}
      />
      {asking === 'title' && (
        <TitleModal
          initial={title}
          onClose={() => setAsking(undefined)}
          onSave={async (next) => {
            await explaining(updateTitle(id, next));
            reload();
          }}
        />
      )}
      {asking === 'close' && (
        <ConfirmDelete
          title="Close the pull request"
          action="Close pull request"
          onClose={() => setAsking(undefined)}
          onConfirm={async () => {
            await explaining(closePullRequest(id));
            reload();
          }}
        >
          A closed pull request can’t be opened again, and nothing of it is merged. The branches stay as they are.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}

function TitleModal({ initial, onClose, onSave }: { initial: string; onClose: () => void; onSave: (title: string) => Promise<void> }) {
  const [title, setTitle] = useState(initial);
  const wrong = wrongTitle(title);
  return (
    <FormModal title="Edit title" action="Save" ready={!wrong} onClose={onClose} onSubmit={() => onSave(title)}>
      <FormField label="Title" errorText={wrong}>
        <Input value={title} autoFocus onChange={({ detail }) => setTitle(detail.value)} />
      </FormField>
    </FormModal>
  );
}

/** Characters of a title; AWS's quota. */
const LONGEST_TITLE = 150;

function wrongTitle(title: string): string | undefined {
  if (title.trim() === '') return 'A title is needed';
  return title.length > LONGEST_TITLE ? `At most ${LONGEST_TITLE} characters; there are ${title.length}` : undefined;
}
