import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go, pathOf } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { createReportGroup, deleteReportGroup, listGroups, type ReportGroup } from './reports';

const pathOfGroup = (arn: string) => pathOf('codebuild', 'report-groups', arn);

export default function ReportGroupsPage() {
  // A build that ends may have made a group.
  const of = useResource('report groups', listGroups, (arn) => arn.includes(':codebuild:'));
  const [open, setOpen] = useState<'create' | ReportGroup>();
  return (
    <>
      <ItemTable
        title="Report groups"
        resource={of}
        idOf={({ arn }) => arn}
        textOf={({ name }) => name}
        selection="single"
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.name, cell: ({ arn, name }) => <Link href={`#${pathOfGroup(arn)}`}>{name}</Link> },
          { id: 'type', header: 'Type', sortBy: (it) => it.type, cell: ({ type }) => (type === 'TEST' ? 'Test' : 'Code coverage') },
          { id: 'export', header: 'Export', cell: ({ exportConfig: it }) => (it?.exportConfigType === 'S3' ? `s3://${it.s3Destination?.bucket ?? ''}/${it.s3Destination?.path ?? ''}` : 'None') },
          { id: 'modified', header: 'Last changed', sortBy: (it) => it.lastModified ?? 0, cell: ({ lastModified }) => <Moment at={lastModified} /> },
        ]}
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setOpen(one)}>Delete</Button>{' '}
            <Button variant="primary" onClick={() => setOpen('create')}>Create report group</Button>
          </>
        )}
        empty={<Empty title="There are no report groups yet">A build makes them for the names in its buildspec’s reports section.</Empty>}
      />
      {open === 'create' && <Create onClose={() => setOpen(undefined)} />}
      {open && open !== 'create' && <DeleteGroup group={open} onClose={() => setOpen(undefined)} onDone={of.reload} />}
    </>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [type, setType] = useState('TEST');
  return (
    <FormModal title="Create report group" action="Create" ready={name.length >= 2} onClose={onClose} onSubmit={async () => go(pathOfGroup((await createReportGroup(name, type)).arn))}>
      <FormField label="Report group name" constraintText="2 to 128 characters">
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Report type">
        <RadioGroup value={type} onChange={({ detail }) => setType(detail.value)} items={[{ value: 'TEST', label: 'Test' }, { value: 'CODE_COVERAGE', label: 'Code coverage' }]} />
      </FormField>
    </FormModal>
  );
}

export function DeleteGroup({ group, onClose, onDone }: { group: ReportGroup; onClose: () => void; onDone: () => void }) {
  const [all, setAll] = useState(false);
  return (
    <ConfirmDelete
      title={`Delete ${group.name}`}
      typed="delete"
      onClose={onClose}
      onConfirm={async () => {
        await deleteReportGroup(group.arn, all);
        onDone();
      }}
    >
      <SpaceBetween size="s">
        <div>A group that has reports can be deleted only with them. They can’t be had back.</div>
        <Checkbox checked={all} onChange={({ detail }) => setAll(detail.checked)}>Delete its reports too</Checkbox>
      </SpaceBetween>
    </ConfirmDelete>
  );
}
