import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { shownName } from '../../../api/session';
import { Moment } from '../../../components/time';
import { useAction } from '../../../components/useAction';
import { enableTransition } from '../api';
import { places } from '../links';
import type { StageView } from './model';

interface Props {
  pipeline: string;
  view: StageView;
  onDisable: () => void;
  onChanged: () => void;
}

/** The way into a stage: open, or closed with who closed it and why. */
export function Transition({ pipeline, view: { stage, state, waiting }, onDisable, onChanged }: Props) {
  const [busy, act] = useAction();
  const transition = state?.inboundTransitionState;
  const enabled = transition?.enabled !== false;
  const enable = () =>
    act(`The transition to ${stage.name} was not enabled`, async () => {
      await enableTransition(pipeline, stage.name);
      onChanged();
    });
  return (
    <div className="pipeline-transition" role="group" aria-label={`Transition to ${stage.name}`}>
      <span className={enabled ? 'pipeline-arrow' : 'pipeline-arrow pipeline-arrow-off'} aria-hidden="true">↓</span>
      {enabled ? (
        <Button onClick={onDisable} ariaLabel={`Disable transition to ${stage.name}`}>Disable transition</Button>
      ) : (
        <>
          <Button loading={busy} onClick={enable} ariaLabel={`Enable transition to ${stage.name}`}>Enable transition</Button>
          <StatusIndicator type="stopped">
            Disabled{transition?.lastChangedBy && ` by ${shownName(transition.lastChangedBy)}`} <Moment at={transition?.lastChangedAt} />
            {transition?.disabledReason && <>: {transition.disabledReason}</>}
          </StatusIndicator>
        </>
      )}
      {waiting && (
        <Box>
          Execution <Link href={`#${places.execution(pipeline, waiting.pipelineExecutionId)}`}>{waiting.pipelineExecutionId.slice(0, 8)}</Link> waits here
        </Box>
      )}
    </div>
  );
}
