import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { duration, Moment } from '../../components/time';
import { idOf } from './api';
import { CoverageFiles, TestCases } from './ReportContents';
import { deleteReport, getReports, groupArnOf, groupName, reportName } from './reports';
import { outcome } from './ReportTable';
import { Status } from './status';

export default function ReportPage({ params: { arn } }: PageProps) {
  const of = useResource(`report ${arn}`, (signal) => getReports([arn], signal), (changed) => changed.includes(':codebuild:'));
  const [deleting, setDeleting] = useState(false);
  if (of.error && !of.data) return <Failure what="The report can't be shown" error={of.error} retry={of.reload} />;
  if (!of.data) return <Spinner size="large" />;
  const report = of.data[0];
  if (!report) return <Empty title={`There is no report ${reportName(arn)}`}>It may have expired or been deleted, or be in another region.</Empty>;
  const groupArn = report.reportGroupArn ?? groupArnOf(arn);
  const groupPath = pathOf('codebuild', 'report-groups', groupArn);
  const { testSummary: tests, codeCoverageSummary: coverage } = report;
  const share = (percentage: number | undefined, covered = 0, missed = 0) =>
    percentage === undefined ? '–' : `${percentage.toFixed(1)} % (${covered.toLocaleString()} of ${(covered + missed).toLocaleString()})`;
  return (
    <ContentLayout
      header={
        <Header variant="h1" info={<Status word={report.status} />} actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}>
          {report.name ?? reportName(arn)}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {report.truncated && <Alert type="warning">The build’s files had more results than a report keeps.</Alert>}
        <Container header={<Header>Summary</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'Results', value: outcome(report) },
              ...(tests ? [{ label: 'Duration', value: duration(tests.durationInNanoSeconds / 1e9) }] : []),
              ...(coverage
                ? [
                    { label: 'Line coverage', value: share(coverage.lineCoveragePercentage, coverage.linesCovered, coverage.linesMissed) },
                    { label: 'Branch coverage', value: share(coverage.branchCoveragePercentage, coverage.branchesCovered, coverage.branchesMissed) },
                  ]
                : []),
              { label: 'Report group', value: <Link href={`#${groupPath}`}>{groupName(groupArn)}</Link> },
              { label: 'Build', value: report.executionId?.includes(':build/') ? <Link href={`#${pathOf('codebuild', 'builds', idOf(report.executionId))}`}>{idOf(report.executionId)}</Link> : report.executionId ?? '–' },
              { label: 'Created', value: <Moment at={report.created} /> },
              { label: 'Expires', value: <Moment at={report.expired} /> },
            ]}
          />
        </Container>
        {report.type === 'TEST' ? <TestCases report={arn} /> : <CoverageFiles report={arn} />}
      </SpaceBetween>
      {deleting && (
        <ConfirmDelete
          title="Delete report"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteReport(arn);
            go(groupPath);
          }}
        >
          Its results can’t be had back, and trends are made without it.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}
