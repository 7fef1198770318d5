import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../../api/useResource';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Empty } from '../../../components/Empty';
import { FormModal } from '../../../components/FormModal';
import { ItemTable } from '../../../components/ItemTable';
import { Covered } from '../../../components/Shown';
import { Moment } from '../../../components/time';
import { notifyError } from '../../../app/notifications';
import { iam, iamAll, nameError, seconds } from '../api';

interface Device {
  SerialNumber: string;
  EnableDate: string;
}

interface NewDevice {
  SerialNumber: string;
  /** Both in base64. */
  Base32StringSeed: string;
  QRCodePNG: string;
}

/** The MFA devices of a user. A new one is an authenticator application that reads a code from the screen. */
export function MfaDevices({ user }: { user: string }) {
  const devices = useResource(`mfa ${user}`, (signal) => iamAll<Device>('ListMFADevices', 'MFADevices', { UserName: user }, signal));
  const [dialog, setDialog] = useState<'assign' | { kind: 'remove' | 'resync'; device: Device }>();
  const close = () => setDialog(undefined);
  return (
    <>
      <ItemTable
        level="part"
        title="Multi-factor authentication (MFA)"
        description="With a device, signing in to this console takes its code beside the password."
        resource={devices}
        idOf={({ SerialNumber }) => SerialNumber}
        selection="single"
        actions={([device]) => (
          <>
            <Button disabled={!device} onClick={() => setDialog({ kind: 'resync', device })}>Resync</Button>
            <Button disabled={!device} onClick={() => setDialog({ kind: 'remove', device })}>Remove</Button>
            <Button onClick={() => setDialog('assign')}>Assign MFA device</Button>
          </>
        )}
        empty={<Empty title="There are no MFA devices">A stolen password is worth little where a device must show a code too.</Empty>}
        columns={[
          { id: 'serial', header: 'Identifier', isRowHeader: true, cell: ({ SerialNumber }) => <span className="wrapped">{SerialNumber}</span> },
          { id: 'type', header: 'Type', cell: () => 'Virtual' },
          { id: 'enabled', header: 'Assigned', cell: ({ EnableDate }) => <Moment at={seconds(EnableDate)} /> },
        ]}
      />
      {dialog === 'assign' && <Assign user={user} onDone={devices.reload} onClose={close} />}
      {typeof dialog === 'object' && dialog.kind === 'resync' && <Resync user={user} serial={dialog.device.SerialNumber} onClose={close} />}
      {typeof dialog === 'object' && dialog.kind === 'remove' && (
        <ConfirmDelete
          title="Remove the MFA device?"
          action="Remove"
          onClose={close}
          onConfirm={async () => {
            const { SerialNumber } = dialog.device;
            await iam('DeactivateMFADevice', { UserName: user, SerialNumber });
            await iam('DeleteVirtualMFADevice', { SerialNumber });
            devices.reload();
          }}
        >
          {user} then signs in by password alone, unless there is another device.
        </ConfirmDelete>
      )}
    </>
  );
}

const isCode = (code: string) => /^\d{6}$/.test(code);

function Codes({ codes: [first, second], onChange }: { codes: [string, string]; onChange: (codes: [string, string]) => void }) {
  const wrong = (code: string) => code !== '' && !isCode(code) && 'Six digits';
  return (
    <SpaceBetween size="m">
      <FormField label="MFA code 1" errorText={wrong(first)}>
        <Input value={first} inputMode="numeric" autoComplete="one-time-code" onChange={({ detail }) => onChange([detail.value.trim(), second])} />
      </FormField>
      <FormField label="MFA code 2" description="The one that the device shows after it, up to half a minute later." errorText={wrong(second)}>
        <Input value={second} inputMode="numeric" autoComplete="off" onChange={({ detail }) => onChange([first, detail.value.trim()])} />
      </FormField>
    </SpaceBetween>
  );
}

function Assign({ user, onDone, onClose }: { user: string; onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState(user);
  const [device, setDevice] = useState<NewDevice>();
  const [codes, setCodes] = useState<[string, string]>(['', '']);
  const badName = nameError(name, 226);

  // A device that no user has is of no use to anybody.
  const giveUp = () => {
    if (device) iam('DeleteVirtualMFADevice', { SerialNumber: device.SerialNumber }).catch((error: unknown) => notifyError('The unused MFA device was not deleted', error));
    onClose();
  };
  if (!device) {
    return (
      <FormModal
        key="name"
        title="Assign an MFA device"
        action="Next"
        ready={!!name && !badName}
        onClose={() => undefined}
        onSubmit={async () => {
          const made = await iam<{ VirtualMFADevice: NewDevice }>('CreateVirtualMFADevice', { VirtualMFADeviceName: name });
          setDevice(made.VirtualMFADevice);
        }}
        onCancel={onClose}
      >
        <FormField label="Device name" description="How you tell it from others; no two of the account have the same." errorText={badName}>
          <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      </FormModal>
    );
  }
  return (
    <FormModal
      key="codes"
      title="Assign an MFA device"
      action="Add MFA"
      ready={codes.every(isCode)}
      onCancel={giveUp}
      onClose={onClose}
      onSubmit={async () => {
        await iam('EnableMFADevice', { UserName: user, SerialNumber: device.SerialNumber, AuthenticationCode1: codes[0], AuthenticationCode2: codes[1] });
        onDone();
      }}
    >
      <Box>Scan this with an authenticator application, or type the secret key into it.</Box>
      <SpaceBetween direction="horizontal" size="l" alignItems="center">
        <img className="qr" src={`data:image/png;base64,${device.QRCodePNG}`} alt="QR code of the device’s secret key" />
        <div>
          <Box variant="awsui-key-label">Secret key</Box>
          <Covered value={atob(device.Base32StringSeed)} label="secret key" />
        </div>
      </SpaceBetween>
      <Alert type="info">The secret key is shown now and never again.</Alert>
      <Codes codes={codes} onChange={setCodes} />
    </FormModal>
  );
}

function Resync({ user, serial, onClose }: { user: string; serial: string; onClose: () => void }) {
  const [codes, setCodes] = useState<[string, string]>(['', '']);
  return (
    <FormModal
      title="Resync the MFA device"
      action="Resync"
      ready={codes.every(isCode)}
      onClose={onClose}
      onSubmit={() => iam('ResyncMFADevice', { UserName: user, SerialNumber: serial, AuthenticationCode1: codes[0], AuthenticationCode2: codes[1] })}
    >
      <Box>Where the clock of the device has gone wrong, two codes tell by how much.</Box>
      <Codes codes={codes} onChange={setCodes} />
    </FormModal>
  );
}
