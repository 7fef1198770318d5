import './codecommit.css';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { Moment } from '../../components/time';
import { getCommit, timeOf, type Person } from './api';
import { CommitsFrame } from './CommitsFrame';
import Differences from './Differences';
import { places } from './places';
import { bodyOf, shortId, subjectOf } from './words';

const shown = (person: Person | undefined) => [person?.name, person?.email && `<${person.email}>`].filter(Boolean).join(' ') || 'Unknown';

/** A commit: who made it, why, and what it changed against each of its parents. */
export default function CommitPage({ params: { name, id } }: PageProps) {
  const { data: commit, error, reload } = useResource(`commit ${name} ${id}`, (signal) => getCommit(name, id, signal));
  const [chosen, setChosen] = useState<string>();
  const parents = commit?.parents ?? [];
  const parent = chosen ?? parents[0];
  const option = (value: string) => ({ value, label: `Parent ${parents.indexOf(value) + 1}: ${shortId(value)}` });
  const author = commit?.author;
  const committer = commit?.committer;
  const isOther = committer && (committer.name !== author?.name || committer.email !== author?.email);

  return (
    <CommitsFrame name={name}>
      {error && !commit && <Failure what="The commit can't be shown" error={error} retry={reload} />}
      {!commit && !error && <Spinner size="large" />}
      {commit && (
        <SpaceBetween size="l">
          <Container
            header={
              <Header
                actions={
                  <SpaceBetween direction="horizontal" size="xs">
                    <CopyToClipboard copyButtonText="Copy commit ID" textToCopy={id} copySuccessText="Copied" copyErrorText="The browser does not let it be copied" />
                    <Button href={`#${places.browse(name, id)}`}>Browse</Button>
                  </SpaceBetween>
                }
              >
                {subjectOf(commit.message)}
              </Header>
            }
          >
            <SpaceBetween size="m">
              {bodyOf(commit.message) && <pre className="commit-body" tabIndex={0}>{bodyOf(commit.message)}</pre>}
              <KeyValuePairs
                columns={3}
                items={[
                  { label: 'Author', value: shown(author) },
                  { label: 'Authored date', value: <Moment at={timeOf(author)} /> },
                  ...(isOther ? [{ label: 'Committer', value: shown(committer) }, { label: 'Committed date', value: <Moment at={timeOf(committer)} /> }] : []),
                  { label: 'Commit ID', value: id },
                  {
                    label: parents.length === 1 ? 'Parent ID' : 'Parent IDs',
                    value:
                      parents.length === 0 ? 'None: the history begins here' : (
                        <SpaceBetween direction="horizontal" size="xs">
                          {parents.map((it) => <Link key={it} href={`#${places.commit(name, it)}`}>{shortId(it)}</Link>)}
                        </SpaceBetween>
                      ),
                  },
                ]}
              />
            </SpaceBetween>
          </Container>
          {parents.length > 1 && (
            <Select
              ariaLabel="Compare with"
              inlineLabelText="Compare with"
              selectedOption={option(parent)}
              options={parents.map(option)}
              onChange={({ detail }) => setChosen(detail.selectedOption.value)}
            />
          )}
          <Differences key={parent} repository={name} before={parent} after={id} empty="The commit has the same files as its parent." />
        </SpaceBetween>
      )}
    </CommitsFrame>
  );
}
