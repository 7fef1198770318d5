import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import type { PageProps } from '../../app/service';
import { AskedValue } from '../../components/AskedValue';
import { Failure } from '../../components/Failure';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { secrets, valueOf, type Secret } from './api';
import { DeleteSecret, EditDetails, EditValue } from './dialogs';
import { pairsOf } from './pairs';
import { ResourcePolicy } from './ResourcePolicy';
import { Versions } from './Versions';

export default function SecretPage({ params: { name } }: PageProps) {
  const secret = useResource(`secret ${name}`, (signal) => secrets<Secret>('DescribeSecret', { SecretId: name }, signal));
  const [dialog, setDialog] = useState<'edit' | 'value' | 'delete'>();
  const [stored, setStored] = useState(0);
  const [busy, act] = useAction();
  if (secret.error && !secret.data) return <Failure what="The secret can't be shown" error={secret.error} retry={secret.reload} />;
  if (!secret.data) return <Spinner size="large" />;
  const { ARN, Description, KmsKeyId, CreatedDate, LastChangedDate, LastAccessedDate, DeletedDate, Tags = [] } = secret.data;
  const close = () => setDialog(undefined);
  const restore = () =>
    act(`${name} was not restored`, async () => {
      await secrets('RestoreSecret', { SecretId: name });
      notify({ type: 'success', header: `${name} is restored` });
      secret.reload();
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={Description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {DeletedDate ? (
                <Button variant="primary" loading={busy} onClick={restore}>Cancel deletion</Button>
              ) : (
                <Button onClick={() => setDialog('delete')}>Delete secret</Button>
              )}
              {!DeletedDate && <Button onClick={() => setDialog('edit')}>Edit description and key</Button>}
            </SpaceBetween>
          }
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {DeletedDate && <Alert type="warning" header="This secret is scheduled for deletion">Its value can’t be read. It is deleted for good after <Moment at={DeletedDate} />, unless the deletion is cancelled.</Alert>}
        <Container header={<Header>Secret details</Header>}>
          <KeyValuePairs
            columns={3}
            items={[
              { label: 'ARN', value: <span className="wrapped">{ARN}</span> },
              { label: 'Encryption key', value: KmsKeyId ?? 'aws/secretsmanager' },
              { label: 'Status', value: <StatusIndicator type={DeletedDate ? 'warning' : 'success'}>{DeletedDate ? 'Pending deletion' : 'Active'}</StatusIndicator> },
              { label: 'Created', value: <Moment at={CreatedDate} /> },
              { label: 'Last changed', value: <Moment at={LastChangedDate} /> },
              { label: 'Last retrieved', value: LastAccessedDate ? new Date(LastAccessedDate * 1000).toLocaleDateString(undefined, { timeZone: 'UTC' }) : 'Never' },
            ]}
          />
        </Container>
        {!DeletedDate && (
          <Tabs
            ariaLabel={`About ${name}`}
            tabs={[
              {
                id: 'value',
                label: 'Overview',
                content: (
                  <Container header={<Header description="It is read when you ask for it, which CloudTrail records." actions={<Button onClick={() => setDialog('value')}>Edit value</Button>}>Secret value</Header>}>
                    <AskedValue key={stored} label={name} action="Retrieve secret value" ask={() => valueOf(name)} render={(value) => <Value name={name} value={value} />} />
                  </Container>
                ),
              },
              { id: 'versions', label: 'Versions', content: <Versions key={stored} name={name} /> },
              { id: 'policy', label: 'Resource permissions', content: <ResourcePolicy name={name} /> },
              {
                id: 'rotation',
                label: 'Rotation',
                content: (
                  <Container header={<Header>Rotation configuration</Header>}>
                    <StatusIndicator type="stopped">Disabled</StatusIndicator> This yard has no functions that could rotate a secret, and refuses RotateSecret by name. Store a new value instead:
                    “Edit value” can generate it, and the one before stays as AWSPREVIOUS.
                  </Container>
                ),
              },
              {
                id: 'tags',
                label: 'Tags',
                content: (
                  <TagPanel
                    resource={{ data: Tags, reload: secret.reload }}
                    save={async ({ set, gone }) => {
                      if (gone.length > 0) await secrets('UntagResource', { SecretId: name, TagKeys: gone });
                      if (set.length > 0) await secrets('TagResource', { SecretId: name, Tags: set });
                    }}
                  />
                ),
              },
            ]}
          />
        )}
      </SpaceBetween>
      {dialog === 'edit' && <EditDetails secret={secret.data} onDone={secret.reload} onClose={close} />}
      {dialog === 'value' && (
        <EditValue
          name={name}
          onDone={() => {
            setStored((n) => n + 1);
            secret.reload();
          }}
          onClose={close}
        />
      )}
      {dialog === 'delete' && <DeleteSecret name={name} onDone={secret.reload} onClose={close} />}
    </ContentLayout>
  );
}

/** Keys and values where the secret has them, else the text. */
function Value({ name, value }: { name: string; value: string }) {
  const pairs = pairsOf(value);
  if (!pairs || pairs.length === 0) return <pre className="asked" tabIndex={0} role="region" aria-label={`Value of ${name}`}>{value}</pre>;
  return <KeyValuePairs columns={2} items={pairs.map(({ key, value: it }) => ({ label: key, value: <span className="wrapped">{it}</span> }))} />;
}
