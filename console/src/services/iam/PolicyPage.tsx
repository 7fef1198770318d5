import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';
import { list } from '../../api/query';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { hasErrors, pretty } from '../../components/JsonText';
import { JsonView } from '../../components/JsonView';
import { PolicyEditor, usePolicyProblems } from '../../components/PolicyEditor';
import { TagPanel } from '../../components/TagPanel';
import { Moment } from '../../components/time';
import { useAction } from '../../components/useAction';
import { entityPath, iam, iamAll, isAws, listTags, policyDocument, saveTags, seconds, type Noun, type Policy, type PolicyVersion } from './api';
import { deletePolicy } from './removal';

/** Versions that a policy has at most. */
const MOST_VERSIONS = 5;

export default function PolicyPage({ params: { arn } }: PageProps) {
  const PolicyArn = arn;
  const policy = useResource(`policy ${arn}`, async (signal) => (await iam<{ Policy: Policy }>('GetPolicy', { PolicyArn }, signal)).Policy);
  const version = policy.data?.DefaultVersionId;
  const document = useResource(`policy document ${arn} ${version}`, (signal) => (version ? policyDocument(arn, version, signal) : Promise.resolve('')));
  const [dialog, setDialog] = useState<'edit' | 'delete'>();
  if (policy.error && !policy.data) return <Failure what="The policy can't be shown" error={policy.error} retry={policy.reload} />;
  if (!policy.data) return <Spinner size="large" />;
  const { PolicyName, Description, CreateDate, UpdateDate, DefaultVersionId, AttachmentCount } = policy.data;
  const own = !isAws(arn);
  const close = () => setDialog(undefined);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={Description}
          info={<Badge color={own ? 'blue' : 'grey'}>{own ? 'Customer managed' : 'AWS managed'}</Badge>}
          actions={
            own && (
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!document.data} onClick={() => setDialog('edit')}>Edit</Button>
                <Button onClick={() => setDialog('delete')}>Delete</Button>
              </SpaceBetween>
            )
          }
        >
          {PolicyName}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header>Policy details</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: 'ARN', value: <span className="wrapped">{arn}</span> },
              { label: 'Default version', value: DefaultVersionId },
              { label: 'Changed', value: <Moment at={seconds(UpdateDate ?? CreateDate)} /> },
              { label: 'Attached entities', value: AttachmentCount ?? '0' },
            ]}
          />
        </Container>
        <Tabs
          ariaLabel={`About ${PolicyName}`}
          tabs={[
            {
              id: 'permissions',
              label: 'Permissions',
              content: (
                <Container header={<Header description={`What version ${DefaultVersionId} allows and denies.`}>Permissions defined in this policy</Header>}>
                  {document.error ? <Failure what="The document can't be shown" error={document.error} retry={document.reload} /> : document.data ? <JsonView text={document.data} label="the policy document" /> : <Spinner />}
                </Container>
              ),
            },
            { id: 'entities', label: 'Entities attached', content: <Entities arn={arn} /> },
            { id: 'versions', label: 'Policy versions', content: <Versions arn={arn} own={own} onChange={policy.reload} /> },
            ...(own ? [{ id: 'tags', label: 'Tags', content: <Tags arn={arn} /> }] : []),
          ]}
        />
      </SpaceBetween>
      {dialog === 'edit' && <Edit arn={arn} name={PolicyName} document={document.data ?? ''} onDone={policy.reload} onClose={close} />}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={`Delete the policy ${PolicyName}?`}
          typed={PolicyName}
          onClose={close}
          onConfirm={async () => {
            await deletePolicy(arn);
            notify({ type: 'success', header: `The policy ${PolicyName} is deleted` });
            go(pathOf('iam', 'policies'));
          }}
        >
          All its versions go with it. While it is attached it can’t be deleted.
        </ConfirmDelete>
      )}
    </ContentLayout>
  );
}

function Tags({ arn }: { arn: string }) {
  const tags = useResource(`policy tags ${arn}`, (signal) => listTags('Policy', { PolicyArn: arn }, signal));
  return <TagPanel resource={tags} save={(changes) => saveTags('Policy', { PolicyArn: arn }, changes)} />;
}

interface Holders {
  PolicyUsers: { UserName: string }[] | '';
  PolicyGroups: { GroupName: string }[] | '';
  PolicyRoles: { RoleName: string }[] | '';
  IsTruncated?: string;
  Marker?: string;
}

