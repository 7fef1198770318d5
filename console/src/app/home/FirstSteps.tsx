import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import { useResource } from '../../api/useResource';
import { useSubmit } from '../../components/useSubmit';
import { Failure } from '../../components/Failure';
import { getQuickstart, startQuickstart } from './api';
import './home.css';

/** How often a run is asked how far it came; it takes some seconds. */
const ASK = 700;

/** What to do first, and an application to try it on. */
export default function FirstSteps() {
  const { data, error: unread, reload } = useResource('quickstart', getQuickstart);
  const { busy, error, submit } = useSubmit();
  const runs = data?.status === 'IN_PROGRESS';
  const lines = useRef<HTMLPreElement>(null);

  useEffect(() => {
    if (!runs) return;
    const timer = setTimeout(reload, ASK);
    return () => clearTimeout(timer);
  }, [runs, data, reload]);
  useEffect(() => {
    lines.current?.scrollTo({ top: lines.current.scrollHeight });
  }, [data?.lines.length]);

  const start = () =>
    submit(async () => {
      await startQuickstart();
      reload();
    });

  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A repository, a build and a pipeline that deploys to two hosts on this machine: about three seconds"
          actions={
            <Button
              loading={busy || runs}
              disabled={unread?.isDenied}
              disabledReason="No policy allows you codeyard:GetQuickstart and codeyard:StartQuickstart"
              onClick={start}
            >
              Create the quickstart application
            </Button>
          }
        >
          First steps
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ol>
          <li>Create the quickstart application, or <Link href="#/codecommit/create">a repository</Link> of your own.</li>
          <li>Watch <Link href="#/codepipeline/pipelines/quickstart">its pipeline</Link> go from source to build to deployment.</li>
          <li>Change a file <Link href="#/codecommit/repositories/quickstart">in the browser</Link>, or clone it with git and push: the pipeline starts by itself.</li>
          <li>Give your team <Link href="#/iam/users">users</Link> and say what they may do.</li>
        </ol>
        {unread && !unread.isDenied && <Failure what="The quickstart can't be looked at" error={unread} retry={reload} />}
        {error && <Failure what="The quickstart was not started" error={error} />}
        {data?.status === 'SUCCEEDED' && (
          <Alert type="success" header="The quickstart application is live">
            <Link href="#/codepipeline/pipelines/quickstart">Its pipeline</Link> shows what happened.
          </Alert>
        )}
        {data?.status === 'FAILED' && <Alert type="error" header="The quickstart failed">The last lines say why. What it made is kept; starting it again goes on from there.</Alert>}
        {data && data.lines.length > 0 && (
          <pre className="quickstart" ref={lines} tabIndex={0} role="region" aria-label="What the quickstart said">{data.lines.join('\n')}</pre>
        )}
      </SpaceBetween>
    </Container>
  );
}
