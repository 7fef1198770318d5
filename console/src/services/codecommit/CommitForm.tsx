import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ApiError } from '../../api/errors';
import { session, shownName } from '../../api/session';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { Failure } from '../../components/Failure';
import { badBranch, createBranch, createCommit, LIMITS, type Changes } from './contents';
import { MovedOn } from './MovedOn';
import { places } from './places';
import { shortId } from './words';

interface Props {
  repository: string;
  branch: string;
  /** The commit that the changes were begun at; absent where the repository has none. */
  base?: string;
  title: string;
  /** The word on the button. */
  action: string;
  /** What the message is where nothing is written. */
  message: string;
  /** Whether there is something to commit, and nothing wrong with it. */
  ready: boolean;
  changes: () => Changes | Promise<Changes>;
  /** Where to go with the branch that was committed to. */
  after: (branch: string) => string;
  cancel: string;
  children: ReactNode;
}

/** Whoever wrote a name once does not want to write it again; kept until the tab is loaded anew. */
const remembered = { name: '', email: '' };
// Nobody commits in the name of who was signed in before.
session.subscribe(() => {
  if (!session.get()) Object.assign(remembered, { name: '', email: '' });
});

/** Changes and the commit that they become: on the branch, or on a new one. */
export function CommitForm({ repository, branch, base, title, action, message, ready, changes, after, cancel, children }: Props) {
  const [target, setTarget] = useState('this');
  const [newBranch, setNewBranch] = useState('');
  const [made, setMade] = useState<string>();
  const [name, setName] = useState(remembered.name);
  const [email, setEmail] = useState(remembered.email);
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const [moved, setMoved] = useState<string[]>();

  const isNew = target === 'new';
  const bad = isNew ? badBranch(newBranch) : undefined;
  const badEmail = email !== '' && !/^[^\s<>]+@[^\s<>]+$/.test(email) ? 'An address like ann@example.com' : undefined;
  const long = new TextEncoder().encode(text).length > LIMITS.message ? 'A message has at most 256 KB' : undefined;

  const commit = async (parent: string | undefined, onto: 'this' | 'new') => {
    const branchName = onto === 'new' ? newBranch : branch;
    setBusy(true);
    setError(undefined);
    setMoved(undefined);
    let wanted: Changes = {};
    try {
      wanted = await changes();
      if (onto === 'new' && made !== newBranch && base) {
        await createBranch(repository, newBranch, base);
        setMade(newBranch);
      }
      const done = await createCommit({
        repositoryName: repository,
        branchName,
        parentCommitId: parent,
        authorName: name.trim() || undefined,
        email: email.trim() || undefined,
        commitMessage: text.trim() || message,
        ...wanted,
      });
      Object.assign(remembered, { name, email });
      notify({ type: 'success', header: `Committed ${shortId(done.commitId)} to ${branchName}` });
      go(after(branchName));
    } catch (failure) {
      setBusy(false);
      if (failure instanceof ApiError && /^ParentCommitId(Outdated|Required)Exception$/.test(failure.code) && onto === 'this') {
        const moves = (wanted.putFiles ?? []).flatMap((file) => (file.sourceFile ? [file.sourceFile.filePath] : []));
        setMoved([...(wanted.putFiles ?? []), ...(wanted.deleteFiles ?? [])].map((file) => file.filePath).concat(moves));
      } else setError(failure instanceof ApiError ? failure : new ApiError(0, 'Failed', String(failure)));
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!busy && ready && !bad && !badEmail && !long) void commit(base, isNew ? 'new' : 'this');
  };

  const who = session.get();
  return (
    <form onSubmit={submit}>
      <Form
        header={<Header variant="h2">{title}</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" href={`#${cancel}`} formAction="none">Cancel</Button>
            <Button variant="primary" loading={busy} disabled={!ready}>{action}</Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {children}
          <Container header={<Header>{isNew ? 'Commit to a new branch' : `Commit to ${branch}`}</Header>}>
            <SpaceBetween size="m">
              {base && (
                <RadioGroup
                  ariaLabel="Where to commit"
                  value={target}
                  onChange={({ detail }) => setTarget(detail.value)}
                  items={[
                    { value: 'this', label: `The branch ${branch}` },
                    { value: 'new', label: 'A new branch', description: `It begins at ${shortId(base)}; a pull request can bring it back.` },
                  ]}
                />
              )}
              {isNew && (
                <FormField label="New branch" errorText={(tried || newBranch) && bad}>
                  <Input value={newBranch} onChange={({ detail }) => setNewBranch(detail.value)} />
                </FormField>
              )}
              <FormField label="Author name" description={`Left empty, the commit is by ${who ? shownName(who.arn) : 'you'}, by your ARN.`}>
                <Input value={name} autoComplete="name" onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label="Email address" errorText={(tried || email) && badEmail}>
                <Input value={email} inputMode="email" autoComplete="email" onChange={({ detail }) => setEmail(detail.value)} />
              </FormField>
              <FormField label="Commit message" errorText={long} description="The first line says what the commit does; after an empty line comes why.">
                <Textarea value={text} rows={3} placeholder={message} onChange={({ detail }) => setText(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          {made && error && <Alert type="info">The branch {made} was made; the commit on it was not.</Alert>}
          {error && <Failure what="Nothing was committed" error={error} />}
          {moved && (
            <MovedOn
              repository={repository}
              branch={branch}
              base={base}
              paths={moved}
              busy={busy}
              onTop={(tip) => commit(tip, 'this')}
              onNewBranch={() => {
                setMoved(undefined);
                setTarget('new');
              }}
            />
          )}
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** Where one is after a commit: the file or folder on that branch. */
export const afterAt = (repository: string, path: string) => (branch: string) => places.browse(repository, branch, path);
