import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { isOfRepository, timeOf } from './api';
import { allReferences, getCommits } from './history';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';
import { shortId, subjectOf, tagOf } from './words';

/** Git tags. Git makes them: neither AWS's API nor its console does. */
export default function TagsPage({ params: { name } }: PageProps) {
  const tags = useResource(`all tags ${name}`, (signal) => allReferences(name, 'refs/tags/', signal), (arn) => isOfRepository(arn, name));
  const ids = tags.data?.references.flatMap(({ commitId }) => commitId ?? []) ?? [];
  const commits = useResource(`tagged ${name} ${ids.length} ${ids.join('').slice(0, 4_000)}`, (signal) => getCommits(name, ids, signal));
  const commitOf = (id: string | undefined) => (id ? commits.data?.get(id) : undefined);
  return (
    <RepositoryFrame name={name} tab="tags">
      <ItemTable
        title="Git tags"
        level="part"
        resource={{ ...tags, data: tags.data?.references }}
        description={tags.data?.more && 'There are more; these are the first 5,000.'}
        idOf={(tag) => tagOf(tag.name)}
        textOf={(tag) => tagOf(tag.name)}
        columns={[
          {
            id: 'name',
            header: 'Tag name',
            isRowHeader: true,
            sortBy: (tag) => tag.name,
            cell: (tag) => (tag.commitId ? <Link href={`#${places.browse(name, tag.name)}`}>{tagOf(tag.name)}</Link> : tagOf(tag.name)),
          },
          {
            id: 'date',
            header: 'Date',
            sortBy: (tag) => timeOf(tag.tagger) ?? timeOf(commitOf(tag.commitId)?.committer) ?? 0,
            cell: (tag) => <Moment at={timeOf(tag.tagger) ?? timeOf(commitOf(tag.commitId)?.committer)} />,
          },
          { id: 'message', header: 'Message', cell: (tag) => (tag.message ? subjectOf(tag.message) : tag.tagger ? '–' : subjectOf(commitOf(tag.commitId)?.message)) },
          { id: 'tagger', header: 'Tagger', cell: (tag) => tag.tagger?.name ?? '–' },
          { id: 'commit', header: 'Commit ID', cell: (tag) => (tag.commitId ? <Link href={`#${places.commit(name, tag.commitId)}`}>{shortId(tag.commitId)}</Link> : 'No commit') },
        ]}
        empty={
          <Empty title="There are no tags yet">
            Git makes tags: <Box variant="code">git tag -a v1.0 -m "First release"</Box>, then <Box variant="code">git push origin v1.0</Box>.
          </Empty>
        }
      />
    </RepositoryFrame>
  );
}
