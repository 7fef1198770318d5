import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { session, shownName } from '../../api/session';
import { AccessKeys } from './credentials/AccessKeys';
import { GitCredentials } from './credentials/GitCredentials';
import { MfaDevices } from './credentials/MfaDevices';
import { OwnPassword } from './credentials/Password';
import { SshKeys } from './credentials/SshKeys';

/** What the signed-in user has to prove who it is. */
export default function CredentialsPage() {
  const arn = session.get()?.arn ?? '';
  const user = /:user\//.test(arn) ? shownName(arn) : undefined;
  return (
    <ContentLayout header={<Header variant="h1" description={<span className="wrapped">{arn}</span>}>My security credentials</Header>}>
      {user ? (
        <SpaceBetween size="l">
          <OwnPassword />
          <MfaDevices user={user} />
          <AccessKeys user={user} />
          <SshKeys user={user} />
          <GitCredentials user={user} />
        </SpaceBetween>
      ) : (
        <Alert type="info" header="You are not signed in as an IAM user">
          Root has the one access key that is in the yard’s data directory (<Box variant="code">root.json</Box>, which <Box variant="code">codeyard env</Box> prints) and
          signs in here by <Box variant="code">codeyard console</Box>: it has no password, and no MFA device. Make a user for your daily work.
        </Alert>
      )}
    </ContentLayout>
  );
}
