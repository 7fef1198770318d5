// The pages of pull requests, below those of their repository.

import type { Page } from '../../../app/service';

export const pullRequestPages: Page[] = [];
