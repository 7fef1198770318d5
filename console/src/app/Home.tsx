import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense, useState } from 'react';
import { services } from './registry';
import { DeliveryCard } from './home/DeliveryCard';

const cards = services.flatMap(({ title, home }) => (home ? [{ title, Card: lazy(home.load) }] : []));
const FirstSteps = lazy(() => import('./home/FirstSteps'));

/** How delivery goes, what is running, and what failed lately and why: of the latter each service tells of its own. Where there is no pipeline yet, the first steps come first. */
export default function Home() {
  // Where it is does not change again while it is read.
  const [isNew, setIsNew] = useState<boolean>();
  const firstSteps = (
    <Suspense key="first steps" fallback={<Spinner />}>
      <FirstSteps />
    </Suspense>
  );
  return (
    <ContentLayout header={<Header variant="h1">Home</Header>}>
      <SpaceBetween size="l">
        {isNew && firstSteps}
        <DeliveryCard onPipelines={(count) => setIsNew((known) => known ?? count === 0)} />
        {cards.map(({ title, Card }) => (
          <Suspense key={title} fallback={<Spinner />}>
            <Card />
          </Suspense>
        ))}
        {isNew === false && firstSteps}
      </SpaceBetween>
    </ContentLayout>
  );
}
