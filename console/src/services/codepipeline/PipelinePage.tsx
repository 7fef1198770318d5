import Spinner from '@cloudscape-design/components/spinner';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useReading } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { Graph } from './graph/Graph';
import { stagesOf } from './graph/model';
import { PipelineFrame } from './PipelineFrame';
import { pipeline } from './readings';

export default function PipelinePage({ params: { name } }: PageProps) {
  const { data, error, reload } = useReading(pipeline(name));
  return (
    <PipelineFrame name={name} tab="pipeline" onChanged={reload}>
      <SpaceBetween size="m">
        {error && <Failure what="The pipeline can’t be shown" error={error} retry={reload} />}
        {!data && !error && <Spinner size="large" />}
        {data && <Graph pipeline={data.pipeline} stages={stagesOf(data.pipeline, data.state, data.executions)} onChanged={reload} />}
      </SpaceBetween>
    </PipelineFrame>
  );
}
