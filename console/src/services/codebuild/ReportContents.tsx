import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { duration } from '../../components/time';
import { coverages, testCases, type FileCoverage } from './reports';
import { Status } from './status';
import { usePages } from './usePages';

const STATUSES = ['', 'SUCCEEDED', 'FAILED', 'ERROR', 'SKIPPED', 'UNKNOWN'].map((value) => ({
  value,
  label: value ? value.charAt(0) + value.slice(1).toLowerCase() : 'Any status',
}));

/** The tests of a report, by status and by words. */
export function TestCases({ report }: { report: string }) {
  const [status, setStatus] = useState('');
  const [keyword, setKeyword] = useState('');
  const pages = usePages();
  const of = useResource(`cases ${report} ${status} ${keyword} ${pages.token ?? ''}`, (signal) => testCases(report, { status, keyword }, pages.token, signal));
  if (of.error && !of.data) return <Failure what="The test cases can't be listed" error={of.error} retry={of.reload} />;
  return (
    <Table
      items={of.data?.cases ?? []}
      trackBy={({ prefix, testSuiteName, name, testRawDataPath }) => `${prefix} ${testSuiteName} ${name} ${testRawDataPath}`}
      loading={!of.data}
      loadingText="Reading test cases"
      wrapLines
      ariaLabels={{ tableLabel: 'Test cases' }}
      header={<Header counter={of.data && `(${of.data.cases.length}${of.data.next ? '+' : ''})`}>Test cases</Header>}
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <Input
            type="search"
            value={keyword}
            ariaLabel="Find test cases by a word"
            placeholder="Find test cases by a word"
            onChange={({ detail }) => {
              setKeyword(detail.value);
              pages.restart();
            }}
          />
          <Select
            ariaLabel="Status of test cases"
            options={STATUSES}
            selectedOption={STATUSES.find(({ value }) => value === status) ?? STATUSES[0]}
            onChange={({ detail }) => {
              setStatus(detail.selectedOption.value ?? '');
              pages.restart();
            }}
          />
        </SpaceBetween>
      }
      pagination={pages.pagination(of.data?.next)}
      empty={<Empty title="No test case fits">{status || keyword ? 'The filter leaves none over.' : 'The files of results had none.'}</Empty>}
      columnDefinitions={[
        { id: 'name', header: 'Test case', isRowHeader: true, minWidth: 200, cell: ({ testSuiteName, name }) => [testSuiteName, name].filter(Boolean).join(' › ') },
        { id: 'status', header: 'Status', minWidth: 155, cell: ({ status: word }) => <Status word={word} /> },
        { id: 'took', header: 'Duration', cell: ({ durationInNanoSeconds: it }) => (it === undefined ? '–' : duration(it / 1e9)) },
        { id: 'message', header: 'Message', minWidth: 240, cell: ({ message }) => (message ? <Message text={message} /> : '–') },
        { id: 'file', header: 'File', cell: ({ testRawDataPath }) => testRawDataPath ?? '–' },
      ]}
    />
  );
}

function Message({ text }: { text: string }) {
  const [first, ...rest] = text.trim().split('\n');
  if (rest.length === 0) return <Box variant="code">{first}</Box>;
  return (
    <ExpandableSection headerText={<Box variant="code">{first}</Box>}>
      <Box variant="pre">{rest.join('\n')}</Box>
    </ExpandableSection>
  );
}

const ORDERS = [
  { value: 'LINE_COVERAGE_PERCENTAGE ASCENDING', label: 'Least covered first' },
  { value: 'LINE_COVERAGE_PERCENTAGE DESCENDING', label: 'Most covered first' },
  { value: 'FILE_PATH ASCENDING', label: 'By path' },
];

/** The files of a coverage report, with how much of their lines and branches ran. */
export function CoverageFiles({ report }: { report: string }) {
  const [order, setOrder] = useState(ORDERS[0].value);
  const pages = usePages();
  const [sortBy, sortOrder] = order.split(' ');
  const of = useResource(`coverage ${report} ${order} ${pages.token ?? ''}`, (signal) => coverages(report, { sortBy, sortOrder }, pages.token, signal));
  if (of.error && !of.data) return <Failure what="The files can't be listed" error={of.error} retry={of.reload} />;
  const bar = (percentage: number | undefined, covered: number | undefined, missed: number | undefined, label: string) =>
    percentage === undefined || (covered ?? 0) + (missed ?? 0) === 0 ? '–' : <ProgressBar variant="standalone" value={percentage} ariaLabel={label} additionalInfo={`${covered ?? 0} of ${(covered ?? 0) + (missed ?? 0)}`} />;
  const nameOf = (it: FileCoverage) => it.filePath ?? it.id;
  return (
    <Table
      items={of.data?.files ?? []}
      trackBy="id"
      loading={!of.data}
      loadingText="Reading files"
      wrapLines
      ariaLabels={{ tableLabel: 'Files' }}
      header={<Header counter={of.data && `(${of.data.files.length}${of.data.next ? '+' : ''})`}>Files</Header>}
      filter={
        <Select
          ariaLabel="Order of files"
          options={ORDERS}
          selectedOption={ORDERS.find(({ value }) => value === order) ?? ORDERS[0]}
          onChange={({ detail }) => {
            setOrder(detail.selectedOption.value ?? ORDERS[0].value);
            pages.restart();
          }}
        />
      }
      pagination={pages.pagination(of.data?.next)}
      empty={<Empty title="There are no files">The files of results had none.</Empty>}
      columnDefinitions={[
        { id: 'path', header: 'File', isRowHeader: true, minWidth: 200, cell: nameOf },
        { id: 'lines', header: 'Lines covered', minWidth: 200, cell: (it) => bar(it.lineCoveragePercentage, it.linesCovered, it.linesMissed, `Lines of ${nameOf(it)}`) },
        { id: 'branches', header: 'Branches covered', minWidth: 200, cell: (it) => bar(it.branchCoveragePercentage, it.branchesCovered, it.branchesMissed, `Branches of ${nameOf(it)}`) },
      ]}
    />
  );
}
