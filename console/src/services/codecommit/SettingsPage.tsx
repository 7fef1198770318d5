import Spinner from '@cloudscape-design/components/spinner';
import Tabs from '@cloudscape-design/components/tabs';
import { useResource } from '../../api/useResource';
import { go } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Failure } from '../../components/Failure';
import { TagPanel } from '../../components/TagPanel';
import { getRepository, isOfRepository, type Repository } from './api';
import { places } from './places';
import { RepositoryFrame } from './RepositoryFrame';
import { Details } from './SettingsDetails';
import { Notifications, Templates, Triggers } from './SettingsMore';
import { changeTags, listTags } from './settings';

/** A repository's settings, one tab for each kind. */
export default function SettingsPage({ params: { name, tab = 'details' } }: PageProps) {
  const { data: repository, error, reload } = useResource(`repository ${name}`, (signal) => getRepository(name, signal), (arn) => isOfRepository(arn, name));
  const tabs = repository
    ? [
        { id: 'details', label: 'Repository details', content: <Details repository={repository} reload={reload} /> },
        { id: 'notifications', label: 'Notifications', content: <Notifications repository={repository} /> },
        { id: 'triggers', label: 'Triggers', content: <Triggers name={name} /> },
        { id: 'tags', label: 'Repository tags', content: <Tags repository={repository} /> },
        { id: 'templates', label: 'Approval rule templates', content: <Templates name={name} /> },
      ]
    : [];
  return (
    <RepositoryFrame name={name} tab="settings">
      {error && !repository && <Failure what="The settings can't be shown" error={error} retry={reload} />}
      {!repository && !error && <Spinner />}
      {repository && (
        <Tabs
          ariaLabel="Settings"
          activeTabId={tab}
          onChange={({ detail }) => go(places.settings(name, detail.activeTabId))}
          tabs={tabs.map((it) => ({ ...it, content: it.id === tab ? it.content : null }))}
        />
      )}
    </RepositoryFrame>
  );
}

function Tags({ repository }: { repository: Repository }) {
  const tags = useResource(`tags ${repository.Arn}`, (signal) => listTags(repository.Arn, signal));
  return <TagPanel resource={tags} save={(changes) => changeTags(repository.Arn, changes)} />;
}
