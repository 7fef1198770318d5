import Spinner from '@cloudscape-design/components/spinner';
import { useResource } from '../../api/useResource';
import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import type { PageProps } from '../../app/service';
import { Empty } from '../../components/Empty';
import { Failure } from '../../components/Failure';
import { getProjects, updateProject } from './api';
import { inputOf, updateOf } from './projectInput';
import { ProjectForm } from './ProjectForm';

export default function EditProjectPage({ params: { name } }: PageProps) {
  // Not followed: what somebody else changes must not change what is being typed.
  const { data, error, reload } = useResource(`edit ${name}`, (signal) => getProjects([name], signal));
  if (error) return <Failure what="The project can't be read" error={error} retry={reload} />;
  if (!data) return <Spinner size="large" />;
  const project = data[0];
  if (!project) return <Empty title={`There is no project ${name}`}>It may have been deleted, or be in another region.</Empty>;
  const before = inputOf(project);
  return (
    <ProjectForm
      title={`Edit ${name}`}
      action="Update project"
      begin={before}
      isNew={false}
      cancel={pathOf('codebuild', 'projects', name)}
      read={async () => {
        const [now] = await getProjects([name]);
        return now ? inputOf(now) : {};
      }}
      save={async (input) => {
        await updateProject(updateOf(before, input));
        notify({ type: 'success', header: `Project ${name} was updated` });
        go(pathOf('codebuild', 'projects', name));
      }}
    />
  );
}
