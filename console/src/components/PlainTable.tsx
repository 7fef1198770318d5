import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { ReactNode } from 'react';
import './plain-table.css';

interface Props<T> {
  header: ReactNode;
  label: string;
  items: T[];
  loading?: boolean;
  keyOf: (item: T) => string;
  /** The first names the row. */
  columns: { header: string; cell: (item: T) => ReactNode }[];
  empty?: ReactNode;
}

/** A few rows to look at. Cloudscape's Table, which sorts, chooses and scrolls, costs fifty kilobytes: too much for Home. */
export function PlainTable<T>({ header, label, items, loading, keyOf, columns, empty }: Props<T>) {
  return (
    <Container header={header} disableContentPaddings>
      {items.length > 0 ? (
        <div className="plain-table">
          <table aria-label={label}>
            <thead>
              <tr>{columns.map((column) => <th key={column.header} scope="col">{column.header}</th>)}</tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={keyOf(item)}>
                  {columns.map(({ header: name, cell }, at) => (at === 0 ? <th key={name} scope="row">{cell(item)}</th> : <td key={name}>{cell(item)}</td>))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Box padding={{ horizontal: 'l', vertical: 's' }} textAlign="center">
          {loading ? <StatusIndicator type="loading">Reading</StatusIndicator> : empty}
        </Box>
      )}
    </Container>
  );
}
