import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import type { ApiError } from '../api/errors';

/** Why something can't be shown, with the request id and what to do. */
export function Failure({ what, error, retry }: { what: string; error: ApiError; retry?: () => void }) {
  return (
    <Alert
      type={error.isDenied ? 'warning' : 'error'}
      header={`${what}: ${error.code}`}
      action={retry && <Button onClick={retry}>Try again</Button>}
    >
      <div>{error.shown}</div>
      {error.advice && <div>{error.advice}</div>}
      {error.requestId && <div>Request id {error.requestId}</div>}
    </Alert>
  );
}