function Entities({ arn }: { arn: string }) {
  const entities = useResource(`policy entities ${arn}`, async (signal) => {
    const found: { noun: Noun; name: string }[] = [];
    let Marker: string | undefined;
    do {
      const page = await iam<Holders>('ListEntitiesForPolicy', { PolicyArn: arn, Marker }, signal);
      found.push(
        ...list(page.PolicyUsers).map(({ UserName }) => ({ noun: 'User' as const, name: UserName })),
        ...list(page.PolicyGroups).map(({ GroupName }) => ({ noun: 'Group' as const, name: GroupName })),
        ...list(page.PolicyRoles).map(({ RoleName }) => ({ noun: 'Role' as const, name: RoleName })),
      );
      Marker = page.IsTruncated === 'true' ? page.Marker : undefined;
    } while (Marker);
    return found;
  });
  return (
    <ItemTable
      level="part"
      title="Entities attached"
      resource={entities}
      idOf={({ noun, name }) => `${noun} ${name}`}
      textOf={({ name }) => name}
      empty={<Empty title="The policy is attached to nobody">It has no effect until it is: attach it on the page of a user, group or role.</Empty>}
      columns={[
        { id: 'name', header: 'Name', isRowHeader: true, sortBy: (it) => it.name, cell: ({ noun, name }) => <Link href={`#${entityPath(noun, name)}`}>{name}</Link> },
        { id: 'noun', header: 'Type', sortBy: (it) => it.noun, cell: ({ noun }) => noun },
      ]}
    />
  );
}

function Versions({ arn, own, onChange }: { arn: string; own: boolean; onChange: () => void }) {
  const PolicyArn = arn;
  const versions = useResource(`policy versions ${arn}`, (signal) => iamAll<PolicyVersion>('ListPolicyVersions', 'Versions', { PolicyArn }, signal));
  const [shown, setShown] = useState<string>();
  const [deleted, setDeleted] = useState<string>();
  const [busy, act] = useAction();
  const setDefault = (VersionId: string) =>
    act(`${VersionId} was not made the default version`, async () => {
      await iam('SetDefaultPolicyVersion', { PolicyArn, VersionId });
      versions.reload();
      onChange();
    });
  return (
    <>
      <ItemTable
        level="part"
        title="Policy versions"
        description={own ? `The default version is in force. A policy has ${MOST_VERSIONS} versions at most.` : undefined}
        resource={versions}
        idOf={({ VersionId }) => VersionId}
        selection={own ? 'single' : undefined}
        actions={([it]) =>
          own && (
            <>
              <Button disabled={!it || it.IsDefaultVersion === 'true'} onClick={() => setDeleted(it?.VersionId)}>Delete</Button>
              <Button disabled={!it || it.IsDefaultVersion === 'true'} loading={busy} onClick={() => setDefault(it.VersionId)}>Set as default</Button>
            </>
          )
        }
        empty={null}
        columns={[
          { id: 'version', header: 'Version', isRowHeader: true, cell: ({ VersionId }) => <Button variant="inline-link" ariaLabel={`Show version ${VersionId}`} onClick={() => setShown(VersionId)}>{VersionId}</Button> },
          { id: 'default', header: 'Default', cell: ({ IsDefaultVersion }) => (IsDefaultVersion === 'true' ? <Badge color="green">Default</Badge> : '–') },
          { id: 'created', header: 'Created', cell: ({ CreateDate }) => <Moment at={seconds(CreateDate)} /> },
        ]}
      />
      {shown && <Version arn={arn} version={shown} onClose={() => setShown(undefined)} />}
      {deleted && (
        <ConfirmDelete
          title={`Delete version ${deleted}?`}
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await iam('DeletePolicyVersion', { PolicyArn, VersionId: deleted });
            versions.reload();
          }}
        >
          This can’t be undone.
        </ConfirmDelete>
      )}
    </>
  );
}

function Version({ arn, version, onClose }: { arn: string; version: string; onClose: () => void }) {
  const { data, error, reload } = useResource(`policy version ${arn} ${version}`, (signal) => policyDocument(arn, version, signal));
  return (
    <Modal visible size="large" header={`Version ${version}`} closeAriaLabel="Close" onDismiss={onClose}>
      {error ? <Failure what="The version can't be shown" error={error} retry={reload} /> : data ? <JsonView text={data} label={`version ${version}`} /> : <Spinner />}
    </Modal>
  );
}

function Edit({ arn, name, document, onDone, onClose }: { arn: string; name: string; document: string; onDone: () => void; onClose: () => void }) {
  const [text, setText] = useState(pretty(document));
  const [makeDefault, setMakeDefault] = useState(true);
  const problems = usePolicyProblems(text, 'identity');
  return (
    <FormModal
      title={`Edit ${name}`}
      action="Save as a new version"
      size="large"
      ready={!hasErrors(problems)}
      onClose={onClose}
      onSubmit={async () => {
        await iam('CreatePolicyVersion', { PolicyArn: arn, PolicyDocument: text, SetAsDefault: makeDefault });
        notify({ type: 'success', header: `${name} has a new version` });
        onDone();
      }}
    >
      <PolicyEditor value={text} onChange={setText} problems={problems} />
      <Checkbox checked={makeDefault} onChange={({ detail }) => setMakeDefault(detail.checked)}>Make it the default version: it is in force at once</Checkbox>
      <Box variant="small">A policy has {MOST_VERSIONS} versions at most: delete one on the tab “Policy versions” where it has them.</Box>
    </FormModal>
  );
}
