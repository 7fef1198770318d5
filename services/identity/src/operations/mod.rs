//! The tables of IAM and STS.

mod credentials;
mod groups;
mod policies;
mod roles;
mod users;

use api_identity::signin::CreateSignInCode;
use api_identity::sts::{
    AssumeRole, DecodeAuthorizationMessage, GetCallerIdentity, GetSessionToken,
};
use service::{Protocol, RawRoute, Service, op};

use crate::{errors, sign_in, sts};

/// IAM: global, Query protocol.
pub(crate) fn iam() -> Service {
    let service = Service::new(
        "iam",
        Protocol::Query { namespace: "https://iam.amazonaws.com/doc/2010-05-08/" },
    )
    .version("2010-05-08")
    .global();
    let service = credentials::rows(users::keys(users::rows(service)));
    let service = policies::rows(roles::rows(groups::rows(service)));
    service.lacks(&[
        "AcceptDelegationRequest",
        "AcquireRole",
        "AddClientIDToOpenIDConnectProvider",
        "AddRoleToInstanceProfile",
        "AssociateDelegationRequest",
        "CreateAccountAlias",
        "CreateDelegationRequest",
        "CreateInstanceProfile",
        "CreateOpenIDConnectProvider",
        "CreateSAMLProvider",
        "CreateServiceLinkedRole",
        "DeleteAccountAlias",
        "DeleteAccountPasswordPolicy",
        "DeleteInstanceProfile",
        "DeleteOpenIDConnectProvider",
        "DeleteSAMLProvider",
        "DeleteServerCertificate",
        "DeleteServiceLinkedRole",
        "DeleteSigningCertificate",
        "DisableOrganizationsRootCredentialsManagement",
        "DisableOrganizationsRootSessions",
        "DisableOutboundWebIdentityFederation",
        "EnableOrganizationsRootCredentialsManagement",
        "EnableOrganizationsRootSessions",
        "EnableOutboundWebIdentityFederation",
        "GenerateCredentialReport",
        "GenerateOrganizationsAccessReport",
        "GenerateServiceLastAccessedDetails",
        "GetAccountAuthorizationDetails",
        "GetAccountPasswordPolicy",
        "GetAccountProperties",
        "GetContextKeysForCustomPolicy",
        "GetContextKeysForPrincipalPolicy",
        "GetCredentialReport",
        "GetDelegationRequest",
        "GetHumanReadableSummary",
        "GetInstanceProfile",
        "GetMFADevice",
        "GetOpenIDConnectProvider",
        "GetOrganizationsAccessReport",
        "GetOutboundWebIdentityFederationInfo",
        "GetRoleTemplateVersion",
        "GetSAMLProvider",
        "GetServerCertificate",
        "GetServiceLastAccessedDetails",
        "GetServiceLastAccessedDetailsWithEntities",
        "GetServiceLinkedRoleDeletionStatus",
        "ListAccountAliases",
        "ListDelegationRequests",
        "ListInstanceProfileTags",
        "ListInstanceProfiles",
        "ListInstanceProfilesForRole",
        "ListOpenIDConnectProviderTags",
        "ListOpenIDConnectProviders",
        "ListOrganizationsFeatures",
        "ListPoliciesGrantingServiceAccess",
        "ListSAMLProviderTags",
        "ListSAMLProviders",
        "ListServerCertificateTags",
        "ListServerCertificates",
        "ListSigningCertificates",
        "PutAccountProperties",
        "RejectDelegationRequest",
        "RemoveClientIDFromOpenIDConnectProvider",
        "RemoveRoleFromInstanceProfile",
        "SendDelegationToken",
        "SetSecurityTokenServicePreferences",
        "TagInstanceProfile",
        "TagOpenIDConnectProvider",
        "TagSAMLProvider",
        "TagServerCertificate",
        "UntagInstanceProfile",
        "UntagOpenIDConnectProvider",
        "UntagSAMLProvider",
        "UntagServerCertificate",
        "UpdateAccountPasswordPolicy",
        "UpdateDelegationRequest",
        "UpdateOpenIDConnectProviderThumbprint",
        "UpdateSAMLProvider",
        "UpdateServerCertificate",
        "UpdateSigningCertificate",
        "UploadServerCertificate",
        "UploadSigningCertificate",
    ])
}

/// STS: Query protocol.
pub(crate) fn sts() -> Service {
    Service::new("sts", Protocol::Query { namespace: "https://sts.amazonaws.com/doc/2011-06-15/" })
        .version("2011-06-15")
        .operation(op(GetCallerIdentity, sts::get_caller_identity).always_allowed())
        .operation(
            op(AssumeRole, sts::assume_role)
                .write()
                .rights(sts::assume_rights)
                .partial("ProvidedContexts and MinimumSessionTokenSize are refused.")
                .errors(&[errors::MALFORMED_POLICY, errors::PACKED_POLICY_TOO_LARGE]),
        )
        .operation(
            op(GetSessionToken, sts::get_session_token)
                .always_allowed()
                .partial("MinimumSessionTokenSize is refused."),
        )
        .operation(
            op(DecodeAuthorizationMessage, sts::decode_message)
                .write()
                .errors(&[errors::INVALID_AUTHORIZATION_MESSAGE]),
        )
        .lacks(&[
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "AssumeRoot",
            "GetAccessKeyInfo",
            "GetDelegatedAccessToken",
            "GetFederationToken",
            "GetWebIdentityToken",
        ])
}

/// Sign-in to the console: the operation that makes one-time codes, and the route of browsers.
pub(crate) fn sign_in() -> Service {
    Service::new("codeyard-signin", Protocol::Json11)
        .target("CodeyardSignIn_20261121")
        .operation(
            op(CreateSignInCode, sign_in::create_code)
                .write()
                .errors(&[errors::ACCESS_DENIED, errors::LIMIT_EXCEEDED]),
        )
        .raw(RawRoute::new(sign_in::PATH, sign_in::handle))
}

/// The path in an ARN whose kind and name are known.
fn path_of<'a>(arn: &'a str, kind: &str, name: &str) -> Option<&'a str> {
    let resource = arn.splitn(6, ':').nth(5)?;
    resource.strip_prefix(kind)?.strip_suffix(name)
}
