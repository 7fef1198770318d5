import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { go } from '../../app/router';
import { hasErrors } from '../../components/JsonText';
import { PatternField, usePatternProblems } from './PatternField';
import { KINDS, patternFor } from './samples';
import { Tester } from './Tester';

export default function TesterPage() {
  const [pattern, setPattern] = useState(() => patternFor(KINDS[0]));
  const problems = usePatternProblems(pattern);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Tries a pattern on an event before a rule has it."
          actions={<Button disabled={hasErrors(problems)} onClick={() => go(`/events/create-rule?pattern=${encodeURIComponent(pattern)}`)}>Create rule with this pattern</Button>}
        >
          Pattern tester
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header>Event pattern</Header>}>
          <PatternField value={pattern} onChange={setPattern} problems={problems} />
        </Container>
        <Container header={<Header>Event</Header>}>
          <Tester pattern={pattern} ready={!hasErrors(problems)} />
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}
