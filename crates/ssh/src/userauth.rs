//! Signing in (RFC 4252): by public key alone.

use crate::error::{End, NO_MORE_AUTH_METHODS, Result, SERVICE_NOT_AVAILABLE};
use crate::handler::{Handler, Known};
use crate::keys::{is_user_algorithm, proves};
use crate::limits::MAX_AUTH_TRIES;
use crate::msg;
use crate::transport::Transport;
use crate::wire::{Reader, Writer};

const METHOD: &str = "publickey";
const CONNECTION: &str = "ssh-connection";

/// Where a sign-in stands.
#[derive(Default)]
pub(crate) struct Userauth {
    tries: u32,
    /// What the client was told already: a hint is given once.
    told: bool,
}

/// An offer of a key.
struct Offer<'a> {
    user: &'a str,
    algorithm: &'a str,
    blob: &'a [u8],
    /// With it the offer is a proof.
    signature: Option<&'a [u8]>,
}

impl Userauth {
    /// Answers a request; the user's name once it is proven.
    pub(crate) fn take(
        &mut self,
        payload: &[u8],
        transport: &mut Transport,
        handler: &impl Handler,
    ) -> Result<Option<String>> {
        let mut reader = Reader::new(payload);
        reader.u8()?;
        let (user, service, method) = (reader.text()?, reader.text()?, reader.text()?);
        if service != CONNECTION {
            return Err(End::refused(SERVICE_NOT_AVAILABLE, "there is no such service"));
        }
        if method != METHOD {
            // Clients ask first what there is; that is the time to tell of a wrong name.
            if let Known::Nobody(why) = handler.known(user) {
                self.tell(transport, &why)?;
            }
            return self.refuse(transport);
        }
        let signed = reader.bool()?;
        let (algorithm, blob) = (reader.text()?, reader.string()?);
        let signature = if signed { Some(reader.string()?) } else { None };
        reader.end()?;
        self.weigh(&Offer { user, algorithm, blob, signature }, transport, handler)
    }

    fn weigh(
        &mut self,
        offer: &Offer<'_>,
        transport: &mut Transport,
        handler: &impl Handler,
    ) -> Result<Option<String>> {
        let key = match handler.known(offer.user) {
            Known::Nobody(why) => {
                self.tell(transport, &why)?;
                return self.refuse(transport);
            }
            Known::Inactive(blob, why) => {
                if blob == offer.blob {
                    self.tell(transport, &why)?;
                }
                return self.refuse(transport);
            }
            Known::Key(blob) => blob,
        };
        if key != offer.blob || !is_user_algorithm(offer.algorithm) {
            self.tell(transport, &handler.wrong_key(offer.user, offer.algorithm))?;
            return self.refuse(transport);
        }
        let Some(signature) = offer.signature else {
            self.count()?;
            let ok = Writer::message(msg::USERAUTH_PK_OK).string(offer.algorithm.as_bytes());
            transport.send(ok.string(offer.blob).done())?;
            return Ok(None);
        };
        let message = Writer::empty()
            .string(transport.session()?)
            .bytes(&[msg::USERAUTH_REQUEST])
            .string(offer.user.as_bytes())
            .string(CONNECTION.as_bytes())
            .string(METHOD.as_bytes())
            .bool(true)
            .string(offer.algorithm.as_bytes())
            .string(offer.blob)
            .done();
        if !proves(offer.algorithm, offer.blob, &message, signature) {
            return self.refuse(transport);
        }
        transport.send(vec![msg::USERAUTH_SUCCESS])?;
        Ok(Some(offer.user.to_owned()))
    }

    /// A question costs as much as a wrong answer.
    fn count(&mut self) -> Result<()> {
        self.tries += 1;
        if self.tries > MAX_AUTH_TRIES {
            return Err(End::refused(
                NO_MORE_AUTH_METHODS,
                "too many keys were offered: name the right one with IdentityFile, and set \
                 IdentitiesOnly",
            ));
        }
        Ok(())
    }

    fn refuse(&mut self, transport: &mut Transport) -> Result<Option<String>> {
        self.count()?;
        let failure = Writer::message(msg::USERAUTH_FAILURE).string(METHOD.as_bytes());
        transport.send(failure.bool(false).done())?;
        Ok(None)
    }

    /// A line that the client shows.
    fn tell(&mut self, transport: &mut Transport, line: &str) -> Result<()> {
        if std::mem::replace(&mut self.told, true) {
            return Ok(());
        }
        let banner = Writer::message(msg::USERAUTH_BANNER).string(format!("{line}\r\n").as_bytes());
        transport.send(banner.string(b"en").done())
    }
}
