import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { Explanation } from '../../components/Explanation';

/** The encoded message of a refusal, with or without the words before it. */
const messageIn = (text: string) => /Encoded authorization failure message:\s*(\S+)/.exec(text)?.[1] ?? text.replace(/\s+/g, '');

/** Explains a refusal that somebody else got. */
export default function ExplainPage() {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState<string>();
  return (
    <ContentLayout header={<Header variant="h1" description="A refusal carries an encoded message, which says which policies decided and why. It takes sts:DecodeAuthorizationMessage to read it.">Explain a refusal</Header>}>
      <SpaceBetween size="l">
        <Container>
          <SpaceBetween size="m">
            <FormField label="Encoded message" stretch description="The whole error, as the AWS CLI prints it, will do too.">
              <Textarea value={text} rows={5} spellcheck={false} onChange={({ detail }) => setText(detail.value)} />
            </FormField>
            <Button variant="primary" disabled={text.trim() === ''} onClick={() => setAsked(messageIn(text))}>Explain</Button>
          </SpaceBetween>
        </Container>
        {asked && (
          <Container header={<Header>Why it was refused</Header>}>
            <Explanation key={asked} encoded={asked} />
          </Container>
        )}
      </SpaceBetween>
    </ContentLayout>
  );
}
