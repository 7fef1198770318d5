import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Failure } from '../../components/Failure';
import { LogView } from '../../components/LogView';
import { useLogStream } from '../../components/useLogStream';
import { deleteStream } from './api';
import { groupPath } from './paths';
import { readStream } from './read';

export default function StreamPage({ params: { name: group, stream } }: PageProps) {
  const [tail, setTail] = useState(false);
  const [times, setTimes] = useState(true);
  const [deleting, setDeleting] = useState(false);
  const live = useLogStream(`${group} ${stream} ${times}`, readStream(group, stream, times), tail);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={group} actions={<Button onClick={() => setDeleting(true)}>Delete stream</Button>}>
          {stream}
        </Header>
      }
    >
      <Container
        header={
          <Header
            actions={
              <SpaceBetween direction="horizontal" size="m">
                <Toggle checked={times} onChange={({ detail }) => setTimes(detail.checked)}>Timestamps</Toggle>
                <Toggle checked={tail} onChange={({ detail }) => setTail(detail.checked)}>Live tail</Toggle>
              </SpaceBetween>
            }
          >
            Log events
          </Header>
        }
      >
        <SpaceBetween size="s">
          {live.error && <Failure what="The log can't be shown" error={live.error} />}
          <LogView key={String(tail)} log={live.log} version={live.version} growing={live.growing && !live.error} fromEnd={tail} fileName={`${stream.replace(/\W+/g, '-')}.log`} />
        </SpaceBetween>
      </Container>
      {deleting && (
        <ConfirmDelete
          title={`Delete ${stream}`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteStream(group, stream);
            go(groupPath(group));
          }}
        >
          Its events are deleted. They can’t be had back.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}
