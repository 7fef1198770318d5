// A yard of its own for the tests, and root's client.

import { createHash } from 'node:crypto';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { queryOf, sign, type Credentials } from '../src/api/sigv4';

const program = process.env.CODEYARD ?? '../target/debug/codeyard';

/** How Chromium is started: it sees only the yard. */
export const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export class TestYard {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly dir: string,
    private readonly root: Credentials,
  ) {}

  /** A yard with these options beside its own. */
  static async start(...options: string[]): Promise<TestYard> {
    const dir = mkdtempSync(join(tmpdir(), 'codeyard-console-'));
    const args = ['up', '--listen', '127.0.0.1:0', '--ssh-listen', 'off', '--data-dir', dir, ...options];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const url = await new Promise<string>((resolve, reject) => {
      const said: string[] = [];
      const hear = (line: string) => {
        said.push(line);
        const ready = /^ready (\S+)/.exec(line)?.[1];
        if (ready) resolve(ready.replace(/,$/, ''));
      };
      createInterface(child.stdout!).on('line', hear);
      createInterface(child.stderr!).on('line', hear);
      child.on('exit', () => reject(new Error(`the yard ended: ${said.join('\n')}`)));
    });
    const env = execFileSync(program, ['env', '--data-dir', dir], { encoding: 'utf8' });
    const value = (name: string) => new RegExp(`${name}='([^']*)'`).exec(env)?.[1] ?? '';
    return new TestYard(url, child, dir, {
      accessKeyId: value('AWS_ACCESS_KEY_ID'),
      secretAccessKey: value('AWS_SECRET_ACCESS_KEY'),
    });
  }

  async stop() {
    const ended = new Promise((done) => this.child.on('exit', done));
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Runs the program on this yard’s data; answers what it prints. */
  run(...args: string[]): string {
    return execFileSync(program, [...args, '--data-dir', this.dir], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** What `codeyard console` prints. */
  signInLink(): string {
    return this.run('console', '--print').trim();
  }

  async json(service: string, target: string, input: object) {
    return this.send(service, { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target }, JSON.stringify(input));
  }

  /** A request to S3; the path is sent as it is. */
  async s3(method: string, path: string, body = '', query: Record<string, string> = {}): Promise<string> {
    const payload = createHash('sha256').update(body).digest('hex');
    const sent = queryOf(query);
    const request = { method, host: new URL(this.url).host, path, query: sent, headers: { 'x-amz-content-sha256': payload }, body };
    const headers = sign(request, this.root, 'us-east-1', 's3', new Date());
    const answer = await fetch(`${this.url}${path}${sent && `?${sent}`}`, { method, headers, body: method === 'GET' ? undefined : body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`s3 ${method} ${path}: ${text}`);
    return text;
  }

  async iam(action: string, parameters: Record<string, string>) {
    const body = new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString();
    return this.send('iam', { 'content-type': 'application/x-www-form-urlencoded' }, body);
  }

  private async send(service: string, headers: Record<string, string>, body: string): Promise<string> {
    const request = { method: 'POST', host: new URL(this.url).host, path: '/', headers, body };
    const signed = sign(request, this.root, 'us-east-1', service, new Date());
    const answer = await fetch(this.url, { method: 'POST', headers: signed, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${service}: ${text}`);
    return text;
  }

  async user(name: string, password: string, statements: object[]) {
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
    await this.iam('CreateUser', { UserName: name });
    await this.iam('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument: policy });
    await this.iam('CreateLoginProfile', { UserName: name, Password: password });
  }

  async project(name: string, commands: string[]) {
    const buildspec = [
      'version: 0.2',
      'phases:',
      '  install:',
      '    commands:',
      '      - echo preparing',
      '  build:',
      '    commands:',
      ...commands.map((command) => `      - ${JSON.stringify(command)}`),
    ].join('\n');
    await this.json('codebuild', 'CodeBuild_20161006.CreateProject', {
      name,
      description: 'A project of the end-to-end test',
      source: { type: 'NO_SOURCE', buildspec },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0', computeType: 'BUILD_GENERAL1_SMALL' },
      serviceRole: 'arn:aws:iam::000000000000:role/builder',
    });
  }

  async builderRole() {
    const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await this.iam('CreateRole', {
      RoleName: 'builder',
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { Service: 'codebuild.amazonaws.com' }, Action: 'sts:AssumeRole' }),
    });
    await this.iam('PutRolePolicy', {
      RoleName: 'builder',
      PolicyName: 'logs',
      PolicyDocument: document({ Effect: 'Allow', Action: 'logs:*', Resource: '*' }),
    });
  }
}

/** Serves the files of CONSOLE_DIST, if it is set, in place of those in the binary, under the same policy. */
export async function freshPages(page: Page, url: string) {
  const dist = process.env.CONSOLE_DIST;
  if (!dist) return;
  const { headers } = await fetch(`${url}/console/`);
  const kinds: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
  const kept = ['content-security-policy', 'x-content-type-options'].map((it) => [it, headers.get(it) ?? '']);
  await page.route(`${url}/console/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice('/console/'.length) || 'index.html';
    const kind = kinds[name.split('.').pop() ?? ''] ?? '';
    const path = `${dist}/${name}`;
    return existsSync(path) ? route.fulfill({ path, headers: { ...Object.fromEntries(kept), 'content-type': kind } }) : route.abort();
  });
}
