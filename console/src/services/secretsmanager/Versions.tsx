import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { AskedValue } from '../../components/AskedValue';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { listVersions, secrets, valueOf, type SecretVersion } from './api';

/** The versions of a secret with their staging labels; each value is asked for. */
export function Versions({ name }: { name: string }) {
  const versions = useResource(`secret versions ${name}`, async (signal) => (await listVersions(name, signal)).sort((a, b) => (b.CreatedDate ?? 0) - (a.CreatedDate ?? 0)));
  const [moved, setMoved] = useState<SecretVersion>();
  return (
    <>
      <ItemTable
        level="part"
        title="Versions"
        description="AWSCURRENT is the one that is read; versions without a label are deleted by and by."
        resource={versions}
        idOf={({ VersionId }) => VersionId}
        selection="single"
        actions={([version]) => <Button disabled={!version} onClick={() => setMoved(version)}>Move a label here</Button>}
        empty={<Empty title="The secret has no versions">“Edit value” stores the first.</Empty>}
        columns={[
          { id: 'id', header: 'Version id', isRowHeader: true, cell: ({ VersionId }) => <span className="wrapped">{VersionId}</span> },
          { id: 'stages', header: 'Staging labels', cell: ({ VersionStages = [] }) => (VersionStages.length === 0 ? '–' : <SpaceBetween direction="horizontal" size="xs">{VersionStages.map((stage) => <Badge key={stage} color={stage === 'AWSCURRENT' ? 'green' : 'grey'}>{stage}</Badge>)}</SpaceBetween>) },
          { id: 'value', header: 'Value', minWidth: 200, cell: ({ VersionId }) => <AskedValue label={`version ${VersionId}`} ask={() => valueOf(name, VersionId)} /> },
          { id: 'created', header: 'Created', cell: ({ CreatedDate }) => <Moment at={CreatedDate} /> },
        ]}
      />
      {moved && <MoveStage name={name} version={moved} versions={versions.data ?? []} onDone={versions.reload} onClose={() => setMoved(undefined)} />}
    </>
  );
}

function MoveStage({ name, version, versions, onDone, onClose }: { name: string; version: SecretVersion; versions: SecretVersion[]; onDone: () => void; onClose: () => void }) {
  const [stage, setStage] = useState('AWSCURRENT');
  const holder = versions.find(({ VersionStages }) => VersionStages?.includes(stage));
  return (
    <FormModal
      title="Move a staging label"
      action="Move label"
      ready={stage !== '' && holder?.VersionId !== version.VersionId}
      onClose={onClose}
      onSubmit={async () => {
        await secrets('UpdateSecretVersionStage', { SecretId: name, VersionStage: stage, MoveToVersionId: version.VersionId, RemoveFromVersionId: holder?.VersionId });
        onDone();
      }}
    >
      <FormField
        label="Staging label"
        description={holder ? `Version ${holder.VersionId} has it now.` : 'No version has it now.'}
        errorText={holder?.VersionId === version.VersionId && 'This version has it already'}
      >
        <Input value={stage} spellcheck={false} onChange={({ detail }) => setStage(detail.value)} />
      </FormField>
    </FormModal>
  );
}
