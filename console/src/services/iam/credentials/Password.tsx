import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { ApiError } from '../../../api/errors';
import { useResource } from '../../../api/useResource';
import { notify } from '../../../app/notifications';
import { ConfirmDelete } from '../../../components/ConfirmDelete';
import { Failure } from '../../../components/Failure';
import { FormModal } from '../../../components/FormModal';
import { PasswordField } from '../../../components/Shown';
import { Moment } from '../../../components/time';
import { iam, seconds } from '../api';

interface LoginProfile {
  CreateDate: string;
  PasswordResetRequired?: string;
}

const RULE = 'Eight characters or more, of three kinds of upper case, lower case, digits and symbols.';

/** Whether a user can sign in here, with buttons to give, change and take the password. */
export function ConsoleAccess({ user }: { user: string }) {
  const profile = useResource(`login profile ${user}`, async (signal) => {
    try {
      return { is: (await iam<{ LoginProfile: LoginProfile }>('GetLoginProfile', { UserName: user }, signal)).LoginProfile };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'NoSuchEntity') return { is: undefined };
      throw error;
    }
  });
  const [dialog, setDialog] = useState<'set' | 'remove'>();
  if (profile.error && !profile.data) return <Failure what="Console access can't be shown" error={profile.error} retry={profile.reload} />;
  const has = profile.data?.is;
  return (
    <Container
      header={
        <Header
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {has && <Button onClick={() => setDialog('remove')}>Disable console access</Button>}
              <Button disabled={!profile.data} onClick={() => setDialog('set')}>{has ? 'Reset password' : 'Enable console access'}</Button>
            </SpaceBetween>
          }
        >
          Console sign-in
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Console access', value: profile.data ? (has ? 'Enabled' : 'Disabled') : '–' },
          { label: 'Password set', value: has ? <Moment at={seconds(has.CreateDate)} /> : '–' },
          { label: 'Must be replaced at the next sign-in', value: has ? (has.PasswordResetRequired === 'true' ? 'Yes' : 'No') : '–' },
        ]}
      />
      {dialog === 'set' && <SetPassword user={user} exists={!!has} onDone={profile.reload} onClose={() => setDialog(undefined)} />}
      {dialog === 'remove' && (
        <ConfirmDelete
          title={`Disable console access of ${user}?`}
          action="Disable"
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            await iam('DeleteLoginProfile', { UserName: user });
            profile.reload();
          }}
        >
          The password is deleted. Access keys and other credentials stay.
        </ConfirmDelete>
      )}
    </Container>
  );
}

function SetPassword({ user, exists, onDone, onClose }: { user: string; exists: boolean; onDone: () => void; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const [reset, setReset] = useState(true);
  return (
    <FormModal
      title={exists ? `Reset the password of ${user}` : `Enable console access of ${user}`}
      action={exists ? 'Reset password' : 'Enable console access'}
      ready={password !== ''}
      onClose={onClose}
      onSubmit={async () => {
        await iam(exists ? 'UpdateLoginProfile' : 'CreateLoginProfile', { UserName: user, Password: password, PasswordResetRequired: reset });
        onDone();
      }}
    >
      <PasswordField label="Password" description={RULE} value={password} onChange={setPassword} />
      <Checkbox checked={reset} onChange={({ detail }) => setReset(detail.checked)} description="The user then needs iam:ChangePassword: the managed policy IAMUserChangePassword has it.">
        The user must replace it at the next sign-in
      </Checkbox>
    </FormModal>
  );
}

/** Changes one's own password. */
export function OwnPassword() {
  const [open, setOpen] = useState(false);
  return (
    <Container header={<Header actions={<Button onClick={() => setOpen(true)}>Change password</Button>}>Password</Header>}>
      <Box>{RULE}</Box>
      {open && <ChangePassword onClose={() => setOpen(false)} />}
    </Container>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  return (
    <FormModal
      title="Change your password"
      action="Change password"
      ready={old !== '' && next !== '' && next === again}
      onClose={onClose}
      onSubmit={async () => {
        await iam('ChangePassword', { OldPassword: old, NewPassword: next });
        notify({ type: 'success', header: 'Your password is changed' });
      }}
    >
      <PasswordField label="Current password" value={old} onChange={setOld} autoComplete="current-password" />
      <PasswordField label="New password" description={RULE} value={next} onChange={setNext} />
      <PasswordField label="New password again" value={again} onChange={setAgain} errorText={again !== '' && again !== next && 'The two are not the same'} />
    </FormModal>
  );
}
