import AppLayout from '@cloudscape-design/components/app-layout';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import enMessages from '@cloudscape-design/components/i18n/messages/all.en';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import Spinner from '@cloudscape-design/components/spinner';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { lazy, Suspense, useEffect, useMemo, useState, useSyncExternalStore, type ComponentType } from 'react';
import { liveness } from '../api/changes';
import { end, session, shownName } from '../api/session';
import { Boundary } from '../components/Boundary';
import { Notices } from './Notices';
import { clearNotices } from './notifications';
import './ahead';
import { pageAt, services } from './registry';
import { useAddress } from './router';
import type { Page, PageProps } from './service';
import { toggleTheme } from './theme';

const CommandPalette = lazy(() => import('./CommandPalette'));

const loaded = new Map<Page, ComponentType<PageProps>>();

function componentOf(page: Page): ComponentType<PageProps> {
  const known = loaded.get(page) ?? lazy(page.load);
  loaded.set(page, known);
  return known;
}

export default function Shell() {
  const { path } = useAddress();
  const who = useSyncExternalStore(session.subscribe, session.get);
  const live = useSyncExternalStore(liveness.subscribe, liveness.get);
  const [searching, setSearching] = useState(false);

  const found = useMemo(() => pageAt(path), [path]);
  const trail = found?.page.trail(found.params) ?? [];
  const title = trail.at(-1)?.text ?? (found ? 'Home' : 'No such page');

  useEffect(() => {
    document.title = `${title} · Codeyard`;
  }, [title]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey)) {
        event.preventDefault();
        setSearching(true);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  useEffect(() => clearNotices, []);

  const Current = found && componentOf(found.page);
  return (
    <I18nProvider locale="en" messages={[enMessages]}>
      <div id="top">
        <TopNavigation
          identity={{ href: '#/', title: 'Codeyard' }}
          utilities={[
            { type: 'button', text: 'Search', iconName: 'search', title: 'Search (Ctrl+K)', onClick: () => setSearching(true) },
            { type: 'button', iconName: live ? 'status-positive' : 'status-pending', ariaLabel: live ? 'Live: pages follow changes' : 'Not live: pages show what was when they were read', title: live ? 'Live' : 'Not live' },
            { type: 'button', iconName: 'settings', ariaLabel: 'Light or dark', title: 'Light or dark', onClick: toggleTheme },
            { type: 'button', text: who?.region ?? '', disableUtilityCollapse: false },
            {
              type: 'menu-dropdown',
              text: who ? shownName(who.arn) : '',
              description: who ? `Account ${who.account}` : '',
              iconName: 'user-profile',
              items: [{ id: 'sign-out', text: 'Sign out' }],
              onItemClick: ({ detail }) => detail.id === 'sign-out' && end(),
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        breadcrumbs={
          trail.length > 0 && (
            <BreadcrumbGroup ariaLabel="Where you are" items={[{ text: 'Home', href: '/' }, ...trail].map(({ text, href }) => ({ text, href: `#${href}` }))} />
          )
        }
        navigation={
          <SideNavigation
            activeHref={`#${path}`}
            header={{ href: '#/', text: 'Home' }}
            items={services.map(({ title: text, nav }) => ({
              type: 'section' as const,
              text,
              items: nav.map((item) => ({ type: 'link' as const, text: item.text, href: `#${item.path}` })),
            }))}
          />
        }
        notifications={<Notices path={path} />}
        content={
          <Boundary key={path}>
            <Suspense fallback={<Spinner size="large" />}>
              {Current ? <Current params={found.params} /> : <Box variant="h1">There is no such page. The navigation has those that there are.</Box>}
            </Suspense>
          </Boundary>
        }
      />
      {searching && (
        <Suspense fallback={null}>
          <CommandPalette onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </I18nProvider>
  );
}
