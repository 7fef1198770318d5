import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { duration, Moment } from '../../components/time';
import { DeleteGroup } from './ReportGroupsPage';
import { flakyTests, getGroups, groupName, listReports, trend, type ReportGroup } from './reports';
import { reportPath, ReportTable } from './ReportTable';
import { usePages } from './usePages';
import { readable } from './status';
import { TrendChart } from './TrendChart';

const ofBuilds = (arn: string) => arn.includes(':codebuild:');

export default function ReportGroupPage({ params: { arn } }: PageProps) {
  const group = useResource(`report group ${arn}`, (signal) => getGroups([arn], signal));
  const [deleting, setDeleting] = useState(false);
  if (group.error && !group.data) return <Failure what="The report group can't be shown" error={group.error} retry={group.reload} />;
  if (!group.data) return <Spinner size="large" />;
  const found = group.data[0];
  if (!found) return <Empty title={`There is no report group ${groupName(arn)}`}>It may have been deleted, or be in another region.</Empty>;
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={found.type === 'TEST' ? 'Test reports' : 'Code coverage reports'} actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}>
          {found.name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Trends group={found} />
        <Reports group={found} />
        {found.type === 'TEST' && <FlakyTests arn={arn} />}
      </SpaceBetween>
      {deleting && <DeleteGroup group={found} onClose={() => setDeleting(false)} onDone={() => go('/codebuild/report-groups')} />}
    </ContentLayout>
  );
}

const percent = (value: number) => `${Number(value.toFixed(1))} %`;
const count = (value: number) => value.toLocaleString();

const FIELDS = {
  TEST: [
    { field: 'PASS_RATE', title: 'Pass rate', show: percent, most: 100 },
    { field: 'DURATION', title: 'Duration', show: (value: number) => duration(value / 1e9) },
    { field: 'TOTAL', title: 'Tests', show: count },
  ],
  CODE_COVERAGE: [
    { field: 'LINE_COVERAGE', title: 'Line coverage', show: percent, most: 100 },
    { field: 'BRANCH_COVERAGE', title: 'Branch coverage', show: percent, most: 100 },
    { field: 'LINES_MISSED', title: 'Lines missed', show: count },
  ],
};

/** Reports that a trend is made of. */
const TREND = 50;

function Trends({ group }: { group: ReportGroup }) {
  return (
    <Container header={<Header description={`Of the last ${TREND} reports at most, the newest on the right.`}>Trends</Header>}>
      <ColumnLayout columns={3}>
        {FIELDS[group.type].map((it) => <OneTrend key={it.field} arn={group.arn} {...it} />)}
      </ColumnLayout>
    </Container>
  );
}

function OneTrend({ arn, field, title, show, most }: { arn: string; field: string; title: string; show: (value: number) => string; most?: number }) {
  const of = useResource(`trend ${arn} ${field}`, (signal) => trend(arn, field, TREND, signal), ofBuilds);
  if (of.error) return <Failure what={`${title} can’t be shown`} error={of.error} />;
  if (!of.data) return <Spinner />;
  // The newest come first.
  const points = (of.data.rawData ?? []).map(({ reportArn, data }) => ({ arn: reportArn, value: Number(data) })).reverse();
  return <TrendChart title={title} points={points} show={show} most={most} />;
}

function Reports({ group }: { group: ReportGroup }) {
  const pages = usePages();
  const of = useResource(`reports of ${group.arn} ${pages.token ?? ''}`, (signal) => listReports(group.arn, pages.token, signal), ofBuilds);
  if (of.error && !of.data) return <Failure what="The reports can't be listed" error={of.error} retry={of.reload} />;
  return (
    <ReportTable
      reports={of.data?.reports ?? []}
      loading={!of.data}
      label={`Reports of ${group.name}`}
      header={<Header counter={of.data && `(${of.data.reports.length}${of.data.next ? '+' : ''})`}>Reports</Header>}
      pagination={pages.pagination(of.data?.next)}
      empty={<Empty title="There are no reports yet">Builds whose buildspec has a reports section of this name make them.</Empty>}
    />
  );
}

const EVIDENCE: Record<string, string> = {
  SAME_SOURCE_VERSION: 'Passed and failed with the same source',
  RETRIED: 'Passed after attempts that failed',
  ALTERNATES: 'Changes again and again',
};

function FlakyTests({ arn }: { arn: string }) {
  const of = useResource(`flaky ${arn}`, (signal) => flakyTests(arn, signal), ofBuilds);
  if (of.error && !of.data) return <Failure what="The flaky tests can't be listed" error={of.error} retry={of.reload} />;
  return (
    <Table
      items={of.data?.tests ?? []}
      trackBy={({ prefix, testSuiteName, name }) => `${prefix} ${testSuiteName} ${name}`}
      loading={!of.data}
      loadingText="Looking for flaky tests"
      wrapLines
      ariaLabels={{ tableLabel: 'Flaky tests' }}
      header={<Header counter={of.data && `(${of.data.tests.length})`} description={of.data && `Tests that pass and fail without a reason in the source, in the last ${of.data.analyzed} reports.`}>Flaky tests</Header>}
      empty={<Empty title="No test is flaky">None both passed and failed with the same source, needed another attempt, or changes again and again.</Empty>}
      columnDefinitions={[
        { id: 'name', header: 'Test', isRowHeader: true, cell: ({ testSuiteName, name }) => [testSuiteName, name].filter(Boolean).join(' › ') },
        { id: 'why', header: 'Evidence', cell: ({ evidence }) => (evidence ?? []).map((it) => EVIDENCE[it] ?? readable(it)).join('; ') },
        { id: 'counts', header: 'Passed / failed', cell: ({ passed, failed }) => `${passed ?? 0} / ${failed ?? 0}` },
        { id: 'last', header: 'Last failed', cell: ({ lastFailed, lastFailedReportArn: it }) => (it ? <Link href={`#${reportPath(it)}`}><Moment at={lastFailed} /></Link> : '–') },
        { id: 'message', header: 'Message', cell: ({ message }) => (message ? <Box variant="code">{message.slice(0, 300)}</Box> : '–') },
      ]}
    />
  );
}
