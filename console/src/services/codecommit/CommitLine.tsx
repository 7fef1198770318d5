import './codecommit.css';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { Moment } from '../../components/time';
import { timeOf, type Commit } from './api';
import { places } from './places';
import { authorOf, shortId, subjectOf } from './words';

/** A commit in one line: what, who, when, and the way to it. */
export function CommitLine({ repository, commit }: { repository: string; commit: Commit }) {
  return (
    <div className="commit-line">
      <Link href={`#${places.commit(repository, commit.commitId)}`}>{subjectOf(commit.message)}</Link>
      <Box variant="small">{authorOf(commit)}</Box>
      <Box variant="small"><Moment at={timeOf(commit.author)} /></Box>
      <Box variant="small" fontWeight="bold">{shortId(commit.commitId)}</Box>
    </div>
  );
}
