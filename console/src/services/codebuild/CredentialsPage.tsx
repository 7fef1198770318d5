import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { PasswordField } from '../../components/Shown';
import { codebuild } from './api';

interface Credentials {
  arn: string;
  serverType?: string;
  authType?: string;
  resource?: string;
}

const SERVERS = [
  { value: 'GITHUB', label: 'GitHub' },
  { value: 'GITHUB_ENTERPRISE', label: 'GitHub Enterprise' },
  { value: 'GITLAB', label: 'GitLab' },
  { value: 'GITLAB_SELF_MANAGED', label: 'GitLab self-managed' },
  { value: 'BITBUCKET', label: 'Bitbucket' },
];

const AUTHS = [
  { value: 'PERSONAL_ACCESS_TOKEN', label: 'Personal access token' },
  { value: 'BASIC_AUTH', label: 'User name and app password' },
  { value: 'SECRETS_MANAGER', label: 'A secret of Secrets Manager' },
];

const labelOf = (options: { value: string; label: string }[], value: string | undefined) => options.find((it) => it.value === value)?.label ?? value ?? '–';

/** What the yard signs in with at GitHub, GitLab and Bitbucket. Tokens are written, never shown. */
export default function CredentialsPage() {
  const of = useResource('source credentials', async (signal) => {
    const page = await codebuild<{ sourceCredentialsInfos?: Credentials[] }>('ListSourceCredentials', {}, signal);
    return page.sourceCredentialsInfos ?? [];
  });
  const [open, setOpen] = useState<'import' | Credentials>();
  return (
    <>
      <ItemTable
        title="Source credentials"
        description="One for each provider: builds fetch their sources with it, and webhooks are made."
        resource={of}
        idOf={({ arn }) => arn}
        selection="single"
        columns={[
          { id: 'server', header: 'Provider', isRowHeader: true, cell: ({ serverType }) => labelOf(SERVERS, serverType) },
          { id: 'auth', header: 'Credential', cell: ({ authType }) => labelOf(AUTHS, authType) },
          { id: 'resource', header: 'Resource', cell: ({ resource }) => resource ?? '–' },
          { id: 'arn', header: 'ARN', cell: ({ arn }) => arn },
        ]}
        actions={([one]) => (
          <>
            <Button disabled={!one} onClick={() => setOpen(one)}>Delete</Button>{' '}
            <Button variant="primary" onClick={() => setOpen('import')}>Import credentials</Button>
          </>
        )}
        empty={<Empty title="There are no source credentials">Private repositories outside the yard need them; CodeCommit and S3 need none.</Empty>}
      />
      {open === 'import' && <Import onClose={() => setOpen(undefined)} onDone={of.reload} />}
      {open && open !== 'import' && (
        <ConfirmDelete
          title={`Delete the credentials of ${labelOf(SERVERS, open.serverType)}`}
          onClose={() => setOpen(undefined)}
          onConfirm={async () => {
            await codebuild('DeleteSourceCredentials', { arn: open.arn });
            of.reload();
          }}
        >
          Builds of private repositories there fail until others are imported.
        </ConfirmDelete>
      )}
    </>
  );
}

function Import({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [server, setServer] = useState(SERVERS[0]);
  const [auth, setAuth] = useState(AUTHS[0]);
  const [user, setUser] = useState('');
  const [token, setToken] = useState('');
  const [overwrite, setOverwrite] = useState(true);
  const isBasic = auth.value === 'BASIC_AUTH';
  const isSecret = auth.value === 'SECRETS_MANAGER';
  const save = async () => {
    await codebuild('ImportSourceCredentials', {
      serverType: server.value,
      authType: auth.value,
      username: isBasic ? user : undefined,
      token,
      shouldOverwrite: overwrite,
    });
    notify({ type: 'success', header: `Credentials of ${server.label} were imported` });
    onDone();
  };
  return (
    <FormModal title="Import source credentials" action="Import" ready={!!token && (!isBasic || !!user)} onSubmit={save} onClose={onClose}>
      <FormField label="Provider">
        <Select options={SERVERS} selectedOption={server} onChange={({ detail }) => setServer(SERVERS.find(({ value }) => value === detail.selectedOption.value) ?? SERVERS[0])} />
      </FormField>
      <FormField label="Credential">
        <Select options={AUTHS} selectedOption={auth} onChange={({ detail }) => setAuth(AUTHS.find(({ value }) => value === detail.selectedOption.value) ?? AUTHS[0])} />
      </FormField>
      {isBasic && (
        <FormField label="User name">
          <Input value={user} autoComplete={false} onChange={({ detail }) => setUser(detail.value)} />
        </FormField>
      )}
      {isSecret ? (
        <FormField label="ARN of the secret">
          <Input value={token} onChange={({ detail }) => setToken(detail.value)} />
        </FormField>
      ) : (
        <PasswordField label={isBasic ? 'App password' : 'Token'} value={token} onChange={setToken} autoComplete="off" />
      )}
      <Checkbox checked={overwrite} onChange={({ detail }) => setOverwrite(detail.checked)}>Replace those that the provider has</Checkbox>
    </FormModal>
  );
}
