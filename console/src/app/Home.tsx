import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { services } from './registry';
import { DeliveryCard } from './home/DeliveryCard';

const cards = services.flatMap(({ title, home }) => (home ? [{ title, Card: lazy(home) }] : []));
const FirstSteps = lazy(() => import('./home/FirstSteps'));

/** How delivery goes, what is running, and what failed lately and why: of the latter each service tells of its own. */
export default function Home() {
  return (
    <ContentLayout header={<Header variant="h1">Home</Header>}>
      <SpaceBetween size="l">
        <DeliveryCard />
        {cards.map(({ title, Card }) => (
          <Suspense key={title} fallback={<Spinner />}>
            <Card />
          </Suspense>
        ))}
        <Suspense fallback={<Spinner />}>
          <FirstSteps />
        </Suspense>
      </SpaceBetween>
    </ContentLayout>
  );
}
