//! From the outbox to deliveries: which rules an event fits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use api_management::events::{RuleState, Target};
use engine::{BoxFuture, EngineError, Subscriber};
use serde_json::Value;
use service::Yard;
use store::{Event, MAX_SCAN, Query, Store, WakeKey};
use types::{Account, Region, Scope, SharedClock};

use super::deliver::DELIVERY;
use super::model::{Delivery, DeliveryState, Rule, document};
use super::pattern::Pattern;

/// Compiled patterns that are kept.
const MAX_COMPILED: usize = 1000;

/// The bus: looks at every event of the yard.
pub(super) struct Bus(Arc<Inner>);

struct Inner {
    store: Store,
    clock: SharedClock,
    /// By their text.
    compiled: Mutex<HashMap<String, Arc<Pattern>>>,
}

impl Bus {
    pub fn subscriber(yard: &Yard) -> Arc<dyn Subscriber> {
        Arc::new(Self(Arc::new(Inner {
            store: yard.store().clone(),
            clock: yard.clock().clone(),
            compiled: Mutex::default(),
        })))
    }
}

impl Inner {
    fn compile(&self, text: &str) -> Option<Arc<Pattern>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = compiled.get(text) {
            return Some(pattern.clone());
        }
        let pattern = Arc::new(Pattern::parse(text).ok()?);
        if compiled.len() >= MAX_COMPILED {
            compiled.clear();
        }
        compiled.insert(text.to_owned(), pattern.clone());
        Some(pattern)
    }

    /// The rules that could send something somewhere.
    fn rules(&self, scope: &Scope) -> Result<Vec<Rule>, EngineError> {
        let rules = self.store.read(|tx| tx.list::<Rule>(scope, &Query::first(MAX_SCAN - 1)))?;
        let sends = |rule: &Rule| rule.state == RuleState::Enabled && !rule.targets.is_empty();
        Ok(rules.items.into_iter().map(store::Stored::into_inner).filter(sends).collect())
    }

    /// Those that an event fits, with their targets.
    fn fitting(&self, rules: Vec<Rule>, event: &Value) -> Vec<(String, Target)> {
        let mut fitting = Vec::new();
        for rule in rules {
            let Some(pattern) = self.compile(&rule.pattern) else {
                tracing::error!(rule = rule.name, "a rule's pattern cannot be read");
                continue;
            };
            if pattern.matches(event) {
                fitting.extend(rule.targets.into_iter().map(|it| (rule.name.clone(), it)));
            }
        }
        fitting
    }

    async fn receive(&self, event: &Event) -> Result<(), EngineError> {
        let scope = match (Account::new(&event.account), Region::new(&event.region)) {
            (Ok(account), Ok(region)) => Scope::new(account, region),
            _ => return Err(EngineError::give_up("the event belongs to no account and region")),
        };
        // Most events are nobody's business: they are told in full only to those who listen.
        let rules = self.rules(&scope)?;
        if rules.is_empty() {
            return Ok(());
        }
        let document = document(event);
        let now = self.clock.now();
        let deliveries: Vec<Delivery> = self
            .fitting(rules, &document)
            .into_iter()
            .map(|(rule, target)| Delivery {
                event_id: event.id.clone(),
                rule,
                target,
                event: document.clone(),
                created: now,
                state: DeliveryState::Pending,
                attempts: 0,
                reason: None,
            })
            .collect();
        if deliveries.is_empty() {
            return Ok(());
        }
        self.store
            .write(move |tx| {
                for delivery in &deliveries {
                    let key = store::Resource::key(delivery);
                    // The same event may come twice.
                    if !tx.exists::<Delivery>(&scope, &key)? {
                        tx.insert(&scope, delivery)?;
                        tx.wake(&WakeKey::new(DELIVERY, &scope, key), now)?;
                    }
                }
                Ok(())
            })
            .await
    }
}

impl Subscriber for Bus {
    fn name(&self) -> &'static str {
        "events.bus"
    }

    fn deliver(&self, event: Arc<Event>) -> BoxFuture<Result<(), EngineError>> {
        let bus = self.0.clone();
        Box::pin(async move { bus.receive(&event).await })
    }
}
