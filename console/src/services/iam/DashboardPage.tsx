import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { session } from '../../api/session';
import { useResource } from '../../api/useResource';
import { Failure } from '../../components/Failure';
import { iam } from './api';

/** How many there are, and may be, by the names of GetAccountSummary. */
async function summary(signal: AbortSignal): Promise<Map<string, string>> {
  const { SummaryMap } = await iam<{ SummaryMap: Record<string, string> }>('GetAccountSummary', {}, signal);
  return new Map(Object.entries(SummaryMap));
}

export default function DashboardPage() {
  const { data, error, reload } = useResource('iam summary', summary);
  const who = session.get();
  const count = (name: string, href?: string) => {
    const value = data?.get(name);
    if (value === undefined) return '–';
    return href ? <Link href={`#${href}`} fontSize="display-l">{value}</Link> : <Box fontSize="display-l">{value}</Box>;
  };
  const quota = (label: string, used: string, most: string) => ({ label, value: `${data?.get(used) ?? '–'} of ${data?.get(most) ?? '–'}` });
  return (
    <ContentLayout header={<Header variant="h1" description="Who may do what in this yard.">Identity and access</Header>}>
      <SpaceBetween size="l">
        {error && <Failure what="The summary can't be shown" error={error} retry={reload} />}
        {!data && !error && <Spinner size="large" />}
        {data && (
          <SpaceBetween size="l">
            <Container header={<Header>Resources</Header>}>
              <KeyValuePairs
                columns={4}
                items={[
                  { label: 'Users', value: count('Users', '/iam/users') },
                  { label: 'User groups', value: count('Groups', '/iam/groups') },
                  { label: 'Roles', value: count('Roles', '/iam/roles') },
                  { label: 'Customer managed policies', value: count('Policies', '/iam/policies') },
                ]}
              />
            </Container>
            <Container header={<Header>Quotas</Header>}>
              <KeyValuePairs
                columns={4}
                items={[
                  quota('Users', 'Users', 'UsersQuota'),
                  quota('User groups', 'Groups', 'GroupsQuota'),
                  quota('Roles', 'Roles', 'RolesQuota'),
                  quota('Policies', 'Policies', 'PoliciesQuota'),
                  { label: 'MFA devices in use', value: `${data.get('MFADevicesInUse') ?? '–'} of ${data.get('MFADevices') ?? '–'} made` },
                  { label: 'Policies that may be attached', value: data.get('AttachedPoliciesPerUserQuota') ?? '–' },
                  { label: 'Access keys of a user', value: data.get('AccessKeysPerUserQuota') ?? '–' },
                  { label: 'Versions of a policy', value: data.get('VersionsPerPolicyQuota') ?? '–' },
                ]}
              />
            </Container>
          </SpaceBetween>
        )}
        <Container header={<Header>Account</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'Account id', value: who?.account ?? '–' },
              { label: 'You are', value: <span className="wrapped">{who?.arn}</span> },
              { label: 'What you can change yourself', value: <Link href="#/iam/credentials">My security credentials</Link> },
            ]}
          />
        </Container>
      </SpaceBetween>
    </ContentLayout>
  );
}
