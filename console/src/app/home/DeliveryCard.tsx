import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { useReading } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { delivery, RANGE, RANGES } from './ahead';
import type { Delivery } from './api';
import { DayChart } from './DayChart';
import { Executions } from './Executions';
import { failureRate, frequency, span } from './words';

/** The four DORA measures, from what the yard's pipelines did, and which of them run or failed. */
export function DeliveryCard({ onPipelines }: { onPipelines: (count: number | undefined) => void }) {
  const [days, setDays] = useState(RANGE);
  const { data, error, reload } = useReading(delivery(days));
  const count = data ? data.pipelinesAnalyzed + data.pipelinesDenied : undefined;
  const known = data !== undefined || error !== undefined;
  useEffect(() => {
    if (known) onPipelines(count);
  }, [known, count]);
  if (error && !data) return <Failure what="Delivery can't be measured" error={error} retry={reload} />;
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description={data && described(data)}
            actions={
              // Buttons: a SegmentedControl brings the code of Select along.
              <div role="group" aria-label="Days back">
                <SpaceBetween direction="horizontal" size="xxs">
                  {RANGES.map((range) => (
                    <Button
                      key={range}
                      variant={range === days ? 'primary' : 'normal'}
                      nativeButtonAttributes={{ 'aria-pressed': range === days }}
                      onClick={() => setDays(range)}
                    >
                      {range} days
                    </Button>
                  ))}
                </SpaceBetween>
              </div>
            }
          >
            Delivery
          </Header>
        }
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={4} variant="text-grid" minColumnWidth={150}>
            <Measure name="Deployment frequency" value={data && frequency(data.total.succeeded, days)} note={data && `${data.total.succeeded} succeeded`} />
            <Measure name="Lead time for changes" value={data && span(data.total.leadTimeSeconds)} note="From commit to deployed, median" />
            <Measure name="Change failure rate" value={data && failureRate(data.total)} note={data && `${data.total.failed} of ${data.total.failed + data.total.succeeded} failed`} />
            <Measure name="Time to restore" value={data && span(data.total.timeToRestoreSeconds)} note={data && restored(data)} />
          </ColumnLayout>
          {data && data.total.succeeded + data.total.failed > 0 && <DayChart days={data.byDay} />}
        </SpaceBetween>
      </Container>
      <Executions delivery={data} />
    </SpaceBetween>
  );
}

function Measure({ name, value, note }: { name: string; value?: string; note?: string }) {
  return (
    <div>
      <Box variant="awsui-key-label">{name}</Box>
      <Box fontSize="display-l" fontWeight="bold">{value ?? '…'}</Box>
      <Box color="text-body-secondary" fontSize="body-s">{note}</Box>
    </div>
  );
}

function described({ pipelinesAnalyzed, pipelinesDenied, truncated }: Delivery): string {
  const parts = [`${pipelinesAnalyzed} ${pipelinesAnalyzed === 1 ? 'pipeline' : 'pipelines'}`];
  if (pipelinesDenied > 0) parts.push(`${pipelinesDenied} more that you may not see`);
  if (truncated) parts.push('only the newest executions');
  return `${parts.join(', ')}. A delivery is an execution that deployed.`;
}

function restored({ total }: Delivery): string {
  if (total.unrestored > 0) return `${total.unrestored} not restored yet`;
  return 'From a failure to the next success, median';
}
