import './codecommit.css';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useMemo } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { SourceView, type Gutter } from '../../components/code';
import { Failure } from '../../components/Failure';
import { timeOf } from './api';
import { Crumbs } from './CodePage';
import { getContent } from './contents';
import { getBlame, type Blame } from './history';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { RepositoryFrame } from './RepositoryFrame';
import { authorOf, shortId, subjectOf } from './words';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Which commit brought each line of a file. */
export default function BlamePage({ params: { name, reference, path } }: PageProps) {
  const { data, error, reload } = useResource(`blame ${name} ${reference} ${path}`, async (signal) => {
    const blame = await getBlame(name, reference, path, signal);
    return { blame, ...(await getContent(name, blame.blobId, signal)) };
  });
  const gutter = useMemo(() => data && gutterOf(name, data.blame), [name, data]);
  return (
    <RepositoryFrame name={name} tab="code">
      <SpaceBetween size="m">
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <ReferencePicker repository={name} value={reference} label="Branch, tag or commit" onChange={(next) => go(places.blame(name, next, path))} />
          <Crumbs name={name} reference={reference} path={path} />
        </SpaceBetween>
        {error && <Failure what={`The lines of ${path} can't be traced`} error={error} retry={reload} />}
        {!data && !error && <Spinner />}
        {data?.content.kind === 'text' && (
          <Container
            header={
              <Header
                description="Beside each line is the commit that brought it. The arrow leads to the file as it was before."
                actions={<Button href={`#${places.browse(name, reference, path)}`}>Normal view</Button>}
              >
                Blame
              </Header>
            }
          >
            <SourceView path={path} text={data.content.text} gutter={gutter} />
          </Container>
        )}
        {data?.content.kind === 'binary' && <Container>This is no text: it has no lines.</Container>}
      </SpaceBetween>
    </RepositoryFrame>
  );
}

function gutterOf(name: string, blame: Blame): Gutter {
  const commits = new Map(blame.commits.map((commit) => [commit.commitId, commit]));
  const begins = new Map(blame.ranges.map((range) => [range.startLine, range]));
  return (line) => {
    const range = begins.get(line);
    const commit = range && commits.get(range.commitId);
    if (!range || !commit) return { content: null, begins: false };
    const time = timeOf(commit.author);
    return {
      begins: true,
      content: (
        <>
          {range.previousCommitId && (
            <Link
              fontSize="body-s"
              href={`#${places.blame(name, range.previousCommitId, range.previousFilePath ?? range.filePath)}`}
              ariaLabel={`The file before ${shortId(range.commitId)}`}
            >
              ←
            </Link>
          )}{' '}
          <Link fontSize="body-s" href={`#${places.commit(name, range.commitId)}`}>{shortId(range.commitId)}</Link>{' '}
          {time !== undefined && `${day.format(new Date(time * 1000))} `}
          {authorOf(commit)}: {subjectOf(commit.message)}
        </>
      ),
    };
  };
}
