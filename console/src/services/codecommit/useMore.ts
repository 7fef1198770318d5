import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notifyError } from '../../app/notifications';

export interface Page<T> {
  items: T[];
  nextToken?: string;
}

/** A listing that is read page by page, as far as somebody asks for. What changes begins it anew. */
export function useMore<T>(
  key: string,
  load: (nextToken: string | undefined, signal?: AbortSignal) => Promise<Page<T>>,
  concerns?: (arn: string) => boolean,
) {
  const first = useResource(key, (signal) => load(undefined, signal), concerns);
  const [rest, setRest] = useState<{ of?: Page<T>; items: T[]; nextToken?: string }>({ items: [] });
  const [busy, setBusy] = useState(false);
  const behind = rest.of === first.data ? rest : { items: [], nextToken: first.data?.nextToken };

  const more = async () => {
    const of = first.data;
    setBusy(true);
    try {
      const page = await load(behind.nextToken);
      setRest({ of, items: [...behind.items, ...page.items], nextToken: page.nextToken });
    } catch (error) {
      notifyError('No more can be shown', error);
    } finally {
      setBusy(false);
    }
  };
  return {
    items: first.data && [...first.data.items, ...behind.items],
    error: first.error,
    loading: first.loading,
    reload: first.reload,
    /** Reads the next page; absent where there is none. */
    more: first.data && behind.nextToken ? more : undefined,
    busy,
  };
}
