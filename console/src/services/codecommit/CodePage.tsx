import './codecommit.css';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { useResource } from '../../api/useResource';
import { go, useAddress } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { getRepository, isOfRepository, type Repository } from './api';
import { CloneModal, CloneSteps } from './CloneModal';
import { getPlace } from './contents';
import { FileView } from './FileView';
import { FolderView } from './FolderView';
import { places } from './places';
import { ReferencePicker } from './ReferencePicker';
import { RepositoryFrame } from './RepositoryFrame';
import { branchOf, kindOf, shownReference } from './words';

/** Folders and files of a repository at a branch, a tag or a commit. */
export default function CodePage({ params: { name, reference, path = '' } }: PageProps) {
  const { data: repository, error, reload } = useResource(`repository ${name}`, (signal) => getRepository(name, signal), (arn) => isOfRepository(arn, name));
  const [cloning, setCloning] = useState(false);
  const at = reference === undefined ? repository?.defaultBranch : branchOf(reference);

  return (
    <RepositoryFrame
      name={name}
      tab="code"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {at && kindOf(at) === 'branch' && <Button href={`#${places.createPullRequest(name)}?source=${encodeURIComponent(at)}`}>Create pull request</Button>}
          <Button disabled={!repository} onClick={() => setCloning(true)}>Clone URL</Button>
        </SpaceBetween>
      }
    >
      {error && !repository && <Failure what="The repository can't be shown" error={error} retry={reload} />}
      {!repository && !error && <Spinner size="large" />}
      {repository && !at && <Unborn repository={repository} />}
      {repository && at && <Browse repository={repository} reference={at} path={path} />}
      {cloning && repository && <CloneModal repository={repository} onClose={() => setCloning(false)} />}
    </RepositoryFrame>
  );
}

/** What is shown of a repository without a commit: how to make the first. */
function Unborn({ repository }: { repository: Repository }) {
  const name = repository.repositoryName;
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            description="Write or upload its first files here, which makes the branch main, or clone it and push."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button href={`#${places.upload(name, 'main')}`}>Upload files</Button>
                <Button variant="primary" href={`#${places.add(name, 'main')}`}>Create file</Button>
              </SpaceBetween>
            }
          >
            This repository is empty
          </Header>
        }
      >
        <CloneSteps repository={repository} />
      </Container>
    </SpaceBetween>
  );
}

function Browse({ repository, reference, path }: { repository: Repository; reference: string; path: string }) {
  const name = repository.repositoryName;
  const { query } = useAddress();
  const concerns = (arn: string) => kindOf(reference) !== 'commit' && isOfRepository(arn, name);
  const place = useResource(`place ${name} ${reference} ${path}`, (signal) => getPlace(name, reference, path, signal), concerns);
  const isBranch = kindOf(reference) === 'branch';
  const folder = place.data && 'folder' in place.data ? place.data.folder : undefined;

  const add = (id: string) => go((id === 'file' ? places.add : places.upload)(name, reference, path));
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <ReferencePicker
          repository={name}
          value={reference}
          label="Branch, tag or commit"
          onChange={(next) => go(places.browse(name, next, path))}
        />
        <Crumbs name={name} reference={reference} path={path} />
        {folder && isBranch && (
          <ButtonDropdown
            items={[{ id: 'file', text: 'Create file' }, { id: 'upload', text: 'Upload files' }]}
            onItemClick={({ detail }) => add(detail.id)}
          >
            Add file
          </ButtonDropdown>
        )}
      </SpaceBetween>
      {place.error && <Failure what={`${path || 'The folder'} can't be shown at ${shownReference(reference)}`} error={place.error} retry={place.reload} />}
      {!place.data && !place.error && <Spinner />}
      {folder && <FolderView repository={name} reference={reference} folder={folder} />}
      {place.data && 'file' in place.data && (
        <FileView key={path} repository={name} reference={reference} file={place.data.file} lines={query.get('lines')} isBranch={isBranch} />
      )}
      {place.data && 'submodule' in place.data && (
        <Container header={<Header>{place.data.submodule.name}</Header>}>
          A submodule: another repository at its commit {place.data.submodule.id}. Where it is, the file <code>.gitmodules</code> tells.
        </Container>
      )}
    </SpaceBetween>
  );
}

/** Where in the repository one is. */
export function Crumbs({ name, reference, path }: { name: string; reference: string; path: string }) {
  const parts = path ? path.split('/') : [];
  return (
    <nav className="crumbs" aria-label="Folder">
      {parts.length > 0 ? <Link href={`#${places.browse(name, reference)}`}>{name}</Link> : <span>{name}</span>}
      {parts.map((part, index) => (
        <span key={index} className="crumbs">
          <span aria-hidden="true">/</span>
          {index + 1 < parts.length ? <Link href={`#${places.browse(name, reference, parts.slice(0, index + 1).join('/'))}`}>{part}</Link> : <span>{part}</span>}
        </span>
      ))}
    </nav>
  );
}
