import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { notify } from '../../app/notifications';
import { go } from '../../app/router';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { FormModal } from '../../components/FormModal';
import { Moment } from '../../components/time';
import type { Repository } from './api';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { badName, deleteRepository, describeRepository, renameRepository, setDefaultBranch, setKey } from './settings';

type Dialog = 'name' | 'description' | 'branch' | 'key' | 'delete';

/** What a repository is: name, description, default branch, key. And the way to be rid of it. */
export function Details({ repository, reload }: { repository: Repository; reload: () => void }) {
  const name = repository.repositoryName;
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const change = (which: Dialog, label: string) => <Button variant="inline-link" ariaLabel={label} onClick={() => setDialog(which)}>Edit</Button>;
  const done = (header: string) => {
    notify({ type: 'success', header });
    reload();
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header>Repository details</Header>}>
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Repository name', value: <Value text={name}>{change('name', 'Edit the name')}</Value> },
            { label: 'Description', value: <Value text={repository.repositoryDescription || '–'}>{change('description', 'Edit the description')}</Value> },
            {
              label: 'Default branch',
              value: repository.defaultBranch
                ? <Value text={repository.defaultBranch}>{change('branch', 'Edit the default branch')}</Value>
                : 'None yet: the first branch becomes it',
            },
            {
              label: 'Encryption key',
              value: <Value text={repository.kmsKeyId ?? 'The yard’s key for CodeCommit'}>{change('key', 'Edit the encryption key')}</Value>,
            },
            { label: 'Repository ID', value: repository.repositoryId },
            { label: 'ARN', value: <Box fontSize="body-s">{repository.Arn}</Box> },
            { label: 'Created', value: <Moment at={repository.creationDate} /> },
            { label: 'Last modified', value: <Moment at={repository.lastModifiedDate} /> },
          ]}
        />
      </Container>
      <Container
        header={
          <Header description="Its files, history, pull requests and comments go for good." actions={<Button onClick={() => setDialog('delete')}>Delete repository</Button>}>
            Delete repository
          </Header>
        }
      />
      {dialog === 'name' && <NameDialog name={name} onClose={close} />}
      {dialog === 'description' && <DescriptionDialog repository={repository} onClose={close} onDone={done} />}
      {dialog === 'branch' && <BranchDialog repository={repository} onClose={close} onDone={done} />}
      {dialog === 'key' && <KeyDialog repository={repository} onClose={close} onDone={done} />}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={`Delete the repository ${name}?`}
          action="Delete repository"
          typed={name}
          onClose={close}
          onConfirm={async () => {
            await deleteRepository(name);
            notify({ type: 'success', header: `The repository ${name} was deleted` });
            go(places.repositories);
          }}
        >
          All that is in it goes for good, for everybody; clones that people have stay. Pipelines and builds that read it fail from
          then on.
        </ConfirmDelete>
      )}
    </SpaceBetween>
  );
}

function Value({ text, children }: { text: string; children: React.ReactNode }) {
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <span>{text}</span>
      {children}
    </SpaceBetween>
  );
}

interface Editing {
  repository: Repository;
  onClose: () => void;
  onDone: (header: string) => void;
}

function NameDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const [next, setNext] = useState(name);
  const bad = badName(next);
  return (
    <FormModal
      title="Edit repository name"
      action="Save"
      ready={!bad && next !== name}
      onClose={onClose}
      onSubmit={async () => {
        await renameRepository(name, next);
        notify({ type: 'success', header: `${name} is called ${next} now` });
        go(places.settings(next));
      }}
    >
      <FormField label="Repository name" errorText={bad} description="Clone addresses and the ARN change with it: clones, pipelines and policies must follow.">
        <Input value={next} autoFocus spellcheck={false} onChange={({ detail }) => setNext(detail.value)} />
      </FormField>
    </FormModal>
  );
}

function DescriptionDialog({ repository, onClose, onDone }: Editing) {
  const [text, setText] = useState(repository.repositoryDescription ?? '');
  return (
    <FormModal
      title="Edit description"
      action="Save"
      ready={text.length <= 1000}
      onClose={onClose}
      onSubmit={async () => {
        await describeRepository(repository.repositoryName, text);
        onDone('The description was saved');
      }}
    >
      <FormField label="Description" constraintText={`${text.length} of 1,000 characters`}>
        <Textarea value={text} rows={4} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormModal>
  );
}

function BranchDialog({ repository, onClose, onDone }: Editing) {
  const [branch, setBranch] = useState(repository.defaultBranch);
  return (
    <FormModal
      title="Edit default branch"
      action="Save"
      ready={!!branch && branch !== repository.defaultBranch}
      onClose={onClose}
      onSubmit={async () => {
        await setDefaultBranch(repository.repositoryName, branch ?? '');
        onDone(`${branch} is the default branch now`);
      }}
    >
      <FormField label="Default branch" description="What clones check out and this console shows first. It can't be deleted.">
        <ReferencePicker repository={repository.repositoryName} branchesOnly value={branch} label="Default branch" onChange={setBranch} />
      </FormField>
    </FormModal>
  );
}

function KeyDialog({ repository, onClose, onDone }: Editing) {
  const [key, setKeyId] = useState('');
  return (
    <FormModal
      title="Edit encryption key"
      action="Save"
      ready={key.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        await setKey(repository.repositoryName, key.trim());
        onDone('The repository is being sealed under the new key');
      }}
    >
      <FormField label="AWS KMS key" description={<>An id, ARN or alias. Keys are under <Link href="#/kms/keys" fontSize="body-s">KMS</Link>; who reads the repository needs kms:Decrypt.</>}>
        <Input value={key} autoFocus spellcheck={false} placeholder="alias/my-key" onChange={({ detail }) => setKeyId(detail.value)} />
      </FormField>
    </FormModal>
  );
}
