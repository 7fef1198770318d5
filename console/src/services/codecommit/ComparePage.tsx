import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { CommitsFrame } from './CommitsFrame';
import { Unready, useDefault } from './CommitsPage';
import Differences from './Differences';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { kindOf, shownReference } from './words';

/** What differs between any two branches, tags or commits. */
export default function ComparePage({ params: { name, from, to } }: PageProps) {
  const standard = useDefault(name, undefined);
  const [before, setBefore] = useState(from ?? '');
  const [after, setAfter] = useState(to ?? '');
  const destination = before || standard.reference || '';
  const bothBranches = to && kindOf(from) === 'branch' && kindOf(to) === 'branch';
  return (
    <CommitsFrame name={name} view="compare">
      <SpaceBetween size="l">
        <Unready {...standard} />
        {standard.reference && (
          <Container
            header={
              <Header
                description="The files of the second are shown against those of the first, whatever else lies between them."
                actions={bothBranches && <Button href={`#${places.createPullRequest(name)}?source=${encodeURIComponent(to)}&destination=${encodeURIComponent(from)}`}>Create pull request</Button>}
              >
                Compare commits
              </Header>
            }
          >
            <SpaceBetween size="s">
              <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }]}>
                <FormField label="Destination" description="What it is compared with.">
                  <ReferencePicker repository={name} value={destination} label="Destination" onChange={setBefore} />
                </FormField>
                <FormField label="Source" description="What is new.">
                  <ReferencePicker repository={name} value={after || undefined} label="Source" placeholder="Choose a branch, tag or commit" onChange={setAfter} />
                </FormField>
              </Grid>
              <Button variant="primary" disabled={!after || !destination} onClick={() => go(places.compare(name, destination, after))}>Compare</Button>
            </SpaceBetween>
          </Container>
        )}
        {from && to && (
          <Differences key={`${from} ${to}`} repository={name} before={from} after={to} empty={`${shownReference(from)} and ${shownReference(to)} have the same files.`} />
        )}
      </SpaceBetween>
    </CommitsFrame>
  );
}
