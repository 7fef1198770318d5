import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ApiError } from '../api/errors';
import { ExplainButton } from './ExplainButton';
import { refusalOf, SAYS } from './refusal';

/** Why something can't be shown, with the request id and what to do. A refusal can be explained. */
export function Failure({ what, error, retry }: { what: string; error: ApiError; retry?: () => void }) {
  const { encoded } = error;
  const refusal = error.isDenied ? refusalOf(error) : undefined;
  return (
    <Alert
      type={error.isDenied ? 'warning' : 'error'}
      header={`${what}: ${error.code}`}
      action={
        (retry || encoded) && (
          <SpaceBetween direction="horizontal" size="xs">
            {retry && <Button formAction="none" onClick={retry}>Try again</Button>}
            {encoded && <ExplainButton encoded={encoded} />}
          </SpaceBetween>
        )
      }
    >
      <div>{error.shown}</div>
      {refusal && (
        <div>
          <Box variant="strong">{refusal.action}</Box> on <Box variant="strong">{refusal.resource}</Box>:{' '}
          {refusal.explicit ? `a statement in the ${SAYS[refusal.decidedBy]} denies it.` : `no ${SAYS[refusal.decidedBy]} allows it.`}
        </div>
      )}
      {error.advice && <div>{error.advice}</div>}
      {error.requestId && <div>Request id {error.requestId}</div>}
    </Alert>
  );
}
