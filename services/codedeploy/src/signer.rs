//! The yard's key for specifications: made at first use, sealed, kept in the store.

use std::sync::{Arc, OnceLock};

use blobs::KeyRef;
use service::{Cx, Error};
use shape::{Bytes, Shape};
use store::Resource;
use types::Scope;

use crate::pkcs7::{Signer, new_key};

/// Binds the sealed key to its purpose.
const CONTEXT: &[u8] = b"codedeploy specification signer";
/// There is one key for each account and region.
const KEY: &str = "signer";

#[derive(Shape, Default, Clone)]
struct SealedKey {
    sealed: Bytes,
}

impl Resource for SealedKey {
    const KIND: &'static str = "codedeploy.signer";

    fn key(&self) -> String {
        KEY.to_owned()
    }
}

/// Signers that are in use, by account and region.
#[derive(Default)]
struct Signers(OnceLock<(Scope, Arc<Signer>)>);

/// The signer of the context's account and region.
pub(crate) async fn signer(cx: &Cx) -> Result<Arc<Signer>, Error> {
    let scope = cx.scope();
    let signers = cx.yard().extension(Signers::default);
    if let Some((known, signer)) = signers.0.get()
        && *known == scope
    {
        return Ok(signer.clone());
    }
    let existing = cx.read(|tx| Ok(tx.get::<SealedKey>(&scope, KEY)?))?;
    let sealed = match existing {
        Some(existing) => existing.into_inner().sealed,
        None => make(cx, &scope, None).await?,
    };
    let signer = match open(cx, &sealed)? {
        Some(signer) => signer,
        // Earlier versions kept keys in another form. Agents read what any key has signed.
        None => open(cx, &make(cx, &scope, Some(sealed)).await?)?
            .ok_or_else(|| Error::internal("the signer's key is damaged"))?,
    };
    let signer = Arc::new(signer);
    let _ = signers.0.set((scope, signer.clone()));
    Ok(signer)
}

fn open(cx: &Cx, sealed: &Bytes) -> Result<Option<Signer>, Error> {
    let key = cx.blobs().unseal(CONTEXT, sealed).map_err(Error::internal)?;
    Ok(Signer::new(&key))
}

/// Makes a key in the place of `old`, unless somebody else just did.
async fn make(cx: &Cx, scope: &Scope, old: Option<Bytes>) -> Result<Bytes, Error> {
    let key = new_key().ok_or_else(|| Error::internal("the system gives no randomness"))?;
    let sealed = cx.blobs().seal(&KeyRef::Yard, CONTEXT, &key).map_err(Error::internal)?;
    let (scope, fresh) = (scope.clone(), SealedKey { sealed: sealed.into() });
    cx.write(move |tx| match tx.get::<SealedKey>(&scope, KEY)? {
        Some(existing) if Some(&existing.sealed) != old.as_ref() => {
            Ok(existing.into_inner().sealed)
        }
        _ => {
            tx.put(&scope, &fresh)?;
            Ok(fresh.sealed.clone())
        }
    })
    .await
}
