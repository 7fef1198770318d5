import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { areTags, filled, tagChanges, TagFields } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { addInstanceTags, deregister, listInstances, removeInstanceTags } from './api';
import type { Instance } from './types';

const tagsOf = ({ tags = [] }: Instance) => tags.map(({ Key = '', Value = '' }) => ({ Key, Value }));

export default function InstancesPage() {
  const [edited, setEdited] = useState<Instance>();
  const [doomed, setDoomed] = useState<string>();
  const found = useResource('on-premises instances', listInstances);
  return (
    <>
      <ItemTable
        title="On-premises instances"
        resource={found}
        idOf={({ instanceName }) => instanceName}
        textOf={(it) => [it.instanceName, ...tagsOf(it).map(({ Key, Value }) => `${Key}=${Value}`)].join(' ')}
        selection="single"
        actions={([instance]) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!instance} onClick={() => setEdited(instance)}>Edit tags</Button>
            <Button disabled={!instance || !!instance.deregisterTime} onClick={() => setDoomed(instance.instanceName)}>Deregister</Button>
          </SpaceBetween>
        )}
        columns={[
          { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.instanceName, cell: (it) => it.instanceName },
          { id: 'status', header: 'Status', cell: (it) => (it.deregisterTime ? <StatusIndicator type="stopped">Deregistered</StatusIndicator> : <StatusIndicator type="success">Registered</StatusIndicator>) },
          { id: 'tags', header: 'Tags', cell: (it) => tagsOf(it).map(({ Key, Value }) => `${Key}=${Value}`).join(', ') || '–' },
          { id: 'identity', header: 'IAM identity', cell: (it) => it.iamUserArn ?? it.iamSessionArn ?? '–' },
          { id: 'registered', header: 'Registered', sortBy: (it) => it.registerTime ?? 0, cell: (it) => <Moment at={it.registerTime} /> },
        ]}
        empty={
          <Empty title="There are no hosts yet">
            <Box variant="code">codeyard host add web-1 --tag env=staging --bucket revisions</Box> makes one on the yard’s machine; <Box variant="code">aws deploy register</Box> takes in a machine of yours.
          </Empty>
        }
      />
      {edited && <TagDialog instance={edited} onClose={() => setEdited(undefined)} onSaved={found.reload} />}
      {doomed && (
        <ConfirmDelete
          title={`Deregister ${doomed}?`}
          action="Deregister"
          onConfirm={async () => {
            await deregister(doomed);
            found.reload();
          }}
          onClose={() => setDoomed(undefined)}
        >
          No deployment reaches the host any more. The host itself and what runs on it go on.
        </ConfirmDelete>
      )}
    </>
  );
}

function TagDialog({ instance, onClose, onSaved }: { instance: Instance; onClose: () => void; onSaved: () => void }) {
  const before = tagsOf(instance);
  const [tags, setTags] = useState(before);
  const save = async () => {
    const { set, gone } = tagChanges(before, filled(tags));
    if (gone.length > 0) await removeInstanceTags(instance.instanceName, before.filter(({ Key }) => gone.includes(Key)));
    if (set.length > 0) await addInstanceTags(instance.instanceName, set);
    onSaved();
  };
  return (
    <FormModal title={`Tags of ${instance.instanceName}`} action="Save tags" size="large" ready={areTags(tags)} onSubmit={save} onClose={onClose}>
      <p>Deployment groups find their hosts by tags: the next deployment goes by what is here.</p>
      <TagFields tags={tags} onChange={setTags} />
    </FormModal>
  );
}
