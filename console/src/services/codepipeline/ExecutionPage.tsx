import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { Elapsed, Moment } from '../../components/time';
import { ActionDetail } from './ActionDetail';
import { ActionTimeline } from './ActionTimeline';
import { getExecution, getPipeline, isPipeline, listActions, listExecutions } from './api';
import { StopDialog } from './dialogs/StopDialog';
import { isActive } from './graph/model';
import { places } from './links';
import { Revisions, sourcesOf } from './Revisions';
import { Status } from './status';
import { triggerText } from './trigger';
import type { ActionExecution } from './types';

async function load(name: string, id: string, signal: AbortSignal) {
  const [execution, actions, { executions }] = await Promise.all([
    getExecution(name, id, signal),
    listActions(name, id, signal),
    // Only there are the times and revisions by source; older executions are shown without.
    listExecutions(name, 100, signal),
  ]);
  const version = await getPipeline(name, signal, execution.pipelineVersion).catch(() => undefined);
  return { execution, actions, summary: executions.find((it) => it.pipelineExecutionId === id), stages: version?.pipeline.stages };
}

export default function ExecutionPage({ params: { name, id } }: PageProps) {
  const [chosen, setChosen] = useState<string>();
  const [stopping, setStopping] = useState(false);
  const { data, error, reload } = useResource(`execution ${name} ${id}`, (signal) => load(name, id, signal), (arn) => isPipeline(arn, name));
  if (error && !data) return <Failure what="The execution can’t be shown" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const { execution, actions, summary, stages } = data;
  const start = summary?.startTime ?? actions[0]?.startTime;
  const last = Math.max(...actions.map((it) => it.lastUpdateTime ?? 0));
  const end = isActive(execution) ? undefined : (summary?.lastUpdateTime ?? (last > 0 ? last : start));
  const detail: ActionExecution | undefined = actions.find((it) => it.actionExecutionId === chosen);
  const failed = actions.findLast((it) => it.status === 'Failed');
  const said = failed?.output?.executionResult?.errorDetails;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        info={<Status word={execution.status} />}
        description={`Execution of ${name}`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={`#${places.pipeline(name)}`}>View pipeline</Button>
            {isActive(execution) && <Button onClick={() => setStopping(true)}>Stop execution</Button>}
          </SpaceBetween>
        }
      >
        {id}
      </Header>
      {error && <Failure what="What has changed can’t be read" error={error} retry={reload} />}
      {execution.status === 'Failed' && failed && (
        <Alert type="error" header={`${failed.actionName} in ${failed.stageName} failed${said?.code ? `: ${said.code}` : ''}`} action={<Button onClick={() => setChosen(failed.actionExecutionId)}>Details</Button>}>
          <span className="pipeline-said">{said?.message ?? 'It did not say why.'}</span>
        </Alert>
      )}
      <Container header={<Header>Summary</Header>}>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'Status', value: <><Status word={execution.status} />{execution.statusSummary && <div>{execution.statusSummary}</div>}</> },
            { label: 'Started', value: <Moment at={start} /> },
            { label: 'Duration', value: <Elapsed start={start} end={end} /> },
            { label: 'Trigger', value: triggerText(execution.trigger) },
            { label: 'Pipeline version', value: execution.pipelineVersion },
            { label: 'Execution mode', value: execution.executionMode ?? '–' },
            ...(summary?.stopTrigger?.reason ? [{ label: 'Why it was stopped', value: summary.stopTrigger.reason }] : []),
            { label: 'Source revisions', value: summary ? <Revisions revisions={summary.sourceRevisions} sources={sourcesOf(stages)} /> : (execution.artifactRevisions ?? []).map((it) => <div key={it.name}>{it.name} {it.revisionId?.slice(0, 12)}</div>) },
          ]}
        />
      </Container>
      <ActionTimeline actions={actions} chosen={chosen} onChoose={setChosen} />
      {detail && <ActionDetail action={detail} onClose={() => setChosen(undefined)} />}
      <Table
        items={execution.variables ?? []}
        trackBy="name"
        variant="container"
        contentDensity="compact"
        wrapLines
        ariaLabels={{ tableLabel: 'Variables of the pipeline' }}
        header={<Header description="Those that actions gave are with the actions.">Variables of the pipeline</Header>}
        empty={<>The pipeline has no variables of its own. <Link href={`#${places.edit(name)}`}>Give it some</Link> where each execution should be told something.</>}
        columnDefinitions={[
          { id: 'name', header: 'Name', isRowHeader: true, cell: (it) => it.name },
          { id: 'value', header: 'Value', cell: (it) => it.resolvedValue },
        ]}
      />
      {stopping && summary && <StopDialog name={name} active={[summary]} onClose={() => setStopping(false)} onStopped={reload} />}
    </SpaceBetween>
  );
}
