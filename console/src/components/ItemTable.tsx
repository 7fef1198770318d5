import Button from '@cloudscape-design/components/button';
import CollectionPreferences from '@cloudscape-design/components/collection-preferences';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { Children, Fragment, isValidElement, useMemo, useState, type ReactNode } from 'react';
import type { Loaded } from '../api/useResource';
import { Empty } from './Empty';
import { Failure } from './Failure';

export interface Column<T> {
  id: string;
  header: string;
  cell: (item: T) => ReactNode;
  /** What it is sorted by; without it, it is not. */
  sortBy?: (item: T) => string | number;
  isRowHeader?: boolean;
  minWidth?: number;
}

interface Props<T> {
  title: string;
  /** The page's own table, or one within a page. */
  level?: 'page' | 'part';
  description?: ReactNode;
  resource: Pick<Loaded<T[]>, 'data' | 'error' | 'loading' | 'reload'>;
  idOf: (item: T) => string;
  columns: Column<T>[];
  /** What the filter looks through; without it there is none. */
  textOf?: (item: T) => string;
  /** Beside the text filter. */
  filters?: ReactNode;
  /** Buttons; those that are for a row take what is selected. */
  actions?: (selected: T[]) => ReactNode;
  selection?: 'single' | 'multi';
  empty: ReactNode;
  pageSize?: number;
}

/** What a fragment holds, so that each part has its place in a row. */
const parts = (node: ReactNode) => Children.toArray(isValidElement<{ children?: ReactNode }>(node) && node.type === Fragment ? node.props.children : node);

/** The items of a listing with filter, order, pages and preferences, as AWS's console has them. */
export function ItemTable<T>({ title, level = 'page', description, resource, idOf, columns, textOf, filters, actions, selection, empty, pageSize = 25 }: Props<T>) {
  const [text, setText] = useState('');
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState<string[]>([]);
  const [order, setOrder] = useState<{ id: string; down: boolean } | undefined>(() => {
    const first = columns.find(({ isRowHeader, sortBy }) => isRowHeader && sortBy);
    return first && { id: first.id, down: false };
  });
  const [preferences, setPreferences] = useState({ pageSize, wrapLines: true, shown: columns.map(({ id }) => id) });

  const { data } = resource;
  const fitting = useMemo(() => {
    const words = text.toLowerCase();
    const found = (data ?? []).filter((item) => !textOf || textOf(item).toLowerCase().includes(words));
    const by = columns.find(({ id }) => id === order?.id)?.sortBy;
    if (!by || !order) return found;
    const compare = (a: T, b: T) => {
      const [x, y] = [by(a), by(b)];
      return typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y));
    };
    return found.sort((a, b) => (order.down ? compare(b, a) : compare(a, b)));
    // The columns' functions are made anew each time and say the same.
  }, [data, text, order]);

  if (resource.error && !data) return <Failure what={`${title} can't be listed`} error={resource.error} retry={resource.reload} />;
  const pages = Math.max(1, Math.ceil(fitting.length / preferences.pageSize));
  const at = Math.min(page, pages);
  const selected = (data ?? []).filter((item) => chosen.includes(idOf(item)));
  const shownColumns = columns.filter(({ id, isRowHeader }) => isRowHeader || preferences.shown.includes(id));
  const sorted = shownColumns.find(({ id }) => id === order?.id);

  return (
    <Table
      variant={level === 'page' ? 'full-page' : 'container'}
      stickyHeader={level === 'page'}
      items={fitting.slice((at - 1) * preferences.pageSize, at * preferences.pageSize)}
      trackBy={idOf}
      loading={!data}
      loadingText={`Reading ${title.toLowerCase()}`}
      wrapLines={preferences.wrapLines}
      enableKeyboardNavigation
      selectionType={selection}
      selectedItems={selection && selected}
      onSelectionChange={({ detail }) => setChosen(detail.selectedItems.map(idOf))}
      ariaLabels={{
        tableLabel: title,
        selectionGroupLabel: `Selection of ${title.toLowerCase()}`,
        itemSelectionLabel: (_, item) => `Select ${idOf(item)}`,
        allItemsSelectionLabel: () => 'Select all',
      }}
      sortingColumn={sorted && { sortingField: sorted.id }}
      sortingDescending={order?.down}
      onSortingChange={({ detail }) => setOrder({ id: detail.sortingColumn.sortingField ?? '', down: !!detail.isDescending })}
      header={
        <Header
          variant={level === 'page' ? 'h1' : 'h2'}
          counter={data && (selected.length > 0 ? `(${selected.length}/${data.length})` : `(${data.length})`)}
          description={description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel={`Refresh ${title.toLowerCase()}`} formAction="none" loading={resource.loading && !!data} onClick={resource.reload} />
              {parts(actions?.(selected))}
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
      filter={
        (textOf || filters) && (
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            {textOf && (
              <TextFilter
                filteringText={text}
                filteringPlaceholder={`Find ${title.toLowerCase()}`}
                filteringAriaLabel={`Find ${title.toLowerCase()}`}
                countText={text && `${fitting.length} ${fitting.length === 1 ? 'match' : 'matches'}`}
                onChange={({ detail }) => {
                  setText(detail.filteringText);
                  setPage(1);
                }}
              />
            )}
            {filters}
          </SpaceBetween>
        )
      }
      pagination={pages > 1 && <Pagination currentPageIndex={at} pagesCount={pages} onChange={({ detail }) => setPage(detail.currentPageIndex)} />}
      preferences={
        level === 'page' && (
          <CollectionPreferences
            title="Preferences"
            confirmLabel="Confirm"
            cancelLabel="Cancel"
            preferences={{ pageSize: preferences.pageSize, wrapLines: preferences.wrapLines, visibleContent: preferences.shown }}
            pageSizePreference={{ title: 'Page size', options: [10, 25, 50, 100].map((value) => ({ value, label: `${value} rows` })) }}
            wrapLinesPreference={{ label: 'Wrap lines', description: 'Show the whole text of each cell' }}
            visibleContentPreference={{
              title: 'Columns',
              options: [{ label: title, options: columns.map(({ id, header, isRowHeader }) => ({ id, label: header, editable: !isRowHeader })) }],
            }}
            onConfirm={({ detail }) =>
              setPreferences({
                pageSize: detail.pageSize ?? pageSize,
                wrapLines: detail.wrapLines ?? true,
                shown: [...(detail.visibleContent ?? preferences.shown)],
              })
            }
          />
        )
      }
      empty={text ? <Empty title="Nothing fits">The filter looks for the text anywhere in the names.</Empty> : empty}
      columnDefinitions={shownColumns.map(({ sortBy, id, ...column }) => ({ ...column, id, sortingField: sortBy && id }))}
    />
  );
}
