import { pathOf } from '../../app/router';
import type { ConsoleService } from '../../app/service';

const history = { text: 'Event history', href: '/cloudtrail/events' };

export const cloudtrail: ConsoleService = {
  title: 'CloudTrail',
  nav: [{ text: history.text, path: history.href }],
  pages: [
    { path: history.href, load: () => import('./HistoryPage'), trail: () => [history] },
    { path: '/cloudtrail/events/:id', load: () => import('./EventPage'), trail: ({ id }) => [history, { text: id, href: pathOf('cloudtrail', 'events', id) }] },
  ],
};
