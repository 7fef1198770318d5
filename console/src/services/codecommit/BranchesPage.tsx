import Badge from '@cloudscape-design/components/badge';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { notify, notifyError } from '../../app/notifications';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { ConfirmDelete } from '../../components/ConfirmDelete';
import { Empty } from '../../components/Empty';
import { FormModal } from '../../components/FormModal';
import { ItemTable } from '../../components/ItemTable';
import { Moment } from '../../components/time';
import { getRepository, isOfRepository, timeOf, type Commit } from './api';
import { badBranch, createBranch } from './contents';
import { allReferences, getCommits, listCommits } from './history';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { RepositoryFrame } from './RepositoryFrame';
import { deleteBranch, setDefaultBranch } from './settings';
import { authorOf, branchOf, shortId, subjectOf } from './words';

interface Branch {
  name: string;
  tip: string;
  commit?: Commit;
  isDefault: boolean;
}

/** Branches: made, deleted, and which of them is the default. */
export default function BranchesPage({ params: { name } }: PageProps) {
  const concerns = (arn: string) => isOfRepository(arn, name);
  const repository = useResource(`repository ${name}`, (signal) => getRepository(name, signal), concerns);
  const references = useResource(`all branches ${name}`, (signal) => allReferences(name, 'refs/heads/', signal), concerns);
  // Who may list branches may not yet see commits: then those columns are empty.
  const tips = references.data?.references.map(({ objectId }) => objectId) ?? [];
  const commits = useResource(`tips ${name} ${tips.length} ${tips.join('').slice(0, 4_000)}`, (signal) => getCommits(name, tips, signal));
  const [dialog, setDialog] = useState<'create' | 'delete'>();
  const [chosen, setChosen] = useState<Branch>();
  const branches = references.data?.references.map(({ name: full, objectId }): Branch => ({
    name: branchOf(full),
    tip: objectId,
    commit: commits.data?.get(objectId),
    isDefault: branchOf(full) === repository.data?.defaultBranch,
  }));

  const makeDefault = async (branch: Branch) => {
    try {
      await setDefaultBranch(name, branch.name);
      notify({ type: 'success', header: `${branch.name} is the default branch now` });
      repository.reload();
    } catch (error) {
      notifyError(`The default branch was not changed`, error);
    }
  };

  return (
    <RepositoryFrame name={name} tab="branches">
      <ItemTable
        title="Branches"
        level="part"
        resource={{ ...references, data: branches }}
        description={references.data?.more && 'There are more; these are the first 5,000.'}
        idOf={(branch) => branch.name}
        textOf={(branch) => branch.name}
        selection="single"
        actions={([branch]) => (
          <>
            <Button disabled={!branch || branch.isDefault} onClick={() => branch && void makeDefault(branch)}>Make default</Button>
            <Button
              disabled={!branch || branch.isDefault}
              onClick={() => {
                setChosen(branch);
                setDialog('delete');
              }}
            >
              Delete branch
            </Button>
            <Button disabled={!branch || branch.isDefault} onClick={() => branch && go(`${places.createPullRequest(name)}?source=${encodeURIComponent(branch.name)}`)}>Create pull request</Button>
            <Button variant="primary" disabled={!branches?.length} onClick={() => setDialog('create')}>Create branch</Button>
          </>
        )}
        columns={[
          {
            id: 'name',
            header: 'Branch name',
            isRowHeader: true,
            sortBy: (branch) => branch.name,
            cell: (branch) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Link href={`#${places.browse(name, branch.name)}`}>{branch.name}</Link>
                {branch.isDefault && <Badge color="blue">Default branch</Badge>}
              </SpaceBetween>
            ),
          },
          { id: 'date', header: 'Last commit date', sortBy: (branch) => timeOf(branch.commit?.committer) ?? 0, cell: (branch) => <Moment at={timeOf(branch.commit?.committer)} /> },
          {
            id: 'message',
            header: 'Commit message',
            cell: (branch) => <Link href={`#${places.commit(name, branch.tip)}`}>{branch.commit ? subjectOf(branch.commit.message) : shortId(branch.tip)}</Link>,
          },
          { id: 'author', header: 'Author', sortBy: (branch) => authorOf(branch.commit), cell: (branch) => (branch.commit ? authorOf(branch.commit) : '–') },
        ]}
        empty={<Empty title="There are no branches yet">The first commit makes the first branch: create a file under “Code”, or push.</Empty>}
      />
      {dialog === 'create' && (
        <CreateBranch
          name={name}
          from={repository.data?.defaultBranch}
          onClose={() => setDialog(undefined)}
          onMade={(branch) => {
            notify({ type: 'success', header: `The branch ${branch} was created` });
            references.reload();
          }}
        />
      )}
      {dialog === 'delete' && chosen && (
        <ConfirmDelete
          title={`Delete the branch ${chosen.name}?`}
          action="Delete branch"
          typed={chosen.name}
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            await deleteBranch(name, chosen.name);
            notify({ type: 'success', header: `The branch ${chosen.name} was deleted`, content: `It was at ${chosen.tip}: a branch from that commit brings it back.` });
            references.reload();
          }}
        >
          Commits that no other branch has can then be found only by their ids. This one is at {chosen.tip}.
        </ConfirmDelete>
      )}
    </RepositoryFrame>
  );
}

function CreateBranch({ name, from, onClose, onMade }: { name: string; from?: string; onClose: () => void; onMade: (branch: string) => void }) {
  const [branch, setBranch] = useState('');
  const [start, setStart] = useState(from);
  const bad = badBranch(branch);
  return (
    <FormModal
      title="Create branch"
      action="Create branch"
      ready={!bad && !!start}
      onClose={onClose}
      onSubmit={async () => {
        const page = await listCommits({ repositoryName: name, commitSpecifiers: [start ?? ''], maxResults: 1 });
        await createBranch(name, branch, page.commits[0].commit.commitId);
        onMade(branch);
      }}
    >
      <FormField label="Branch name" errorText={branch && bad}>
        <Input value={branch} autoFocus spellcheck={false} onChange={({ detail }) => setBranch(detail.value)} />
      </FormField>
      <FormField label="Branch from" description="A branch, a tag, or the whole id of a commit.">
        <ReferencePicker repository={name} value={start} label="Branch from" onChange={setStart} />
      </FormField>
    </FormModal>
  );
}
