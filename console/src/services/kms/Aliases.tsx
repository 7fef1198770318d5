import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { aliasError, kms, listAliases, type Alias } from './api';

/** The names of a key. */
export function Aliases({ id, editable }: { id: string; editable: boolean }) {
  const aliases = useResource(`aliases ${id}`, (signal) => listAliases(signal, id));
  const [dialog, setDialog] = useState<'create' | Alias>();
  const [name, setName] = useState('');
  const close = () => setDialog(undefined);
  const bad = aliasError(name);
  return (
    <>
      <ItemTable
        level="part"
        title="Aliases"
        resource={aliases}
        idOf={({ AliasName }) => AliasName}
        selection={editable ? 'single' : undefined}
        actions={([alias]) =>
          editable && (
            <>
              <Button disabled={!alias} onClick={() => setDialog(alias)}>Delete</Button>
              <Button onClick={() => setDialog('create')}>Create alias</Button>
            </>
          )
        }
        empty={<Empty title="The key has no aliases">An alias stands for the key’s id wherever it is used.</Empty>}
        columns={[
          { id: 'name', header: 'Alias name', isRowHeader: true, cell: ({ AliasName }) => AliasName },
          { id: 'arn', header: 'Alias ARN', cell: ({ AliasArn }) => <span className="wrapped">{AliasArn}</span> },
          { id: 'created', header: 'Created', cell: ({ CreationDate }) => <Moment at={CreationDate} /> },
        ]}
      />
      {dialog === 'create' && (
        <FormModal
          title="Create alias"
          action="Create alias"
          ready={name !== '' && !bad}
          onClose={close}
          onSubmit={async () => {
            await kms('CreateAlias', { AliasName: `alias/${name}`, TargetKeyId: id });
            setName('');
            aliases.reload();
          }}
        >
          <FormField label="Alias name" errorText={bad}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </FormModal>
      )}
      {typeof dialog === 'object' && (
        <ConfirmDelete
          title={`Delete ${dialog.AliasName}?`}
          onClose={close}
          onConfirm={async () => {
            await kms('DeleteAlias', { AliasName: dialog.AliasName });
            aliases.reload();
          }}
        >
          The key stays; what asks for it by this alias fails.
        </ConfirmDelete>
      )}
    </>
  );
}
