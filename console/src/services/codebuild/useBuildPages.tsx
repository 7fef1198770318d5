import Pagination from '@cloudscape-design/components/pagination';
import { useRef, useState } from 'react';
import { useReading } from '../../api/useResource';
import type { Build } from './api';
import { builds, history, ROWS } from './readings';

/** Ids that CodeBuild lists at once. */
const LISTED = 100;
const PARTS = LISTED / ROWS;

/**
 * The builds of a project, or of all, a page at a time. CodeBuild lists ids by the hundred; what a page shows is read
 * for it alone, or for the whole hundred where those of one status are wanted, which only the builds tell.
 */
export function useBuildPages(project: string | undefined, status: string) {
  const [tokens, setTokens] = useState<(string | undefined)[]>([undefined]);
  const [at, setAt] = useState({ hundred: 0, part: 0 });
  const known = useRef(new Map<string, Build>());

  const listed = useReading(history(project, tokens[at.hundred]));
  const { ids = [], next } = listed.data ?? {};
  const wanted = status ? ids : ids.slice(at.part * ROWS, (at.part + 1) * ROWS);
  const read = useReading(builds(wanted, project));
  for (const build of read.data ?? []) known.current.set(build.id, build);

  // A build that comes moves all others: those that were read before stay in sight meanwhile.
  const there = wanted.flatMap((id) => known.current.get(id) ?? []);
  const isThere = listed.data !== undefined && (read.data !== undefined || there.length > 0 || wanted.length === 0);

  const parts = status ? 1 : PARTS;
  const page = at.hundred * parts + (status ? 0 : at.part) + 1;
  const partsHere = status ? 1 : Math.max(1, Math.ceil(ids.length / ROWS));
  const isLast = at.hundred === tokens.length - 1;
  const turn = (to: number) => {
    const hundred = Math.floor((to - 1) / parts);
    if (hundred >= tokens.length) {
      if (!next) return;
      setTokens([...tokens, next]);
    }
    setAt({ hundred, part: (to - 1) % parts });
  };
  return {
    builds: isThere ? there.filter(({ buildStatus }) => !status || buildStatus === status) : undefined,
    /** How many there are, as far as that is known. */
    counted: listed.data && `(${at.hundred * LISTED + ids.length}${next ? '+' : ''})`,
    error: listed.error ?? read.error,
    reload: () => {
      known.current.clear();
      listed.reload();
      read.reload();
    },
    pagination: (
      <Pagination
        currentPageIndex={page}
        pagesCount={isLast ? at.hundred * parts + partsHere : tokens.length * parts}
        openEnd={isLast ? !!next : true}
        onChange={({ detail }) => turn(detail.currentPageIndex)}
        onNextPageClick={({ detail }) => turn(detail.requestedPageIndex)}
      />
    ),
  };
}
