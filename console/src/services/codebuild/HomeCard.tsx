import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Link from '@cloudscape-design/components/link';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { latestBuilds } from './api';
import { BuildTable } from './BuildTable';
import { isFailed } from './status';

const MOST_FAILED = 5;

export default function HomeCard() {
  const { data, error, loading, reload } = useResource('home builds', latestBuilds, (arn) => arn.includes(':codebuild:'));
  if (error && !data) return <Failure what="The builds can't be listed" error={error} retry={reload} />;
  const builds = data ?? [];
  const running = builds.filter((build) => !build.buildComplete);
  const failed = builds.filter(isFailed).slice(0, MOST_FAILED);
  return (
    <SpaceBetween size="l">
      <BuildTable
        withProject
        running
        label="Builds that run"
        builds={running}
        loading={loading}
        header={<Header counter={`(${running.length})`}>Running builds</Header>}
        empty={
          <Empty title="Nothing is building">
            <Link href="#/codebuild/projects">Start a build</Link> of a project, or push to a repository whose pipeline builds.
          </Empty>
        }
      />
      <BuildTable
        withProject
        label="Builds that failed lately"
        builds={failed}
        loading={loading}
        header={<Header description={`Of the last ${builds.length} builds`}>Failed lately</Header>}
        empty={<Empty title="No build has failed lately">What fails is listed here with the reason.</Empty>}
      />
    </SpaceBetween>
  );
}
