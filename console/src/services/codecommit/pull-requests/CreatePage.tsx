import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import { useRef, useState, type FormEvent } from 'react';
import { useResource } from '../../../api/useResource';
import { go, useAddress } from '../../../app/router';
import type { PageProps } from '../../../app/service';
import { highlight } from '../../../components/code/highlight';
import { Changes } from '../../../components/diff';
import { Empty } from '../../../components/Empty';
import { Failure } from '../../../components/Failure';
import { useSubmit } from '../../../components/useSubmit';
import { getBranch, getCommit, getRepository, isOfRepository, listBranchNames } from '../api';
import { places } from '../places';
import { createPullRequest, filesBetween, getMergeOptions, MOST_FILES, sidesOf } from './api';
import { Mergeable } from './DetailsTab';
import { pullRequestPlaces } from './places';
import { explaining, short } from './words';

/** Characters; AWS's quotas. */
const LONGEST_TITLE = 150;
const LONGEST_DESCRIPTION = 10_240;

export default function CreatePage({ params: { name } }: PageProps) {
  const { query } = useAddress();
  const [source, setSource] = useState(query.get('source') ?? '');
  const [chosenDestination, setDestination] = useState(query.get('destination') ?? '');
  const [title, setTitle] = useState<string>();
  const [description, setDescription] = useState('');
  const [tried, setTried] = useState(false);
  const { busy, error, submit } = useSubmit();
  // The same wish sent twice makes one pull request.
  const token = useRef(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);

  const concerns = (arn: string) => isOfRepository(arn, name);
  const repository = useResource(`repository ${name}`, (signal) => getRepository(name, signal), concerns);
  const branches = useResource(`branches ${name}`, (signal) => listBranchNames(name, signal), concerns);
  const destination = chosenDestination || repository.data?.defaultBranch || '';
  const differ = source !== '' && destination !== '' && source !== destination;
  const compared = useResource(
    `compare ${name} ${source} ${destination}`,
    (signal) => (differ ? compare(name, source, destination, signal) : Promise.resolve(undefined)),
    concerns,
  );
  const shownTitle = title ?? compared.data?.subject ?? '';

  const wrong = {
    source: source === '' ? 'Choose the branch whose commits are to be merged' : undefined,
    destination: destination === '' ? 'Choose the branch to merge into' : source === destination ? 'Choose another branch than the source' : undefined,
    title: shownTitle.trim() === '' ? 'A title is needed' : shownTitle.length > LONGEST_TITLE ? `At most ${LONGEST_TITLE} characters; there are ${shownTitle.length}` : undefined,
    description: description.length > LONGEST_DESCRIPTION ? `At most ${LONGEST_DESCRIPTION.toLocaleString()} characters; there are ${description.length.toLocaleString()}` : undefined,
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy || Object.values(wrong).some(Boolean)) return;
    void submit(async () => {
      const made = await explaining(
        createPullRequest({
          title: shownTitle,
          description: description || undefined,
          targets: [{ repositoryName: name, sourceReference: source, destinationReference: destination }],
          clientRequestToken: token.current,
        }),
      );
      go(pullRequestPlaces.pullRequest(name, made.pullRequestId));
    });
  };

  const pick = (label: string, value: string, choose: (branch: string) => void, errorText: string | undefined) => (
    <FormField label={label} errorText={tried && errorText}>
      <Select
        selectedOption={value ? { value, label: value } : null}
        options={(branches.data ?? []).map((branch) => ({ value: branch, label: branch }))}
        filteringType="auto"
        filteringAriaLabel={`Find the ${label.toLowerCase()}`}
        placeholder="Choose a branch"
        statusType={branches.error ? 'error' : branches.data ? 'finished' : 'loading'}
        errorText={branches.error?.shown}
        empty="There are no branches yet"
        onChange={({ detail }) => {
          choose(detail.selectedOption.value ?? '');
          token.current = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
        }}
      />
    </FormField>
  );

  return (
    <SpaceBetween size="l">
      <form onSubmit={send}>
        <Form
          header={<Header variant="h1">Create pull request</Header>}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" href={`#${places.pullRequests(name)}`} formAction="none">Cancel</Button>
              <Button variant="primary" loading={busy}>Create pull request</Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {repository.error && <Failure what="The repository can't be read" error={repository.error} retry={repository.reload} />}
            {error && <Failure what="No pull request was created" error={error} />}
            <Container header={<Header description="The source’s commits are to be merged into the destination.">Branches</Header>}>
              <SpaceBetween size="m">
                <ColumnLayout columns={2}>
                  {pick('Source', source, setSource, wrong.source)}
                  {pick('Destination', destination, setDestination, wrong.destination)}
                </ColumnLayout>
                {source !== '' && source === destination && <Alert type="warning">Source and destination are the same branch.</Alert>}
                {compared.error && <Failure what="The branches can't be compared" error={compared.error} retry={compared.reload} />}
                {differ && !compared.data && !compared.error && <Spinner />}
                {compared.data && (
                  <SpaceBetween size="xs">
                    <Mergeable name={name} target={compared.data} />
                    <Box variant="small">{`${short(compared.data.sourceCommit)} into ${short(compared.data.destinationCommit)}`}</Box>
                  </SpaceBetween>
                )}
              </SpaceBetween>
            </Container>
            <Container header={<Header>Details</Header>}>
              <SpaceBetween size="m">
                <FormField stretch label="Title" errorText={tried && wrong.title}>
                  <Input value={shownTitle} onChange={({ detail }) => setTitle(detail.value)} />
                </FormField>
                <FormField stretch label={<>Description <i>- optional</i></>} description="What changes and why. Markdown is understood." errorText={wrong.description}>
                  <Textarea value={description} rows={6} onChange={({ detail }) => setDescription(detail.value)} />
                </FormField>
              </SpaceBetween>
            </Container>
          </SpaceBetween>
        </Form>
      </form>
      {compared.data && (
        <Container header={<Header>Changes</Header>}>
          <SpaceBetween size="s">
            {compared.data.more && <Alert type="warning">{`These are the first ${MOST_FILES.toLocaleString()} files that differ.`}</Alert>}
            <Changes
              files={compared.data.files}
              highlight={highlight}
              load={(file, signal) => sidesOf(name, file, signal)}
              empty={<Empty title="Nothing differs">The destination has all that the source has.</Empty>}
            />
          </SpaceBetween>
        </Container>
      )}
    </SpaceBetween>
  );
}

/** What the source has done since the two parted. */
async function compare(name: string, source: string, destination: string, signal: AbortSignal) {
  const [sourceCommit, destinationCommit] = await Promise.all([getBranch(name, source, signal), getBranch(name, destination, signal)]);
  const two = { repositoryName: name, sourceCommitSpecifier: sourceCommit, destinationCommitSpecifier: destinationCommit };
  const [{ baseCommitId }, commit] = await Promise.all([explaining(getMergeOptions(two, signal)), getCommit(name, sourceCommit, signal)]);
  const differences = await filesBetween(name, baseCommitId, sourceCommit, signal);
  return { ...differences, sourceCommit, destinationCommit, subject: (commit.message ?? '').split('\n')[0].slice(0, LONGEST_TITLE) };
}
