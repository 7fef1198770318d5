import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import { useState, type FormEvent } from 'react';
import { session, shownName } from '../../../api/session';
import { useResource } from '../../../api/useResource';
import { notify, notifyError } from '../../../app/notifications';
import { go } from '../../../app/router';
import type { PageProps } from '../../../app/service';
import { Empty } from '../../../components/Empty';
import { Failure } from '../../../components/Failure';
import { useSubmit } from '../../../components/useSubmit';
import { isOfRepository } from '../api';
import { deleteBranch, getApprovals, getMergeOptions, getPullRequest, mergePullRequest, type MergeOption, type PullRequest, type Target } from './api';
import { Conflicts } from './Conflicts';
import { pullRequestPlaces } from './places';
import { useConflicts } from './useConflicts';
import { branchOf, explaining, MERGE_OPTIONS, stateOf, targetOf } from './words';

export default function MergePage({ params: { name, id } }: PageProps) {
  const { data, error, reload } = useResource(
    `pull request ${id}`,
    (signal) => getPullRequest(id, signal),
    (arn) => isOfRepository(arn, name),
  );
  const target = data && targetOf(data);
  if (error && !data) return <Failure what="The pull request can't be read" error={error} retry={reload} />;
  if (!data || !target) return <Spinner size="large" />;
  if (data.pullRequestStatus !== 'OPEN') {
    return (
      <Empty title={`Pull request ${id} is ${stateOf(data).word.toLowerCase()}`}>
        <Button href={`#${pullRequestPlaces.pullRequest(name, id)}`}>Show it</Button>
      </Empty>
    );
  }
  return <Merge name={name} pullRequest={data} target={target} reload={reload} />;
}

const OPTIONS: MergeOption[] = ['FAST_FORWARD_MERGE', 'SQUASH_MERGE', 'THREE_WAY_MERGE'];

function Merge({ name, pullRequest, target, reload }: { name: string; pullRequest: PullRequest; target: Target; reload: () => void }) {
  const { pullRequestId: id, title, revisionId } = pullRequest;
  const { sourceCommit, destinationCommit } = target;
  const [source, destination] = [branchOf(target.sourceReference), branchOf(target.destinationReference)];
  const two = { repositoryName: name, sourceCommitSpecifier: sourceCommit, destinationCommitSpecifier: destinationCommit };
  const options = useResource(`merge options ${id} ${sourceCommit} ${destinationCommit}`, (signal) => explaining(getMergeOptions(two, signal)));
  const approvals = useResource(`approvals ${id} ${revisionId}`, (signal) => getApprovals(id, revisionId, signal), (arn) => isOfRepository(arn, name));
  const [chosen, setChosen] = useState<MergeOption>();
  const [message, setMessage] = useState<string>();
  const [author, setAuthor] = useState(shownName(session.get()?.arn ?? ''));
  const [email, setEmail] = useState('');
  const [deleting, setDeleting] = useState(false);
  const { busy, error, submit } = useSubmit();

  const offered = options.data?.mergeOptions ?? [];
  const option = chosen ?? offered[0] ?? 'THREE_WAY_MERGE';
  const isForward = option === 'FAST_FORWARD_MERGE';
  const inConflict = !!options.data && !offered.includes('THREE_WAY_MERGE');
  const conflicts = useConflicts(two, option, inConflict && !isForward);
  const shownMessage = message ?? (option === 'SQUASH_MERGE' ? title : `Merge branch '${source}' into '${destination}'\n\n${title}`);
  const here = pullRequestPlaces.pullRequest(name, id);
  const missing = approvals.data && !approvals.data.overridden ? approvals.data.notSatisfied : [];
  const impossible = isForward && !!options.data && !offered.includes('FAST_FORWARD_MERGE');
  const ready = !!options.data && !impossible && (!inConflict || isForward || conflicts.isDecided);

  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    void submit(async () => {
      const wish = { pullRequestId: id, repositoryName: name, sourceCommitId: sourceCommit };
      const words = { commitMessage: shownMessage || undefined, authorName: author || undefined, email: email || undefined };
      const conflictResolution = inConflict && !isForward ? conflicts.resolution() : undefined;
      try {
        await explaining(mergePullRequest(option, isForward ? wish : { ...wish, ...words, conflictResolution }));
      } catch (failure) {
        // What it was decided on may no longer be so.
        reload();
        options.reload();
        throw failure;
      }
      notify({ type: 'success', header: `Pull request ${id} was merged into ${destination}` });
      if (deleting) {
        await deleteBranch(name, source).then(
          () => notify({ type: 'success', header: `The branch ${source} was deleted` }),
          (failure) => notifyError(`The branch ${source} was not deleted`, failure),
        );
      }
      go(here);
    });
  };

  return (
    <form onSubmit={send}>
      <Form
        header={<Header variant="h1" description={`${source} into ${destination}`}>{`Merge pull request ${id}: ${title}`}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${here}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!ready} disabledReason={whyNot(options.data !== undefined, impossible)}>Merge pull request</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {error && <Failure what="It was not merged" error={error} />}
          {options.error && <Failure what="The merge can't be tried" error={options.error} retry={options.reload} />}
          {missing.length > 0 && (
            <Alert type="warning" header="Approval rules are not satisfied" action={<Button formAction="none" href={`#${pullRequestPlaces.pullRequest(name, id, 'approvals')}`}>Show approvals</Button>}>
              {`The yard will refuse the merge until these are satisfied or overridden: ${missing.join(', ')}.`}
            </Alert>
          )}
          <Container header={<Header>Merge strategy</Header>}>
            <Tiles
              ariaLabel="Merge strategy"
              value={option}
              onChange={({ detail }) => setChosen(detail.value as MergeOption)}
              items={OPTIONS.map((value) => ({
                value,
                label: MERGE_OPTIONS[value].label,
                description: MERGE_OPTIONS[value].description,
                disabled: value === 'FAST_FORWARD_MERGE' && !offered.includes(value),
              }))}
            />
          </Container>
          {inConflict && !isForward && <Conflicts conflicts={conflicts} source={source} destination={destination} />}
          {!isForward && (
            <Container header={<Header>Commit</Header>}>
              <SpaceBetween size="m">
                <FormField stretch label="Commit message">
                  <Textarea value={shownMessage} rows={4} onChange={({ detail }) => setMessage(detail.value)} />
                </FormField>
                <ColumnLayout columns={2}>
                  <FormField label={<>Author name <i>- optional</i></>}>
                    <Input value={author} onChange={({ detail }) => setAuthor(detail.value)} />
                  </FormField>
                  <FormField label={<>Email address <i>- optional</i></>}>
                    <Input value={email} type="email" onChange={({ detail }) => setEmail(detail.value)} />
                  </FormField>
                </ColumnLayout>
              </SpaceBetween>
            </Container>
          )}
          <Checkbox checked={deleting} onChange={({ detail }) => setDeleting(detail.checked)} description="It can’t be had back but by who knows its tip.">
            {`Delete the source branch ${source} after merging`}
          </Checkbox>
        </SpaceBetween>
      </Form>
    </form>
  );
}

function whyNot(tried: boolean, impossible: boolean): string {
  if (!tried) return 'The merge has not been tried yet.';
  return impossible ? 'The destination has commits of its own: choose another strategy.' : 'Decide every conflict first.';
}
