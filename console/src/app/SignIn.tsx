import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState, type FormEvent } from 'react';
import { ApiError } from '../api/errors';
import { session, signIn } from '../api/session';
import { go, useAddress } from './router';

type Step = 'password' | 'mfa' | 'reset';

export default function SignIn() {
  const { path, query } = useAddress();
  const code = path === '/sign-in' ? query.get('code') : null;
  const [step, setStep] = useState<Step>('password');
  const [userName, setUserName] = useState('');
  const [password, setPassword] = useState('');
  const [mfaCode, setMfaCode] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const [given, setGiven] = useState<string>();

  const attempt = async (what: Parameters<typeof signIn>[0]) => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn(what);
    } catch (failure) {
      const known = failure instanceof ApiError ? failure : new ApiError(0, 'Unreachable', 'The yard does not answer.');
      if (known.code === 'MFARequired') setStep('mfa');
      else if (known.code === 'PasswordResetRequired') setStep('reset');
      else setError(known);
      setMfaCode('');
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => {
    if (!code) return;
    // The code is good once: it has no business in the history. It waits for a click, because a link
    // of somebody else's would sign one in as that one.
    history.replaceState(null, '', '#/');
    setGiven(code);
  }, [code]);

  const followLink = () => {
    if (!given) return;
    setGiven(undefined);
    void attempt({ code: given });
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path === '/sign-in') go('/');
    void attempt({ userName, password, mfaCode: mfaCode || undefined, newPassword: newPassword || undefined });
  };

  const ended = session.whyEnded();
  const isPlain = location.protocol === 'http:' && !isSecureContext;
  return (
    <main className="sign-in">
      <form onSubmit={submit}>
        <Form actions={<Button variant="primary" loading={busy} formAction="submit">Sign in</Button>}>
          <Container header={<Header variant="h1">Sign in to Codeyard</Header>}>
            <SpaceBetween size="m">
              {ended && !error && <Alert type="info">{ended}</Alert>}
              {isPlain && (
                <Alert type="warning">
                  This connection is not encrypted: whoever listens learns the password. The same port speaks HTTPS.
                </Alert>
              )}
              {error && (
                <Alert type="error" header={error.shown}>
                  {error.requestId && <Box variant="small">Request id {error.requestId}</Box>}
                </Alert>
              )}
              {given && (
                <Alert type="info" header="You came by a one-time link" action={<Button formAction="none" onClick={followLink}>Sign in by the link</Button>}>
                  Go on only if you asked for it yourself, by codeyard console: whoever made it is who you are signed in as.
                </Alert>
              )}
              <FormField label="IAM user name">
                <Input value={userName} onChange={({ detail }) => setUserName(detail.value)} autoComplete="username" autoFocus />
              </FormField>
              <FormField label="Password">
                <Input type="password" value={password} onChange={({ detail }) => setPassword(detail.value)} autoComplete="current-password" />
              </FormField>
              {step !== 'password' && (
                <FormField label="Code of your MFA device" description="Six digits; leave it empty if you have no device.">
                  <Input value={mfaCode} inputMode="numeric" onChange={({ detail }) => setMfaCode(detail.value)} autoComplete="one-time-code" autoFocus={step === 'mfa'} />
                </FormField>
              )}
              {step === 'reset' && (
                <FormField label="New password" description="Your password must be replaced: eight characters or more, of three kinds of upper case, lower case, digits and symbols.">
                  <Input type="password" value={newPassword} onChange={({ detail }) => setNewPassword(detail.value)} autoComplete="new-password" />
                </FormField>
              )}
              <Box color="text-body-secondary" variant="small">
                On the yard's own machine <Box variant="code" fontSize="body-s">codeyard console</Box> signs in as root. A user gets a
                password by <Box variant="code" fontSize="body-s">aws iam create-login-profile</Box>.
              </Box>
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </main>
  );
}
