import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { pathOf } from '../../app/router';
import { duration, Moment } from '../../components/time';
import { idOf } from './api';
import { reportName, type Report } from './reports';
import { readable, Status } from './status';

const SECOND = 1e9;

export const reportPath = (arn: string) => pathOf('codebuild', 'reports', arn);

/** What came of a report in a few words: `12 tests, 2 failed`, `84.2 % of lines`. */
export function outcome({ testSummary: tests, codeCoverageSummary: coverage }: Report): string {
  if (tests) {
    const counts = Object.entries(tests.statusCounts).filter(([status, count]) => count > 0 && status !== 'SUCCEEDED');
    return [`${tests.total} test${tests.total === 1 ? '' : 's'}`, ...counts.map(([status, count]) => `${count} ${readable(status).toLowerCase()}`)].join(', ');
  }
  return coverage?.lineCoveragePercentage === undefined ? '–' : `${coverage.lineCoveragePercentage.toFixed(1)} % of lines`;
}

interface Props {
  reports: Report[];
  loading: boolean;
  label: string;
  header: ReactNode;
  empty: ReactNode;
  pagination?: ReactNode;
}

export function ReportTable({ reports, loading, label, header, empty, pagination }: Props) {
  return (
    <Table
      items={reports}
      trackBy="arn"
      loading={loading}
      loadingText="Reading reports"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: label }}
      header={header}
      empty={empty}
      pagination={pagination}
      columnDefinitions={[
        { id: 'name', header: 'Report', isRowHeader: true, minWidth: 160, cell: ({ arn }) => <Link href={`#${reportPath(arn)}`}>{reportName(arn)}</Link> },
        { id: 'status', header: 'Status', minWidth: 155, cell: ({ status }) => <Status word={status} /> },
        { id: 'type', header: 'Type', cell: ({ type }) => (type === 'TEST' ? 'Test' : 'Code coverage') },
        { id: 'outcome', header: 'Results', cell: outcome },
        { id: 'took', header: 'Duration', cell: ({ testSummary: it }) => (it ? duration(it.durationInNanoSeconds / SECOND) : '–') },
        { id: 'build', header: 'Build', cell: ({ executionId }) => (executionId?.includes(':build/') ? <Link href={`#${pathOf('codebuild', 'builds', idOf(executionId))}`}>{idOf(executionId)}</Link> : '–') },
        { id: 'created', header: 'Created', cell: ({ created }) => <Moment at={created} /> },
      ]}
    />
  );
}
