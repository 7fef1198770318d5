import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useMemo, useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, useAddress } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { listParameters, parameterPath, ssm, type Metadata } from './api';
import { level, trailOf } from './levels';

interface Row {
  name: string;
  /** Of a parameter; a folder has none. */
  parameter?: Metadata;
}

/** Parameters that DeleteParameters takes at once. */
const BATCH = 10;
const folderAddress = (path: string) => (path ? `/ssm/parameters?path=${encodeURIComponent(path)}` : '/ssm/parameters');

export default function ParametersPage() {
  const { query } = useAddress();
  const path = query.get('path') ?? '';
  const [flat, setFlat] = useState(false);
  const [deleted, setDeleted] = useState<Metadata[]>();
  const parameters = useResource('parameters', listParameters, (arn) => arn.includes(':ssm:'));
  const { data } = parameters;
  const rows = useMemo((): Row[] | undefined => {
    if (!data) return undefined;
    if (flat) return data.filter(({ Name }) => Name.startsWith(path)).map((parameter) => ({ name: parameter.Name, parameter }));
    const { folders, own } = level(data.map(({ Name }) => Name), path);
    const byName = new Map(data.map((parameter) => [parameter.Name, parameter]));
    return [...folders.map((name) => ({ name })), ...own.map((name) => ({ name, parameter: byName.get(name) }))];
  }, [data, flat, path]);

  return (
    <SpaceBetween size="s">
      {path && (
        <BreadcrumbGroup
          ariaLabel="Path of the parameters"
          items={[{ text: 'All parameters', href: `#${folderAddress('')}` }, ...trailOf(path).map((it) => ({ text: it, href: `#${folderAddress(it)}` }))]}
        />
      )}
      <ItemTable
        title="Parameters"
        description="Settings and secrets by name. Values are not read until you ask for them."
        resource={{ ...parameters, data: rows }}
        idOf={({ name }) => name}
        textOf={({ name, parameter }) => `${name} ${parameter?.Description ?? ''}`}
        filters={<Toggle checked={flat} onChange={({ detail }) => setFlat(detail.checked)}>All levels</Toggle>}
        selection="multi"
        actions={(selected) => {
          const chosen = selected.flatMap(({ parameter }) => parameter ?? []);
          return (
            <>
              <Button disabled={chosen.length === 0} onClick={() => setDeleted(chosen)}>Delete</Button>
              <Button disabled={chosen.length !== 1} onClick={() => go(`${parameterPath(chosen[0].Name)}/edit`)}>Edit</Button>
              <Button variant="primary" href={`#/ssm/create-parameter${path ? `?path=${encodeURIComponent(path)}` : ''}`}>Create parameter</Button>
            </>
          );
        }}
        empty={<Empty title="There are no parameters yet">Builds read them by <code>parameter-store</code> in a buildspec; a name such as /my-app/url puts them in folders.</Empty>}
        columns={[
          {
            id: 'name', header: 'Name', isRowHeader: true,
            cell: ({ name, parameter }) => <Link href={`#${parameter ? parameterPath(name) : folderAddress(name)}`}>{name}</Link>,
          },
          { id: 'tier', header: 'Tier', cell: ({ parameter }) => parameter?.Tier ?? '–' },
          { id: 'type', header: 'Type', cell: ({ parameter }) => parameter?.Type ?? 'Folder' },
          { id: 'version', header: 'Version', cell: ({ parameter }) => parameter?.Version ?? '–' },
          { id: 'modified', header: 'Last modified', cell: ({ parameter }) => <Moment at={parameter?.LastModifiedDate} /> },
        ]}
      />
      {deleted && (
        <ConfirmDelete
          title={`Delete ${deleted.length === 1 ? deleted[0].Name : `${deleted.length} parameters`}?`}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            for (let at = 0; at < deleted.length; at += BATCH) {
              const Names = deleted.slice(at, at + BATCH).map(({ Name }) => Name);
              const { InvalidParameters = [] } = await ssm<{ InvalidParameters?: string[] }>('DeleteParameters', { Names });
              if (InvalidParameters.length > 0) notify({ type: 'warning', header: 'Some parameters were gone already', content: InvalidParameters.join(', ') });
            }
            parameters.reload();
          }}
        >
          All versions go with them. This can’t be undone.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}
