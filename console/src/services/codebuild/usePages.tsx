import Pagination from '@cloudscape-design/components/pagination';
import { useState } from 'react';

/** Where each page begins that was seen of a listing that tells only where the next one does. */
export function usePages() {
  const [tokens, setTokens] = useState<(string | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  return {
    token: tokens[page - 1],
    restart: () => {
      setTokens([undefined]);
      setPage(1);
    },
    pagination: (next: string | undefined) => {
      const turn = (to: number) => {
        if (to > tokens.length) {
          if (!next) return;
          setTokens([...tokens, next]);
        }
        setPage(to);
      };
      return (
        <Pagination
          currentPageIndex={page}
          pagesCount={tokens.length}
          openEnd={!!next || page < tokens.length}
          onChange={({ detail }) => turn(detail.currentPageIndex)}
          onNextPageClick={({ detail }) => turn(detail.requestedPageIndex)}
        />
      );
    },
  };
}
