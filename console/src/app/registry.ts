// All services of the console, in the order of the side navigation.

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
import type { ConsoleService } from './service';

export const services: ConsoleService[] = [codecommit, codebuild, codepipeline, codedeploy, s3, logs, events, iam, ssm, secretsmanager, kms, cloudtrail];
