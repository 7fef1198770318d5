//! How many users, groups, roles and policies an account has and may have.

use std::collections::BTreeMap;

use api_identity::iam::GetAccountSummaryOutput;
use service::{Cx, Error};
use shape::Empty;
use store::{ReadTx, WriteTx};
use types::Scope;

use crate::entity::scope;
use crate::errors;
use crate::model::Totals;

/// One of the numbers, and its quota.
#[derive(Clone, Copy)]
pub(crate) struct Total {
    of: fn(&mut Totals) -> &mut i32,
    quota: i32,
    quota_name: &'static str,
}

pub(crate) const USERS: Total =
    Total { of: |totals| &mut totals.users, quota: 5000, quota_name: "UsersPerAccount" };
pub(crate) const GROUPS: Total =
    Total { of: |totals| &mut totals.groups, quota: 300, quota_name: "GroupsPerAccount" };
pub(crate) const ROLES: Total =
    Total { of: |totals| &mut totals.roles, quota: 1000, quota_name: "RolesPerAccount" };
pub(crate) const POLICIES: Total =
    Total { of: |totals| &mut totals.policies, quota: 1500, quota_name: "PoliciesPerAccount" };
/// A virtual device can be made for every user.
pub(crate) const MFA_DEVICES: Total = Total {
    of: |totals| &mut totals.mfa_devices,
    quota: 5000,
    quota_name: "VirtualMFADevicesPerAccount",
};
pub(crate) const MFA_DEVICES_IN_USE: Total = Total {
    of: |totals| &mut totals.mfa_devices_in_use,
    quota: 5000,
    quota_name: "MFADevicesPerAccount",
};

fn current(tx: &ReadTx<'_>, scope: &Scope) -> Result<Totals, Error> {
    Ok(tx.get::<Totals>(scope, "")?.map(|found| found.value).unwrap_or_default())
}

/// Counts one more or one fewer.
pub(crate) fn count(
    tx: &mut WriteTx<'_>,
    scope: &Scope,
    total: Total,
    by: i32,
) -> Result<(), Error> {
    let mut totals = current(tx, scope)?;
    let number = (total.of)(&mut totals);
    *number = number.saturating_add(by);
    if by > 0 && *number > total.quota {
        return Err(errors::LIMIT_EXCEEDED
            .error(format!("Cannot exceed quota for {}: {}", total.quota_name, total.quota)));
    }
    tx.put(scope, &totals)?;
    Ok(())
}

/// `GetAccountSummary`: what is here and its quotas.
pub(crate) async fn summary(cx: Cx, _: Empty) -> Result<GetAccountSummaryOutput, Error> {
    let totals = cx.read(|tx| current(tx, &scope(&cx)))?;
    let entries = [
        ("Users", totals.users),
        ("UsersQuota", USERS.quota),
        ("Groups", totals.groups),
        ("GroupsQuota", GROUPS.quota),
        ("Roles", totals.roles),
        ("RolesQuota", ROLES.quota),
        ("Policies", totals.policies),
        ("PoliciesQuota", POLICIES.quota),
        ("AccessKeysPerUserQuota", 2),
        ("GroupsPerUserQuota", 10),
        ("AttachedPoliciesPerUserQuota", 10),
        ("AttachedPoliciesPerGroupQuota", 10),
        ("AttachedPoliciesPerRoleQuota", 10),
        ("PolicySizeQuota", 6144),
        ("UserPolicySizeQuota", 2048),
        ("GroupPolicySizeQuota", 5120),
        ("RolePolicySizeQuota", 10_240),
        ("AssumeRolePolicySizeQuota", 2048),
        ("VersionsPerPolicyQuota", 5),
        ("AccountAccessKeysPresent", 1),
        ("AccountMFAEnabled", 0),
        ("MFADevices", totals.mfa_devices),
        ("MFADevicesInUse", totals.mfa_devices_in_use),
    ];
    let summary_map: BTreeMap<String, i32> =
        entries.into_iter().map(|(name, number)| (name.to_owned(), number)).collect();
    Ok(GetAccountSummaryOutput { summary_map })
}
