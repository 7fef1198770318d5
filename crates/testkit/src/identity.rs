//! Faked identities: enough to test that a service asks for the right rights.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use auth::policy::{Attached, Policy, PolicyKind, Principal};
use serde_json::Value;
use service::{
    AccessKey, Caller, Error, ErrorKind, Grants, Identity, Session, SessionRequest, SshKey, Yard,
};
use types::{Account, IdAlphabet, random_id};

use crate::{Keys, ROOT_KEY, ROOT_SECRET};

#[derive(Clone)]
struct Known {
    secret: String,
    token: Option<String>,
    caller: Caller,
}

/// One root, and users and roles as tests make them.
pub struct FakeIdentity {
    account: Account,
    keys: Mutex<HashMap<String, Known>>,
    roles: Mutex<HashMap<String, Arc<Grants>>>,
    /// SSH public keys with the access keys of their users.
    ssh_keys: Mutex<HashMap<String, (Vec<u8>, String)>>,
}

impl FakeIdentity {
    pub(crate) fn new(account: Account) -> Self {
        Self {
            account,
            keys: Mutex::default(),
            roles: Mutex::default(),
            ssh_keys: Mutex::default(),
        }
    }

    pub(crate) fn add_user(&self, name: &str, policy: &Value) -> Keys {
        let arn = format!("arn:aws:iam::{}:user/{name}", self.account);
        let id = format!("AIDA{}", random_id(IdAlphabet::Base32, 17));
        let caller = self.caller(
            Principal::User { arn: arn.clone(), id: id.clone() },
            arn,
            id,
            grants(policy),
        );
        let keys = Keys::new(
            format!("AKIA{}", random_id(IdAlphabet::Base32, 16)),
            types::random_secret(40),
        );
        let known = Known { secret: keys.secret.clone(), token: None, caller };
        self.keys.lock().unwrap().insert(keys.id.clone(), known);
        keys
    }

    /// Gives the user of these keys an SSH public key, as SSH sends it; answers its id.
    pub fn add_ssh_key(&self, keys: &Keys, blob: Vec<u8>) -> String {
        let id = format!("APKA{}", random_id(IdAlphabet::Base32, 16));
        self.ssh_keys.lock().unwrap().insert(id.clone(), (blob, keys.id.clone()));
        id
    }

    /// Takes an access key or an SSH public key away.
    pub fn remove_key(&self, id: &str) {
        self.keys.lock().unwrap().remove(id);
        self.ssh_keys.lock().unwrap().remove(id);
    }

    pub(crate) fn add_role(&self, name: &str, policy: &Value) -> String {
        let arn = format!("arn:aws:iam::{}:role/{name}", self.account);
        self.roles.lock().unwrap().insert(arn.clone(), grants(policy));
        arn
    }

    fn caller(&self, principal: Principal, arn: String, id: String, grants: Arc<Grants>) -> Caller {
        Caller {
            account: self.account.clone(),
            principal,
            arn,
            user_id: id,
            access_key_id: None,
            grants,
            context: Vec::new(),
            expires: None,
        }
    }
}

fn grants(policy: &Value) -> Arc<Grants> {
    let policy = Policy::from_value(PolicyKind::Identity, policy).expect("a valid policy");
    let attached = Attached { source: "inline".into(), policy: Arc::new(policy) };
    Arc::new(Grants { identity: vec![attached], ..Grants::default() })
}

impl Identity for FakeIdentity {
    fn by_access_key(
        &self,
        _yard: &Yard,
        access_key_id: &str,
        session_token: Option<&str>,
    ) -> Result<Option<AccessKey>, Error> {
        if access_key_id == ROOT_KEY {
            let caller = self.root(&self.account);
            return Ok(Some(AccessKey { secret: ROOT_SECRET.to_owned(), caller }));
        }
        let known = self.keys.lock().unwrap().get(access_key_id).cloned();
        Ok(known
            .filter(|known| known.token.as_deref() == session_token)
            .map(|known| AccessKey { secret: known.secret, caller: known.caller }))
    }

    fn by_ssh_key(&self, yard: &Yard, key_id: &str) -> Result<Option<SshKey>, Error> {
        let known = self.ssh_keys.lock().unwrap().get(key_id).cloned();
        let Some((blob, access_key)) = known else { return Ok(None) };
        let owner = self.by_access_key(yard, &access_key, None)?;
        Ok(owner.map(|owner| {
            let caller = Caller { access_key_id: Some(key_id.to_owned()), ..owner.caller };
            SshKey { blob, active: true, caller }
        }))
    }

    /// Git credentials are the access keys themselves here.
    fn by_git_credential(
        &self,
        yard: &Yard,
        user_name: &str,
        password: &str,
    ) -> Result<Option<Caller>, Error> {
        let known = self.by_access_key(yard, user_name, None)?;
        Ok(known.filter(|known| known.secret == password).map(|known| known.caller))
    }

    fn by_principal(&self, _yard: &Yard, principal: &Principal) -> Result<Option<Caller>, Error> {
        let keys = self.keys.lock().unwrap();
        let caller = match principal {
            Principal::Root { .. } => Some(self.root(&self.account)),
            known => {
                keys.values().find(|it| it.caller.principal == *known).map(|it| it.caller.clone())
            }
        };
        Ok(caller)
    }

    fn assume_role_for_service(
        &self,
        yard: &Yard,
        request: &SessionRequest,
    ) -> Result<Session, Error> {
        let grants = self.roles.lock().unwrap().get(&request.role_arn).cloned();
        let Some(grants) = grants else {
            let message = format!("The role {} cannot be found.", request.role_arn);
            return Err(ErrorKind::new("NoSuchEntity", 404).error(message));
        };
        let role = request.role_arn.rsplit('/').next().unwrap_or_default();
        let arn =
            format!("arn:aws:sts::{}:assumed-role/{role}/{}", self.account, request.session_name);
        let id = format!("AROA{}:{}", random_id(IdAlphabet::Base32, 17), request.session_name);
        let principal = Principal::Session {
            arn: arn.clone(),
            role_arn: request.role_arn.clone(),
            id: id.clone(),
        };
        let session = Session {
            caller: self.caller(principal, arn, id, grants),
            access_key_id: format!("ASIA{}", random_id(IdAlphabet::Base32, 16)),
            secret_access_key: types::random_secret(40),
            session_token: types::random_secret(64),
            expires: yard.clock().now().plus_secs(3600),
        };
        let known = Known {
            secret: session.secret_access_key.clone(),
            token: Some(session.session_token.clone()),
            caller: session.caller.clone(),
        };
        self.keys.lock().unwrap().insert(session.access_key_id.clone(), known);
        Ok(session)
    }

    fn root(&self, account: &Account) -> Caller {
        let arn = format!("arn:aws:iam::{account}:root");
        let principal = Principal::Root { account: account.to_string() };
        let mut caller = self.caller(principal, arn, account.to_string(), Arc::default());
        caller.account = account.clone();
        caller
    }

    fn anonymous(&self, yard: &Yard) -> Caller {
        let account = yard.config().account.clone();
        let mut caller = self.caller(
            Principal::Anonymous,
            "anonymous".into(),
            "anonymous".into(),
            Arc::default(),
        );
        caller.account = account;
        caller
    }
}
