// CodeBuild's operations on reports, and Codeyard's own of flaky tests.

import { call } from '../../api/client';
import type { EpochSeconds } from '../../components/time';
import { codebuild } from './api';

const CODEYARD = { name: 'codeyard', target: 'Codeyard_20261121' };

export interface ReportGroup {
  arn: string;
  name: string;
  type: 'TEST' | 'CODE_COVERAGE';
  status?: string;
  exportConfig?: { exportConfigType?: string; s3Destination?: { bucket?: string; path?: string } };
  created?: EpochSeconds;
  lastModified?: EpochSeconds;
}

export interface Report {
  arn: string;
  type: 'TEST' | 'CODE_COVERAGE';
  name?: string;
  reportGroupArn?: string;
  /** The ARN of the build that made it. */
  executionId?: string;
  status?: string;
  created?: EpochSeconds;
  expired?: EpochSeconds;
  truncated?: boolean;
  testSummary?: { total: number; statusCounts: Record<string, number>; durationInNanoSeconds: number };
  codeCoverageSummary?: Coverage;
}

export interface Coverage {
  lineCoveragePercentage?: number;
  linesCovered?: number;
  linesMissed?: number;
  branchCoveragePercentage?: number;
  branchesCovered?: number;
  branchesMissed?: number;
}

export interface TestCase {
  prefix?: string;
  name?: string;
  testSuiteName?: string;
  testRawDataPath?: string;
  status?: string;
  durationInNanoSeconds?: number;
  message?: string;
}

export interface FileCoverage extends Coverage {
  id: string;
  filePath?: string;
}

export interface Flaky {
  prefix?: string;
  name?: string;
  testSuiteName?: string;
  evidence?: string[];
  passed?: number;
  failed?: number;
  changes?: number;
  sourceVersion?: string;
  lastFailedReportArn?: string;
  lastFailed?: EpochSeconds;
  message?: string;
}

/** A group's name, out of its ARN: `…:report-group/NAME`. */
export const groupName = (arn: string) => arn.slice(arn.indexOf('/') + 1);

/** A report's name, out of its ARN: `…:report/GROUP:ID`. */
export const reportName = (arn: string) => arn.slice(arn.indexOf('/') + 1);

/** The ARN of a report's group. */
export const groupArnOf = (reportArn: string) => reportArn.replace(/:report\/(.*):[^:]*$/s, ':report-group/$1');

const AT_ONCE = 100;

export async function listGroups(signal?: AbortSignal): Promise<ReportGroup[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await codebuild<{ reportGroups?: string[]; nextToken?: string }>('ListReportGroups', { nextToken, sortBy: 'NAME', sortOrder: 'ASCENDING' }, signal);
    arns.push(...(page.reportGroups ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const groups: ReportGroup[] = [];
  for (let at = 0; at < arns.length; at += AT_ONCE) groups.push(...(await getGroups(arns.slice(at, at + AT_ONCE), signal)));
  return groups;
}

export const getGroups = async (reportGroupArns: string[], signal?: AbortSignal) =>
  (await codebuild<{ reportGroups?: ReportGroup[] }>('BatchGetReportGroups', { reportGroupArns }, signal)).reportGroups ?? [];

export async function getReports(reportArns: string[], signal?: AbortSignal): Promise<Report[]> {
  if (reportArns.length === 0) return [];
  const page = await codebuild<{ reports?: Report[] }>('BatchGetReports', { reportArns }, signal);
  const byArn = new Map((page.reports ?? []).map((report) => [report.arn, report]));
  return reportArns.flatMap((arn) => byArn.get(arn) ?? []);
}

/** A page of a group's reports, the newest first. */
export async function listReports(reportGroupArn: string, nextToken: string | undefined, signal?: AbortSignal): Promise<{ reports: Report[]; next?: string }> {
  const input = { reportGroupArn, nextToken, sortOrder: 'DESCENDING', maxResults: 50 };
  const page = await codebuild<{ reports?: string[]; nextToken?: string }>('ListReportsForReportGroup', input, signal);
  return { reports: await getReports(page.reports ?? [], signal), next: page.nextToken };
}

export async function testCases(
  reportArn: string,
  filter: { status?: string; keyword?: string },
  nextToken: string | undefined,
  signal?: AbortSignal,
): Promise<{ cases: TestCase[]; next?: string }> {
  const wanted = filter.status || filter.keyword ? { status: filter.status || undefined, keyword: filter.keyword || undefined } : undefined;
  const input = { reportArn, filter: wanted, nextToken, maxResults: AT_ONCE };
  const page = await codebuild<{ testCases?: TestCase[]; nextToken?: string }>('DescribeTestCases', input, signal);
  return { cases: page.testCases ?? [], next: page.nextToken };
}

export async function coverages(
  reportArn: string,
  order: { sortBy: string; sortOrder: string },
  nextToken: string | undefined,
  signal?: AbortSignal,
): Promise<{ files: FileCoverage[]; next?: string }> {
  const input = { reportArn, ...order, nextToken, maxResults: AT_ONCE };
  const page = await codebuild<{ codeCoverages?: FileCoverage[]; nextToken?: string }>('DescribeCodeCoverages', input, signal);
  return { files: page.codeCoverages ?? [], next: page.nextToken };
}

export interface Trend {
  stats?: { average?: string; max?: string; min?: string };
  rawData?: { reportArn: string; data: string }[];
}

export const trend = (reportGroupArn: string, trendField: string, numOfReports: number, signal: AbortSignal) =>
  codebuild<Trend>('GetReportGroupTrend', { reportGroupArn, trendField, numOfReports }, signal);

export async function flakyTests(reportGroupArn: string, signal: AbortSignal): Promise<{ analyzed: number; tests: Flaky[] }> {
  const page = await call<{ reportsAnalyzed?: number; flakyTests?: Flaky[] }>(CODEYARD, 'ListFlakyTests', { reportGroupArn }, signal);
  return { analyzed: page.reportsAnalyzed ?? 0, tests: page.flakyTests ?? [] };
}

export const deleteReport = (arn: string) => codebuild<object>('DeleteReport', { arn });
export const deleteReportGroup = (arn: string, deleteReports: boolean) => codebuild<object>('DeleteReportGroup', { arn, deleteReports });
export const createReportGroup = async (name: string, type: string) =>
  (await codebuild<{ reportGroup: ReportGroup }>('CreateReportGroup', { name, type, exportConfig: { exportConfigType: 'NO_EXPORT' } })).reportGroup;
