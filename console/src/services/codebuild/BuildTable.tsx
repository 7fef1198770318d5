import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { pathOf } from '../../app/router';
import { Elapsed, Moment } from '../../components/time';
import type { Build } from './api';
import { readable, reason, Status } from './status';

interface Props {
  builds: Build[];
  loading: boolean;
  header: ReactNode;
  empty: ReactNode;
  label: string;
  withProject?: boolean;
  /** Only builds that run: none has failed. */
  running?: boolean;
}

export function BuildTable({ builds, loading, header, empty, label, withProject, running }: Props) {
  return (
    <Table
      items={builds}
      trackBy="id"
      loading={loading && builds.length === 0}
      loadingText="Reading builds"
      header={header}
      empty={empty}
      enableKeyboardNavigation
      wrapLines
      ariaLabels={{ tableLabel: label }}
      columnDefinitions={[
        {
          id: 'build',
          header: 'Build',
          minWidth: 120,
          isRowHeader: true,
          cell: (build) => (
            <Link href={`#${pathOf('codebuild', 'builds', build.id)}`}>
              {withProject ? `${build.projectName} ` : ''}#{build.buildNumber ?? build.id.split(':').pop()}
            </Link>
          ),
        },
        { id: 'status', header: 'Status', minWidth: 155, cell: (build) => <Status word={build.buildStatus} /> },
        running
          ? { id: 'phase', header: 'Phase', cell: (build: Build) => (build.currentPhase ? readable(build.currentPhase) : '–') }
          : { id: 'why', header: 'Why it failed', cell: (build: Build) => reason(build) || '–' },
        { id: 'version', header: 'Version', cell: (build) => (build.resolvedSourceVersion ?? build.sourceVersion ?? '–').slice(0, 12) },
        { id: 'start', header: 'Started', cell: (build) => <Moment at={build.startTime} /> },
        { id: 'took', header: 'Duration', cell: (build) => <Elapsed start={build.startTime} end={build.endTime} /> },
      ]}
    />
  );
}
