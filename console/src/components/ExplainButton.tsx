import Button from '@cloudscape-design/components/button';
import { lazy, Suspense, useState } from 'react';

const ExplainModal = lazy(() => import('./ExplainModal'));

/** Opens the explanation of a refusal from its encoded message. */
export function ExplainButton({ encoded }: { encoded: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button formAction="none" onClick={() => setOpen(true)}>Explain</Button>
      {open && (
        <Suspense fallback={null}>
          <ExplainModal encoded={encoded} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
