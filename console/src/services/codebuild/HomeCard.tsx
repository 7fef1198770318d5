import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Link from '@cloudscape-design/components/link';
import { useReading } from '../../api/useResource';
import { pathOf } from '../../app/router';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { PlainTable } from '../../components/PlainTable';
import { Elapsed, Moment } from '../../components/time';
import type { Build } from './api';
import { homeBuilds } from './readings';
import { isFailed, readable, reason, Status } from './status';

const MOST_FAILED = 5;

const columns = {
  build: {
    header: 'Build',
    cell: ({ id, projectName, buildNumber }: Build) => <Link href={`#${pathOf('codebuild', 'builds', id)}`}>{projectName} #{buildNumber ?? id.split(':').pop()}</Link>,
  },
  status: { header: 'Status', cell: ({ buildStatus }: Build) => <Status word={buildStatus} /> },
  phase: { header: 'Phase', cell: ({ currentPhase }: Build) => (currentPhase ? readable(currentPhase) : '–') },
  why: { header: 'Why it failed', cell: (build: Build) => reason(build) || '–' },
  version: { header: 'Version', cell: (build: Build) => (build.resolvedSourceVersion ?? build.sourceVersion ?? '–').slice(0, 12) },
  start: { header: 'Started', cell: ({ startTime }: Build) => <Moment at={startTime} /> },
  took: { header: 'Duration', cell: ({ startTime, endTime }: Build) => <Elapsed start={startTime} end={endTime} /> },
};
const { build, status, phase, why, version, start, took } = columns;

export default function HomeCard() {
  const { data, error, reload } = useReading(homeBuilds);
  if (error && !data) return <Failure what="The builds can't be listed" error={error} retry={reload} />;
  const { builds, more } = data ?? { builds: [], more: false };
  const running = builds.filter((it) => !it.buildComplete);
  const failed = builds.filter(isFailed).slice(0, MOST_FAILED);
  // CodeBuild lists builds by their time alone: what runs among older ones is not asked for.
  const among = more ? `Among the newest ${builds.length} builds` : undefined;
  return (
    <SpaceBetween size="l">
      <PlainTable
        label="Builds that run"
        items={running}
        loading={!data}
        keyOf={({ id }) => id}
        header={<Header counter={data && `(${running.length})`} description={among}>Running builds</Header>}
        columns={[build, status, phase, version, start, took]}
        empty={
          <Empty title="Nothing is building">
            <Link href="#/codebuild/projects">Start a build</Link> of a project, or push to a repository whose pipeline builds.
          </Empty>
        }
      />
      <PlainTable
        label="Builds that failed lately"
        items={failed}
        loading={!data}
        keyOf={({ id }) => id}
        header={<Header description={among}>Failed lately</Header>}
        columns={[build, status, why, version, start, took]}
        empty={<Empty title="No build has failed lately">What fails is listed here with the reason.</Empty>}
      />
    </SpaceBetween>
  );
}
