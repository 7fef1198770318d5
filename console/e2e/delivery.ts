// What the stories of pipelines and deployments stand on: roles, a bucket, a host, a repository.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestYard } from './yard';

export const BUCKET = 'delivery';
export const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
type Files = Record<string, string>;

/** A role of a service that may do all of these. */
export async function serviceRole(yard: TestYard, name: string, service: string, actions: string[]) {
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const trust = document({ Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' });
  await yard.iam('CreateRole', { RoleName: name, AssumeRolePolicyDocument: trust });
  await yard.iam('PutRolePolicy', { RoleName: name, PolicyName: 'own', PolicyDocument: document({ Effect: 'Allow', Action: actions, Resource: '*' }) });
}

export async function bucket(yard: TestYard) {
  await yard.s3('PUT', `/${BUCKET}`);
  const body = '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>';
  await yard.s3('PUT', `/${BUCKET}`, body, { versioning: '' });
}

/** A deployment host on this machine, tagged env=e2e. */
export const addHost = (yard: TestYard, name: string) => yard.run('host', 'add', name, '--tag', 'env=e2e', '--bucket', BUCKET);
export const removeHost = (yard: TestYard, name: string) => yard.run('host', 'remove', name);

function write(dir: string, files: Files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
}

/** What a deployment does: a file, and a script after it. */
export const revision = (script: string): Files => ({
  'appspec.yml': ['version: 0.0', 'os: linux', 'files:', '  - source: page.html', '    destination: /srv/site', 'file_exists_behavior: OVERWRITE', 'hooks:', '  AfterInstall:', '    - location: check.sh', '      timeout: 60', ''].join('\n'),
  'page.html': '<h1>Hello</h1>\n',
  'check.sh': `#!/bin/bash\n${script}\n`,
});

/** Puts a bundle into the bucket: a tar of plain ASCII, which a text can hold. */
export async function bundle(yard: TestYard, key: string, files: Files) {
  const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    write(dir, files);
    const tar = execFileSync('tar', ['--format=ustar', '--owner=0', '--group=0', '-cf', '-', ...Object.keys(files)], { cwd: dir });
    await yard.s3('PUT', `/${BUCKET}/${key}`, tar.toString('latin1'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A clone of a repository that pushes by HTTP with credentials of its own. */
export class Clone {
  private readonly dir = mkdtempSync(join(tmpdir(), 'clone-'));

  private constructor(private readonly url: string) {
    this.git('init', '-q', '-b', 'main');
  }

  static async of(yard: TestYard, repository: string): Promise<Clone> {
    await yard.json('codecommit', 'CodeCommit_20150413.CreateRepository', { repositoryName: repository });
    await yard.user('pusher', 'Correct-horse-1', [{ Effect: 'Allow', Action: 'codecommit:*', Resource: '*' }]);
    const made = await yard.iam('CreateServiceSpecificCredential', { UserName: 'pusher', ServiceName: 'codecommit.amazonaws.com' });
    const text = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(made)?.[1] ?? '';
    const url = new URL(`/v1/repos/${repository}`, yard.url);
    url.username = text('ServiceUserName');
    url.password = text('ServicePassword').replaceAll('&amp;', '&');
    return new Clone(url.href);
  }

  private git(...args: string[]): string {
    const who = { GIT_AUTHOR_NAME: 'Pat', GIT_AUTHOR_EMAIL: 'pat@example.com', GIT_COMMITTER_NAME: 'Pat', GIT_COMMITTER_EMAIL: 'pat@example.com' };
    const env = { ...process.env, ...who, GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
    return execFileSync('git', args, { cwd: this.dir, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Commits these files and pushes; answers the commit's id. */
  push(message: string, files: Files): string {
    write(this.dir, files);
    this.git('add', '-A');
    this.git('commit', '-q', '-m', message);
    this.git('push', '-q', this.url, 'main');
    return this.git('rev-parse', 'HEAD').trim();
  }

  remove = () => rmSync(this.dir, { recursive: true, force: true });
}
