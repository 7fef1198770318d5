// Addresses of the pages of logs, for other services' too.

import { pathOf } from '../../app/router';

export const groupPath = (name: string, tab?: string) => pathOf('logs', 'groups', name) + (tab ? `?tab=${tab}` : '');

export const streamPath = (group: string, stream: string) => pathOf('logs', 'groups', group, 'streams', stream);
