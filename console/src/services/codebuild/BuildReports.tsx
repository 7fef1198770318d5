import Header from '@cloudscape-design/components/header';
import { useResource } from '../../api/useResource';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { getReports } from './reports';
import { ReportTable } from './ReportTable';

/** The reports that a build made. */
export default function BuildReports({ arns }: { arns: string[] }) {
  const of = useResource(`reports ${arns.join()}`, (signal) => getReports(arns, signal));
  if (of.error && !of.data) return <Failure what="The reports can't be read" error={of.error} retry={of.reload} />;
  return (
    <ReportTable
      reports={of.data ?? []}
      loading={!of.data}
      label="Reports of the build"
      header={<Header counter={`(${arns.length})`}>Reports</Header>}
      empty={<Empty title="This build made no reports">The reports section of a buildspec names files of results: JUnit XML, Cucumber, NUnit, TRX and more, and coverage by Cobertura, JaCoCo, Clover, LCOV or SimpleCov.</Empty>}
    />
  );
}
