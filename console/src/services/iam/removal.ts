// IAM deletes what is empty only; the console empties it first, as AWS's does.

import { ApiError } from '../../api/errors';
import { list } from '../../api/query';
import { iam, iamAll, type AttachedPolicy, type Noun } from './api';

async function emptyOfPolicies(noun: Noun, name: string) {
  const named = { [`${noun}Name`]: name };
  for (const { PolicyArn } of await iamAll<AttachedPolicy>(`ListAttached${noun}Policies`, 'AttachedPolicies', named)) {
    await iam(`Detach${noun}Policy`, { ...named, PolicyArn });
  }
  for (const PolicyName of await iamAll<string>(`List${noun}Policies`, 'PolicyNames', named)) {
    await iam(`Delete${noun}Policy`, { ...named, PolicyName });
  }
}

export async function deleteUser(UserName: string) {
  const user = { UserName };
  await emptyOfPolicies('User', UserName);
  for (const { GroupName } of await iamAll<{ GroupName: string }>('ListGroupsForUser', 'Groups', user)) await iam('RemoveUserFromGroup', { ...user, GroupName });
  for (const { AccessKeyId } of await iamAll<{ AccessKeyId: string }>('ListAccessKeys', 'AccessKeyMetadata', user)) await iam('DeleteAccessKey', { ...user, AccessKeyId });
  for (const { SSHPublicKeyId } of await iamAll<{ SSHPublicKeyId: string }>('ListSSHPublicKeys', 'SSHPublicKeys', user)) await iam('DeleteSSHPublicKey', { ...user, SSHPublicKeyId });
  const { ServiceSpecificCredentials } = await iam<{ ServiceSpecificCredentials: { ServiceSpecificCredentialId: string }[] | '' }>('ListServiceSpecificCredentials', user);
  for (const { ServiceSpecificCredentialId } of list(ServiceSpecificCredentials)) await iam('DeleteServiceSpecificCredential', { ...user, ServiceSpecificCredentialId });
  for (const { SerialNumber } of await iamAll<{ SerialNumber: string }>('ListMFADevices', 'MFADevices', user)) {
    await iam('DeactivateMFADevice', { ...user, SerialNumber });
    await iam('DeleteVirtualMFADevice', { SerialNumber });
  }
  await iam('DeleteLoginProfile', user).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 'NoSuchEntity')) throw error;
  });
  await iam('DeleteUser', user);
}

export async function deleteGroup(GroupName: string, users: string[]) {
  for (const UserName of users) await iam('RemoveUserFromGroup', { GroupName, UserName });
  await emptyOfPolicies('Group', GroupName);
  await iam('DeleteGroup', { GroupName });
}

export async function deleteRole(RoleName: string) {
  await emptyOfPolicies('Role', RoleName);
  await iam('DeleteRole', { RoleName });
}

/** Deletes a managed policy with all its versions. One that is attached is refused by IAM. */
export async function deletePolicy(PolicyArn: string) {
  const { Policy } = await iam<{ Policy: { AttachmentCount?: string } }>('GetPolicy', { PolicyArn });
  const attached = Number(Policy.AttachmentCount ?? 0);
  // Refused only at the end, its versions would be gone.
  if (attached > 0) throw new ApiError(409, 'DeleteConflict', `The policy is attached to ${attached} users, groups or roles. Detach it first.`);
  for (const { VersionId, IsDefaultVersion } of await iamAll<{ VersionId: string; IsDefaultVersion: string }>('ListPolicyVersions', 'Versions', { PolicyArn })) {
    if (IsDefaultVersion !== 'true') await iam('DeletePolicyVersion', { PolicyArn, VersionId });
  }
  await iam('DeletePolicy', { PolicyArn });
}
