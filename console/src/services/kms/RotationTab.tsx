import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { kms, listRotations, type Key, type Rotation } from './api';

/** When a key gets new material, and which it had. */
export function RotationTab({ of: { KeyId, KeyManager, KeyState } }: { of: Key }) {
  const concerns = (arn: string) => arn.endsWith(`:key/${KeyId}`);
  const rotation = useResource(`rotation ${KeyId}`, (signal) => kms<Rotation>('GetKeyRotationStatus', { KeyId }, signal), concerns);
  const past = useResource(`rotations ${KeyId}`, (signal) => listRotations(KeyId, signal), concerns);
  const [editing, setEditing] = useState(false);
  const [busy, act] = useAction();
  const changeable = KeyManager === 'CUSTOMER' && KeyState === 'Enabled';
  const rotate = () =>
    act('The key was not rotated', async () => {
      await kms('RotateKeyOnDemand', { KeyId });
      rotation.reload();
      past.reload();
    });
  if (rotation.error && !rotation.data) return <Failure what="The rotation can't be shown" error={rotation.error} retry={rotation.reload} />;
  const { KeyRotationEnabled, RotationPeriodInDays, NextRotationDate } = rotation.data ?? {};
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            description="New material encrypts; what older material encrypted can still be read."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!changeable} loading={busy} onClick={rotate}>Rotate now</Button>
                <Button disabled={!changeable || !rotation.data} onClick={() => setEditing(true)}>Edit</Button>
              </SpaceBetween>
            }
          >
            Automatic key rotation
          </Header>
        }
      >
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Status', value: KeyRotationEnabled === undefined ? '–' : KeyRotationEnabled ? 'Enabled' : 'Disabled' },
            { label: 'Rotation period', value: RotationPeriodInDays ? `${RotationPeriodInDays} days` : '–' },
            { label: 'Next rotation', value: <Moment at={NextRotationDate} /> },
          ]}
        />
      </Container>
      <ItemTable
        level="part"
        title="Key material"
        resource={past}
        idOf={({ KeyMaterialId }) => KeyMaterialId ?? ''}
        empty={<Box>There is no key material to show.</Box>}
        columns={[
          { id: 'id', header: 'Key material id', isRowHeader: true, cell: ({ KeyMaterialId }) => <span className="wrapped">{KeyMaterialId}</span> },
          { id: 'state', header: 'State', cell: ({ KeyMaterialState }) => (KeyMaterialState === 'CURRENT' ? 'Current' : 'Not current') },
          { id: 'type', header: 'Came by', cell: ({ RotationType }) => (RotationType === 'ON_DEMAND' ? 'Rotation on demand' : RotationType === 'AUTOMATIC' ? 'Automatic rotation' : 'The creation of the key') },
          { id: 'date', header: 'Rotated', cell: ({ RotationDate }) => <Moment at={RotationDate} /> },
        ]}
      />
      {editing && rotation.data && <Edit id={KeyId} rotation={rotation.data} onDone={rotation.reload} onClose={() => setEditing(false)} />}
    </SpaceBetween>
  );
}

function Edit({ id, rotation, onDone, onClose }: { id: string; rotation: Rotation; onDone: () => void; onClose: () => void }) {
  const [on, setOn] = useState(rotation.KeyRotationEnabled);
  const [days, setDays] = useState(String(rotation.RotationPeriodInDays ?? 365));
  const bad = on && !(/^\d+$/.test(days) && Number(days) >= 90 && Number(days) <= 2560) && 'From 90 to 2560 days';
  return (
    <FormModal
      title="Automatic key rotation"
      action="Save"
      ready={!bad}
      onClose={onClose}
      onSubmit={async () => {
        if (on) await kms('EnableKeyRotation', { KeyId: id, RotationPeriodInDays: Number(days) });
        else await kms('DisableKeyRotation', { KeyId: id });
        onDone();
      }}
    >
      <Checkbox checked={on} onChange={({ detail }) => setOn(detail.checked)}>Rotate this key automatically</Checkbox>
      <FormField label="Rotation period in days" errorText={bad}>
        <Input value={days} inputMode="numeric" disabled={!on} onChange={({ detail }) => setDays(detail.value)} />
      </FormField>
    </FormModal>
  );
}
