import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { describeKey, kms, listTags, saveTags, type Key } from './api';
import { Aliases } from './Aliases';
import { EditDescription, ScheduleDeletion } from './dialogs';
import { KeyPolicy } from './KeyPolicy';
import { KeyState } from './KeysPage';
import { RotationTab } from './RotationTab';

export default function KeyPage({ params: { id } }: PageProps) {
  const key = useResource(`kms key ${id}`, (signal) => describeKey(id, signal), (arn) => arn.endsWith(`:key/${id}`));
  if (key.error && !key.data) return <Failure what="The key can't be shown" error={key.error} retry={key.reload} />;
  if (!key.data) return <Spinner size="large" />;
  return <Shown of={key.data} reload={key.reload} />;
}

function Shown({ of, reload }: { of: Key; reload: () => void }) {
  const { KeyId, Arn, Description, KeyState: state, KeySpec, KeyUsage, KeyManager, Origin, MultiRegion, CreationDate, DeletionDate } = of;
  const tags = useResource(`kms tags ${KeyId}`, (signal) => listTags(KeyId, signal));
  const [dialog, setDialog] = useState<'describe' | 'delete'>();
  const [busy, act] = useAction();
  const own = KeyManager === 'CUSTOMER';
  const close = () => setDialog(undefined);
  const change = (operation: string, failed: string) =>
    act(failed, async () => {
      await kms(operation, { KeyId });
      reload();
    });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          info={<KeyState state={state} />}
          description={Description}
          actions={
            own &&
            (state === 'PendingDeletion' ? (
              <Button variant="primary" loading={busy} onClick={() => change('CancelKeyDeletion', 'The deletion was not cancelled')}>Cancel key deletion</Button>
            ) : (
              <ButtonDropdown
                loading={busy}
                items={[
                  { id: 'EnableKey', text: 'Enable', disabled: state === 'Enabled' },
                  { id: 'DisableKey', text: 'Disable', disabled: state === 'Disabled' },
                  { id: 'describe', text: 'Edit description' },
                  { id: 'delete', text: 'Schedule key deletion' },
                ]}
                onItemClick={({ detail }) => (detail.id === 'describe' || detail.id === 'delete' ? setDialog(detail.id) : void change(detail.id, 'The key was not changed'))}
              >
                Key actions
              </ButtonDropdown>
            ))
          }
        >
          {KeyId}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {state === 'PendingDeletion' && (
          <Alert type="warning" header="This key is scheduled for deletion">
            It is deleted on <Moment at={DeletionDate} />, and nothing that it encrypted can be read any more. Until then the deletion can be cancelled; the key is disabled then.
          </Alert>
        )}
        <Container header={<Header>General configuration</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'ARN', value: <span className="wrapped">{Arn}</span> },
              { label: 'Created', value: <Moment at={CreationDate} /> },
              { label: 'Key manager', value: own ? 'Customer' : 'AWS' },
              { label: 'Regionality', value: MultiRegion ? 'Multi-Region' : 'Single Region' },
            ]}
          />
        </Container>
        <Tabs
          ariaLabel="About the key"
          tabs={[
            { id: 'policy', label: 'Key policy', content: <KeyPolicy id={KeyId} editable={own} /> },
            {
              id: 'configuration',
              label: 'Cryptographic configuration',
              content: (
                <Container>
                  <KeyValuePairs columns={3} items={[{ label: 'Key spec', value: KeySpec }, { label: 'Key usage', value: KeyUsage }, { label: 'Origin', value: Origin }]} />
                </Container>
              ),
            },
            { id: 'rotation', label: 'Key rotation', content: <RotationTab of={of} /> },
            { id: 'aliases', label: 'Aliases', content: <Aliases id={KeyId} editable={own} /> },
            {
              id: 'grants',
              label: 'Grants',
              content: <Container header={<Header>Grants</Header>}>This yard has no grants: CreateGrant and ListGrants are refused by name. The key policy, and policies of users and roles, say who may use the key.</Container>,
            },
            ...(own ? [{ id: 'tags', label: 'Tags', content: <TagPanel resource={tags} save={(changes) => saveTags(KeyId, changes)} /> }] : []),
          ]}
        />
      </SpaceBetween>
      {dialog === 'describe' && <EditDescription of={of} onDone={reload} onClose={close} />}
      {dialog === 'delete' && <ScheduleDeletion id={KeyId} onDone={reload} onClose={close} />}
    </ContentLayout>
  );
}
