import { notify } from '../../app/notifications';
import { go, pathOf } from '../../app/router';
import { createProject } from './api';
import { newProject } from './projectInput';
import { ProjectForm } from './ProjectForm';

export default function CreateProjectPage() {
  return (
    <ProjectForm
      title="Create build project"
      action="Create build project"
      begin={newProject}
      isNew
      cancel="/codebuild/projects"
      save={async (input) => {
        const { name } = await createProject(input);
        notify({ type: 'success', header: `Project ${name} was created` });
        go(pathOf('codebuild', 'projects', name));
      }}
    />
  );
}
