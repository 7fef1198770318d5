import Box from '@cloudscape-design/components/box';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import { useAction } from '../../../components/useAction';
import { retryStage, type RetryMode } from '../api';
import { places } from '../links';
import { Revisions } from '../Revisions';
import { colour, Status } from '../status';
import type { Action } from '../types';
import { ActionCard } from './ActionCard';
import { isRetryable, type StageView } from './model';

interface Props {
  pipeline: string;
  view: StageView;
  sources: Map<string, Action>;
  onReview: (action: string) => void;
  onChanged: () => void;
}

export function StageCard({ pipeline, view, sources, onReview, onChanged }: Props) {
  const [busy, act] = useAction();
  const { stage, state, groups, execution } = view;
  const { pipelineExecutionId: id, status } = state?.latestExecution ?? {};
  const retries = state?.retryStageMetadata?.manualStageRetryAttempt;
  const retry = (mode: RetryMode) =>
    act(`${stage.name} was not retried`, async () => {
      if (id) await retryStage(pipeline, stage.name, id, mode);
      onChanged();
    });
  return (
    <section className={`pipeline-stage pipeline-${colour(status)}`} aria-label={`Stage ${stage.name}`}>
      <Header
        variant="h2"
        info={<Status word={status} />}
        description={
          id && (
            <>
              Pipeline execution <Link href={`#${places.execution(pipeline, id)}`} ariaLabel={`Execution ${id}`}>{id.slice(0, 8)}</Link>
              {retries ? `, retried ${retries} ${retries === 1 ? 'time' : 'times'}` : ''}
            </>
          )
        }
        actions={
          isRetryable(state) && (
            <ButtonDropdown
              loading={busy}
              onItemClick={({ detail }) => retry(detail.id as RetryMode)}
              items={[
                { id: 'FAILED_ACTIONS', text: 'Retry failed actions', description: 'What succeeded is kept.' },
                { id: 'ALL_ACTIONS', text: 'Retry all actions', description: 'The stage from its beginning.' },
              ]}
            >
              Retry stage
            </ButtonDropdown>
          )
        }
      >
        {stage.name}
      </Header>
      <ol className="pipeline-groups" aria-label={`Actions of ${stage.name}`}>
        {groups.map((group) => (
          <li key={group[0].action.runOrder ?? 1}>
            <ul className="pipeline-group">
              {group.map((it) => (
                <ActionCard key={it.action.name} view={it} onReview={() => onReview(it.action.name)} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {execution?.sourceRevisions && execution.sourceRevisions.length > 0 && (
        <div className="pipeline-revisions">
          <Box fontSize="body-s">
            <Revisions revisions={execution.sourceRevisions} sources={sources} />
          </Box>
        </div>
      )}
    </section>
  );
}
