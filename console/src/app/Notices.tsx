import Flashbar from '@cloudscape-design/components/flashbar';
import { useEffect, useRef } from 'react';
import { ExplainButton } from '../components/ExplainButton';
import { dismiss, expire, leave, useNotices } from './notifications';

/** How long a message of success is shown, in milliseconds, and how often it is looked whether that is over. */
const SHOWN = 20_000;
const LOOK = 2_000;

/** Messages above the pages. Those of success end when the page is left, or after a while, but not while somebody is at them. */
export function Notices({ path }: { path: string }) {
  const notices = useNotices();
  const place = useRef<HTMLDivElement>(null);
  useEffect(leave, [path]);
  const passing = notices.some(({ type }) => type === 'success');
  useEffect(() => {
    if (!passing) return;
    const timer = setInterval(() => place.current?.matches(':hover, :focus-within') || expire(SHOWN), LOOK);
    return () => clearInterval(timer);
  }, [passing]);
  return (
    <div ref={place}>
      <Flashbar
        stackItems
        items={notices.map(({ requestId, content, encoded, at: _, ...notice }) => ({
          ...notice,
          action: encoded && <ExplainButton encoded={encoded} />,
          dismissible: true,
          dismissLabel: 'Dismiss',
          onDismiss: () => dismiss(notice.id),
          content: (
            <>
              {content}
              {requestId && <div>Request id {requestId}</div>}
            </>
          ),
        }))}
      />
    </div>
  );
}
