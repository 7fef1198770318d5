import './codecommit.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Multiselect from '@cloudscape-design/components/multiselect';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useMemo } from 'react';
import { useResource } from '../../api/useResource';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { isOfRepository, timeOf } from './api';
import { CommitsFrame } from './CommitsFrame';
import { Unready, useDefault } from './CommitsPage';
import { Pointers } from './CommitTable';
import { listCommits, listReferences, type ListedCommit } from './history';
import { lanesOf, type GraphRow } from './lanes';
import { places } from './places';
import { useMore } from './useMore';
import { authorOf, branchOf, isCommitId, shortId, shownReference, subjectOf, tagOf } from './words';

/** Most references that ListCommits begins at. */
const MOST_TIPS = 10;
const ROW = 36;
const LANE = 16;
const COLORS = 6;

/** Commits as a graph: who stands on whom, of one branch or of several. */
export default function GraphPage({ params: { name, reference } }: PageProps) {
  const { query } = useAddress();
  const standard = useDefault(name, reference);
  const more = query.getAll('with').filter((it) => it !== standard.reference);
  return (
    <CommitsFrame name={name} view="visualizer" reference={reference}>
      <Unready {...standard} />
      {standard.reference && <Graph name={name} tips={[standard.reference, ...more].slice(0, MOST_TIPS)} />}
    </CommitsFrame>
  );
}

function Graph({ name, tips }: { name: string; tips: string[] }) {
  const concerns = (arn: string) => isOfRepository(arn, name);
  const listing = useMore<ListedCommit>(
    `graph ${name} ${tips.join(' ')}`,
    async (nextToken, signal) => {
      const page = await listCommits({ repositoryName: name, commitSpecifiers: tips, maxResults: 100, nextToken }, signal);
      return { items: page.commits, nextToken: page.nextToken };
    },
    concerns,
  );
  const references = useResource(`graph references ${name}`, (signal) => listReferences({ repositoryName: name }, signal), concerns);
  const rows = useMemo(() => lanesOf(listing.items ?? []), [listing.items?.length, listing.items?.[0]]);

  const option = (value: string) => ({ value, label: shownReference(value), description: isCommitId(value) ? 'Commit' : value.startsWith('refs/tags/') ? 'Tag' : undefined });
  const named = (references.data?.references ?? []).map(({ name: full }) => (full.startsWith('refs/heads/') ? branchOf(full) : full));
  const choose = ([first, ...rest]: string[]) => {
    if (first) go(places.graph(name, first) + (rest.length > 0 ? `?${rest.map((it) => `with=${encodeURIComponent(it)}`).join('&')}` : ''));
  };

  return (
    <SpaceBetween size="m">
      <Multiselect
        selectedOptions={tips.map(option)}
        options={[
          { label: 'Branches', options: named.filter((it) => !it.startsWith('refs/')).map(option) },
          { label: 'Tags', options: named.filter((it) => it.startsWith('refs/tags/')).map((value) => ({ value, label: tagOf(value) })) },
        ].filter((group) => group.options.length > 0)}
        filteringType="auto"
        filteringAriaLabel="Find a branch or tag"
        ariaLabel="Branches and tags in the graph"
        placeholder="Branches and tags in the graph"
        deselectAriaLabel={({ label }) => `Leave ${label} out`}
        statusType={references.error ? 'error' : references.loading && !references.data ? 'loading' : 'finished'}
        errorText={references.error?.shown}
        onChange={({ detail }) => choose(detail.selectedOptions.slice(0, MOST_TIPS).map((it) => it.value ?? ''))}
      />
      {listing.error && !listing.items && <Failure what="The graph can't be shown" error={listing.error} retry={listing.reload} />}
      {!listing.items && !listing.error && <Spinner />}
      {listing.items && (
        <Container
          header={<Header description={`A line leads from each commit to those that it stands on. Up to ${MOST_TIPS} branches and tags can be in it.`}>Commit visualizer</Header>}
          footer={listing.more && <Box textAlign="center"><Button loading={listing.busy} onClick={listing.more}>Show more</Button></Box>}
        >
          <Rows name={name} commits={listing.items} rows={rows} />
        </Container>
      )}
    </SpaceBetween>
  );
}

const x = (lane: number) => LANE * (lane + 0.75);

function Rows({ name, commits, rows }: { name: string; commits: ListedCommit[]; rows: GraphRow[] }) {
  const width = LANE * (Math.max(1, ...rows.map((row) => row.width)) + 0.5);
  return (
    <div className="graph" tabIndex={0} role="region" aria-label="Commit graph">
      <svg width={width} height={rows.length * ROW} aria-hidden="true">
        {rows.map((row, at) => <Lines key={commits[at].commit.commitId} row={row} top={at * ROW} />)}
      </svg>
      <ol className="graph-list">
        {rows.map((_, at) => {
          const { commit, references } = commits[at];
          const parents = commit.parents ?? [];
          return (
            <li key={commit.commitId} className="graph-row">
              <span className="graph-lanes" style={{ width }} />
              <span className="graph-subject">
                <Link href={`#${places.commit(name, commit.commitId)}`}>{subjectOf(commit.message)}</Link>
                {parents.length > 1 && <span className="unseen">{`, a merge of ${parents.map(shortId).join(' and ')}`}</span>}
              </span>
              <Pointers references={references} />
              <span className="graph-meta">{authorOf(commit)}</span>
              <span className="graph-meta"><Moment at={timeOf(commit.committer)} /></span>
              <span className="graph-meta">{shortId(commit.commitId)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Lines({ row, top }: { row: GraphRow; top: number }) {
  const middle = top + ROW / 2;
  const path = (from: number, y1: number, to: number, y2: number) => {
    const half = (y1 + y2) / 2;
    return from === to ? `M${x(from)} ${y1}V${y2}` : `M${x(from)} ${y1}C${x(from)} ${half} ${x(to)} ${half} ${x(to)} ${y2}`;
  };
  return (
    <>
      {row.above.map((edge, at) => <path key={`a${at}`} className={`lane lane-${edge.color % COLORS}`} d={path(edge.from, top, edge.to, middle)} />)}
      {row.below.map((edge, at) => <path key={`b${at}`} className={`lane lane-${edge.color % COLORS}`} d={path(edge.from, middle, edge.to, top + ROW)} />)}
      <circle className={`dot dot-${row.color % COLORS}`} cx={x(row.lane)} cy={middle} r={5} />
    </>
  );
}
