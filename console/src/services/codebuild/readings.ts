// What CodeBuild's pages show first, so that it can be asked for before their code is there.

import { begin, type Reading } from '../../api/ahead';
import { buildIds, getBuilds, getProjects, isOfProject, latestBuilds, listProjectNames, logPage, type Build, type LogPage, type Project } from './api';

/** Rows of a page of a table. */
export const ROWS = 25;
/** Events of the first page of a log: some more than there is place for on a screen. */
const FIRST_LINES = 250;

const ofCodeBuild = (arn: string) => arn.includes(':codebuild:');

export const projectNames: Reading<string[]> = { key: 'project names', load: listProjectNames, concerns: ofCodeBuild };

export const projects = (names: string[]): Reading<Project[]> => ({
  key: `projects ${names.join()}`,
  load: (signal) => (names.length > 0 ? getProjects(names, signal) : Promise.resolve([])),
});

export const project = (name: string): Reading<Project[]> => ({
  key: `project ${name}`,
  load: (signal) => getProjects([name], signal),
  concerns: (arn) => isOfProject(arn, name),
});

/** A hundred of the ids of builds, of a project or of all, the newest first. */
export const history = (of: string | undefined, token: string | undefined): Reading<{ ids: string[]; next?: string }> => ({
  key: `history ${of ?? ''} ${token ?? ''}`,
  load: (signal) => buildIds(of, token, signal),
  concerns: (arn) => (of === undefined ? ofCodeBuild(arn) : isOfProject(arn, of)),
});

export const builds = (ids: string[], of?: string): Reading<Build[]> => ({
  key: `builds ${ids.join()}`,
  load: (signal) => getBuilds(ids, signal),
  concerns: (arn) => (of === undefined ? ofCodeBuild(arn) : isOfProject(arn, of)),
});

export const build = (id: string): Reading<Build[]> => ({
  key: `build ${id}`,
  load: (signal) => getBuilds([id], signal),
  concerns: (arn) => arn.endsWith(`:build/${id}`),
});

/** The beginning of a log. */
export const logBeginning = (group: string, stream: string): Reading<LogPage> => ({
  key: `log ${group} ${stream}`,
  load: (signal) => logPage(group, stream, undefined, FIRST_LINES, signal),
});

export const homeBuilds: Reading<{ builds: Build[]; more: boolean }> = { key: 'home builds', load: latestBuilds, concerns: ofCodeBuild };

export const homeAhead = () => begin(homeBuilds);

export async function projectsAhead() {
  const names = await begin(projectNames);
  await begin(projects(names.slice(0, ROWS)));
}

export async function historyAhead(of?: string) {
  const { ids } = await begin(history(of, undefined));
  await begin(builds(ids.slice(0, ROWS), of));
}

export const projectAhead = (name: string) => Promise.all([begin(project(name)), historyAhead(name)]);

export async function buildAhead(id: string) {
  const [{ logs } = {} as Partial<Build>] = await begin(build(id));
  if (logs?.groupName && logs.streamName) await begin(logBeginning(logs.groupName, logs.streamName));
}
