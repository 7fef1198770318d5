import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notifyError } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { buildsOfProject, getProjects, isOfProject, startBuild } from './api';
import { BuildTable } from './BuildTable';

const STEP = 25;

export default function ProjectPage({ params: { name } }: PageProps) {
  const [most, setMost] = useState(STEP);
  const [starting, setStarting] = useState(false);
  const concerns = (arn: string) => isOfProject(arn, name);
  const project = useResource(`project ${name}`, (signal) => getProjects([name], signal), concerns);
  const builds = useResource(`builds ${name} ${most}`, (signal) => buildsOfProject(name, most, signal), concerns);

  const start = async () => {
    setStarting(true);
    try {
      const build = await startBuild({ projectName: name });
      go(pathOf('codebuild', 'builds', build.id));
    } catch (error) {
      notifyError(`No build of ${name} was started`, error);
    } finally {
      setStarting(false);
    }
  };

  const found = project.data?.[0];
  if (project.data && !found) {
    return <Empty title={`There is no project ${name}`}>It may have been deleted, or be in another region.</Empty>;
  }
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={found?.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button href={`#${pathOf('codebuild', 'projects', name, 'start')}`}>Start with overrides</Button>
              <Button variant="primary" loading={starting} onClick={start}>
                Start build
              </Button>
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {project.error && <Failure what="The project can't be shown" error={project.error} retry={project.reload} />}
        {found && (
          <Container header={<Header>Settings</Header>}>
            <KeyValuePairs
              columns={3}
              items={[
                { label: 'Source', value: `${found.source.type}${found.source.location ? ` ${found.source.location}` : ''}` },
                { label: 'Version', value: found.sourceVersion ?? 'The source’s default' },
                { label: 'Image', value: `${found.environment.image} (${found.environment.computeType})` },
                { label: 'Service role', value: <Box fontSize="body-s">{found.serviceRole}</Box> },
                { label: 'Time limit', value: `${found.timeoutInMinutes ?? 60} minutes` },
                { label: 'ARN', value: <Box fontSize="body-s">{found.arn}</Box> },
              ]}
            />
          </Container>
        )}
        {builds.error ? (
          <Failure what="The builds can't be listed" error={builds.error} retry={builds.reload} />
        ) : (
          <BuildTable
            label={`Builds of ${name}`}
            builds={builds.data?.builds ?? []}
            loading={builds.loading}
            header={
              <Header actions={builds.data?.more && <Button onClick={() => setMost(100)} disabled={most >= 100}>Show more</Button>}>
                Builds
              </Header>
            }
            empty={<Empty title="Nothing was built yet">“Start build” runs the buildspec of the project’s source.</Empty>}
          />
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
