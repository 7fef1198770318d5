import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { services } from './registry';

const cards = services.flatMap(({ title, home }) => (home ? [{ title, Card: lazy(home) }] : []));

/** What is running, and what failed lately and why: each service tells of its own. */
export default function Home() {
  return (
    <ContentLayout header={<Header variant="h1">Home</Header>}>
      <SpaceBetween size="l">
        {cards.map(({ title, Card }) => (
          <Suspense key={title} fallback={<Spinner />}>
            <Card />
          </Suspense>
        ))}
      </SpaceBetween>
    </ContentLayout>
  );
}
