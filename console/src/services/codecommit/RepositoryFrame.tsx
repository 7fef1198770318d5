import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { ReactNode } from 'react';
import { go } from '../../app/router';
import { places } from './places';

export type RepositoryTab = 'code' | 'pull-requests' | 'commits' | 'branches' | 'tags' | 'settings';

interface Props {
  name: string;
  tab: RepositoryTab;
  /** Beside the repository's name. */
  actions?: ReactNode;
  children: ReactNode;
}

/** What all pages of a repository have above them: its name and the way to the others. */
export function RepositoryFrame({ name, tab, actions, children }: Props) {
  const tabs: { id: RepositoryTab; label: string; href: string }[] = [
    { id: 'code', label: 'Code', href: places.repository(name) },
    { id: 'pull-requests', label: 'Pull requests', href: places.pullRequests(name) },
    { id: 'commits', label: 'Commits', href: places.commits(name) },
    { id: 'branches', label: 'Branches', href: places.branches(name) },
    { id: 'tags', label: 'Git tags', href: places.tags(name) },
    { id: 'settings', label: 'Settings', href: places.settings(name) },
  ];
  return (
    <SpaceBetween size="m">
      <Header variant="h1" actions={actions}>{name}</Header>
      <Tabs
        ariaLabel={`Pages of ${name}`}
        activeTabId={tab}
        onChange={({ detail }) => detail.activeTabHref && go(detail.activeTabHref.slice(1))}
        tabs={tabs.map((it) => ({ ...it, href: `#${it.href}`, content: it.id === tab ? children : null }))}
      />
    </SpaceBetween>
  );
}
