//! IAM and STS through the gateway, as clients see them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod access;
mod entities;
mod mfa;
mod policies;
mod restart;
mod sessions;
mod sign_in;
mod ssh_keys;
mod stock_clients;

use std::sync::Arc;

use testkit::{Keys, TestYard};

pub const ACCOUNT: &str = testkit::ACCOUNT;

/// A yard with IAM and STS, the real identity behind its gateway.
pub struct Iam {
    pub yard: TestYard,
}

/// An answer in XML.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
}

impl Answer {
    /// The text of the first element of that name.
    pub fn get(&self, element: &str) -> &str {
        self.all(element).first().copied().unwrap_or_else(|| panic!("no {element} in {self:?}"))
    }

    /// The texts of all elements of that name.
    pub fn all(&self, element: &str) -> Vec<&str> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let parts = self.text.split(open.as_str()).skip(1);
        parts.map(|part| part.split(close.as_str()).next().unwrap()).collect()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn fails(self, status: u16, code: &str, message: &str) -> Self {
        assert_eq!((self.status, self.get("Code")), (status, code), "{}", self.text);
        assert!(self.get("Message").contains(message), "{}", self.text);
        self
    }
}

impl Iam {
    pub async fn start() -> Self {
        Self::start_at(types::system_clock()).await
    }

    pub async fn start_at(clock: types::SharedClock) -> Self {
        let yard = TestYard::builder(codeyard_svc_identity::services())
            .identity(Arc::new(codeyard_svc_identity::IamIdentity::new()))
            .clock(clock)
            .start()
            .await;
        Self { yard }
    }

    pub fn root(&self) -> Keys {
        self.yard.root()
    }

    pub async fn call(
        &self,
        keys: &Keys,
        service: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Answer {
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let mut all = vec![("Action", action), ("Version", version)];
        all.extend_from_slice(parameters);
        let (status, text) = self.yard.query_as(keys, service, &all).await;
        Answer { status, text }
    }

    /// A call of IAM as root.
    pub async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Answer {
        self.call(&self.root(), "iam", action, parameters).await
    }

    /// A user with an inline policy, and its keys.
    pub async fn user(&self, name: &str, statements: &str) -> Keys {
        self.iam("CreateUser", &[("UserName", name)]).await.ok();
        let document = policy(statements);
        self.iam(
            "PutUserPolicy",
            &[("UserName", name), ("PolicyName", "own"), ("PolicyDocument", &document)],
        )
        .await
        .ok();
        self.keys(name).await
    }

    pub async fn keys(&self, name: &str) -> Keys {
        let made = self.iam("CreateAccessKey", &[("UserName", name)]).await.ok();
        Keys::new(made.get("AccessKeyId"), made.get("SecretAccessKey"))
    }

    pub async fn role(&self, name: &str, trust: &str) -> String {
        let made = self
            .iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &policy(trust))])
            .await
            .ok();
        made.get("Arn").to_owned()
    }

    /// Whether these keys may list users.
    pub async fn may_list(&self, keys: &Keys) -> bool {
        let answer = self.call(keys, "iam", "ListUsers", &[]).await;
        assert!(matches!(answer.status, 200 | 403), "{answer:?}");
        answer.status == 200
    }
}

/// The session that an answer gives.
pub fn session(answer: &Answer) -> Keys {
    Keys {
        id: answer.get("AccessKeyId").to_owned(),
        secret: answer.get("SecretAccessKey").to_owned(),
        token: Some(answer.get("SessionToken").to_owned()),
    }
}

pub fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
}

pub const LIST: &str = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}"#;
pub const NOTHING: &str = r#"{"Effect":"Allow","Action":"none:None","Resource":"*"}"#;

pub fn trusts(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}"#)
}
