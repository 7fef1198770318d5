// All services of the console, in the order of the side navigation, and the pages that there are.

import { cloudtrail } from '../services/cloudtrail';
import { codebuild } from '../services/codebuild';
import { codecommit } from '../services/codecommit';
import { codedeploy } from '../services/codedeploy';
import { codepipeline } from '../services/codepipeline';
import { events } from '../services/events';
import { iam } from '../services/iam';
import { kms } from '../services/kms';
import { logs } from '../services/logs';
import { s3 } from '../services/s3';
import { secretsmanager } from '../services/secretsmanager';
import { ssm } from '../services/ssm';
import { deliveryAhead } from './home/ahead';
import { match, type Params } from './router';
import type { ConsoleService, Page } from './service';

export const services: ConsoleService[] = [codecommit, codebuild, codepipeline, codedeploy, s3, logs, events, iam, ssm, secretsmanager, kms, cloudtrail];

const home: Page = {
  path: '/',
  load: () => import('./Home'),
  ahead: async () => {
    const cards = services.flatMap((service) => service.home ?? []);
    cards.forEach((card) => void card.load());
    await Promise.all([deliveryAhead(), ...cards.map((card) => card.ahead?.())]);
  },
  trail: () => [],
};

const pages = [home, ...services.flatMap((service) => service.pages)];

/** The page that an address is for. */
export function pageAt(path: string): { page: Page; params: Params } | undefined {
  for (const page of pages) {
    const params = match(page.path, path);
    if (params) return { page, params };
  }
  return undefined;
}
