import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type FormEvent } from 'react';
import { ApiError } from '../../api/errors';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { startBuild, type Variable } from './api';

export default function StartBuildPage({ params: { name } }: PageProps) {
  const [version, setVersion] = useState('');
  const [buildspec, setBuildspec] = useState('');
  const [timeout, setTimeout_] = useState('');
  const [variables, setVariables] = useState<Variable[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();

  const minutes = Number(timeout);
  const badTimeout = timeout !== '' && !(Number.isInteger(minutes) && minutes >= 5 && minutes <= 2160);
  const change = (at: number, part: Partial<Variable>) =>
    setVariables(variables.map((variable, index) => (index === at ? { ...variable, ...part } : variable)));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (badTimeout) return;
    setBusy(true);
    setError(undefined);
    try {
      const build = await startBuild({
        projectName: name,
        sourceVersion: version || undefined,
        buildspecOverride: buildspec || undefined,
        timeoutInMinutesOverride: timeout ? minutes : undefined,
        environmentVariablesOverride: variables.length > 0 ? variables : undefined,
      });
      go(pathOf('codebuild', 'builds', build.id));
    } catch (failure) {
      setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit}>
      <Form
        header={<Header variant="h1" description="What is left empty is as the project has it.">{`Start a build of ${name}`}</Header>}
        errorText={error && [error.shown, error.advice, error.requestId && `Request id ${error.requestId}.`].filter(Boolean).join(' ')}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${pathOf('codebuild', 'projects', name)}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy}>Start build</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header>Source</Header>}>
            <SpaceBetween size="m">
              <FormField label="Version" description="A branch, a tag, a commit or, of a bucket, a version.">
                <Input value={version} onChange={({ detail }) => setVersion(detail.value)} />
              </FormField>
              <FormField label="Buildspec" description="The path of a file in the source, or the YAML itself.">
                <Textarea value={buildspec} rows={6} spellcheck={false} onChange={({ detail }) => setBuildspec(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header>Environment</Header>}>
            <SpaceBetween size="m">
              <FormField label="Time limit in minutes" errorText={badTimeout && 'From 5 to 2160 minutes'}>
                <Input value={timeout} inputMode="numeric" onChange={({ detail }) => setTimeout_(detail.value)} />
              </FormField>
              <AttributeEditor
                items={variables}
                addButtonText="Add a variable"
                removeButtonText="Remove"
                empty="No variable is overridden."
                onAddButtonClick={() => setVariables([...variables, { name: '', value: '', type: 'PLAINTEXT' }])}
                onRemoveButtonClick={({ detail }) => setVariables(variables.filter((_, at) => at !== detail.itemIndex))}
                definition={[
                  { label: 'Variable', control: (item, at) => <Input value={item.name} onChange={({ detail }) => change(at, { name: detail.value })} /> },
                  { label: 'Value', control: (item, at) => <Input value={item.value} onChange={({ detail }) => change(at, { value: detail.value })} /> },
                ]}
              />
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
