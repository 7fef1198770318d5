import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { Empty } from '../../components/Empty';
import type { Variable } from './api';

/** Variables with what they are: a value, or the name of a parameter or a secret. */
export function VariableTable({ title, variables, none = 'There are no variables' }: { title: string; variables: Variable[]; none?: string }) {
  return (
    <Table
      items={variables}
      trackBy="name"
      wrapLines
      contentDensity="compact"
      ariaLabels={{ tableLabel: title }}
      header={<Header counter={`(${variables.length})`}>{title}</Header>}
      empty={<Empty title={none}>Those that CodeBuild sets for every build are not listed.</Empty>}
      columnDefinitions={[
        { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
        { id: 'value', header: 'Value', cell: ({ value }) => value },
        { id: 'type', header: 'Type', cell: ({ type }) => type ?? 'PLAINTEXT' },
      ]}
    />
  );
}
