import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { highlight } from '../../components/code';
import { Changes } from '../../components/diff';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { compared } from './compared';
import { places } from './places';
import { useDifferences } from './useDifferences';

/** The files that differ between two commits. */
export default function Differences({ repository, before, after, empty }: { repository: string; before?: string; after: string; empty: string }) {
  const { data, error, reload } = useDifferences(repository, before, after);
  if (error) return <Failure what="What differs can't be shown" error={error} retry={reload} />;
  if (!data) return <Spinner />;
  return (
    <SpaceBetween size="m">
      {data.more && <Alert type="info">More than {data.files.length.toLocaleString()} files differ; the first are shown. For all, use <code>git diff</code> in a clone.</Alert>}
      <Changes
        files={data.files}
        load={compared(repository)}
        highlight={highlight}
        actions={(file) => file.after && <Link fontSize="body-s" href={`#${places.browse(repository, after, file.after.path)}`}>Show file</Link>}
        empty={<Empty title="Nothing differs">{empty}</Empty>}
      />
    </SpaceBetween>
  );
}
