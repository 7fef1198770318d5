import { useResource } from '../../api/useResource';
import { ApiError } from '../../api/errors';
import { getBranch, getRepository } from './api';

/** The commit that a branch is at when a form opens; none where the repository has no commit yet. */
export function useTip(repository: string, branch: string) {
  const { data, error, loading, reload } = useResource(`tip ${repository} ${branch}`, async (signal) => {
    try {
      return { tip: await getBranch(repository, branch, signal) };
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.code !== 'BranchDoesNotExistException') throw failure;
      const { defaultBranch } = await getRepository(repository, signal);
      // The first commit makes the branch.
      if (defaultBranch) throw failure;
      return { tip: undefined };
    }
  });
  return { tip: data?.tip, error, loading: loading && !data, reload };
}
