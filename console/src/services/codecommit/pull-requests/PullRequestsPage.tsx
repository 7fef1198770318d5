import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { session } from '../../../api/session';
import { useResource } from '../../../api/useResource';
import type { PageProps } from '../../../app/service';
import { Empty } from '../../../components/Empty';
import { Failure } from '../../../components/Failure';
import { Moment } from '../../../components/time';
import { isOfRepository } from '../api';
import { places } from '../places';
import { RepositoryFrame } from '../RepositoryFrame';
import { nameOfUser } from './activity';
import { listPullRequests, type PullRequest, type Wanted } from './api';
import { pullRequestPlaces } from './places';
import { branchOf, stateOf, targetOf } from './words';

/** Pull requests that are read at first, and each time that more are asked for. */
const STEP = 25;

const STATES: { id: Wanted['status']; text: string; none: string }[] = [
  { id: 'OPEN', text: 'Open', none: 'No pull request is open' },
  { id: 'CLOSED', text: 'Closed', none: 'No pull request was closed without a merge' },
  { id: 'MERGED', text: 'Merged', none: 'No pull request was merged yet' },
  { id: 'ALL', text: 'All', none: 'There are no pull requests yet' },
];

/** An author as the API wants it: a bare name is a user of this account. */
function arnOf(author: string): string | undefined {
  const text = author.trim();
  if (text === '') return undefined;
  return text.startsWith('arn:') ? text : `arn:aws:iam::${session.get()?.account}:user/${text}`;
}

export default function PullRequestsPage({ params: { name } }: PageProps) {
  const [status, setStatus] = useState<Wanted['status']>('OPEN');
  const [typed, setTyped] = useState('');
  const [author, setAuthor] = useState('');
  const [most, setMost] = useState(STEP);
  const wanted = { status, authorArn: arnOf(author) };
  const { data, error, loading, reload } = useResource(
    `pull requests ${name} ${status} ${author} ${most}`,
    (signal) => listPullRequests(name, wanted, most, signal),
    (arn) => isOfRepository(arn, name),
  );
  const pullRequests = data?.pullRequests ?? [];
  const known = [...new Set([session.get()?.arn ?? '', ...pullRequests.map((it) => it.authorArn)])].filter(Boolean);
  const state = STATES.find(({ id }) => id === status)!;

  const choose = (next: string) => {
    setTyped(next);
    setAuthor(next);
    setMost(STEP);
  };

  return (
    <RepositoryFrame name={name} tab="pull-requests">
      <SpaceBetween size="m">
        {error && <Failure what="The pull requests can't be listed" error={error} retry={reload} />}
        <Table<PullRequest>
          items={pullRequests}
          trackBy="pullRequestId"
          loading={!data && loading}
          loadingText="Reading pull requests"
          wrapLines
          enableKeyboardNavigation
          ariaLabels={{ tableLabel: 'Pull requests' }}
          header={
            <Header
              counter={data && `(${pullRequests.length}${data.more ? '+' : ''})`}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button iconName="refresh" ariaLabel="Refresh pull requests" loading={loading && !!data} onClick={reload} />
                  <Button variant="primary" href={`#${places.createPullRequest(name)}`}>Create pull request</Button>
                </SpaceBetween>
              }
            >
              Pull requests
            </Header>
          }
          filter={
            <SpaceBetween direction="horizontal" size="xs">
              <SegmentedControl
                label="State"
                selectedId={status}
                options={STATES.map(({ id, text }) => ({ id, text }))}
                onChange={({ detail }) => {
                  setStatus(detail.selectedId as Wanted['status']);
                  setMost(STEP);
                }}
              />
              <Autosuggest
                value={typed}
                ariaLabel="Author"
                placeholder="Any author"
                enteredTextLabel={(text) => `Only those by ${text}`}
                options={known.map((arn) => ({ value: arn, label: nameOfUser(arn), description: arn === session.get()?.arn ? 'You' : arn }))}
                empty="A user’s name, or an ARN"
                onChange={({ detail }) => (detail.value === '' ? choose('') : setTyped(detail.value))}
                onSelect={({ detail }) => choose(detail.value)}
              />
            </SpaceBetween>
          }
          empty={
            error ? null : author ? (
              <Empty title="No pull request fits">{`${nameOfUser(arnOf(author))} has none of this state here.`}</Empty>
            ) : (
              <Empty title={state.none}>
                A pull request shows what a branch would bring into another, lets others comment and approve, and merges it. Push a
                branch, then choose <i>Create pull request</i>.
              </Empty>
            )
          }
          footer={data?.more && <Button loading={loading} onClick={() => setMost(most + STEP)}>Show more</Button>}
          columnDefinitions={[
            {
              id: 'title',
              header: 'Pull request',
              isRowHeader: true,
              minWidth: 200,
              cell: (it) => <Link href={`#${pullRequestPlaces.pullRequest(name, it.pullRequestId)}`}>{`${it.pullRequestId}: ${it.title}`}</Link>,
            },
            {
              id: 'state',
              header: 'State',
              minWidth: 110,
              cell: (it) => <StatusIndicator type={stateOf(it).type}>{stateOf(it).word}</StatusIndicator>,
            },
            { id: 'author', header: 'Author', cell: (it) => <span title={it.authorArn}>{nameOfUser(it.authorArn)}</span> },
            {
              id: 'branches',
              header: 'From and into',
              minWidth: 160,
              cell: (it) => `${branchOf(targetOf(it)?.sourceReference ?? '')} → ${branchOf(targetOf(it)?.destinationReference ?? '')}`,
            },
            { id: 'rules', header: 'Approval rules', cell: (it) => it.approvalRules?.length ?? 0 },
            { id: 'active', header: 'Last activity', minWidth: 160, cell: (it) => <Moment at={it.lastActivityDate} /> },
          ]}
        />
      </SpaceBetween>
    </RepositoryFrame>
  );
}
