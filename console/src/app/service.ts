// What a service of the console is made of. A new one is a folder in `services/` and a line in
// `registry.ts`.

import type { ComponentType } from 'react';
import type { Params } from './router';

export interface PageProps {
  params: Params;
}

/** Begins to read what is shown first, while the code is on its way. */
export type Ahead = (params: Params) => Promise<unknown>;

export interface Page {
  /** Like `/codebuild/projects/:name`. */
  path: string;
  /** The page, loaded when it is first shown. */
  load: () => Promise<{ default: ComponentType<PageProps> }>;
  ahead?: Ahead;
  /** Breadcrumbs above it: text and address, from the service down to the page itself. */
  trail: (params: Params) => { text: string; href: string }[];
}

/** Something that search finds. */
export interface Hit {
  name: string;
  kind: string;
  path: string;
}

export interface ConsoleService {
  title: string;
  /** What the side navigation shows of it. */
  nav: { text: string; path: string }[];
  pages: Page[];
  /** What it shows on the home page. */
  home?: { load: () => Promise<{ default: ComponentType }>; ahead?: () => Promise<unknown> };
  /** All that search may find. Read once when search is opened; refusals leave it out. */
  search?: (signal: AbortSignal) => Promise<Hit[]>;
}
