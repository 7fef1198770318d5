//! What users, groups and roles have in common: a name, a path, inline and attached policies.

use service::{Cx, Error};
use store::{ReadTx, Resource, Stored, WriteTx};
use types::{Account, Scope};

use crate::errors;
use crate::model::{Group, Policies, Role, Tag, User, key_of};
use crate::names;

/// Rises with every change of IAM, so that caches know when they are stale.
pub(crate) const GENERATION: &str = "iam.generation";

/// A user, group or role.
pub(crate) trait Entity: Resource {
    /// `user`, `group` or `role`: in ARNs and messages.
    const NOUN: &'static str;
    /// `User`, `Group` or `Role`.
    const TITLE: &'static str;
    /// Most characters of all inline policies together, white space not counted.
    const MAX_INLINE: usize;

    fn name(&self) -> &str;
    fn path(&self) -> &str;
    fn policies(&self) -> &Policies;
    fn policies_mut(&mut self) -> &mut Policies;
    fn tags(&self) -> &[Tag];
    fn boundary(&self) -> Option<&str>;

    /// Its ARN.
    fn arn(&self, account: &Account) -> String {
        names::arn(account, Self::NOUN, self.path(), self.name())
    }
}

impl Entity for User {
    const NOUN: &'static str = "user";
    const TITLE: &'static str = "User";
    const MAX_INLINE: usize = 2048;

    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &str {
        &self.path
    }
    fn policies(&self) -> &Policies {
        &self.policies
    }
    fn policies_mut(&mut self) -> &mut Policies {
        &mut self.policies
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
    fn boundary(&self) -> Option<&str> {
        self.boundary.as_deref()
    }
}

impl Entity for Group {
    const NOUN: &'static str = "group";
    const TITLE: &'static str = "Group";
    const MAX_INLINE: usize = 5120;

    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &str {
        &self.path
    }
    fn policies(&self) -> &Policies {
        &self.policies
    }
    fn policies_mut(&mut self) -> &mut Policies {
        &mut self.policies
    }
    fn tags(&self) -> &[Tag] {
        &[]
    }
    fn boundary(&self) -> Option<&str> {
        None
    }
}

impl Entity for Role {
    const NOUN: &'static str = "role";
    const TITLE: &'static str = "Role";
    const MAX_INLINE: usize = 10_240;

    fn name(&self) -> &str {
        &self.name
    }
    fn path(&self) -> &str {
        &self.path
    }
    fn policies(&self) -> &Policies {
        &self.policies
    }
    fn policies_mut(&mut self) -> &mut Policies {
        &mut self.policies
    }
    fn tags(&self) -> &[Tag] {
        &self.tags
    }
    fn boundary(&self) -> Option<&str> {
        self.boundary.as_deref()
    }
}

/// Where IAM keeps what is the caller's account's.
pub(crate) fn scope(cx: &Cx) -> Scope {
    cx.scope().global()
}

/// The entity of that name.
pub(crate) fn load<E: Entity>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<Stored<E>, Error> {
    tx.get::<E>(scope, &key_of(name))?.filter(|found| found.name() == name).ok_or_else(|| {
        errors::NO_SUCH_ENTITY.error(format!("The {} with name {name} cannot be found.", E::NOUN))
    })
}

/// Refuses a name that is taken.
pub(crate) fn must_be_free<E: Entity>(
    tx: &ReadTx<'_>,
    scope: &Scope,
    name: &str,
) -> Result<(), Error> {
    if tx.exists::<E>(scope, &key_of(name))? {
        return Err(
            errors::ALREADY_EXISTS.error(format!("{} with name {name} already exists.", E::TITLE))
        );
    }
    Ok(())
}

/// Runs a transaction that changes IAM.
pub(crate) async fn write<T: Send + 'static>(
    cx: &Cx,
    f: impl Fn(&mut WriteTx<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    cx.write(move |tx| {
        let value = f(tx)?;
        tx.next_sequence(GENERATION)?;
        Ok(value)
    })
    .await
}

/// Changes one entity.
pub(crate) async fn change<E: Entity>(
    cx: &Cx,
    name: &str,
    edit: impl Fn(&WriteTx<'_>, &mut E) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    let (scope, name) = (scope(cx), name.to_owned());
    write(cx, move |tx| {
        let mut found = load::<E>(tx, &scope, &name)?;
        edit(tx, &mut found.value)?;
        tx.update(&scope, &found)?;
        Ok(())
    })
    .await
}
